from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.answers.answer import answer
from groundrules.core.answers.known import as_known
from groundrules.core.answers.model import Answers
from groundrules.core.changes import Change
from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.evidence import Action, ItemKind, Session
from groundrules.core.ids import (
    ChangeId,
    ClauseNumber,
    ContactId,
    NoticeId,
    ProviderId,
    RequestId,
    SessionId,
    TimeEntryId,
)
from groundrules.core.lifecycle.answers import Notice
from groundrules.core.parties import Asset, Provider
from groundrules.core.periods import Interval, Period
from groundrules.core.work import Channel, Ratification, Request, TimeEntry
from groundrules.core.world import World
from tests.core.harbor import (
    DESK,
    PAT,
    SITE_ZONE,
    SRV1,
    SRV2,
    TECHNICIAN_A,
    harbor_agreement,
    harbor_client,
)

_ENGINE = EngineVersion("rules", "2026f")


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """This function will return an instant of February 2007, in UTC (Los Angeles is eight hours behind)."""
    return datetime(2007, 2, day, hour, minute, tzinfo=UTC)


_CHANGE = Change(
    id=ChangeId("CHG-1"),
    asset=SRV1,
    kind=ItemKind.PACKAGE,
    component=".NET Framework 2.0",
    action=Action.REMOVED,
    interval=Interval.exactly(on(22, 3, 58)),
)
_REQUEST = Request(
    RequestId("REQ-1"),
    ContactId(DESK.id),
    on(22, 2, 10),
    "Can you look at it now?",
    ratification=Ratification(ContactId(PAT.id), on(22, 18)),
)
WORLD = World(
    provider=Provider(ProviderId("P"), "Greenway", SITE_ZONE),
    client=harbor_client(),
    agreement=harbor_agreement(),
    technicians=(TECHNICIAN_A,),
    assets=(Asset(SRV1, "SRV1"), Asset(SRV2, "SRV2")),
    sessions=(Session(SessionId("S"), SRV1, "rogue", on(22, 3, 42), on(22, 4, 20)),),
    changes=(_CHANGE,),
    requests=(_REQUEST,),
    work=(
        TimeEntry(
            TimeEntryId("W"),
            TECHNICIAN_A.id,
            Period(on(22, 2, 10), on(22, 2, 55)),
            "PRINTER",
            asset=SRV1,
            request=_REQUEST.id,
        ),
    ),
    notices=(
        Notice(
            NoticeId("N"), SRV1, on(22, 18), Channel.EMAIL, "a@b", ClauseNumber("6.1"), on(22, 19)
        ),
    ),
    discovered={"CHG-1": on(23, 18, 15)},
)


def outcomes(answers: Answers) -> list[str]:
    """This function will list what was decided on each entry over time, oldest first."""
    return [d.segments[0].outcome.value for h in answers.decisions for d in h.decisions]


class TestAsKnown:
    """A world at an instant."""

    def test_leaves_out_what_was_discovered_later(self) -> None:
        """A change of Wednesday that was found on Friday is not known on Thursday."""
        assert as_known(WORLD, on(22, 20)).changes == ()
        assert as_known(WORLD, on(23, 18, 15)).changes == (_CHANGE,)

    def test_knows_a_running_session_without_its_end(self) -> None:
        """Nobody knows at 20:00 when a login will end."""
        (session,) = as_known(WORLD, on(22, 4)).sessions

        assert session.ended is None

    def test_knows_a_request_before_its_ratification(self) -> None:
        """The request of the evening stands alone until Pat takes it over."""
        (request,) = as_known(WORLD, on(22, 12)).requests

        assert request.ratification is None
        assert as_known(WORLD, on(22, 18)).requests == (_REQUEST,)

    def test_knows_a_notice_before_its_receipt(self) -> None:
        """A receipt that comes at 19:00 doesn't help at 18:30."""
        (notice,) = as_known(WORLD, on(22, 18, 30)).notices

        assert notice.receipt_at is None

    @given(st.integers(0, 72), st.integers(0, 72))
    def test_is_the_same_however_often_it_is_asked(self, first: int, second: int) -> None:
        """Looking back from later changes nothing: what was known then was known then."""
        earlier, later = sorted((first, second))
        start = on(21, 18)
        early, late = start + timedelta(hours=earlier), start + timedelta(hours=later)

        assert as_known(as_known(WORLD, late), early) == as_known(WORLD, early)


class TestAnswer:
    """Everything a world says at one instant."""

    def test_keeps_the_decision_that_was_superseded(self) -> None:
        """What waited for authority on Wednesday is billable once it is ratified; both stay visible."""
        answers = answer(WORLD, on(22, 20), _ENGINE)

        assert outcomes(answers) == ["needs_person", "billable"]

    def test_counts_the_passing_of_a_deadline_as_news(self) -> None:
        """Nobody ratified by 17:00 of the next business day: the decision changes though nothing new was said."""
        silent = replace(WORLD, requests=(replace(_REQUEST, ratification=None),))

        answers = answer(silent, on(23, 2), _ENGINE)

        assert outcomes(answers) == ["needs_person", "not_billable"]

    def test_does_not_depend_on_the_order_of_facts(self) -> None:
        """Assets, work and changes may come in any order."""
        more = replace(
            WORLD, work=(*WORLD.work, replace(WORLD.work[0], id=TimeEntryId("W-2"), asset=SRV2))
        )
        turned = replace(more, work=more.work[::-1], assets=more.assets[::-1])

        one, other = (answer(world, on(23, 2), _ENGINE) for world in (more, turned))

        assert one.money == other.money
        assert {h.entry: h for h in one.decisions} == {h.entry: h for h in other.decisions}

    def test_drafts_nothing_from_nothing(self) -> None:
        """A world in which nothing happened charges nothing and writes to nobody."""
        quiet = World(WORLD.provider, WORLD.client, WORLD.agreement, assets=WORLD.assets)

        answers = answer(quiet, on(23, 2), _ENGINE)

        assert answers.money.charges == ()
        assert answers.letters == ()
        assert answers.refusals == ()

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.attribution.answers import Attribution, Hypothesis
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.elsewhere import openings
from groundrules.core.attribution.weigh import weigh
from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, SessionId
from groundrules.core.periods import Interval, Period
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import ACCOUNTS, MSP, VENDORS, ZONE, at, change, session, span

START = at("2007-02-21 18:00")
HOSTS = tuple(AssetId(f"SRV{number}") for number in range(1, 5))
REMOVAL = change("CHG-1", "2007-02-21 19:58")
CONTEXT = AttributionContext(ZONE, MSP, accounts=ACCOUNTS, vendors=VENDORS)
MINUTES = st.integers(0, 60)


def login(number: int) -> Session:
    """A login on a server of its own, open at the change; a higher number began later."""
    ref, began = f"SES-{number:02}", f"2007-02-21 19:{number:02}"
    return session(ref, "anna", began, "2007-02-21 21:00", asset=AssetId(f"X{number}"))


def run(number: int) -> OwnRun:
    """A run of ours on a server of its own, under way at the change; a higher number began later."""
    time = span(f"2007-02-21 19:{number:02}", "2007-02-21 21:00")
    return OwnRun(f"RUN-{number:02}", AssetId(f"X{number}"), time, "patch run")


def only_counted(found: Attribution) -> list[Hypothesis]:
    """The alternatives that stand for many."""
    return [h for h in found.hypotheses if " more " in h.label]


@st.composite
def logins(draw: st.DrawFn, number: int) -> tuple[Period, Session]:
    """A login of some minutes, or without an end, on one of four servers."""
    start = START + timedelta(minutes=draw(MINUTES))
    length = draw(st.one_of(st.none(), st.integers(1, 30)))
    period = Period(start, None if length is None else start + timedelta(minutes=length))
    host = draw(st.sampled_from(HOSTS))
    return period, Session(SessionId(f"SES-{number:02}"), host, "anna", start, period.end)


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[Period, Session]]:
    """Up to forty logins."""
    return [draw(logins(number)) for number in range(draw(st.integers(0, 40)))]


class TestElsewhere:
    def test_lists_the_logins_that_began_last_and_counts_the_rest(self) -> None:
        """Fifty logins on other servers: the last twenty one by one, the other thirty as a number."""
        crowd = tuple(login(number) for number in range(50))

        found = weigh(REMOVAL, replace(CONTEXT, sessions=crowd))

        assert [h.session for h in found.hypotheses if h.session] == [
            f"SES-{number}" for number in range(30, 50)
        ]
        (rest,) = only_counted(found)
        assert rest.rejected
        assert rest.reasons[0].sentence == (
            "30 more sessions were open then on other servers, not on SRV1."
        )

    def test_counts_runs_of_ours_elsewhere_too(self) -> None:
        """Twenty-one patch runs on other servers: twenty one by one, and one more."""
        crowd = tuple(run(number) for number in range(21))

        found = weigh(REMOVAL, replace(CONTEXT, own_runs=crowd))

        assert len([h for h in found.hypotheses if h.own_run]) == 20
        (rest,) = only_counted(found)
        assert rest.reasons[0].sentence == (
            "1 more own run was open then on other servers, not on SRV1."
        )

    def test_lists_every_one_of_twenty(self) -> None:
        """Up to twenty logins elsewhere are all listed, and nothing is counted."""
        crowd = tuple(login(number) for number in range(20))

        found = weigh(REMOVAL, replace(CONTEXT, sessions=crowd))

        assert len([h for h in found.hypotheses if h.session]) == 20
        assert not only_counted(found)

    def test_lists_whoever_was_on_the_server_among_any_crowd(self) -> None:
        """Logins on the server itself are listed and weighed, however many are open elsewhere."""
        crowd = tuple(login(number) for number in range(50))
        here = session("SES-HERE", "v1-rogue", "2007-02-21 10:00", "2007-02-21 21:00")

        alone = weigh(REMOVAL, replace(CONTEXT, sessions=(here,)))
        among = weigh(REMOVAL, replace(CONTEXT, sessions=(*crowd, here)))

        assert among.hypotheses[0] == alone.hypotheses[0]
        assert (among.strength, among.level) == (alone.strength, alone.level)


class TestOpenings:
    @given(logs(), MINUTES, st.integers(0, 20), st.integers(0, 5), st.sampled_from(HOSTS))
    def test_finds_what_a_look_at_everything_finds(
        self,
        log: list[tuple[Period, Session]],
        minute: int,
        width: int,
        most: int,
        host: AssetId,
    ) -> None:
        """The last to begin of all that touch the time on other servers, and how many there are beside them."""
        first = START + timedelta(minutes=minute)
        time = Interval(first, first + timedelta(minutes=width))
        touching = [one for one in log if one[1].asset != host and time.touches(one[0])]
        last = sorted(touching, key=lambda one: (one[0].start, one[1].asset, one[1].id))[::-1]

        listed, rest = openings(log).beside(host, time, most)

        assert (listed, rest) == (last[:most], len(last[most:]))

    @given(logs(), st.sampled_from(HOSTS))
    def test_keeps_what_was_open_on_a_server(
        self, log: list[tuple[Period, Session]], host: AssetId
    ) -> None:
        """All that was ever open on a server, in the order given."""
        assert openings(log).on(host) == [one for one in log if one[1].asset == host]

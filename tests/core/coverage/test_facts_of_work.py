from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from groundrules.core.agreements.facts import Asked, WorkCause
from groundrules.core.attribution.answers import Attribution, Level, Strength
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.coverage.facts_of_work import (
    AskedSpan,
    CauseFact,
    asked_spans,
    cause_fact,
    evidence_of,
)
from groundrules.core.ids import AssetId, ChangeId, ContactId, IncidentId, SessionId
from groundrules.core.parties import Authority, Party, PartyKind
from groundrules.core.periods import Interval, Period
from groundrules.core.vendors import Permission, PermissionAnswer
from groundrules.core.work import Request
from tests.core.coverage.working import (
    CONTACTS,
    LONG_AFTER,
    RATIFICATION,
    Job,
    asked,
    asks,
    ratified,
)
from tests.core.harbor import PAT, V1, harbor_calendar, site

CHANGE = ChangeId("CHG-1")
OTHER = ChangeId("CHG-2")
ONSET = site("2007-02-21 20:01")
INCIDENT = Incident(IncidentId("INC-1"), "SharePoint does not answer", AssetId("SRV1"), ONSET)
ROGUE = Party(PartyKind.VENDOR, "V1", "Rogue")
EVENING = Job("2007-02-21 18:00", "2007-02-21 19:00")


def _answer(
    verdict: CauseVerdict = CauseVerdict.LIKELY_CHANGE,
    changes: tuple[ChangeId, ...] = (CHANGE,),
) -> CauseAnswer:
    return CauseAnswer(INCIDENT.id, Interval.exactly(ONSET), verdict, changes, (), ())


def _attributed(
    party: Party | None,
    permission: Permission = Permission.OUTSIDE,
    strength: Strength = Strength.RECORDED,
) -> Attribution:
    return Attribution(
        CHANGE,
        strength,
        Level.L1,
        party,
        "rogue",
        SessionId("SES-1"),
        (),
        PermissionAnswer(permission),
        (),
    )


def _cause_of(attribution: Attribution) -> CauseFact:
    return cause_fact(INCIDENT, _answer(), {CHANGE: attribution})


class TestCauseFact:
    def test_is_routine_without_an_incident(self) -> None:
        """Nothing broke, so nothing caused the work."""
        assert cause_fact(None, None, {}).cause is WorkCause.ROUTINE

    def test_is_hardware_when_the_maker_says_so(self) -> None:
        """The part's own signal establishes it."""
        fact = cause_fact(replace(INCIDENT, hardware="drive array"), None, {})

        assert (fact.cause, fact.established) == (WorkCause.HARDWARE, True)
        assert "drive array" in fact.sentence

    @pytest.mark.parametrize(
        ("permission", "cause"),
        [
            (Permission.OUTSIDE, WorkCause.VENDOR_UNAPPROVED_CHANGE),
            (Permission.INSIDE, WorkCause.VENDOR_APPROVED_CHANGE),
        ],
    )
    def test_names_the_vendor_when_the_permission_is_determined(
        self, permission: Permission, cause: WorkCause
    ) -> None:
        """Inside and outside what had been approved are two different causes."""
        fact = _cause_of(_attributed(ROGUE, permission))

        assert (fact.cause, fact.vendor, fact.changes) == (cause, V1, (CHANGE,))
        assert evidence_of(fact).actor
        assert "Change CHG-1 is recorded as made by Rogue" in fact.sentence

    def test_never_takes_an_undetermined_permission_for_outside(self) -> None:
        """Undetermined accuses nobody."""
        fact = _cause_of(_attributed(ROGUE, Permission.UNDETERMINED))

        assert (fact.cause, fact.vendor, fact.established) == (WorkCause.UNKNOWN, None, False)

    @pytest.mark.parametrize("strength", [Strength.INFERRED, Strength.UNKNOWN])
    def test_never_names_a_vendor_on_weak_evidence(self, strength: Strength) -> None:
        """Time overlap or habit is not identity."""
        fact = _cause_of(_attributed(ROGUE, strength=strength))

        assert fact.cause is WorkCause.UNKNOWN
        assert fact.sentence.endswith("Who made change CHG-1 is not established.")

    @pytest.mark.parametrize(
        ("kind", "cause"),
        [
            (PartyKind.PROVIDER, WorkCause.PROVIDER_CHANGE),
            (PartyKind.CLIENT, WorkCause.CLIENT_CHANGE),
            (PartyKind.CONSULTANT, WorkCause.CLIENT_CHANGE),
            (PartyKind.SYSTEM, WorkCause.UNKNOWN),
        ],
    )
    def test_reads_every_other_party(self, kind: PartyKind, cause: WorkCause) -> None:
        """Our own change is ours; a consultant's is the client's; a system account is nobody's."""
        fact = _cause_of(_attributed(Party(kind, "x"), Permission.UNDETERMINED))

        assert (fact.cause, fact.vendor) == (cause, None)

    @pytest.mark.parametrize("verdict", [CauseVerdict.UNKNOWN, CauseVerdict.CANDIDATES])
    def test_is_unknown_when_no_change_is_likely(self, verdict: CauseVerdict) -> None:
        """A mere candidate is not a cause."""
        fact = cause_fact(INCIDENT, _answer(verdict), {CHANGE: _attributed(ROGUE)})

        assert fact.cause is WorkCause.UNKNOWN

    def test_is_unknown_when_two_changes_have_two_makers(self) -> None:
        """V1 or V2 is not V1."""
        second = Party(PartyKind.VENDOR, "V2", "Other")

        fact = cause_fact(
            INCIDENT,
            _answer(changes=(CHANGE, OTHER)),
            {CHANGE: _attributed(ROGUE), OTHER: _attributed(second)},
        )

        assert (fact.cause, fact.vendor) == (WorkCause.UNKNOWN, None)

    def test_is_unknown_when_one_of_two_changes_has_no_attribution(self) -> None:
        """A missing attribution weakens the whole answer."""
        fact = cause_fact(INCIDENT, _answer(changes=(CHANGE, OTHER)), {CHANGE: _attributed(ROGUE)})

        assert fact.cause is WorkCause.UNKNOWN

    def test_is_unknown_without_an_answer(self) -> None:
        """An incident nobody explained has no cause."""
        assert cause_fact(INCIDENT, None, {}).cause is WorkCause.UNKNOWN


def _sole(spans: tuple[AskedSpan, ...]) -> AskedSpan:
    (found,) = spans
    return found


def _asked_at(request: Request, at: str) -> AskedSpan:
    return _sole(asked(EVENING, request, site(at)))


class TestAskedSpans:
    def test_is_nobody_without_a_request(self) -> None:
        """No request, nobody."""
        assert _sole(asked(EVENING, None)).asked is Asked.NOBODY

    def test_counts_from_the_instant_of_the_request(self) -> None:
        """The half hour before it was asked for by nobody."""
        spans = asked(EVENING, asks("pat", "2007-02-21 18:30"))

        assert [(s.asked, s.period.seconds) for s in spans] == [
            (Asked.NOBODY, 1800),
            (Asked.AUTHORISED, 1800),
        ]

    def test_does_not_count_a_request_that_came_after_the_work(self) -> None:
        """It cannot have been done because of it."""
        found = _sole(asked(EVENING, asks("pat", "2007-02-21 19:00")))

        assert found.asked is Asked.NOBODY
        assert "the request came on Wed 2007-02-21 19:00 PST" in found.sentence

    def test_does_not_know_a_request_from_the_future(self) -> None:
        """As of an earlier instant nobody had asked."""
        request = asks("pat", "2007-02-21 18:00")

        found = _sole(asked(EVENING, request, site("2007-02-21 17:59")))

        assert (found.asked, found.facts) == (Asked.NOBODY, ())

    def test_asks_for_authority_at_the_instant_of_the_request(self) -> None:
        """A contact whose authority ended the day before is not authorised."""
        former = replace(PAT, authorised=Period(site("2007-01-01 00:00"), site("2007-02-21 00:00")))
        request = asks("pat", "2007-02-21 18:00")

        spans = asked_spans(
            request, (former,), RATIFICATION, harbor_calendar(), EVENING.entry(), LONG_AFTER
        )

        assert _sole(spans).asked is Asked.NOT_RATIFIED

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2007-02-22 17:00", Asked.AWAITING_RATIFICATION),
            ("2007-02-22 17:01", Asked.NOT_RATIFIED),
        ],
    )
    def test_awaits_ratification_until_its_deadline(self, at: str, expected: Asked) -> None:
        """17:00 on the next business day is still in time."""
        assert _asked_at(asks("desk", "2007-02-21 18:00"), at).asked is expected

    def test_skips_weekend_and_holiday_in_the_deadline(self) -> None:
        """A Friday request before Presidents' Day can be ratified until Tuesday."""
        job = Job("2007-02-16 18:00", "2007-02-16 19:00")

        found = _sole(asked(job, asks("desk", "2007-02-16 18:00"), site("2007-02-18 12:00")))

        assert "Pat Owner can ratify until Tue 2007-02-20 17:00 PST" in found.sentence

    def test_is_authorised_once_ratified_in_time(self) -> None:
        """Also when asked about much later."""
        request = ratified(asks("desk", "2007-02-21 18:00"), "2007-02-22 17:00")

        found = _asked_at(request, "2007-06-01 00:00")

        assert found.asked is Asked.AUTHORISED
        assert {fact.ref for fact in found.facts} >= {"REQ-1", "MSG-1", "MSG-2", "pat", "desk"}

    def test_does_not_know_a_ratification_before_it_was_given(self) -> None:
        """As known in the morning, the request was still open."""
        request = ratified(asks("desk", "2007-02-21 18:00"), "2007-02-22 16:00")

        assert _asked_at(request, "2007-02-22 09:00").asked is Asked.AWAITING_RATIFICATION

    def test_ignores_a_ratification_by_someone_who_may_not(self) -> None:
        """The receptionist cannot ratify herself, and the answer says so."""
        request = ratified(asks("desk", "2007-02-21 18:00"), "2007-02-22 09:00", who="desk")

        found = _asked_at(request, "2007-02-22 10:00")

        assert found.asked is Asked.AWAITING_RATIFICATION
        assert (
            "R. Desk approved it on Thu 2007-02-22 09:00 PST but may not ratify" in found.sentence
        )

    def test_cannot_be_ratified_without_ratification_terms(self) -> None:
        """An agreement that has none leaves the request without effect at once."""
        spans = asked_spans(
            asks("desk", "2007-02-21 18:00"),
            CONTACTS,
            None,
            harbor_calendar(),
            EVENING.entry(),
            site("2007-02-21 18:30"),
        )

        assert _sole(spans).asked is Asked.NOT_RATIFIED

    def test_treats_a_stranger_as_without_authority(self) -> None:
        """A contact who is not on record is named as such."""
        request = replace(asks("desk", "2007-02-21 18:00"), contact=ContactId("ghost"))

        found = _asked_at(request, "2007-02-21 18:30")

        assert "ghost (not on record) is not an authorised contact" in found.sentence

    def test_says_when_nobody_could_ratify(self) -> None:
        """Rather than leave a name out."""
        weak = replace(PAT, authorities=frozenset({Authority.SIGN}))
        at: datetime = site("2007-02-21 18:30")

        spans = asked_spans(
            asks("desk", "2007-02-21 18:00"),
            (weak,),
            RATIFICATION,
            harbor_calendar(),
            EVENING.entry(),
            at,
        )

        assert "an authorised contact (none is on record) can ratify" in _sole(spans).sentence

"""What rests by the agreement while a server is off, and that nothing is owed of it then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.agreements.further_terms import ManagedService, RecoveryTerms
from groundrules.core.agreements.proof_promises import Promised, late_proofs
from groundrules.core.agreements.recovery_promises import kept_or_not
from groundrules.core.agreements.rests import may_rest, rest_at, rests
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.letters.tongue import say
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import state_spans
from groundrules.core.periods import Period, instant_after
from tests.core.harbor import harbor_agreement, site

SRV1 = AssetId("SRV1")
OFF, BACK = site("2007-03-12 08:00"), site("2007-04-05 00:00")
LATER = site("2007-12-31 12:00")
PROMISE = RecoveryTerms(60, 240, 30, clause=ClauseNumber("3.12"))
MOMENT = timedelta(microseconds=1)


def letting(first: set[ManagedService], second: set[ManagedService] | None = None) -> Agreement:
    """Harbor's two versions (the second from 20 March 2007), and what each lets rest."""
    agreement = harbor_agreement()
    stops = (first, first if second is None else second)
    return replace(
        agreement,
        versions=tuple(
            replace(v, suspension=replace(v.suspension, stops=frozenset(told)), recovery=(PROMISE,))
            for v, told in zip(agreement.versions, stops, strict=True)
            if v.suspension is not None
        ),
    )


def resting(
    agreement: Agreement,
    service: ManagedService,
    *further: LifecycleEntry,
    known_at: datetime = LATER,
) -> tuple[Period, ...]:
    """When a service of SRV1 rests: it is off on 12 March at 8, on the way back from the 28th, covered on 5 April."""
    entries = (
        LifecycleEntry(SRV1, EntryKind.SUSPENDED, OFF, OFF),
        LifecycleEntry(SRV1, EntryKind.REINSTATEMENT_BEGUN, site("2007-03-28 10:00"), OFF),
        LifecycleEntry(SRV1, EntryKind.REINSTATED, BACK, OFF),
        *further,
    )
    return rests(agreement, state_spans(SRV1, entries, agreement, known_at), service)


class TestRests:
    """rests()."""

    def test_from_the_instant_it_is_off_to_the_instant_it_is_back(self) -> None:
        """Half-open: it rests at the effective instant, also on the way back, and not at the instant of the return."""
        found = resting(letting({ManagedService.BACKUPS}), ManagedService.BACKUPS)

        assert found == (Period(OFF, BACK),)
        assert rest_at(found, OFF - MOMENT) is None
        assert rest_at(found, OFF) == rest_at(found, BACK - MOMENT) == found[0]
        assert rest_at(found, BACK) is None

    def test_drills_rest_with_backups_and_nothing_else_does(self) -> None:
        """A drill of backups that are not made proves nothing new; monitoring goes on."""
        agreement = letting({ManagedService.BACKUPS})

        assert resting(agreement, ManagedService.RESTORE_DRILLS) == (Period(OFF, BACK),)
        assert resting(agreement, ManagedService.MONITORING) == ()
        assert resting(letting({ManagedService.RESTORE_DRILLS}), ManagedService.BACKUPS) == ()

    def test_an_agreement_that_names_nothing_lets_nothing_rest(self) -> None:
        """Agreements from before read as they did."""
        assert not may_rest(letting(set()))
        assert resting(letting(set()), ManagedService.BACKUPS) == ()

    def test_by_the_version_in_force(self) -> None:
        """A version that lets nothing rest any more wakes it on its first day, off or not."""
        agreement = letting({ManagedService.BACKUPS}, set())

        assert resting(agreement, ManagedService.BACKUPS) == (
            Period(OFF, site("2007-03-20 00:00")),
        )

    def test_a_suspension_found_wrong_let_nothing_rest(self) -> None:
        """It counts as never made for every answer after that, so what was promised was owed."""
        voided = LifecycleEntry(SRV1, EntryKind.SUSPENSION_VOIDED, OFF, site("2007-05-01 09:00"))
        agreement = letting({ManagedService.BACKUPS})

        assert resting(agreement, ManagedService.BACKUPS, voided) == ()
        assert resting(
            agreement, ManagedService.BACKUPS, voided, known_at=site("2007-04-30 09:00")
        ) == (Period(OFF, BACK),)


def told(proofs: list[datetime], first: str, end: str, rest: tuple[Period, ...]) -> list[datetime]:
    """When the proofs that were late in a period were due."""
    period = Period(site(f"{first} 00:00"), site(f"{end} 00:00"))
    promised = Promised(letting({ManagedService.RESTORE_DRILLS}), SRV1, rest)
    return [one.due_at for one in late_proofs(promised, proofs, period, LATER)]


class TestProofsWhileItRests:
    """late_proofs() with what rests."""

    def test_the_rest_of_the_term_runs_on_after_the_return(self) -> None:
        """Proven 3 March at noon, off from the 12th at 8 to 5 April: 23 days 16 hours later than 2 April at 13:00."""
        proven = [site("2007-01-20 12:00"), site("2007-02-18 12:00"), site("2007-03-03 12:00")]
        rest = (Period(OFF, BACK),)

        assert told(proven, "2007-04-01", "2007-05-01", ()) == [site("2007-04-02 13:00")]
        assert told(proven, "2007-04-01", "2007-04-26", rest) == []
        assert told(proven, "2007-04-01", "2007-05-01", rest) == [site("2007-04-26 05:00")]

    def test_what_was_late_before_is_named_for_the_time_it_was_owed(self) -> None:
        """Due on 31 January and never given: named in March up to the 12th, not in a period that rests throughout."""
        rest = (Period(OFF, BACK),)

        assert told([], "2007-03-01", "2007-04-01", rest) == [site("2007-01-31 00:00")]
        assert told([], "2007-03-13", "2007-04-01", rest) == []
        assert told([], "2007-04-01", "2007-05-01", rest) == [site("2007-01-31 00:00")]

    def test_due_at_the_very_instant_it_goes_off_is_late_only_after_the_return(self) -> None:
        """At the effective instant nothing is owed any more; from the return on it is missing."""
        proven = [OFF - timedelta(days=30)]
        rest = (Period(OFF, BACK),)

        assert told(proven, "2007-03-11", "2007-04-05", rest) == []
        assert told(proven, "2007-03-11", "2007-04-06", rest) == [OFF]

    def test_the_example_of_the_documentation(self) -> None:
        """Proven 3 November, off from the 12th at 10 to the 20th: due on 11 December at 02:00."""
        proven = datetime(2026, 11, 3, 12, tzinfo=UTC)
        off = Period(datetime(2026, 11, 12, 10, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))

        assert instant_after(proven, timedelta(days=30), [off]) == datetime(
            2026, 12, 11, 2, tzinfo=UTC
        )

    @given(
        st.timedeltas(timedelta(), timedelta(days=29)),
        st.timedeltas(timedelta(microseconds=1), timedelta(days=60)),
    )
    def test_a_rest_within_a_term_moves_it_by_its_own_length(
        self, after: timedelta, length: timedelta
    ) -> None:
        """To the microsecond, whenever in the term it began."""
        proven = site("2007-05-01 12:00")
        start = proven + after
        agreement = letting({ManagedService.RESTORE_DRILLS})
        rest = (Period(start, start + length),)
        year = Period(site("2007-05-02 00:00"), LATER)
        proofs = [site("2007-01-20 12:00"), site("2007-02-18 12:00"), site("2007-03-20 12:00")]
        proofs += [site("2007-04-15 12:00"), proven]

        (late,) = late_proofs(Promised(agreement, SRV1, rest), proofs, year, LATER)

        assert late.due_at == proven + timedelta(days=30) + length


class TestObjectivesWhileItRests:
    """kept_or_not() with what rests."""

    @pytest.mark.parametrize("rest", [(), (Period(OFF, BACK),)])
    def test_a_failure_while_it_rests_breaks_nothing(self, rest: tuple[Period, ...]) -> None:
        """Nothing was owed when it failed, and that is said."""
        spans = (timedelta(hours=2), timedelta(hours=9))

        told = kept_or_not(PROMISE, OFF + timedelta(days=1), spans, rest)

        assert [kept for kept, _ in told] == ([None] if rest else [False, False])
        if rest:
            assert told[0][1] == (
                "When it failed nothing of this was owed (clause 3.12): its backups rested by the agreement."
            )
            assert say(told[0][1], "de") == (
                "Beim Ausfall war davon nichts geschuldet (Ziffer 3.12): Die Datensicherung ruhte nach dem Vertrag."
            )

    def test_work_from_before_the_rest_counts_without_it(self) -> None:
        """Half an hour before it went off and a quarter after the return: 45 minutes of the hour, and it says so."""
        failed = BACK + timedelta(minutes=15)
        lost = failed - (OFF - timedelta(minutes=30))

        ((kept, says),) = kept_or_not(PROMISE, failed, (lost, None), (Period(OFF, BACK),))

        assert kept
        assert says == (
            "At most 1 h of work are lost (clause 3.12): it was 45 min, so that was kept. "
            "The time its backups rested by the agreement is left out."
        )
        assert say(says, "de") == (
            "Höchstens 1 h Arbeit gehen verloren (Ziffer 3.12): Es waren 45 min. Das wurde eingehalten. "
            "Die Zeit, in der die Datensicherung nach dem Vertrag ruhte, ist nicht mitgezählt."
        )

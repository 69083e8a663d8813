"""Backups and drills that rest by the agreement: nothing is owed, nothing is called late, and that is said."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.backups import (
    BackupState,
    RepositoryCheck,
    Resting,
    ServerFacts,
    backup_states,
    drill_is_due,
    verify_is_due,
)
from groundrules.core.backups.states import drill_due_at
from groundrules.core.health import Level
from groundrules.core.periods import Period
from tests.core.backups.test_states import DAY, HOUR, NOW, SRV1, drill, policy, result

OFF = NOW - 16 * DAY
LATE = policy(loses_at_most=120, back_within=1, drill_every=7, verify_every=7, clause="3.12")
CHECK = RepositoryCheck(SRV1, "files", OFF - 9 * DAY, OFF - 9 * DAY, whole=True)


def stands(at: datetime, resting: Resting) -> BackupState:
    """How it stands: the last backup an hour before it went off, the last drill six days before, the check nine."""
    ago = NOW - OFF
    results, drills = [result(ago + HOUR)], [drill(ago + 6 * DAY)]
    server = ServerFacts(resting=resting)
    (one,) = backup_states([LATE], results, drills, at, checks=[CHECK], server=server)
    return one


def said(one: BackupState, level: Level) -> str:
    """The remarks of one level."""
    return " ".join(r.sentence for r in one.remarks if r.level is level)


class TestWhileItRests:
    """A server is off since 12 November at noon, and its backups and drills rest."""

    RESTING = Resting((Period(OFF),), (Period(OFF),))

    def test_nothing_is_owed_and_that_is_said_with_what_is_proven(self) -> None:
        """Not green, for nobody backs it up; nor a breach, for nobody has to."""
        one = stands(NOW, self.RESTING)

        assert one.level is Level.UNKNOWN
        assert said(one, Level.UNKNOWN).startswith(
            "Backup files is not owed since 2026-11-12 12:00 UTC: the server is suspended, and it rests by the "
            "agreement; the last good one ended at 2026-11-12 11:00 UTC."
        )
        assert "Last proven restore of backup files: 2026-11-06 12:05 UTC" in said(one, Level.GOOD)
        assert "a drill is not owed since 2026-11-12 12:00 UTC" in said(one, Level.GOOD)

    def test_without_the_clause_the_same_is_a_breach(self) -> None:
        """An agreement that lets nothing rest owes it all, off or not."""
        one = stands(NOW, Resting())

        assert one.level is Level.CRITICAL
        assert "At most 2 hours of work may be lost by clause 3.12" in said(one, Level.CRITICAL)

    def test_nothing_is_due(self) -> None:
        """No drill is made, no repository is read, and no calendar names a day."""
        one = stands(NOW, self.RESTING)

        assert not drill_is_due(one, NOW)
        assert not verify_is_due(one, NOW)
        assert drill_due_at(one) is None

    def test_drills_alone_may_rest(self) -> None:
        """Backups go on and are late; only the drill is not owed."""
        one = stands(NOW, Resting(drills=(Period(OFF),)))

        assert one.level is Level.CRITICAL
        assert "a drill is not owed" in said(one, Level.WARNING) + said(one, Level.GOOD)
        assert not drill_is_due(one, NOW)
        assert verify_is_due(one, NOW)


class TestOnceItIsBack:
    """The server is covered again, and the rest of each term runs on."""

    BACK = OFF + 8 * DAY
    RESTED = Resting((Period(OFF, BACK),), (Period(OFF, BACK),))

    def test_the_rest_of_each_term_runs_on(self) -> None:
        """An hour of the two hours was gone and six of the seven days: so much is left, and not a second more."""
        just = self.BACK + HOUR - timedelta(seconds=1)

        assert "may be lost" not in said(stands(just, self.RESTED), Level.CRITICAL)
        assert "may be lost" in said(
            stands(just + timedelta(seconds=2), self.RESTED), Level.CRITICAL
        )
        assert drill_due_at(stands(just, self.RESTED)) == (
            OFF - 6 * DAY + 5 * timedelta(minutes=1) + 7 * DAY + (self.BACK - OFF)
        )

    def test_the_instants_of_both_ends_are_exact(self) -> None:
        """It is owed up to the effective instant, not from it on, and again from the instant of the return."""
        before, moment = OFF - timedelta(microseconds=1), timedelta(microseconds=1)

        assert "not owed" not in said(stands(before, self.RESTED), Level.UNKNOWN)
        assert "not owed" in said(stands(OFF, self.RESTED), Level.UNKNOWN)
        assert "not owed" in said(stands(self.BACK - moment, self.RESTED), Level.UNKNOWN)
        assert "not owed" not in said(stands(self.BACK, self.RESTED), Level.UNKNOWN)

    def test_says_how_old_it_really_is(self) -> None:
        """What is judged leaves the rest out; what is said is the time since the last good one."""
        one = stands(self.BACK + 3 * DAY, self.RESTED)

        assert "the last good one ended 11 days 1 hour ago" in said(one, Level.CRITICAL)
        assert "if SRV1 failed now, it would be 11 days 1 hour" in said(one, Level.CRITICAL)

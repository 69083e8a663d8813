"""How a backup stands: fresh, proven, promised; and a hope is never shown as a proof."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundrules.core.backups import (
    BackupPolicy,
    BackupResult,
    BackupState,
    PolicyRefused,
    RestoreDrill,
    backup_states,
    drill_is_due,
)
from groundrules.core.health import Level
from groundrules.core.ids import AssetId

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def policy(**changed: Any) -> BackupPolicy:  # noqa: ANN401 - any field
    """Files of SRV1, daily, watched for a year."""
    kept: dict[str, Any] = {"product": "restic", "every": 24, "since": NOW - 365 * DAY, **changed}
    return BackupPolicy(SRV1, "files", **kept)


def result(ago: timedelta, *, succeeded: bool = True, says: str = "") -> BackupResult:
    """A backup that ended so long ago."""
    return BackupResult(SRV1, "files", NOW - ago, NOW - ago, succeeded, says, str(ago))


def drill(
    ago: timedelta, *, passed: bool = True, took: timedelta = 5 * timedelta(minutes=1)
) -> RestoreDrill:
    """A drill that began so long ago with data two hours older."""
    data = NOW - ago - 2 * HOUR if passed else None
    says = "" if passed else "ciphertext verification failed"
    return RestoreDrill(
        SRV1, "files", NOW - ago, NOW - ago + took, passed, says, "s", data, 3 if passed else None
    )


def state(p: BackupPolicy, *facts: BackupResult | RestoreDrill) -> BackupState:
    """How it stands now."""
    results = [f for f in facts if isinstance(f, BackupResult)]
    drills = [f for f in facts if isinstance(f, RestoreDrill)]
    (one,) = backup_states([p], results, drills, NOW)
    return one


def said(one: BackupState) -> str:
    """All remarks."""
    return " ".join(r.sentence for r in one.remarks)


class TestFreshness:
    """The age of the last good one counts, not that one was started."""

    @pytest.mark.parametrize(
        ("hours", "level"),
        [(20, Level.GOOD), (30, Level.GOOD), (40, Level.WARNING), (70, Level.CRITICAL)],
    )
    def test_age(self, hours: int, level: Level) -> None:
        """A little late is no failure; two missing are."""
        assert state(policy(), result(hours * HOUR)).level is level

    def test_failure_after_a_good_one(self) -> None:
        """A failed run is said with its words although the last good one is fresh."""
        one = state(policy(), result(20 * HOUR), result(HOUR, succeeded=False, says="disk full"))
        assert one.level is Level.WARNING
        assert "disk full" in said(one)

    def test_none_on_record(self) -> None:
        """None yet is not known; none after its time is critical."""
        assert state(policy(since=NOW - HOUR)).level is Level.UNKNOWN
        assert state(policy()).level is Level.CRITICAL

    def test_later_facts_and_other_backups_do_not_count(self) -> None:
        """What happened after the instant asked about, or to another backup, says nothing."""
        later = BackupResult(SRV1, "files", NOW + HOUR, NOW + HOUR, succeeded=True)
        other = BackupResult(SRV1, "database", NOW, NOW, succeeded=True)
        assert state(policy(), later, other).last_good is None


class TestProof:
    """A backup nobody restored is a hope."""

    def test_proven_with_its_measures(self) -> None:
        """The time to recover, the data-loss window and the count are said exactly."""
        one = state(policy(drill_every=30), result(HOUR), drill(3 * DAY))
        assert one.level is Level.GOOD
        assert "back after 5 minutes, 2 hours of work would have been lost, 3 records lost" in said(
            one
        )
        assert one.proven is not None

    def test_failed_drill_is_critical_though_backups_are_fresh(self) -> None:
        """And the last proven one is named."""
        one = state(policy(drill_every=30), result(HOUR), drill(40 * DAY), drill(DAY, passed=False))
        assert one.level is Level.CRITICAL
        assert "ciphertext verification failed" in said(one)
        assert "The last proven one was of 2026-10-19" in said(one)

    def test_never_restored(self) -> None:
        """Asked for and never done: not known at first, a warning when it is long due."""
        young = state(policy(drill_every=30, since=NOW - DAY), result(HOUR))
        assert young.level is Level.UNKNOWN
        assert state(policy(drill_every=30), result(HOUR)).level is Level.WARNING

    def test_due(self) -> None:
        """A drill is due when asked for, with something to restore, and none tried for so long; a failed one daily."""
        p = policy(drill_every=30)
        assert not drill_is_due(state(policy(), result(HOUR)), NOW)
        assert not drill_is_due(state(p), NOW)
        assert drill_is_due(state(p, result(HOUR)), NOW)
        assert not drill_is_due(state(p, result(HOUR), drill(HOUR, passed=False)), NOW)
        assert drill_is_due(state(p, result(HOUR), drill(2 * DAY, passed=False)), NOW)
        assert not drill_is_due(state(p, result(HOUR), drill(2 * DAY)), NOW)
        assert drill_is_due(state(p, result(HOUR), drill(31 * DAY)), NOW)


class TestPromises:
    """What the agreement promises is held against what is and what was measured."""

    def test_recovery_point(self) -> None:
        """An hour at most, and the last backup is three hours old: said as what would be lost now."""
        one = state(policy(every=4, loses_at_most=60), result(3 * HOUR))
        assert one.level is Level.CRITICAL
        assert "At most 1 hour of work may be lost" in said(one)
        assert "it would be 3 hours" in said(one)
        assert state(policy(every=4, loses_at_most=240), result(3 * HOUR)).level is Level.GOOD

    def test_recovery_time(self) -> None:
        """The last proven restore took longer than promised."""
        slow = drill(DAY, took=2 * HOUR)
        one = state(policy(back_within=60), result(HOUR), slow)
        assert one.level is Level.CRITICAL
        assert "took 2 hours" in said(one)


class TestRefused:
    """A policy that cannot be kept, or that would carry a secret, is refused in words."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"every": 0},
            {"product": " "},
            {"drill_every": -1},
            {"place": "rest:https://me:secret@backup.example/repo"},
        ],
    )
    def test_fields(self, changed: dict[str, Any]) -> None:
        """Each names the backup."""
        with pytest.raises(PolicyRefused, match="backup 'files' of SRV1"):
            policy(**changed)

    def test_retired_is_not_shown(self) -> None:
        """What is not watched any more has no state."""
        assert backup_states([policy(retired=True)], [], [], NOW) == ()

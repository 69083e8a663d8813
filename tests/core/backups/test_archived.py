"""What the newest look at a PostgreSQL archive says: as of the look, never green when nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundrules.core.backups import (
    ArchiveLook,
    BackupPolicy,
    BackupResult,
    BackupState,
    KeptBase,
    Needless,
    RepositoryCheck,
    ServerFacts,
    Unfinished,
    backup_states,
    thinning,
)
from groundrules.core.backups.archive import HeldBase, HeldPiece, Holdings
from groundrules.core.health import Level
from groundrules.core.ids import AssetId

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLACE = "/srv/archive/ledger"
MB = 1024 * 1024
SUNDAYS = [datetime(2026, 11, 22, 2, 0, tzinfo=UTC) - n * 7 * DAY for n in range(4)][::-1]


def policy(**changed: Any) -> BackupPolicy:  # noqa: ANN401 - any field
    """A ledger whose base backup is made every week."""
    known: dict[str, Any] = {"every": 168, "since": NOW - 365 * DAY, "place": PLACE, **changed}
    return BackupPolicy(SRV1, "ledger", "postgresql", **known)


def look(
    ago: timedelta = 10 * MINUTE,
    lost: timedelta = 20 * MINUTE / 60,
    **told: Any,  # noqa: ANN401 - any field
) -> ArchiveLook:
    """One made so long ago, whose log reached to so long before it; every Sunday's base backup is there."""
    at = NOW - ago
    bases = tuple(
        KeptBase(f"{one:%Y-%m-%d}", one, at - lost, f"{n:024X}") for n, one in enumerate(SUNDAYS, 3)
    )
    return ArchiveLook(SRV1, "ledger", at, PLACE, **{"bases": bases, **told})


def state(p: BackupPolicy, *looks: ArchiveLook) -> BackupState:
    """How it stands when every Sunday's base backup is on record."""
    results = [
        BackupResult(SRV1, "ledger", one, one, succeeded=True, snapshot=f"{one:%Y-%m-%d}")
        for one in SUNDAYS
    ]
    (one,) = backup_states([p], results, [], NOW, server=ServerFacts(archives=looks))
    return one


def worst(p: BackupPolicy, *looks: ArchiveLook) -> tuple[Level, str]:
    """The worst that is said of it."""
    remark = state(p, *looks).remarks[0]
    return remark.level, remark.sentence


class TestLog:
    """How far it reached, against what may be lost."""

    def test_never_looked_at_is_not_known(self) -> None:
        """A base backup of last Sunday says nothing of the log; no other product is asked for one."""
        level, said = worst(policy())
        assert (level, said) == (
            Level.UNKNOWN,
            "Nobody has looked at the log of backup ledger yet: groundrules backup read SRV1 ledger",
        )
        assert state(policy(place="")).level is Level.GOOD

    def test_within_what_may_be_lost(self) -> None:
        """Twenty seconds before the look, of a minute that may be lost."""
        found = state(policy(loses_at_most=1), look())
        assert found.level is Level.GOOD
        assert any(
            "reached to 2026-11-28 11:49:40 UTC, 20 seconds before it was looked at." in r.sentence
            for r in found.remarks
        )

    def test_later_than_promised(self) -> None:
        """Critical with the promise; and the base backup's own age breaks no such promise."""
        level, said = worst(policy(loses_at_most=1, clause="3.12"), look(lost=2 * HOUR))
        assert level is Level.CRITICAL
        assert (
            "2 hours before it was looked at: at most 1 minute of work may be lost by clause 3.12"
            in said
        )
        assert "heartbeat" in said
        assert worst(policy(), look(lost=2 * HOUR))[0] is Level.GOOD
        assert worst(policy(every=24), look(lost=40 * HOUR))[0] is not Level.GOOD

    def test_a_look_grows_old(self) -> None:
        """The newest look counts; two and a half hours later nobody knows any more, whatever it said."""
        level, said = worst(policy(loses_at_most=1), look(3 * HOUR))
        assert level is Level.UNKNOWN
        assert said.endswith("how far it reaches now is not known.")
        assert worst(policy(loses_at_most=1), look(3 * HOUR), look())[0] is Level.GOOD

    def test_clock_that_is_ahead_is_not_known(self) -> None:
        """A piece written an hour after the look says nothing about what may be lost."""
        assert worst(policy(loses_at_most=1), look(lost=-HOUR))[0] is Level.UNKNOWN

    def test_gap(self) -> None:
        """Critical, in the look's own words; so is an archive without a base backup."""
        level, said = worst(
            policy(), look(broken="The log in /srv is broken: 17 is missing.", newest_whole=False)
        )
        assert (level, said) == (
            Level.CRITICAL,
            "Backup ledger, looked at 2026-11-28 11:50:00 UTC: The log in /srv is broken: 17 is missing.",
        )
        older = look(broken="The log in /srv is broken: 4 is missing.", newest_whole=True)
        assert worst(policy(), older)[0] is Level.WARNING
        assert "held no base backup" in worst(policy(), look(bases=()))[1]


class TestBesideAVerification:
    """A verification reads every record; a look only names and headers."""

    def test_found_damaged(self) -> None:
        """What the look says of the reach is not green then, and the same gap is said once."""
        told = "The log in /srv is broken: 17 is damaged."
        check = RepositoryCheck(SRV1, "ledger", NOW - HOUR, NOW - HOUR, whole=False, says=told)
        seen = look(broken=told, newest_whole=False)
        (one,) = backup_states(
            [policy()], [], [], NOW, checks=[check], server=ServerFacts(archives=(seen,))
        )
        said = [remark.sentence for remark in one.remarks]
        assert one.level is Level.CRITICAL
        assert sum("17 is damaged" in sentence for sentence in said) == 1
        (reached,) = (remark for remark in one.remarks if "reached to" in remark.sentence)
        assert reached.level is Level.UNKNOWN
        assert reached.sentence.endswith(
            "by its names alone: what was found damaged is not counted."
        )


class TestKept:
    """Retention of base backups, and the log that goes with them."""

    def test_owed_and_gone(self) -> None:
        """A week that had a base backup and has none is named; an instant that was known otherwise is no gap."""
        kept = policy(keep_weekly=4)
        assert state(kept, look()).level is Level.GOOD
        gone = tuple(one for one in look().bases if one.name != "2026-11-15")
        level, said = worst(kept, look(bases=gone))
        assert (level, "none for the week of 2026-11-15" in said) == (Level.CRITICAL, True)
        moved = tuple(replace(one, made=one.made - 3 * DAY) for one in look().bases)
        assert worst(kept, look(bases=moved))[0] is not Level.CRITICAL

    def test_nobody_removed_them(self) -> None:
        """Two weeks are kept and four are there; the one that was not needed for a week already is said."""
        level, said = worst(policy(keep_weekly=2), look())
        assert level is Level.WARNING
        assert said == (
            "1 base backup of backup ledger, the oldest of 2026-11-01, would be gone if only 2 weeks were kept; "
            "nobody removed them."
        )

    def test_log_piles_up(self) -> None:
        """A week's worth before the oldest base backup is nobody's mistake; more is, and the command is there."""
        fresh = Needless(3, 48 * MB, NOW - 6 * DAY)
        assert state(policy(), look(needless=fresh)).level is Level.GOOD
        level, said = worst(
            policy(), look(needless=replace(fresh, segments=900, oldest=NOW - 30 * DAY))
        )
        assert level is Level.WARNING
        assert said.endswith(f"pg_archivecleanup {PLACE}/wal 000000000000000000000003")
        assert "900 segments of the log of backup ledger (50 MB, the oldest of 2026-10-29)" in said

    @pytest.mark.parametrize(("age", "level"), [(HOUR, Level.GOOD), (2 * DAY, Level.WARNING)])
    def test_broken_off(self, age: timedelta, level: Level) -> None:
        """A base backup that is being made has no manifest yet; a day later it was broken off."""
        one = Unfinished("2026-11-28", NOW - age)
        assert state(policy(), look(unfinished=(one,))).level is level


class TestThinning:
    """The commands for a person."""

    def held(self, newest: int = 9) -> Holdings:
        """Four base backups in the segments 3, 5, 7 and 9, and the log from 1 to `newest`."""
        bases = tuple(
            HeldBase(f"{made:%Y-%m-%d}", made, 1, n * MB + 40, n * MB + 300)
            for n, made in zip((3, 5, 7, 9), SUNDAYS, strict=True)
        )
        return Holdings(bases, tuple(HeldPiece(1, n, NOW, MB) for n in range(1, newest + 1)), MB)

    def test_base_backups_first_and_then_their_log(self) -> None:
        """What is not kept goes, and the log before the oldest that stays."""
        spaced = policy(place="/srv/the archive", keep_weekly=2)
        assert thinning(spaced, self.held(), UTC) == (
            "rm -r '/srv/the archive/base/2026-11-01'",
            "rm -r '/srv/the archive/base/2026-11-08'",
            "pg_archivecleanup '/srv/the archive/wal' 000000010000000000000007",
        )
        assert thinning(policy(keep_weekly=4), self.held(), UTC) == (
            f"pg_archivecleanup {PLACE}/wal 000000010000000000000003",
        )

    def test_nothing(self) -> None:
        """Nothing to thin; and nothing while the newest one cannot be restored."""
        whole = self.held()
        used = replace(whole, pieces=whole.pieces[2:])
        assert thinning(policy(keep_weekly=4), used, UTC) == ()
        assert thinning(policy(keep_weekly=1), self.held(newest=8), UTC) == ()

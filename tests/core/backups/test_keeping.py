"""Retention by hand-made calendars, and what a check of a repository says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from groundrules.core.backups import (
    BackupPolicy,
    BackupResult,
    BackupState,
    PolicyRefused,
    RepositoryCheck,
    backup_states,
    kept_by,
    retention,
    verify_is_due,
)
from groundrules.core.backups.checked import keeping_words
from groundrules.core.health import Level
from groundrules.core.ids import AssetId

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NIGHTS = [datetime(2026, 11, 28, 2, 0, tzinfo=UTC) - n * DAY for n in range(60)]


def policy(**changed: Any) -> BackupPolicy:  # noqa: ANN401 - any field
    """Files of SRV1, nightly, watched for a year."""
    kept: dict[str, Any] = {"product": "restic", "every": 24, "since": NOW - 365 * DAY, **changed}
    return BackupPolicy(SRV1, "files", **kept)


def state(p: BackupPolicy, *checks: RepositoryCheck, at: datetime = NOW) -> BackupState:
    """How it stands with a good backup every night."""
    results = [BackupResult(SRV1, "files", one, one, succeeded=True) for one in NIGHTS]
    (one,) = backup_states([p], results, [], at, checks=checks)
    return one


def check(ago: timedelta = DAY / 24, **told: Any) -> RepositoryCheck:  # noqa: ANN401 - any field
    """A check that ended so long ago and found the repository whole, with every night in it."""
    known: dict[str, Any] = {"whole": True, "held": tuple(NIGHTS), **told}
    return RepositoryCheck(SRV1, "files", NOW - ago, NOW - ago, **known)


class TestWhatIsKept:
    """Restic's own rule: the last of each of the newest days, weeks and months that have one."""

    def test_days_weeks_months(self) -> None:
        """Of sixty nights: three days, the Sundays of two weeks (or the newest), the last nights of two months."""
        kept = kept_by(policy(keep_daily=3, keep_weekly=2, keep_monthly=2), NIGHTS)
        assert sorted(f"{one:%m-%d}" for one in kept) == [
            "10-31",
            "11-22",
            "11-26",
            "11-27",
            "11-28",
        ]

    def test_newest_always_and_all_where_nothing_is_said(self) -> None:
        """Nothing said keeps everything; a policy of months keeps the newest one."""
        assert kept_by(policy(), NIGHTS) == frozenset(NIGHTS)
        assert kept_by(policy(keep_monthly=1), NIGHTS) == {NIGHTS[0]}
        assert kept_by(policy(keep_daily=3), []) == frozenset()

    def test_days_of_the_servers_zone(self) -> None:
        """01:00 and 09:00 UTC are one day in London and two in Los Angeles."""
        two = [datetime(2026, 11, 28, hour, tzinfo=UTC) for hour in (1, 9)]
        kept = policy(keep_daily=5)
        assert len(kept_by(kept, two, ZoneInfo("Europe/London"))) == 1
        assert len(kept_by(kept, two, ZoneInfo("America/Los_Angeles"))) == 2

    def test_what_the_rule_keeps_is_never_missing(self) -> None:
        """Whatever is kept, thinning by the rule leaves nothing owed and nothing needless."""
        for keeps in ((7, 0, 0), (0, 4, 0), (0, 0, 2), (7, 4, 12), (1, 1, 1)):
            p = policy(keep_daily=keeps[0], keep_weekly=keeps[1], keep_monthly=keeps[2])
            found = retention(p, NIGHTS, sorted(kept_by(p, NIGHTS)))
            assert (found.missing, found.needless) == ((), ())

    def test_words_and_refusals(self) -> None:
        """Said as people say it."""
        assert keeping_words(policy(keep_daily=7, keep_weekly=4, keep_monthly=1)) == (
            "7 days, 4 weeks and 1 month"
        )
        assert keeping_words(policy()) == "everything"
        with pytest.raises(PolicyRefused, match="not negative"):
            policy(keep_daily=-1)


class TestChecks:
    """What the newest check of a repository says of a backup."""

    def test_never_late_whole(self) -> None:
        """Nothing asked for, nothing said; asked for and never done is a warning; late too; done is good."""
        assert len(state(policy()).remarks) == 1
        asked = policy(verify_every=7)
        assert state(asked).level is Level.WARNING
        assert "never verified" in state(asked).remarks[0].sentence
        assert verify_is_due(state(asked), NOW)
        assert state(asked, check()).level is Level.GOOD
        assert not verify_is_due(state(asked, check()), NOW)
        late = state(asked, check(11 * DAY))
        assert late.level is Level.WARNING
        assert "due every 7 days" in late.remarks[0].sentence

    def test_damage_is_critical_until_a_later_check_is_whole(self) -> None:
        """The program's own words; looked at again the day after; a later whole check ends it."""
        damaged = check(2 * DAY, whole=False, says="pack 12ab: ciphertext verification failed")
        one = state(policy(verify_every=30), damaged)
        assert one.level is Level.CRITICAL
        assert "pack 12ab" in one.remarks[0].sentence
        assert verify_is_due(one, NOW)
        assert state(policy(verify_every=30), damaged, check()).level is Level.GOOD

    def test_what_is_owed_and_gone(self) -> None:
        """A night that had a backup and is not held is said with its day; a night without one is not."""
        kept = policy(keep_daily=7)
        held = tuple(one for one in NIGHTS[:7] if one.day not in {24, 25})
        one = state(kept, check(held=held))
        assert one.level is Level.CRITICAL
        assert one.remarks[0].sentence == (
            "Backup files keeps 7 days; its repository held none for the day of 2026-11-25 and 1 other "
            "at 2026-11-28 11:00 UTC."
        )
        assert state(kept, check(held=tuple(NIGHTS[:7]))).level is Level.GOOD

    def test_what_nobody_removed(self) -> None:
        """Older than a week beyond the rule is a warning: it costs room, and may hold what was to be gone."""
        one = state(policy(keep_daily=7), check())
        assert one.level is Level.WARNING
        assert "46 snapshots" in one.remarks[0].sentence
        assert state(policy(keep_daily=7), check(held=tuple(NIGHTS[:13]))).level is Level.GOOD

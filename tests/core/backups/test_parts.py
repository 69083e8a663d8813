"""The rotation over a repository's parts: what is read next, and since when all was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.backups import (
    BackupPolicy,
    BackupResult,
    PolicyRefused,
    RepositoryCheck,
    all_read_since,
    backup_states,
    next_part,
)
from groundrules.core.health import Level
from groundrules.core.ids import AssetId

SRV1 = AssetId("SRV1")
FIRST = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def check(day: int, part: int = 1, parts: int = 3, *, whole: bool = True) -> RepositoryCheck:
    """One that was made so many days after the first."""
    at = FIRST + day * DAY
    return RepositoryCheck(SRV1, "files", at, at, whole, part=part, parts=parts)


class TestRotation:
    """The part read longest ago is next."""

    def test_each_in_turn_and_then_the_oldest(self) -> None:
        """All since the oldest of the last readings, and not before each was read."""
        made: list[RepositoryCheck] = []
        read, since = [], []
        for day in range(5):
            part, parts = next_part(made, 3)
            made.insert(0, check(day, part, parts))
            read.append(part)
            since.append(all_read_since(made, 3))
        assert read == [1, 2, 3, 1, 2]
        assert since == [None, None, FIRST, FIRST + DAY, FIRST + 2 * DAY]

    def test_another_number_starts_anew(self) -> None:
        """Of seven parts nothing counts for three; a check of everything counts for each."""
        sevens = [check(day, day + 1, 7) for day in range(7)]
        assert next_part(sevens, 3) == (1, 3)
        assert all_read_since(sevens, 3) is None
        again = [check(0), check(1, 2), check(2, 3), check(3, 1, 7), check(4)]
        assert next_part(again, 3) == (2, 3)
        assert all_read_since(again, 3) is None
        whole = [check(0, 1, 1), check(1)]
        assert next_part(whole, 3) == (2, 3)
        assert all_read_since(whole, 3) == FIRST
        assert next_part(sevens, 1) == (1, 1)

    def test_no_other_part_hides_damage(self) -> None:
        """The damaged part is read again until it is whole; of another number of parts, everything."""
        made = [check(0), check(1, 2), check(2, 3), check(3, whole=False)]
        assert next_part(made, 3) == (1, 3)
        assert next_part(made, 5) == (1, 1)
        assert next_part([check(0, 1, 1, whole=False)], 3) == (1, 1)
        assert all_read_since(made, 3) is None
        assert all_read_since([*made, check(4)], 3) == FIRST + DAY

    def test_words(self) -> None:
        """Not all read is not green; all read is; damage names its part and is critical."""
        policy = BackupPolicy(SRV1, "files", "restic", 24, FIRST, verify_every=1, verify_parts=3)
        good = BackupResult(SRV1, "files", FIRST, FIRST, succeeded=True)
        since = datetime(2026, 10, 30, 2, 0, tzinfo=UTC)
        every = RepositoryCheck(
            SRV1, "files", FIRST, FIRST, whole=True, part=2, parts=3, all_since=since
        )
        said = [
            backup_states([policy], [good], [], FIRST + DAY / 24, checks=[one])[0]
            for one in (check(0, 2), every, check(0, 2, whole=False))
        ]
        assert [one.level for one in said] == [Level.UNKNOWN, Level.GOOD, Level.CRITICAL]
        sentences = [" ".join(r.sentence for r in one.remarks) for one in said]
        read = "part 2 of 3 was verified at 2026-11-01 02:00 UTC"
        assert f"{read}, not all read yet." in sentences[0]
        assert f"{read}, all read since 2026-10-30 02:00 UTC." in sentences[1]
        assert "2026-11-01 02:00 UTC, part 2 of 3" in sentences[2]

    def test_refusals(self) -> None:
        """Only restic's, and as many as restic can."""
        for product, parts, says in (
            ("restic", 257, "to 256"),
            ("restic", 0, "1 "),
            ("veeam", 2, "only"),
        ):
            with pytest.raises(PolicyRefused, match=says):
                BackupPolicy(SRV1, "files", product, 24, FIRST, verify_parts=parts)

"""Restores that get slower, or would lose more, are said once that is clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groundrules.core.backups import RestoreDrill, trend
from groundrules.core.ids import AssetId

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def drill(days_ago: int, took: int, lost: int | None = 60, *, passed: bool = True) -> RestoreDrill:
    """One drill: minutes to be back, minutes of work that would have been lost."""
    began = NOON - timedelta(days=days_ago)
    ended = began + timedelta(minutes=took)
    of = None if lost is None else began - timedelta(minutes=lost)
    return RestoreDrill(AssetId("SRV1"), "files", began, ended, passed, data_from=of)


class TestTrend:
    """Compared with the middle of what came before."""

    def test_slower(self) -> None:
        """Both figures are said, and of how many."""
        told = trend([drill(0, 30), drill(30, 10), drill(60, 12), drill(90, 8)])
        assert told == (
            "Coming back takes longer than it did: 30 minutes, and 10 minutes in the middle of the 3 before.",
        )

    def test_more_would_be_lost(self) -> None:
        """The window grew while the time to be back did not."""
        (said,) = trend([drill(0, 10, 180), drill(30, 10), drill(60, 10)])
        assert said.startswith("More work would be lost than it did: 3 hours, and 1 hour")

    def test_about_the_same_or_too_few(self) -> None:
        """A tenth more, seconds more, or only two proven restores say nothing; failed drills are not compared."""
        assert trend([drill(0, 11), drill(30, 10), drill(60, 10)]) == ()
        assert trend([drill(0, 90), drill(30, 10)]) == ()
        assert (
            trend([drill(0, 90, passed=False), drill(30, 10), drill(60, 10), drill(90, 10)]) == ()
        )
        assert trend([]) == ()

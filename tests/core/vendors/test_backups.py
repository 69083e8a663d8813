"""When backups run, by the site's clock, and what a window beside them meets."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from groundrules.core.ids import AssetId, BackupHoursId
from groundrules.core.periods import Period
from groundrules.core.vendors.backups import BackupHours, BackupHoursIncomplete, runs_during

ZONE = "America/New_York"
SRV1 = AssetId("SRV1")
HOUR = timedelta(hours=1)


def nightly(**said: object) -> BackupHours:
    """This function will describe the backup that runs from 22:00 to 01:00 of the next day, Monday to Friday."""
    fields: dict[str, object] = {
        "id": BackupHoursId("BKP-1"),
        "says": "image to the NAS",
        "days": frozenset(range(5)),
        "opens": time(22),
        "closes": time(1),
        "period": Period(datetime(2026, 1, 1, tzinfo=UTC), None),
        **said,
    }
    return BackupHours(**fields)  # type: ignore[arg-type]  # - fields by name


def local(day: int, hour: int, *, month: int = 3) -> datetime:
    """This function will return an hour of New York in March 2026 (winter time until the 8th)."""
    offset = 5 if (month, day) < (3, 8) else 4
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour + offset)


def met(window: Period, *backups: BackupHours) -> list[tuple[datetime, datetime | None]]:
    """This function will return the runs a window on SRV1 meets."""
    found = runs_during(backups or (nightly(),), SRV1, window, ZONE)
    return [(run.start, run.end) for _, run in found]


class TestRunsDuring:
    """What a window meets."""

    def test_finds_the_run_that_began_the_day_before(self) -> None:
        """Friday's early hours belong to Thursday's backup."""
        window = Period(local(6, 0), local(6, 3))

        assert met(window) == [(local(5, 22), local(6, 1))]

    def test_lets_a_window_touch_its_edges(self) -> None:
        """Until it begins, and from its end on, nothing is met."""
        assert met(Period(local(5, 20), local(5, 22))) == []
        assert met(Period(local(6, 1), local(6, 4))) == []

    def test_knows_its_days_servers_and_time(self) -> None:
        """Not on a Sunday night, not on another server, not before it was so."""
        sunday = Period(local(1, 21), local(1, 24))
        thursday = Period(local(5, 21), local(5, 24))

        assert met(sunday) == []
        assert met(thursday, nightly(assets=frozenset({AssetId("SRV2")}))) == []
        assert met(thursday, nightly(period=Period(local(6, 0), None))) == []
        assert met(thursday, nightly(assets=frozenset({SRV1})))

    def test_follows_the_clocks(self) -> None:
        """On the night of the change a backup from two to three still runs, an hour later by the clock of before."""
        early = nightly(days=frozenset({6}), opens=time(2), closes=time(3))
        change = datetime(2026, 3, 8, 7, tzinfo=UTC)

        assert met(Period(change, change + HOUR), early) == [(change, change + HOUR)]

    @pytest.mark.parametrize(
        "said",
        [{"says": " "}, {"days": frozenset()}, {"days": frozenset({7})}, {"closes": time(22)}],
    )
    def test_is_refused_when_it_says_too_little(self, said: dict[str, object]) -> None:
        """Which backup, on which days, from when to when."""
        with pytest.raises(BackupHoursIncomplete):
            nightly(**said)

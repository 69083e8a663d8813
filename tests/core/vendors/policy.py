"""What the vendor tests share: calendars, the letter of scenario 14 and the window of scenario 15."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from groundrules.core.calendars import Calendar, OpeningHours
from groundrules.core.ids import AssetId, LetterOfAgencyId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import (
    AccessWindow,
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
)

PACIFIC, EASTERN = "America/Los_Angeles", "America/New_York"
SRV1, V1 = AssetId("SRV1"), VendorId("V1")


def at(moment: str, zone: str = PACIFIC) -> datetime:
    """A local wall time as UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def calendar(zone: str = PACIFIC, *holidays: date) -> Calendar:
    """Monday to Friday, eight to five."""
    days = tuple(OpeningHours(day, time(8), time(17)) for day in range(5))
    return Calendar(zone, days, frozenset(holidays))


def letter(*more: tuple[LetterOfAgencyStep, str], **facts: Any) -> LetterOfAgency:  # noqa: ANN401 - fields of the letter
    """Scenario 14: signed and delivered Tue 2007-03-20, for twelve months."""
    steps = (
        (LetterOfAgencyStep.SIGNED, "2007-03-20 09:00"),
        (LetterOfAgencyStep.DELIVERED, "2007-03-20 11:00"),
        *more,
    )
    dated = tuple(DatedStep(step, at(moment)) for step, moment in steps)
    given = {"file_name": "loa-v1.pdf", "steps": dated} | facts
    return LetterOfAgency(id=LetterOfAgencyId("LOA-1"), vendor=V1, **given)


def window(ref: str = "WIN-1", **facts: Any) -> AccessWindow:  # noqa: ANN401 - fields of the window
    """Scenario 15: Thu 2026-03-05 18:00-20:00 New York, asked for and approved on Monday."""
    given: dict[str, Any] = {
        "asset": SRV1,
        "period": Period(at("2026-03-05 18:00", EASTERN), at("2026-03-05 20:00", EASTERN)),
        "vendor": V1,
        "approved_at": at("2026-03-02 10:00", EASTERN),
        "approved_by": "Pat Owner",
        "backup_confirmed": True,
    }
    return AccessWindow(id=WindowId(ref), **(given | facts))

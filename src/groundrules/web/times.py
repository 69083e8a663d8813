"""Instants and spans as people read them: always with their zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.agreements.words import duration_words
from groundrules.core.calendars import exact_label, when_label, zone_label
from groundrules.core.periods import utc

clock, minute, when = exact_label, zone_label, when_label
span_words = duration_words


def field_value(moment: datetime | None, zone: str) -> str:
    """This function will write an instant as a form's field of a local time holds it; empty without one."""
    return (
        "" if moment is None else utc(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    )

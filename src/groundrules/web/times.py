"""Instants and spans as people read them: always with their zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.calendars import exact_label, when_label, zone_label
from groundrules.core.periods import utc

clock, minute, when = exact_label, zone_label, when_label


def span_words(seconds: int) -> str:
    """This function will write a length of work exactly: `3 h 50 min`, `85 min` stays `1 h 25 min`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if minutes or not (hours or rest):
        parts.append(f"{minutes} min")
    if rest:
        parts.append(f"{rest} s")
    return " ".join(parts)


def field_value(moment: datetime | None, zone: str) -> str:
    """This function will write an instant as a form's field of a local time holds it; empty without one."""
    return (
        "" if moment is None else utc(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    )

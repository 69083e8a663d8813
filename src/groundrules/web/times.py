"""Instants and spans as people read them: always with their zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.periods import utc


def clock(moment: datetime, zone: str) -> str:
    """This function will write an instant to the second with its zone: `Wed 2007-02-21 19:58:03 PST`."""
    return utc(moment).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M:%S %Z")


def minute(moment: datetime, zone: str) -> str:
    """This function will write an instant to the minute with its zone: `Wed 2007-02-21 19:58 PST`."""
    return utc(moment).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M %Z")


def when(not_before: datetime, not_after: datetime, zone: str) -> str:
    """This function will write an exact instant, or an honest interval."""
    if not_before == not_after:
        return clock(not_after, zone)
    return f"between {clock(not_before, zone)} and {clock(not_after, zone)}"


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

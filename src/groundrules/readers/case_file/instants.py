"""Times as people write them in a case file, and the instants they mean.

An instant needs a zone: its own (`-08:00`, `Z`, `PST`, `America/New_York`) or the file's `zone:`. A wall time that
happens twice or never is refused with the ways to write what was meant; nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from groundrules.core.periods import start_of_local_day
from groundrules.readers.case_file.places import BadValue, Scalar

_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<wall>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(?P<zone>\S.*)?)?"
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})")
_HOW = "write 2007-02-20 13:10 -08:00, or give the file a `zone:`"


def read_date(node: Scalar) -> date:
    """This function will read a calendar day such as 2007-02-20."""
    try:
        return date.fromisoformat(node.text)
    except ValueError as error:
        raise BadValue(node.place, f'"{node.text}" is not a day; write it as 2007-02-20') from error


def read_wall_time(node: Scalar) -> time:
    """This function will read a wall time such as 17:00 (24:00 is written 00:00)."""
    try:
        hours, _, rest = node.text.partition(":")
        return time.fromisoformat(f"{hours:0>2}:{rest}")
    except ValueError as error:
        raise BadValue(
            node.place, f'"{node.text}" is not a time of day; write it as 17:00'
        ) from error


def known_zone(name: str) -> bool:
    """This function will say whether a name is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_instant(node: Scalar, file_zone: str) -> datetime:
    """This function will read an instant and return it in UTC.

    A day without a time means the first instant of that day in the zone. Raises BadValue for an unknown form, a
    missing zone, and a wall time that a clock change skips or repeats.
    """
    match = _INSTANT.fullmatch(node.text.strip())
    if match is None:
        raise BadValue(node.place, f'"{node.text}" is not a time; {_HOW}')
    try:
        wall = datetime.fromisoformat(f"{match['day']}T{(match['wall'] or '00:00'):0>5}")
    except ValueError as error:
        raise BadValue(node.place, f'"{node.text}" is not a time: {error}') from error
    zone = (match["zone"] or "").strip()
    if zone == "Z":
        return wall.replace(tzinfo=UTC)
    offset = _OFFSET.fullmatch(zone)
    if offset is not None:
        return wall.replace(tzinfo=UTC) - _offset(node, offset)
    if ("/" in zone or zone == "UTC") and known_zone(zone):
        return _in_zone(node, wall, zone, "")
    if not file_zone:
        raise BadValue(node.place, f'"{node.text}" has no time zone; {_HOW}')
    if match["wall"] is None:
        return start_of_local_day(file_zone, wall.date())
    return _in_zone(node, wall, file_zone, zone)


def _offset(node: Scalar, match: re.Match[str]) -> timedelta:
    size = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    if size > timedelta(hours=15):
        raise BadValue(node.place, f'"{node.text}": no place on earth is {match.group()} from UTC')
    return -size if match["sign"] == "-" else size


def _in_zone(node: Scalar, wall: datetime, zone: str, label: str) -> datetime:
    candidates = _meanings(wall, zone)
    if not candidates:
        raise BadValue(node.place, _never(wall, zone))
    chosen = [c for c in candidates if not label or c.tzname() == label]
    if not chosen:
        labels = " or ".join(str(c.tzname()) for c in candidates)
        raise BadValue(
            node.place,
            f'"{node.text}": {zone} is on {labels} then, not {label}; write {labels} or leave it out',
        )
    if len(chosen) > 1:
        ways = " or ".join(f"{wall:%Y-%m-%d %H:%M} {_label(c)}" for c in chosen)
        raise BadValue(
            node.place,
            f'"{node.text}" happens twice in {zone}, because the clocks go back; write {ways}',
        )
    return chosen[0].astimezone(UTC)


def _label(moment: datetime) -> str:
    name = moment.tzname() or ""
    return name if name.isalpha() else moment.isoformat()[-6:]


def _meanings(wall: datetime, zone: str) -> list[datetime]:
    """The aware times a wall time can mean: none when it is skipped, two when it is repeated."""
    found: list[datetime] = []
    for fold in (0, 1):
        aware = wall.replace(tzinfo=ZoneInfo(zone), fold=fold)
        back = aware.astimezone(UTC).astimezone(ZoneInfo(zone))
        if back.replace(tzinfo=None, fold=0) == wall and all(
            aware.utcoffset() != other.utcoffset() for other in found
        ):
            found.append(aware)
    return found


def _never(wall: datetime, zone: str) -> str:
    before, after = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (1, 0))
    earlier = before.astimezone(UTC).astimezone(ZoneInfo(zone))
    later = after.astimezone(UTC).astimezone(ZoneInfo(zone))
    ways = " or ".join(f"{moment:%Y-%m-%d %H:%M} {_label(moment)}" for moment in (earlier, later))
    return (
        f'"{wall:%Y-%m-%d %H:%M}" does not exist in {zone}: the clocks jump over it; write {ways}'
    )

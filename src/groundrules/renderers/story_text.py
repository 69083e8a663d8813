"""The small tools a story is laid out with: headings, wrapped sentences, indented points, names people use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from groundrules.core.calendars import zone_label
from groundrules.core.periods import Period, utc
from groundrules.core.world import World

WIDTH = 96


def heading(text: str) -> str:
    """This function will write a heading with its underline."""
    return f"{text}\n{'-' * len(text)}"


def paragraph(text: str, indent: int = 0) -> str:
    """This function will wrap a paragraph to the page width."""
    lead = " " * indent
    return "\n".join(wrap(text, WIDTH, initial_indent=lead, subsequent_indent=lead))


def point(text: str, indent: int = 0, mark: str = "-") -> str:
    """This function will write one point of a list, wrapped under itself."""
    lead = " " * indent
    hanging = f"{lead}{' ' * (len(mark) + 1)}"
    return "\n".join(wrap(text, WIDTH, initial_indent=f"{lead}{mark} ", subsequent_indent=hanging))


def labelled(label: str, text: str, indent: int = 2, width: int = 9) -> str:
    """This function will write `label  text`, with the text wrapped in its own column."""
    lead = f"{' ' * indent}{label:<{width}} "
    return "\n".join(wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)))


def section(title: str, blocks: Iterable[str]) -> str:
    """This function will write a section, or nothing when it has no content."""
    kept = [block for block in blocks if block]
    return "\n".join([heading(title), *kept]) if kept else ""


def span(period: Period, zone: str) -> str:
    """This function will write a period as people read it: `Tue 2007-02-20 13:10 - 17:00 PST`."""
    start = period.start.astimezone(ZoneInfo(zone))
    if period.end is None:
        return f"from {zone_label(period.start, zone)}"
    end = period.end.astimezone(ZoneInfo(zone))
    if start.date() == end.date() and start.tzname() == end.tzname():
        return f"{start:%a %Y-%m-%d %H:%M} - {end:%H:%M %Z}"
    if start.date() == end.date():
        return f"{start:%a %Y-%m-%d %H:%M %Z} - {end:%H:%M %Z}"
    if start.tzname() != end.tzname():
        return f"{start:%a %Y-%m-%d %H:%M %Z} - {end:%a %Y-%m-%d %H:%M %Z}"
    return f"{start:%a %Y-%m-%d %H:%M} - {end:%a %Y-%m-%d %H:%M %Z}"


def when(moment: datetime, zone: str) -> str:
    """This function will write an instant with its zone."""
    return zone_label(utc(moment), zone)


class Names:
    """What people call the things of a world; an id nobody named is shown as it is."""

    def __init__(self, world: World) -> None:
        self._names: dict[str, str] = {}
        for group in (
            world.assets,
            world.applications,
            world.vendors,
            world.technicians,
            world.client.contacts,
        ):
            self._names.update({str(item.id): item.name for item in group})

    def of(self, ref: str | None) -> str:
        """This function will return the name behind an id."""
        return self._names.get(str(ref), str(ref)) if ref else "nothing"

    def with_id(self, ref: str) -> str:
        """This function will return the name with its id behind it: `Rogue Dental Software (V1)`."""
        name = self._names.get(ref)
        return f"{name} ({ref})" if name and name != ref else ref

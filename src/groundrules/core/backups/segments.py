"""PostgreSQL's log by its names: segments, positions and timelines, counted as the server itself counts them.

A segment is `TTTTTTTTXXXXXXXXYYYYYYYY`: its timeline, and its number in two halves whose border depends on the size
that segments of this cluster have. A timeline begins where a restored cluster left another one; its `.history` file
names those before it and where each was left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HALF = 0x1_0000_0000
_SMALLEST, _LARGEST = 1 << 20, 1 << 30
_NAME = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})")
_POSITION = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})")
_SWITCH = re.compile(r"\s*(\d+)\s+([0-9A-Fa-f]+/[0-9A-Fa-f]+)")


class NotOfALog(ValueError):
    """A text that is no name, position or history of PostgreSQL's log; the message says which."""


@dataclass(frozen=True, slots=True)
class Span:
    """One timeline's share of a line of descent, from a position to where the next one left it (None: not yet)."""

    timeline: int
    begins: int
    ends: int | None = None


def is_segment_size(size: int) -> bool:
    """This function will say whether segments can have this size: a power of two from 1 MiB to 1 GiB."""
    return _SMALLEST <= size <= _LARGEST and size & (size - 1) == 0


def segment_name(timeline: int, number: int, size: int) -> str:
    """This function will return the name of a timeline's segment of that number."""
    per = _HALF // size
    return f"{timeline:08X}{number // per:08X}{number % per:08X}"


def read_segment(name: str, size: int) -> tuple[int, int]:
    """This function will return the timeline and the number a segment's name stands for; raises NotOfALog."""
    found = _NAME.fullmatch(name)
    timeline, high, low = (int(one, 16) for one in found.groups()) if found else (0, 0, 0)
    if not timeline or low >= _HALF // size:
        message = f"{name!r} is no segment of a log whose segments have {size} bytes"
        raise NotOfALog(message)
    return timeline, high * (_HALF // size) + low


def read_position(text: str) -> int:
    """This function will read a position such as 0/3000028; raises NotOfALog."""
    found = _POSITION.fullmatch(text)
    if found is None:
        message = f"{text!r} is no position in a log, such as 0/3000028"
        raise NotOfALog(message)
    return int(found[1], 16) << 32 | int(found[2], 16)


def position_words(position: int) -> str:
    """This function will write a position as PostgreSQL does."""
    return f"{position >> 32:X}/{position & (_HALF - 1):X}"


def read_history(text: str) -> tuple[tuple[int, int], ...]:
    """This function will read a timeline's `.history`: each timeline before it, and the position it was left at.

    Raises NotOfALog where they do not grow, as PostgreSQL refuses them too.
    """
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    found: list[tuple[int, int]] = []
    for line in filter(None, lines):
        told = _SWITCH.match(line)
        if told is None:
            message = f"{line!r} names no timeline and position"
            raise NotOfALog(message)
        switch = (int(told[1]), read_position(told[2]))
        if found and (switch[0] <= found[-1][0] or switch[1] < found[-1][1]):
            message = "its timelines do not follow each other"
            raise NotOfALog(message)
        found.append(switch)
    return tuple(found)


def descent(
    timeline: int, histories: Mapping[int, tuple[tuple[int, int], ...]]
) -> tuple[Span, ...]:
    """This function will return the line of descent a restore from a timeline follows: the newest one it can find.

    PostgreSQL asks for the history of the next number until there is none, so one that is not there ends its search.
    """
    newest = timeline
    while newest + 1 in histories:
        newest += 1
    spans: list[Span] = []
    begins = 0
    for parent, left in histories.get(newest, ()):
        spans.append(Span(parent, begins, left))
        begins = left
    return (*spans, Span(newest, begins))

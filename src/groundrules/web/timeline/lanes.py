"""Lanes: where every session, change, incident, window and gap of a span is drawn. Geometry only.

The table below the drawing is the accessible truth; the lanes only show the same rows along one axis. Coordinates are
whole tenths of a unit so that the same rows always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.periods import Interval, Period, utc

LEFT = 118.0
RIGHT = 992.0
LANE_HEIGHT = 34
TOP = 26
_FOLD_DISTANCE = 9.0
_TICK_STEPS_HOURS = (1, 2, 3, 4, 6, 12, 24, 48, 96, 168)
_MOST_TICKS = 13
_MOST_SUB_LANES = 4
_HOURS_A_DAY = 24
_LETTER_WIDTH = 6.6
_FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """Something with a length: a session, incident, window or gap."""

    period: Period
    label: str
    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at an instant or in an uncertain interval: a change."""

    interval: Interval
    label: str
    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One named row of the drawing."""

    name: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its place."""

    x: float
    y: float
    width: float
    height: float
    label: str
    text: str
    kind: str
    href: str


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A diamond at `x`, with a line from `x_from` to `x_to` when the instant is uncertain; `count` folded into one."""

    x: float
    y: float
    x_from: float
    x_to: float
    label: str
    kind: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with its place."""

    name: str
    y: float
    bars: tuple[DrawnBar, ...]
    marks: tuple[DrawnMark, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line with its local time."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture for the template."""

    width: int
    height: int
    lanes: tuple[DrawnLane, ...]
    ticks: tuple[Tick, ...]
    axis_top: int
    axis_bottom: int
    title: str


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    seconds: float

    def x(self, moment: datetime) -> float:
        share = (utc(moment) - self.start).total_seconds() / self.seconds
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)


def _ticks(span: Period, zone: str, scale: _Scale) -> tuple[Tick, ...]:
    hours = span.seconds / 3600
    step = next((s for s in _TICK_STEPS_HOURS if hours / s <= _MOST_TICKS), _TICK_STEPS_HOURS[-1])
    local = span.start.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    moment = local.replace(hour=local.hour - local.hour % min(step, _HOURS_A_DAY))
    drawn = []
    while utc(moment) < (span.end or span.start):
        if utc(moment) >= span.start:
            here = utc(moment).astimezone(ZoneInfo(zone))
            shape = "%H:%M" if step < _HOURS_A_DAY and here.hour else "%a %d %b"
            drawn.append(Tick(scale.x(moment), here.strftime(shape)))
        moment = utc(utc(moment) + timedelta(hours=step)).astimezone(ZoneInfo(zone))
    return tuple(drawn)


def _fits(text: str, width: float) -> str:
    room = int(width / _LETTER_WIDTH) - 1
    if room < _FEWEST_LETTERS:
        return ""
    return text if len(text) <= room else text[: room - 1] + "…"


def _bars(bars: Iterable[Bar], y: float, scale: _Scale, end: datetime) -> tuple[DrawnBar, ...]:
    drawn: list[DrawnBar] = []
    free_from: list[float] = []
    for bar in sorted(bars, key=lambda b: (b.period.start, b.label)):
        left, right = scale.x(bar.period.start), scale.x(bar.period.end or end)
        width = max(right - left, 3.0)
        row = next((i for i, free in enumerate(free_from) if free <= left), len(free_from))
        row = min(row, _MOST_SUB_LANES - 1)
        if row == len(free_from):
            free_from.append(0.0)
        free_from[row] = left + width + 2
        height = LANE_HEIGHT - 12
        drawn.append(
            DrawnBar(
                left,
                y + 6 + row * 5,
                round(width, 1),
                height,
                bar.label,
                _fits(bar.label, width),
                bar.kind,
                bar.href,
            )
        )
    return tuple(drawn)


def _marks(marks: Iterable[Mark], y: float, scale: _Scale) -> tuple[DrawnMark, ...]:
    drawn: list[DrawnMark] = []
    middle = y + LANE_HEIGHT / 2
    for mark in sorted(marks, key=lambda m: (m.interval.not_after, m.label)):
        x_from, x_to = scale.x(mark.interval.not_before), scale.x(mark.interval.not_after)
        last = drawn[-1] if drawn else None
        if last is not None and x_to - last.x < _FOLD_DISTANCE and mark.kind == last.kind:
            label = f"{last.label}; {mark.label}"
            drawn[-1] = DrawnMark(
                last.x,
                middle,
                min(last.x_from, x_from),
                last.x_to,
                label,
                last.kind,
                last.href,
                last.count + 1,
            )
        else:
            drawn.append(DrawnMark(x_to, middle, x_from, x_to, mark.label, mark.kind, mark.href, 1))
    return tuple(drawn)


def draw(span: Period, zone: str, lanes: Iterable[Lane], title: str) -> Drawing:
    """This function will place the lanes of a closed span; `zone` labels the axis."""
    scale = _Scale(span.start, float(span.seconds))
    drawn = []
    y = float(TOP)
    for lane in lanes:
        end = span.end or span.start
        drawn.append(
            DrawnLane(
                lane.name,
                y,
                _bars(lane.bars, y, scale, end),
                _marks(lane.marks, y, scale),
                lane.empty,
            )
        )
        y += LANE_HEIGHT
    bottom = int(y)
    return Drawing(1000, bottom + 8, tuple(drawn), _ticks(span, zone, scale), TOP, bottom, title)

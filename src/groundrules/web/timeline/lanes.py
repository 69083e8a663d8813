"""Lanes: where every session, change, incident, window and gap of a span is drawn. Geometry only.

The table below the drawing is the accessible truth; the lanes only show the same rows along one axis. Coordinates are
whole tenths of a unit so that the same rows always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.periods import Interval, Period, utc
from groundrules.web.timeline.labels import Placed, place_labels

LEFT = 118.0
RIGHT = 992.0
TOP = 36
_WIDTH = 1000
_ROW = 26
_BAR = 20
_PADDING = 7
_MARK = 8.0
_FOLD_DISTANCE = 9.0
_TICK_STEPS_HOURS = (1, 2, 3, 4, 6, 12, 24, 48, 96, 168)
_MOST_TICKS = 13
_MOST_ROWS = 4
_MOST_NAMED = 3
_HOURS_A_DAY = 24


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
    """A bar with its place, and its label where there is room for one."""

    x: float
    y: float
    width: float
    height: float
    label: str
    kind: str
    href: str
    text: Placed | None = None


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
    text: Placed | None = None


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with its place."""

    name: str
    y: float
    height: float
    bars: tuple[DrawnBar, ...]
    marks: tuple[DrawnMark, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line with its local time, and the day where a new one begins."""

    x: float
    label: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture for the template. `focus` is the share of the width where the first change or incident is."""

    width: int
    height: int
    lanes: tuple[DrawnLane, ...]
    ticks: tuple[Tick, ...]
    axis_top: int
    axis_bottom: int
    title: str
    zone: str = ""
    focus: float = 0.0


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        share = (utc(moment) - self.start).total_seconds() / (self.end - self.start).total_seconds()
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)


def _ticks(span: Period, zone: str, scale: _Scale) -> tuple[Tick, ...]:
    hours = span.seconds / 3600
    step = next((s for s in _TICK_STEPS_HOURS if hours / s <= _MOST_TICKS), _TICK_STEPS_HOURS[-1])
    local = span.start.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    moment = local.replace(hour=local.hour - local.hour % min(step, _HOURS_A_DAY))
    drawn: list[Tick] = []
    day = None
    while utc(moment) < scale.end:
        if utc(moment) >= span.start:
            here = utc(moment).astimezone(ZoneInfo(zone))
            new_day = f"{here:%a} {here.day} {here:%b}" if here.date() != day else ""
            day = here.date()
            drawn.append(Tick(scale.x(moment), here.strftime("%H:%M"), new_day))
        moment = utc(utc(moment) + timedelta(hours=step)).astimezone(ZoneInfo(zone))
    return tuple(drawn)


def _bars(bars: Iterable[Bar], y: float, scale: _Scale) -> tuple[DrawnBar, ...]:
    """Bars that overlap lie in rows below each other; a fifth at once shares the last row."""
    rows: list[list[DrawnBar]] = []
    for bar in sorted(bars, key=lambda b: (b.period.start, b.label)):
        left, right = scale.x(bar.period.start), scale.x(bar.period.end or scale.end)
        width = max(round(right - left, 1), 3.0)
        free = (i for i, row in enumerate(rows) if row[-1].x + row[-1].width + 2 <= left)
        number = next(free, len(rows) if len(rows) < _MOST_ROWS else _MOST_ROWS - 1)
        if number == len(rows):
            rows.append([])
        top = y + _PADDING + number * _ROW
        rows[number].append(DrawnBar(left, top, width, _BAR, bar.label, bar.kind, bar.href))
    return tuple(bar for row in rows for bar in _labelled_bars(row))


def _labelled_bars(row: list[DrawnBar]) -> list[DrawnBar]:
    spans = [(bar.x, bar.x + bar.width, bar.label) for bar in row]
    texts = place_labels(spans, LEFT, RIGHT)
    return [replace(bar, text=text) for bar, text in zip(row, texts, strict=True)]


def _marks(marks: Iterable[Mark], y: float, scale: _Scale) -> tuple[DrawnMark, ...]:
    """Close marks of one kind fold into one with their count; the first few are named."""
    middle = y + _PADDING + _BAR / 2
    drawn: list[DrawnMark] = []
    last_of: dict[str, int] = {}
    for mark in sorted(marks, key=lambda m: (m.interval.not_after, m.label)):
        x_from, x_to = scale.x(mark.interval.not_before), scale.x(mark.interval.not_after)
        at = last_of.get(mark.kind)
        if at is not None and x_to - drawn[at].x < _FOLD_DISTANCE:
            drawn[at] = _folded(drawn[at], mark.label, x_from, x_to)
        else:
            last_of[mark.kind] = len(drawn)
            drawn.append(DrawnMark(x_to, middle, x_from, x_to, mark.label, mark.kind, mark.href, 1))
    return _labelled_marks(sorted(drawn, key=lambda m: m.x))


def _folded(into: DrawnMark, label: str, x_from: float, x_to: float) -> DrawnMark:
    count = into.count + 1
    more = f"{into.label}; {label}" if count <= _MOST_NAMED else into.label
    return replace(into, label=more, x_from=min(into.x_from, x_from), x_to=x_to, count=count)


def _labelled_marks(drawn: list[DrawnMark]) -> tuple[DrawnMark, ...]:
    spans = []
    for mark in drawn:
        unnamed = mark.count - _MOST_NAMED
        label = f"{mark.label} and {unnamed} more" if unnamed > 0 else mark.label
        spans.append((mark.x - _MARK, mark.x + _MARK, label))
    texts = place_labels(spans, LEFT, RIGHT)
    return tuple(
        replace(mark, label=span[2], text=text)
        for mark, span, text in zip(drawn, spans, texts, strict=True)
    )


def _focus(lanes: Iterable[DrawnLane]) -> float:
    """Where the story is: the first change, else the first bar that is no window or gap."""
    all_lanes = list(lanes)
    marks = [mark.x for lane in all_lanes for mark in lane.marks]
    bars = [bar.x for lane in all_lanes for bar in lane.bars if bar.kind in {"session", "incident"}]
    return round(min(marks or bars or [LEFT]) / _WIDTH, 3)


def draw(span: Period, zone: str, lanes: Iterable[Lane], title: str) -> Drawing:
    """This function will place the lanes of a closed span; `zone` labels the axis."""
    scale = _Scale(span.start, span.end or span.start + timedelta(hours=1))
    drawn: list[DrawnLane] = []
    y = float(TOP)
    for lane in lanes:
        bars = _bars(lane.bars, y, scale)
        rows = {bar.y for bar in bars}
        height = float(max(len(rows), 1) * _ROW + 2 * _PADDING - (_ROW - _BAR))
        marks = _marks(lane.marks, y, scale)
        drawn.append(DrawnLane(lane.name, y, height, bars, marks, lane.empty))
        y += height
    return Drawing(
        width=_WIDTH,
        height=int(y) + 1,
        lanes=tuple(drawn),
        ticks=_ticks(span, zone, scale),
        axis_top=TOP,
        axis_bottom=int(y),
        title=title,
        zone=utc(span.start).astimezone(ZoneInfo(zone)).strftime("%Z"),
        focus=_focus(drawn),
    )

"""Rating by volume as columns: the plans of `core.rating.plans` as tables, and one readable SQL query over the work.

DuckDB does the joins and sums; every rule in it (which clause, which price, how to round) comes from the core's plans,
and a property test holds the answers equal to `core.rating.rows`, to the cent. Integers only.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.terms import Rounding, RoundingDirection, RoundingUnit
from groundrules.core.coverage.columns import OUTCOMES, CodedTable, weight_of
from groundrules.core.rating.plans import BANDS, PLACES, AgreementPlan, Stretches, VersionPlan
from groundrules.core.rating.rows import (
    BesideKey,
    Charged,
    Rated,
    UnitKey,
    WorkRow,
    beside_of,
    charge_together,
)

_DAY = 86400
_END = 2**62
# More than a table has codes, so that a table and a code are one number.
_CODES = 1 << 20
# How the core's arrays call their numbers, and how Arrow does.
_ARROW = {"b": pa.int8(), "h": pa.int16(), "q": pa.int64()}
_DIRECTIONS = tuple(RoundingDirection)
_BILLABLE, _WAITING = OUTCOMES.index(Outcome.BILLABLE), OUTCOMES.index(Outcome.NEEDS_PERSON)

_DECIDED = f"""
create temp table decided as
with by_span as (
    select w.entry, w.agreement, w.technician, w.issue, w.place, w.request, w.asked,
           s.version, v.calendar, v.clauses, v.size,
           greatest(w.start, s.start) as start, least(w.stop, s.stop) as stop,
           w.facts + s.state * {weight_of("state")} as facts
    from work w
    join spans s on s.server = w.server and s.start < w.stop and s.stop > w.start
    left join versions v on v.version = s.version
),
by_day as (
    select *, start // {_DAY} as utc_day from by_span where version >= 0
    union all
    select *, unnest(range(start // {_DAY} + 1, (stop - 1) // {_DAY} + 1)) as utc_day
    from by_span where version >= 0 and (stop - 1) // {_DAY} > start // {_DAY}
),
by_hours as (
    select p.entry, p.agreement, p.technician, p.issue, p.place, p.request, p.asked, p.version, h.band, h.day,
           greatest(p.start, h.start) as start,
           least(p.stop, h.stop) - greatest(p.start, h.start) as seconds,
           p.clauses * {_CODES} + p.facts % p.size + h.band * {weight_of("band")} as code
    from by_day p
    join hours h on h.place = p.calendar * 100000 + p.utc_day and h.start < p.stop and h.stop > p.start
)
select p.* exclude (code), c.outcome, c.clause, r.hourly
from by_hours p
join cells c on c.code = p.code
join prices r on r.place = p.version * 10000 + (c.clause + 1) * 10 + p.band
union all
select entry, agreement, technician, issue, place, request, asked, -1, 0, 0, start, stop - start, {_WAITING}, -1, 0
from by_span where version < 0
"""  # noqa: S608 - only our own constants are written in

_UNITS = f"""
create temp table units as
select d.agreement, if(v.by_issue, d.issue, -1) as issue, if(v.by_person, d.technician, -1) as technician,
       if(v.by_day, d.day, -1) as day, if(v.by_band, d.band, -1) as band, if(v.by_entry, d.entry, -1) as entry,
       d.hourly, v.counted_as as version, if(v.by_place, d.place, -1) as place,
       sum(d.seconds)::bigint as seconds, min(d.start) as first,
       bit_or(1 << d.band) as mask
from decided d join versions v on v.version = d.version
where d.outcome = {_BILLABLE}
group by all
"""  # noqa: S608 - only our own constants are written in

_CHARGES = """
create temp table charges as
with rounded as (
    select u.*, v.own, greatest(m.minutes, m.increment * case v.direction
               when 0 then (u.seconds + m.step - 1) // m.step
               when 1 then (2 * u.seconds + m.step) // (2 * m.step)
               else u.seconds // m.step end) as minutes
    from units u
    join versions v on v.version = u.version
    join minimums m on m.code = u.version * 256 + (u.place + 1) * 32 + u.mask
)
select *, (2 * hourly * minutes * 60 + 3600) // 7200 as amount from rounded
"""

# Only units that span versions are rounded together; the core does those few.
_SPANNING = """
select agreement, issue, technician, day, band, entry, hourly, own, place, seconds, first, mask, amount
from charges
where agreement in (select agreement from versions group by agreement having count(*) > 1)
window unit as (partition by agreement, issue, technician, day, band, entry, place, mask)
qualify min(version) over unit <> max(version) over unit
"""

_LINES = f"""
create temp table lines as
select entry, day, clause, hourly, outcome, sum(seconds)::bigint as seconds,
       (2 * hourly * sum(seconds)::bigint + 3600) // 7200 as value
from decided where outcome not in ({_BILLABLE}, {_WAITING})
group by entry, day, clause, hourly, outcome
"""  # noqa: S608 - only our own constants are written in

_WAITS = f"""
create temp table waits as
select entry, sum(seconds)::bigint as seconds from decided where outcome = {_WAITING} group by entry
"""  # noqa: S608 - only our own constants are written in


# The few stretches that something may be charged beside; the core prices them.
_BESIDE = """
select d.agreement, v.own, d.entry, d.technician, d.issue, d.day, d.start, d.start + d.seconds, d.place, d.outcome,
       d.request, d.asked
from decided d join versions v on v.version = d.version
where v.has_beside
"""


def work_table(rows: Iterable[WorkRow], plans: Sequence[AgreementPlan]) -> pa.Table:
    """This function will turn work into columns, naming each server by its place among all of them."""
    first: list[int] = [0]
    for plan in plans:
        first.append(first[-1] + len(plan.assets))
    columns = list(zip(*rows, strict=True)) or [()] * len(WorkRow._fields)
    entry, agreement, asset, technician, issue, start, stop, facts, place, request, asked = columns
    server = [first[a] + place for a, place in zip(agreement, asset, strict=True)]
    named = {
        "entry": entry,
        "agreement": agreement,
        "server": server,
        "technician": technician,
        "issue": issue,
        "start": start,
        "stop": stop,
        "facts": facts,
        "place": place,
        "request": request,
        "asked": asked,
    }
    return pa.table({name: pa.array(values, pa.int64()) for name, values in named.items()})


@dataclass(slots=True)
class ColumnRater:
    """Plans loaded into an in-memory database, ready to rate tables of work again and again."""

    plans: Sequence[AgreementPlan]
    connection: duckdb.DuckDBPyConnection
    together: dict[UnitKey, Charged] = field(default_factory=dict)
    beside: dict[BesideKey, int] = field(default_factory=dict)

    @classmethod
    def load(cls, plans: Sequence[AgreementPlan], threads: int = 2) -> ColumnRater:
        """This function will load the plans as tables."""
        connection = duckdb.connect(":memory:", config={"threads": threads})
        for name, table in _tables(plans).items():
            connection.register("loading", table)
            connection.execute(f"create table {name} as select * from loading")  # noqa: S608 - our own names
            connection.unregister("loading")
        return cls(plans, connection)

    def rate(self, work: pa.Table) -> tuple[int, int, int]:
        """This function will decide and rate a table of work into minor units charged and shown, and seconds waiting.

        The answers stay in the tables `charges`, `lines` and `waits`, and in `together` and `beside`.
        """
        run = self.connection
        for name in ("decided", "units", "charges", "lines", "waits"):
            run.execute(f"drop table if exists {name}")
        run.register("work", work)
        for statement in (_DECIDED, _UNITS, _CHARGES, _LINES, _WAITS):
            run.execute(statement)
        run.unregister("work")
        changed = self._round_together()
        self.beside = beside_of(run.execute(_BESIDE).fetchall(), self.plans)
        return (
            self._sum("charges", "amount") + changed + sum(self.beside.values()),
            self._sum("lines", "value"),
            self._sum("waits", "seconds"),
        )

    def _sum(self, table: str, column: str) -> int:
        asked = f"select coalesce(sum({column}), 0)::bigint from {table}"  # noqa: S608 - our own names
        found = self.connection.execute(asked).fetchone()
        return int(found[0]) if found else 0

    def _round_together(self) -> int:
        """Has the core round the units that span versions, and returns by how much they change what is charged."""
        parts: dict[tuple[int, ...], list[tuple[tuple[int, ...], list[int]]]] = {}
        alone = 0
        for row in self.connection.execute(_SPANNING).fetchall():
            key, known = tuple(row[:9]), list(row[9:12])
            alone += row[12]
            parts.setdefault((*key[:6], key[8], known[2]), []).append((key, known))
        self.together = {}
        for found in parts.values():
            found.sort(key=lambda part: part[1][1])
            self.together.update(charge_together(found, self.plans[found[0][0][0]].versions))
        return sum(charged.amount for charged in self.together.values()) - alone

    def answers(self) -> Rated:
        """This function will read every answer of the last rating, in the form the rows have."""
        ask = self.connection.execute
        units = ask(
            "select agreement, issue, technician, day, band, entry, hourly, own, place, "
            "seconds, minutes, amount from charges"
        ).fetchall()
        lines = ask("select * from lines").fetchall()
        return Rated(
            {UnitKey(*row[:9]): Charged(*row[9:]) for row in units} | self.together,
            {tuple(row[:5]): (row[5], row[6]) for row in lines},
            dict(ask("select entry, seconds from waits").fetchall()),
            self.beside,
        )


def _table(names: str, rows: list[tuple[int, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names.split())
    return pa.table(
        {n: pa.array(c, pa.int64()) for n, c in zip(names.split(), columns, strict=True)}
    )


def _tables(plans: Sequence[AgreementPlan]) -> dict[str, pa.Table]:
    flat = [(a, place, v) for a, plan in enumerate(plans) for place, v in enumerate(plan.versions)]
    calendars = {id(v.stretches): v.stretches for _, _, v in flat}
    tables = {id(v.table): v for _, _, v in flat}
    calendar_of = {key: number for number, key in enumerate(calendars)}
    table_of = {key: number for number, key in enumerate(tables)}
    versions = [
        (
            n,
            a,
            place,
            n - place + plans[a].counted_as(place),
            calendar_of[id(v.stretches)],
            table_of[id(v.table)],
            len(v.table.outcomes),
            int(v.beside.says_something),
            *_rounding_row(v.rounding),
        )
        for n, (a, place, v) in enumerate(flat)
    ]
    return {
        "spans": _table("server start stop version state", _span_rows(plans)),
        "versions": _table(
            "version agreement own counted_as calendar clauses size has_beside direction "
            "by_issue by_person by_day by_band by_entry by_place",
            versions,
        ),
        "hours": _table(
            "place start stop band day",
            [r for n, s in enumerate(calendars.values()) for r in _hour_rows(n, s)],
        ),
        "cells": _cells(tables.values()),
        "prices": _table(
            "place hourly", [r for n, (_, _, v) in enumerate(flat) for r in _price_rows(n, v)]
        ),
        "minimums": _table(
            "code minutes increment step",
            [r for n, (_, _, v) in enumerate(flat) for r in _minimum_rows(n, v.rounding)],
        ),
    }


def _span_rows(plans: Sequence[AgreementPlan]) -> list[tuple[int, ...]]:
    rows: list[tuple[int, ...]] = []
    server = version = 0
    for plan in plans:
        for spans in plan.assets:
            stops = (*spans.starts[1:], _END)
            for start, stop, place, state in zip(
                spans.starts, stops, spans.versions, spans.states, strict=True
            ):
                rows.append((server, start, stop, version + place if place >= 0 else -1, state))
            server += 1
        version += len(plan.versions)
    return rows


def _rounding_row(rounding: Rounding) -> tuple[int, ...]:
    order = ("ISSUE", "PERSON", "LOCAL_DAY", "BAND", "ENTRY")
    flags = (int(RoundingUnit[name] in rounding.unit) for name in order)
    return (
        _DIRECTIONS.index(rounding.direction),
        *flags,
        int(bool(rounding.places)),
    )


def _hour_rows(calendar: int, stretches: Stretches) -> Iterable[tuple[int, ...]]:
    """Each stretch once for every UTC day it touches, cut at that day's ends, so that a day finds its own."""
    stops = (*stretches.starts[1:], stretches.starts[-1] + _DAY)
    for start, stop, band, day in zip(
        stretches.starts, stops, stretches.bands, stretches.days, strict=True
    ):
        for utc_day in range(start // _DAY, (stop - 1) // _DAY + 1):
            begin, end = max(start, utc_day * _DAY), min(stop, (utc_day + 1) * _DAY)
            yield calendar * 100000 + utc_day, begin, end, band, day


def _cells(versions: Iterable[VersionPlan]) -> pa.Table:
    """The answer of every cell of every table: hundreds of thousands, so the tables' own arrays are handed on."""
    none = _table("code outcome clause", [])
    return pa.concat_tables([none, *(_cells_of(n, v.table) for n, v in enumerate(versions))])


def _cells_of(number: int, table: CodedTable) -> pa.Table:
    first = number * _CODES
    codes = array("q", range(first, first + len(table.outcomes)))
    columns = {"code": codes, "outcome": table.outcomes, "clause": table.winners}
    return pa.table({name: _handed_on(column) for name, column in columns.items()})


def _handed_on(column: array[int]) -> pa.Array:
    held = pa.Array.from_buffers(_ARROW[column.typecode], len(column), [None, pa.py_buffer(column)])
    return held.cast(pa.int64())


def _price_rows(number: int, version: VersionPlan) -> Iterable[tuple[int, ...]]:
    """The last clause's place is that of work no clause decides, which is clause -1."""
    most = len(version.table.clauses)
    for place, hourly in enumerate(version.prices):
        clause, band = divmod(place, len(BANDS))
        yield number * 10000 + (clause + 1 if clause < most else 0) * 10 + band, hourly


def _minimum_rows(number: int, rounding: Rounding) -> Iterable[tuple[int, ...]]:
    """What a unit is rounded by: for no place of its own and for each place, for each set of bands."""
    for column, place in enumerate((None, *PLACES) if rounding.places else (None,)):
        rule = rounding.at(place)
        for mask in range(1, 1 << len(BANDS)):
            minimums = [
                rule.minimum_minutes.get(b, 0) for n, b in enumerate(BANDS) if mask >> n & 1
            ]
            increment = rule.increment_minutes
            yield number * 256 + column * 32 + mask, max(minimums), increment, increment * 60

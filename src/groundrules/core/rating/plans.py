"""What rating by volume looks up: an agreement laid out in integers, made by the rules the full decision uses.

The calendar is laid out once per day and zone, a version's clauses once per decision table; an entry then only meets
sorted instants and array places. `rows.py` walks these plans, and a column engine may load the same values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.agreements.clause_sentences import say_clause
from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.table import bands_of, decision_table
from groundrules.core.agreements.terms import Agreement, AgreementVersion, Rounding
from groundrules.core.agreements.uplift import stepwise
from groundrules.core.agreements.versions import UnknownVersion, version_at, version_edges
from groundrules.core.calendars import Calendar, HoursBand
from groundrules.core.coverage.columns import CodedTable, coded_table
from groundrules.core.coverage.decide import state_span
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, local_date
from groundrules.core.rating.beside import BesideTerms
from groundrules.core.work import WorkPlace

NO_VERSION = -1
BANDS = tuple(HoursBand)
STATES = tuple(CoverageState)
PLACES = tuple(WorkPlace)


@dataclass(frozen=True, slots=True)
class Stretches:
    """A calendar over a horizon: from `starts[i]` to the next, one hours band on one local day (an ordinal)."""

    starts: tuple[int, ...]
    bands: tuple[int, ...]
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AssetSpans:
    """One server over time: from `starts[i]` to the next, one version (a place, -1 for none) and one state."""

    starts: tuple[int, ...]
    versions: tuple[int, ...]
    states: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """One version: its calendar, its coded clauses, and hourly prices in minor units.

    `prices` holds the price of each band for each clause and, at its end, for work no clause decides: a look-up at
    `clause * len(BANDS) + band` finds the last ones for clause -1. `beside` is what is charged beside time.
    """

    number: int
    stretches: Stretches
    table: CodedTable
    prices: tuple[int, ...]
    rounding: Rounding
    beside: BesideTerms


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """An agreement ready for rating by volume; servers are known by their place in `assets`."""

    versions: tuple[VersionPlan, ...]
    assets: tuple[AssetSpans, ...]

    def counted_as(self, place: int) -> int:
        """This function will return the place a version's units count under: prices of one version are one version."""
        number = self.versions[place].number
        return next(p for p, version in enumerate(self.versions) if version.number == number)


@dataclass(slots=True)
class Planner:
    """Makes plans over one horizon, laying out each calendar and each set of clauses only once."""

    horizon: Period
    _stretches: dict[Calendar, Stretches] = field(default_factory=dict)
    _tables: dict[tuple[str, ...], CodedTable] = field(default_factory=dict)

    def plan(
        self, agreement: Agreement, states: Mapping[AssetId, Sequence[StateSpan]]
    ) -> AgreementPlan:
        """This function will lay an agreement out for the servers in `states`, in their order.

        Raises UnknownFact when a clause speaks of facts that do not exist.
        """
        laid_out = _LaidOut(agreement, _priced(agreement, self.horizon))
        versions = tuple(self._version(version) for version in laid_out.parts)
        spans = tuple(
            _asset_spans(laid_out, asset, tuple(known), self.horizon)
            for asset, known in states.items()
        )
        return AgreementPlan(versions, spans)

    def _version(self, version: AgreementVersion) -> VersionPlan:
        table = self._table(version)
        clauses = {clause.number: clause for clause in version.clauses}
        deciding = [*(clauses[number] for number in table.clauses), None]
        prices = [
            version.rates.price_under(clause, band).minor for clause in deciding for band in BANDS
        ]
        return VersionPlan(
            version.version,
            self._calendar(version.calendar),
            table,
            tuple(prices),
            version.rounding,
            BesideTerms(version.trip, version.short_notice, version.rates.hourly),
        )

    def _table(self, version: AgreementVersion) -> CodedTable:
        key = (*sorted(bands_of(version.calendar)), *(say_clause(c) for c in version.clauses))
        if key not in self._tables:
            self._tables[key] = coded_table(decision_table(version))
        return self._tables[key]

    def _calendar(self, calendar: Calendar) -> Stretches:
        if calendar not in self._stretches:
            self._stretches[calendar] = lay_out(calendar, self.horizon)
        return self._stretches[calendar]


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """An agreement and its versions cut at the rises of their hourly price.

    Which version binds is asked of the agreement: a price that rises later does not make an older version the newer.
    """

    agreement: Agreement
    parts: tuple[AgreementVersion, ...]

    def place_at(self, instant: datetime) -> int:
        """This method will return the place of the part in force at an instant; raises UnknownVersion."""
        number = version_at(self.agreement, instant).version
        return next(
            place
            for place, part in enumerate(self.parts)
            if part.version == number and part.in_force.contains(instant)
        )


def _priced(agreement: Agreement, horizon: Period) -> tuple[AgreementVersion, ...]:
    """Each yearly rise of the hourly price begins a part of its own, so that a plan knows no dates of prices."""
    until = horizon.end or horizon.start
    return tuple(part for version in agreement.versions for part in stepwise(version, until))


def seconds_of(moment: datetime) -> int:
    """This function will return an instant as whole seconds since 1970."""
    return int(moment.timestamp())


def lay_out(calendar: Calendar, horizon: Period) -> Stretches:
    """This function will cut a closed horizon wherever the calendar's hours band or local day may change."""
    parts = horizon.split_at(calendar.boundaries_within(horizon))
    return Stretches(
        tuple(seconds_of(part.start) for part in parts),
        tuple(BANDS.index(calendar.band_at(part.start)) for part in parts),
        tuple(local_date(calendar.zone, part.start).toordinal() for part in parts),
    )


def _asset_spans(
    laid_out: _LaidOut, asset: AssetId, states: tuple[StateSpan, ...], horizon: Period
) -> AssetSpans:
    edges = [s.period.start for s in states]
    edges += [s.period.end for s in states if s.period.end is not None]
    parts = horizon.split_at([*edges, *version_edges(laid_out.agreement, horizon)])
    found = [_state_in(laid_out, asset, states, part) for part in parts]
    return AssetSpans(
        tuple(seconds_of(part.start) for part in parts),
        tuple(version for version, _ in found),
        tuple(STATES.index(state) for _, state in found),
    )


def _state_in(
    laid_out: _LaidOut, asset: AssetId, states: tuple[StateSpan, ...], part: Period
) -> tuple[int, CoverageState]:
    try:
        place = laid_out.place_at(part.start)
    except UnknownVersion:
        return NO_VERSION, CoverageState.NOT_IN_AGREEMENT
    version = laid_out.parts[place]
    return place, state_span(states, asset, part, version, in_force=True).state

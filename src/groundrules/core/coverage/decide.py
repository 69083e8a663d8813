"""Who pays: one time entry, cut where any fact changes, each piece decided by the clause in force when it was done.

A piece whose clause lacks the evidence it needs, or that no clause or several clauses speak about, needs a person: it
is never silently billed. Nothing here rounds what is charged; that is rating's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from groundrules.core.agreements.facts import (
    Asked,
    Cell,
    CoverageState,
    Outcome,
    Severity,
    StateSpan,
    Stems,
    WorkCause,
)
from groundrules.core.agreements.matching import (
    check_facts,
    further_facts,
    missing_needs,
    verdict_for,
)
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.versions import UnknownVersion, version_at, version_edges
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion, Segment
from groundrules.core.coverage.explain import not_used, reasons_for
from groundrules.core.coverage.facts_of_work import AskedSpan, WorkFacts, evidence_of
from groundrules.core.coverage.flips import FlipBook
from groundrules.core.coverage.missing import missing_words
from groundrules.core.coverage.pieces import Piece
from groundrules.core.ids import AssetId
from groundrules.core.money import Money, price_of_seconds
from groundrules.core.parties import Technician
from groundrules.core.periods import Period, local_date
from groundrules.core.reasons import FactRef
from groundrules.core.work import TimeEntry, WorkPlace

VENDOR_CAUSES = frozenset({WorkCause.VENDOR_UNAPPROVED_CHANGE, WorkCause.VENDOR_APPROVED_CHANGE})


class WorkNotAllocated(ValueError):
    """A time entry names no server, so no coverage state and no clause can be found for it."""


def decide(
    work: WorkFacts,
    agreement: Agreement,
    at: datetime,
    engine: EngineVersion,
    book: FlipBook | None = None,
) -> CoverageDecision:
    """This function will decide every second of one time entry from the facts known at `at`.

    Who decides much work of one agreement hands in one `book`, so that alike pieces are turned over once.
    Raises WorkNotAllocated without a server, EmptyPeriod while the entry is still running, UnknownVersion when the
    agreement has no version at all, UnknownFact when a clause speaks of facts that do not exist.
    """
    asset = allocated_asset(work.entry)
    pieces, flips = _pieces(work, asset, agreement), book or FlipBook()
    segments = tuple(_segment(piece, agreement, at, flips) for piece in pieces)
    cause = work.cause
    vendor = cause.vendor if cause.established and cause.cause in VENDOR_CAUSES else None
    return CoverageDecision(
        entry=work.entry.id,
        technician=work.technician.id,
        asset=asset,
        issue=work.entry.issue,
        decided_at=at,
        segments=segments,
        facts=_facts(segments),
        engine=engine,
        cost=cost_of(work.technician, work.entry.period),
        caused_by=cause.changes if cause.established else (),
        caused_by_vendor=vendor,
        counted_as_loss=any(_is_loss(segment) for segment in segments),
        place=work.place,
        request=work.entry.request if work.asked_at else None,
        asked_at=work.asked_at,
    )


def allocated_asset(entry: TimeEntry) -> AssetId:
    """This function will return the entry's server; raises WorkNotAllocated when it names none."""
    if entry.asset is None:
        message = (
            "A ticket with no server must be allocated before pricing: "
            f"name the server that {entry.id} was done for."
        )
        raise WorkNotAllocated(message)
    return entry.asset


def _pieces(work: WorkFacts, asset: AssetId, agreement: Agreement) -> tuple[Piece, ...]:
    by_version = work.entry.period.split_at(version_edges(agreement, work.entry.period))
    pieces: list[Piece] = []
    for stretch in by_version:
        version, in_force = _version_for(agreement, stretch.start)
        check_facts(version.clauses)
        cuts = [*version.calendar.boundaries_within(stretch), *_edges(work)]
        pieces += [
            _piece(work, asset, part, version, in_force=in_force) for part in stretch.split_at(cuts)
        ]
    return tuple(pieces)


def _edges(work: WorkFacts) -> list[datetime]:
    periods = [span.period for span in work.states] + [span.period for span in work.asked]
    return [p.start for p in periods] + [p.end for p in periods if p.end is not None]


def _version_for(agreement: Agreement, instant: datetime) -> tuple[AgreementVersion, bool]:
    """The version in force; else the nearest one, whose calendar lays out the days but which decides nothing."""
    if not agreement.versions:
        message = f"{agreement.title} has no version; sign one before deciding who pays"
        raise UnknownVersion(message)
    try:
        return version_at(agreement, instant), True
    except UnknownVersion:
        begun = [v for v in agreement.versions if v.in_force.start <= instant]
        return (begun[-1] if begun else agreement.versions[0]), False


def _piece(
    work: WorkFacts, asset: AssetId, period: Period, version: AgreementVersion, *, in_force: bool
) -> Piece:
    state = state_span(work.states, asset, period, version, in_force=in_force)
    asked = asked_span(work.asked, period)
    named = further_facts(version.clauses)
    cell = Cell(
        state=state.state,
        work_type=work.entry.work_type,
        cause=work.cause.cause,
        band=version.calendar.band_at(period.start),
        asked=asked.asked,
        severity=work.severity.severity if "severity" in named else Severity.NONE,
        stems=work.stems.stems if "stems" in named else Stems.ELSEWHERE,
        place=work.place if "place" in named else WorkPlace.REMOTE,
    )
    verdict = verdict_for(version.clauses if in_force else (), cell)
    return Piece(work, period, version, cell, verdict, state, asked, in_force)


def state_span(
    states: tuple[StateSpan, ...],
    asset: AssetId,
    period: Period,
    version: AgreementVersion,
    *,
    in_force: bool,
) -> StateSpan:
    """This function will return the server's state at the start of a period, as the version's list allows it."""
    known = next((s for s in states if s.asset == asset and s.period.contains(period.start)), None)
    if not in_force:
        sentence = f"No agreement was in force, so {asset} was not under one."
        return StateSpan(asset, CoverageState.NOT_IN_AGREEMENT, period, None, sentence)
    if asset not in version.assets and (
        known is None or known.state is not CoverageState.TERMINATED
    ):
        sentence = f"{asset} is not on the list of servers in version {version.version}."
        return StateSpan(asset, CoverageState.NOT_IN_AGREEMENT, period, None, sentence)
    if known is None:
        sentence = f"{asset} is on the list of servers in version {version.version}."
        return StateSpan(asset, CoverageState.COVERED, period, None, sentence)
    return known


def asked_span(asked: tuple[AskedSpan, ...], period: Period) -> AskedSpan:
    """This function will return who had asked for the work at the start of a period (nobody, unless on record)."""
    found = next((span for span in asked if span.period.contains(period.start)), None)
    return found or AskedSpan(period, Asked.NOBODY, sentence="Nobody asked for this work.")


def _segment(piece: Piece, agreement: Agreement, at: datetime, flips: FlipBook) -> Segment:
    version, clause = piece.version, piece.verdict.winner
    evidence = evidence_of(piece.work.cause)
    lacking = missing_needs(clause, piece.cell, evidence) if clause else ()
    missing = missing_words(piece, lacking)
    outcome = clause.outcome if clause and not missing else Outcome.NEEDS_PERSON
    hourly = version.rates.price_under(clause, piece.cell.band)
    if not piece.in_force:
        hourly = Money.zero(hourly.currency)
    value = price_of_seconds(hourly, piece.period.seconds)
    verdict = Judged(outcome, hourly, value)
    return Segment(
        period=piece.period,
        local_day=local_date(version.calendar.zone, piece.period.start),
        band=piece.cell.band,
        cell=piece.cell,
        outcome=outcome,
        clause=clause.number if clause else None,
        hourly=hourly,
        value=value,
        forgone=_forgone(piece, verdict),
        agreement_version=version.version if piece.in_force else 0,
        reasons=reasons_for(piece, outcome, missing),
        not_used=not_used(piece, agreement, at),
        flips=flips.of(piece, outcome) if piece.in_force else (),
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece's outcome with its hourly price and the exact worth of its seconds."""

    outcome: Outcome
    hourly: Money
    value: Money


def _forgone(piece: Piece, judged: Judged) -> Money:
    cause = piece.work.cause
    given_away = judged.outcome in {Outcome.COVERED, Outcome.NOT_BILLABLE}
    if given_away and cause.established and cause.cause in VENDOR_CAUSES:
        return judged.value
    return Money.zero(judged.value.currency)


def _is_loss(segment: Segment) -> bool:
    return segment.cell.asked is Asked.NOT_RATIFIED and segment.outcome is Outcome.NOT_BILLABLE


def _facts(segments: tuple[Segment, ...]) -> tuple[FactRef, ...]:
    refs = (fact for s in segments for reason in s.reasons for fact in reason.facts)
    return tuple(dict.fromkeys(refs))


def cost_of(technician: Technician, period: Period) -> Money | None:
    """This function will cost exact seconds at the burdened rates in force while they were worked, rounded once.

    None when any of them has no rate on record: uncosted time is shown as such, never as free.
    """
    edges = [r.period.start for r in technician.cost_rates]
    edges += [r.period.end for r in technician.cost_rates if r.period.end is not None]
    exact, currency = Fraction(0), ""
    for part in period.split_at(edges):
        rates = [r for r in technician.cost_rates if r.period.contains(part.start)]
        if not rates:
            return None
        newest = max(rates, key=lambda rate: rate.period.start)
        exact += Fraction(newest.hourly.minor * part.seconds, 3600)
        currency = newest.hourly.currency
    return Money.rounded(exact, currency)

"""Why a piece of work was decided as it was, in sentences a client can read, each with the records behind it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome
from groundrules.core.agreements.matching import further_facts, mismatches, verdict_for
from groundrules.core.agreements.table import name_of
from groundrules.core.agreements.terms import Agreement, AgreementVersion, DecidingClause
from groundrules.core.agreements.versions import binds_from
from groundrules.core.agreements.words import (
    OUTCOMES,
    duration_words,
    in_order,
    phrase,
    spoken_list,
)
from groundrules.core.calendars import HoursBand, zone_label
from groundrules.core.coverage.answers import NotUsed
from groundrules.core.coverage.pieces import Piece
from groundrules.core.periods import Period, local_date, utc
from groundrules.core.reasons import FactRef, Reason

_STATE_WORDS = {
    CoverageState.COVERED: "was covered",
    CoverageState.NOTICE: "was covered and under notice",
    CoverageState.SUSPENDED: "was suspended",
    CoverageState.REINSTATING: "was being reinstated",
    CoverageState.TERMINATED: "had been terminated",
    CoverageState.NOT_IN_AGREEMENT: "was not under the agreement",
}


def span_label(period: Period, zone: str) -> str:
    """This function will write a closed period as people read it: `Tue 2007-02-20 17:00 to 23:35 PST`."""
    start = zone_label(period.start, zone)
    assert period.end is not None  # noqa: S101 - pieces of a closed entry are closed
    end = utc(period.end).astimezone(ZoneInfo(zone))
    same_zone = start.endswith(end.strftime("%Z"))
    if same_zone and local_date(zone, period.start) == end.date():
        return f"{start.rsplit(' ', 1)[0]} to {end.strftime('%H:%M %Z')}"
    return f"{start} to {zone_label(period.end, zone)}"


def clause_ref(clause: DecidingClause, version: AgreementVersion) -> FactRef:
    """This function will point at one clause of one version."""
    return FactRef("clause", f"v{version.version}/{clause.number}", name_of(clause))


def _verdict_sentence(piece: Piece, outcome: Outcome, missing: tuple[str, ...]) -> str:
    zone = piece.version.calendar.zone
    work = phrase("work_type", piece.cell.work_type)
    what = (
        f"{duration_words(piece.period.seconds)} of {work} on {piece.state.asset}, "
        f"{span_label(piece.period, zone)},"
    )
    clause = piece.verdict.winner
    if clause is None:
        return f"{what} {OUTCOMES[Outcome.NEEDS_PERSON]}: it {'; it '.join(missing)}."
    if missing:
        return f"{what} is not decided yet: clause {name_of(clause)} {' and '.join(missing)}."
    return f"{what} {OUTCOMES[outcome]} under clause {name_of(clause)}."


def _verdict(piece: Piece, outcome: Outcome, missing: tuple[str, ...]) -> Reason:
    entry = piece.work.entry
    facts = [FactRef("time_entry", entry.id, entry.note)]
    if piece.verdict.winner:
        facts.append(clause_ref(piece.verdict.winner, piece.version))
    return Reason("coverage.verdict", _verdict_sentence(piece, outcome, missing), tuple(facts))


def _version(piece: Piece) -> Reason:
    version, zone = piece.version, piece.version.calendar.zone
    if not piece.in_force:
        when = zone_label(piece.period.start, zone)
        return Reason("coverage.version", f"No version of the agreement was in force on {when}.")
    sentence = (
        f"Version {version.version} of the agreement was in force, since "
        f"{zone_label(binds_from(version), zone)}."
    )
    return Reason("coverage.version", sentence, (FactRef("version", f"v{version.version}"),))


def _state(piece: Piece) -> Reason:
    span = piece.state
    sentence = span.sentence or f"{span.asset} {_STATE_WORDS[span.state]}."
    facts: tuple[FactRef, ...] = (FactRef("asset", span.asset, span.state.value),)
    if span.clause is not None:
        facts = (*facts, FactRef("clause", f"v{piece.version.version}/{span.clause}"))
    return Reason("coverage.state", sentence, facts)


def _band(piece: Piece) -> Reason:
    calendar = piece.version.calendar
    day = local_date(calendar.zone, piece.period.start)
    label = span_label(piece.period, calendar.zone)
    words = phrase("band", piece.cell.band)
    if day in calendar.holidays and piece.cell.band is not HoursBand.BUSINESS:
        return Reason("coverage.band", f"{label} is {words}: {day} is a holiday of the agreement.")
    return Reason("coverage.band", f"{label} is {words} at the client's site.")


def _asked(piece: Piece) -> Reason:
    return Reason("coverage.asked", piece.asked.sentence, piece.asked.facts)


def _cause(piece: Piece) -> Reason:
    cause = piece.work.cause
    sentence = cause.sentence or f"The work was {phrase('cause', cause.cause)}."
    return Reason("coverage.cause", sentence, cause.facts)


def _further(piece: Piece) -> tuple[Reason, ...]:
    """Severity, origin and place, where the agreement speaks of them."""
    named = further_facts(piece.version.clauses)
    severity, stems = piece.work.severity, piece.work.stems
    found = {
        "severity": Reason("coverage.severity", severity.sentence, severity.facts),
        "stems": Reason("coverage.stems", stems.sentence, stems.facts),
        "place": Reason(
            "coverage.place",
            f"The entry says the work was {phrase('place', piece.work.place)}.",
            (FactRef("time_entry", piece.work.entry.id, piece.work.entry.note),),
        ),
    }
    return tuple(reason for fact, reason in found.items() if fact in named)


def reasons_for(piece: Piece, outcome: Outcome, missing: tuple[str, ...]) -> tuple[Reason, ...]:
    """This function will give the reasons of a piece: the verdict first, then each fact it rests on."""
    return (
        _verdict(piece, outcome, missing),
        _version(piece),
        _state(piece),
        _band(piece),
        _asked(piece),
        _cause(piece),
        *_further(piece),
    )


def _beaten(piece: Piece) -> tuple[NotUsed, ...]:
    winner = piece.verdict.winner
    return tuple(
        NotUsed(
            clause.number,
            f"Clause {name_of(clause)} also applies, but {_why_beaten(piece, clause)}.",
        )
        for clause in (*piece.verdict.beaten, *piece.verdict.rivals)
        if clause is not winner
    )


def _why_beaten(piece: Piece, clause: DecidingClause) -> str:
    others = (*piece.verdict.beaten, *piece.verdict.rivals, piece.verdict.winner)
    above = [c for c in others if c is not None and clause.number in c.takes_precedence_over]
    if not above:
        return "no clause is declared to take precedence"
    return f"clause {spoken_list(c.number for c in above)} takes precedence over it"


def _nearly(piece: Piece) -> tuple[NotUsed, ...]:
    """The clauses that fail on one fact only, with that fact in words."""
    nearly = []
    for clause in piece.version.clauses if piece.in_force else ():
        failed = mismatches(clause, piece.cell)
        if len(failed) == 1:
            nearly.append(NotUsed(clause.number, _why_not(piece, clause, failed[0])))
    return tuple(nearly)


def _why_not(piece: Piece, clause: DecidingClause, fact: str) -> str:
    wanted = spoken_list((phrase(fact, v) for v in in_order(fact, clause.when[fact])), "or")
    kind = wanted if fact == "work_type" else f"work {wanted}"
    return f"Clause {name_of(clause)} does not apply: it is for {kind}; {_as_it_was(piece, fact)}."


def _as_it_was(piece: Piece, fact: str) -> str:
    if fact == "state":
        return f"{piece.state.asset} {_STATE_WORDS[piece.cell.state]}"
    if piece.cell.asked is Asked.NOBODY and fact == "asked":
        return "nobody asked for this"
    return f"this was {phrase(fact, getattr(piece.cell, fact))}"


def _later(piece: Piece, agreement: Agreement, at: datetime) -> tuple[NotUsed, ...]:
    """Clauses of later versions that would have decided otherwise, had they been in force."""
    used = piece.verdict.winner
    later = []
    for version in agreement.versions:
        known = utc(version.signed_at) <= utc(at)
        if not known or not piece.in_force or binds_from(version) <= piece.period.start:
            continue
        winner = verdict_for(version.clauses, piece.cell).winner
        if winner and (used is None or winner.number != used.number):
            since = zone_label(binds_from(version), piece.version.calendar.zone)
            later.append(
                NotUsed(
                    winner.number,
                    f"Clause {name_of(winner)} of version {version.version} does not apply: "
                    f"it came into force on {since}, after this work was done.",
                )
            )
    return tuple(later)


def not_used(piece: Piece, agreement: Agreement, at: datetime) -> tuple[NotUsed, ...]:
    """This function will list the clauses that applied or nearly applied and did not decide, each with the reason."""
    return (*_beaten(piece), *_nearly(piece), *_later(piece, agreement, at))

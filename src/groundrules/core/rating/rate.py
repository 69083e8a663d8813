"""Rating: what the billable stretches of decisions come to, per rounding unit, and what is shown at 0.00.

Segments are grouped by the version's rounding unit and their hourly price, rounded once, and priced by multiplying
first and dividing once. Re-rating from the decisions is always possible; nothing is patched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.terms import Agreement, AgreementVersion, Rounding, RoundingUnit
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.ids import TimeEntryId
from groundrules.core.money import price_of_seconds, total
from groundrules.core.periods import Period
from groundrules.core.rating.answers import Charge, ChargeKey, OpenLine, UnchargedLine
from groundrules.core.rating.charges_beside import charges_beside
from groundrules.core.rating.rounding import (
    goes_on,
    minimum_minutes,
    minutes_in_turn,
    rounded_minutes,
    rule_in_words,
)
from groundrules.core.rating.working import charged_label, exact_label, spans_label

_T = TypeVar("_T")
_REQUEST_KINDS = ("message", "request")


class AmbiguousDecision(ValueError):
    """Two different decisions on one time entry carry the same instant, so neither supersedes the other."""


class UnknownAgreementVersion(LookupError):
    """A decision cites a version the agreement does not have."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One billable segment together with the decision it belongs to."""

    decision: CoverageDecision
    segment: Segment


def in_force(decisions: Iterable[CoverageDecision]) -> tuple[CoverageDecision, ...]:
    """This function will keep the last decision on each time entry; earlier ones are superseded.

    Raises AmbiguousDecision when two different decisions on one entry were made at the same instant.
    """
    latest: dict[TimeEntryId, CoverageDecision] = {}
    for decision in decisions:
        known = latest.get(decision.entry)
        if known is not None and known.decided_at == decision.decided_at and known != decision:
            message = (
                f"entry {decision.entry} has two different decisions of {decision.decided_at.isoformat()}; "
                "decide it again so that one supersedes the other"
            )
            raise AmbiguousDecision(message)
        if known is None or known.decided_at < decision.decided_at:
            latest[decision.entry] = decision
    return tuple(sorted(latest.values(), key=lambda decision: decision.entry))


def version_numbered(agreement: Agreement, number: int) -> AgreementVersion:
    """This function will return a version by its number; raises UnknownAgreementVersion when there is none."""
    for version in agreement.versions:
        if version.version == number:
            return version
    message = f"{agreement.title} has no version {number}; decide the work again under the signed versions"
    raise UnknownAgreementVersion(message)


def pieces_of(decisions: Iterable[CoverageDecision]) -> tuple[Piece, ...]:
    """This function will list the billable pieces of the decisions in force, in time order."""
    pieces = [Piece(d, s) for d in in_force(decisions) for s in d.of(Outcome.BILLABLE)]
    return tuple(sorted(pieces, key=lambda p: (p.segment.period.start, p.decision.entry)))


def rate(decisions: Iterable[CoverageDecision], agreement: Agreement) -> tuple[Charge, ...]:
    """This function will charge the billable work, one charge for each rounding unit, in order of service day.

    Trips and short notice stand beside it as charges of their own. Superseded decisions are left out. The result does
    not depend on the order of `decisions`. Raises AmbiguousDecision, UnknownAgreementVersion and ImpossibleIncrement.
    """
    known = in_force(decisions)
    charges = (
        *rate_time(known, agreement),
        *charges_beside(known, partial(version_numbered, agreement)),
    )
    return tuple(sorted(charges, key=_printing_order))


def rate_time(decisions: Iterable[CoverageDecision], agreement: Agreement) -> tuple[Charge, ...]:
    """This function will charge the time of billable work, without what is charged beside it; raises as `rate`."""
    groups: dict[ChargeKey, list[Piece]] = {}
    for piece in pieces_of(decisions):
        version = version_numbered(agreement, piece.segment.agreement_version)
        groups.setdefault(key_of(piece, version.rounding), []).append(piece)
    units: dict[tuple[object, ...], list[_Part]] = {}
    for key, pieces in groups.items():
        version = version_numbered(agreement, key.agreement_version)
        units.setdefault(_unit_of(key, pieces), []).append(_Part(key, tuple(pieces), version))
    charges = [charge for parts in units.values() for charge in _charges_of(parts)]
    return tuple(sorted(charges, key=_printing_order))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one version says about a rounding unit."""

    key: ChargeKey
    pieces: tuple[Piece, ...]
    version: AgreementVersion


def _unit_of(key: ChargeKey, pieces: list[Piece]) -> tuple[object, ...]:
    """The rounding unit whatever version priced it: a new version within an evening does not begin a second one."""
    bands = frozenset(piece.segment.band for piece in pieces)
    return replace(key, hourly=None, agreement_version=0), bands


def _charges_of(parts: list[_Part]) -> list[Charge]:
    """Rounds a unit once by the version it began under; each version prices the minutes that fell to it.

    Two prices of one version are kept apart, so a unit of which a version has two goes on into no other version.
    """
    if not goes_on([part.key.agreement_version for part in parts]):
        return [charge_of(part.key, part.pieces, part.version) for part in parts]
    ordered = sorted(parts, key=lambda part: part.pieces[0].segment.period.start)
    opening = ordered[0].version
    rounding = opening.rounding.at(ordered[0].key.place)
    bands = [piece.segment.band for piece in ordered[0].pieces]
    worked = [sum(piece.segment.seconds for piece in part.pieces) for part in ordered]
    minutes = minutes_in_turn(worked, rounding, bands)
    return [
        charge_of(part.key, part.pieces, part.version, Begun(opening, charged))
        for part, charged in zip(ordered, minutes, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Begun:
    """The version a rounding unit began under, and the minutes of the unit that fall to one of its versions."""

    version: AgreementVersion
    minutes: int


def _printing_order(charge: Charge) -> tuple[object, ...]:
    band = charge.key.band or ""
    people = charge.key.technician or ""
    first = charge.spans[0].start
    return (
        charge.service_day,
        first,
        people,
        charge.key.issue,
        band,
        charge.hourly.minor,
        charge.entries,
    )


def key_of(piece: Piece, rounding: Rounding) -> ChargeKey:
    """This function will name the rounding unit a piece belongs to; the hourly price always keeps pieces apart.

    So does the place, where places have rules of their own.
    """
    decision, segment, unit = piece.decision, piece.segment, rounding.unit
    return ChargeKey(
        issue=decision.issue if RoundingUnit.ISSUE in unit else "",
        technician=decision.technician if RoundingUnit.PERSON in unit else None,
        local_day=segment.local_day if RoundingUnit.LOCAL_DAY in unit else None,
        band=segment.band if RoundingUnit.BAND in unit else None,
        entry=decision.entry if RoundingUnit.ENTRY in unit else None,
        hourly=segment.hourly,
        agreement_version=segment.agreement_version,
        place=decision.place if rounding.places else None,
    )


def charge_of(
    key: ChargeKey,
    pieces: tuple[Piece, ...],
    version: AgreementVersion,
    begun: Begun | None = None,
) -> Charge:
    """This function will round and price one rounding unit. `pieces` share one hourly price and are in time order.

    `begun` is given when the unit spans versions: its minutes were rounded together, by the version it began under.
    """
    hourly = pieces[0].segment.hourly
    seconds = sum(piece.segment.seconds for piece in pieces)
    rounding = (begun.version if begun else version).rounding.at(key.place)
    minimum = minimum_minutes({p.segment.band for p in pieces}, rounding)
    plain = rounded_minutes(seconds, rounding)
    minutes = begun.minutes if begun else max(plain, minimum)
    amount = price_of_seconds(hourly, minutes * 60)
    spans = joined(pieces)
    said = charged_label(minutes, minimum if minutes > plain else 0)
    return Charge(
        key=key,
        seconds=seconds,
        minutes_charged=minutes,
        hourly=hourly,
        amount=amount,
        clauses=_distinct(p.segment.clause for p in pieces if p.segment.clause is not None),
        entries=_distinct(p.decision.entry for p in pieces),
        assets=_distinct(p.decision.asset for p in pieces if p.decision.asset is not None),
        service_day=pieces[0].segment.local_day,
        working=(
            f"{spans_label(spans, version.calendar.zone)}: {exact_label(spans)} -> {said} "
            f"x {hourly} = {amount}; {rule_in_words(rounding)}{_begun_label(begun)}"
        ),
        request=", ".join(requests_of(pieces)),
        spans=spans,
        bands=frozenset(piece.segment.band for piece in pieces),
    )


def _begun_label(begun: Begun | None) -> str:
    if begun is None:
        return ""
    return f", once for the whole unit, which began under version {begun.version.version}"


def _distinct(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))


def joined(pieces: tuple[Piece, ...]) -> tuple[Period, ...]:
    """This function will join touching pieces of one entry and local day, so the working shows what a clock showed."""
    spans: list[Period] = []
    previous: Piece | None = None
    for piece in pieces:
        period = piece.segment.period
        if previous is not None and _touch(previous, piece):
            spans[-1] = Period(spans[-1].start, period.end)
        else:
            spans.append(period)
        previous = piece
    return tuple(spans)


def _touch(before: Piece, after: Piece) -> bool:
    same = before.decision.entry == after.decision.entry
    same_day = before.segment.local_day == after.segment.local_day
    return same and same_day and before.segment.period.end == after.segment.period.start


def requests_of(pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    """This function will return the messages behind the pieces, or the requests where no message is on record."""
    facts = [f for p in pieces for reason in p.segment.reasons for f in reason.facts]
    for kind in _REQUEST_KINDS:
        found = _distinct(fact.ref for fact in facts if fact.kind == kind)
        if found:
            return found
    return ()


def uncharged_lines(decisions: Iterable[CoverageDecision]) -> tuple[UnchargedLine, ...]:
    """This function will list covered and not billable work at its exact time and value, charged 0.00.

    One line for each entry, local day, clause and hourly price, so that value = time x price holds on every line.
    """
    groups: dict[tuple[object, ...], list[Piece]] = {}
    for decision in in_force(decisions):
        for segment in decision.segments:
            if segment.outcome in {Outcome.COVERED, Outcome.NOT_BILLABLE}:
                key = (
                    decision.entry,
                    segment.local_day,
                    segment.clause,
                    segment.hourly,
                    segment.outcome,
                )
                groups.setdefault(key, []).append(Piece(decision, segment))
    ordered = sorted(groups.values(), key=_start_and_entry)
    return tuple(_uncharged_line(pieces) for pieces in ordered)


def _start_and_entry(pieces: list[Piece]) -> tuple[object, ...]:
    first = pieces[0]
    return first.segment.local_day, first.segment.period.start, first.decision.entry


def _uncharged_line(pieces: list[Piece]) -> UnchargedLine:
    decision, segment = pieces[0].decision, pieces[0].segment
    seconds = sum(piece.segment.seconds for piece in pieces)
    return UnchargedLine(
        entry=decision.entry,
        technician=decision.technician,
        asset=decision.asset,
        issue=decision.issue,
        seconds=seconds,
        value=price_of_seconds(segment.hourly, seconds),
        clause=segment.clause,
        service_day=segment.local_day,
        covered=segment.outcome is Outcome.COVERED,
        hourly=segment.hourly,
        loss=decision.counted_as_loss and segment.outcome is Outcome.NOT_BILLABLE,
    )


def open_lines(decisions: Iterable[CoverageDecision]) -> tuple[OpenLine, ...]:
    """This function will list the work that still needs a person, one line per entry, with what is missing."""
    return tuple(
        _open_line(decision, waiting)
        for decision in in_force(decisions)
        if (waiting := decision.of(Outcome.NEEDS_PERSON))
    )


def _open_line(decision: CoverageDecision, waiting: tuple[Segment, ...]) -> OpenLine:
    return OpenLine(
        entry=decision.entry,
        technician=decision.technician,
        asset=decision.asset,
        issue=decision.issue,
        seconds=sum(segment.seconds for segment in waiting),
        at_stake=total([s.value for s in waiting], waiting[0].hourly.currency),
        missing=_distinct(what for segment in waiting for what in segment.missing),
        service_day=waiting[0].local_day,
    )

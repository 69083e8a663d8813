"""Trips and short notice as charges, from full decisions: each with the entries behind it and its working."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from groundrules.core.agreements.facts import Asked
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import priced_at
from groundrules.core.calendars import zone_label
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.rating.answers import Beside, Charge, ChargeKey
from groundrules.core.rating.beside import BesideTerms, Found, Stretch, found_beside
from groundrules.core.rating.working import day_label, hours_label


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment with the decision it belongs to."""

    decision: CoverageDecision
    segment: Segment


def charges_beside(
    decisions: Iterable[CoverageDecision], version_numbered: Callable[[int], AgreementVersion]
) -> tuple[Charge, ...]:
    """This function will charge what the decisions in force cost beside their time, in no particular order."""
    parts = {
        _stretch(part): part
        for part in _parts(decisions)
        if _terms(version_numbered(part.segment.agreement_version)).says_something
    }

    def terms_at(stretch: Stretch) -> BesideTerms:
        segment = parts[stretch].segment
        version = version_numbered(segment.agreement_version)
        return _terms(priced_at(version, segment.period.start))

    return tuple(
        _charge(found, [parts[stretch] for stretch in found.stretches], version_numbered)
        for found in found_beside(parts, terms_at)
    )


def _parts(decisions: Iterable[CoverageDecision]) -> Iterator[_Part]:
    for decision in decisions:
        for segment in decision.segments:
            if segment.agreement_version:
                yield _Part(decision, segment)


def _terms(version: AgreementVersion) -> BesideTerms:
    return BesideTerms(version.trip, version.short_notice, version.rates.hourly)


def _stretch(part: _Part) -> Stretch:
    decision, segment = part.decision, part.segment
    is_asked = segment.cell.asked is Asked.AUTHORISED and decision.asked_at is not None
    return Stretch(
        entry=decision.entry,
        technician=decision.technician,
        issue=decision.issue,
        day=segment.local_day,
        start=int(segment.period.start.timestamp()),
        until=int(segment.period.start.timestamp()) + segment.period.seconds,
        place=decision.place,
        outcome=segment.outcome,
        version=segment.agreement_version,
        request=decision.request if is_asked else None,
        asked=int(decision.asked_at.timestamp()) if is_asked and decision.asked_at else None,
    )


def _charge(
    found: Found, parts: list[_Part], version_numbered: Callable[[int], AgreementVersion]
) -> Charge:
    decision, segment = parts[0].decision, parts[0].segment
    version = priced_at(version_numbered(segment.agreement_version), segment.period.start)
    is_trip = found.beside is Beside.TRIP
    hourly, zone = version.rates.hourly, version.calendar.zone
    words = _trip_words(parts[0], zone) if is_trip else _notice_words(parts[0], found, zone)
    assets = (part.decision.asset for part in parts if part.decision.asset is not None)
    fixed = found.costs.amount is not None
    price = "" if fixed else f"{hours_label(found.costs.minutes)} x {hourly} = "
    return Charge(
        key=ChargeKey(
            issue=decision.issue if found.per_issue else "",
            technician=decision.technician,
            local_day=segment.local_day,
            agreement_version=version.version,
            beside=found.beside,
            request=None if is_trip else decision.request,
        ),
        seconds=0,
        minutes_charged=0 if fixed else found.costs.minutes,
        hourly=hourly,
        amount=found.amount,
        clauses=(found.clause,) if found.clause else (),
        entries=tuple(dict.fromkeys(part.decision.entry for part in parts)),
        assets=tuple(dict.fromkeys(assets)),
        service_day=segment.local_day,
        working=f"{words}: {price}{found.amount}",
        spans=(segment.period,),
    )


def _trip_words(part: _Part, zone: str) -> str:
    return f"on site on {day_label(part.segment.period, zone)}, one trip"


def _notice_words(part: _Part, found: Found, zone: str) -> str:
    asked = datetime.fromtimestamp(found.first.asked or 0, UTC)
    hours = found.step.within_hours if found.step else 0
    return (
        f"asked for on {zone_label(asked, zone)}, begun on {zone_label(part.segment.period.start, zone)}: "
        f"less than {hours} h before"
    )

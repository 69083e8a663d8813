"""Invoice lines from rated work: what is charged, what is shown at its value and 0.00, and what a return costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from groundrules.core.agreements.terms import AgreementVersion, ConditionKind, ReinstatementTerms
from groundrules.core.agreements.uplift import fee_on
from groundrules.core.agreements.words import BAND_OF_WORK, duration_words
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import InvoiceLine, LineKind
from groundrules.core.money import Money, price_of_seconds
from groundrules.core.rating.answers import Beside, Charge, UnchargedLine
from groundrules.core.rating.working import hours_label

_NO_NAMES: Mapping[str, str] = {}
_KINDS = {Beside.TRIP: LineKind.TRIP, Beside.SHORT_NOTICE: LineKind.SHORT_NOTICE}
# The kinds of line that charges are written as; rating posts them, and reverses them when work is decided again.
RATED = frozenset({LineKind.CHARGE, *_KINDS.values()})
BESIDE = {Beside.TRIP: "Trip to the site", Beside.SHORT_NOTICE: "Short notice"}


def charge_line(charge: Charge, names: Mapping[str, str] = _NO_NAMES) -> InvoiceLine:
    """This function will write a charge as a line. `names` maps ids (assets, issues) to what people call them.

    What costs a fixed amount beside time shows no time.
    """
    is_fixed = charge.key.beside is not None and not charge.minutes_charged
    return InvoiceLine(
        kind=_KINDS[charge.key.beside] if charge.key.beside else LineKind.CHARGE,
        description=described(charge, names),
        service_day=charge.service_day,
        amount=charge.amount,
        value=charge.amount,
        clause=charge.clauses[0] if charge.clauses else None,
        asset=charge.assets[0] if len(charge.assets) == 1 else None,
        technician=charge.key.technician,
        minutes=None if is_fixed else Fraction(charge.minutes_charged),
        hourly=None if is_fixed else charge.hourly,
        working=charge.working,
        entries=charge.entries,
        issue=charge.key.issue,
    )


def described(charge: Charge, names: Mapping[str, str], *more: str) -> str:
    """This function will say what charged work was: the issue, where, in which hours, who asked, and what more."""
    outside = charge.key.band not in {None, HoursBand.BUSINESS}
    band = BAND_OF_WORK[charge.key.band] if charge.key.band and outside else ""
    asked = f"asked for in {charge.request}" if charge.request else ""
    where = " and ".join(names.get(asset, asset) for asset in charge.assets)
    if charge.key.beside is not None:
        about = _what(charge.key.issue, where, names) if charge.key.issue else where
        return _with(BESIDE[charge.key.beside], about, *more)
    return _with(_what(charge.key.issue, where, names), band, asked, *more)


def _with(what: str, *details: str) -> str:
    said = ", ".join(filter(None, details))
    return f"{what}: {said}" if said else what


def uncharged_line(line: UnchargedLine, names: Mapping[str, str] = _NO_NAMES) -> InvoiceLine:
    """This function will write work at its value and 0.00, with its exact time."""
    where = names.get(line.asset, line.asset) if line.asset else ""
    said = "covered by your agreement" if line.covered else "not charged"
    at = f" x {line.hourly}" if line.hourly is not None else ""
    return InvoiceLine(
        kind=LineKind.COVERED if line.covered else LineKind.NOT_BILLABLE,
        description=f"{_what(line.issue, where, names)}: {said}",
        service_day=line.service_day,
        amount=Money.zero(line.value.currency),
        value=line.value,
        clause=line.clause,
        asset=line.asset,
        technician=line.technician,
        minutes=Fraction(line.seconds, 60),
        hourly=line.hourly,
        working=f"{duration_words(line.seconds)}{at} = {line.value}",
        entries=(line.entry,),
        issue=line.issue,
    )


def _what(issue: str, where: str, names: Mapping[str, str]) -> str:
    what = names.get(issue, issue) or "Work"
    return f"{what} ({where})" if where and where not in what else what


def inspection_line(
    asset: AssetId, minutes: int, version: AgreementVersion, service_day: date
) -> InvoiceLine:
    """This function will charge an agreed inspection time at the base rate, unrounded: it is a fixed time."""
    hourly = version.rates.hourly
    amount = price_of_seconds(hourly, minutes * 60)
    return InvoiceLine(
        kind=LineKind.INSPECTION,
        description=f"Inspection of {asset} before reinstatement",
        service_day=service_day,
        amount=amount,
        value=amount,
        clause=version.reinstatement.clause if version.reinstatement else None,
        asset=asset,
        minutes=Fraction(minutes),
        hourly=hourly,
        working=f"{hours_label(minutes)} x {hourly} = {amount}",
    )


def reinstatement_fee_line(
    asset: AssetId, months: Fraction, version: AgreementVersion, service_day: date
) -> InvoiceLine:
    """This function will charge the agreed reinstatement fee, a number of the asset's monthly fees."""
    monthly = fee_on(version, version.fees.for_asset(asset), service_day)
    amount = monthly.times(months)
    return InvoiceLine(
        kind=LineKind.REINSTATEMENT_FEE,
        description=f"Reinstatement fee for {asset}",
        service_day=service_day,
        amount=amount,
        value=amount,
        clause=version.reinstatement.clause if version.reinstatement else None,
        asset=asset,
        working=f"{months} x {monthly} monthly fee = {amount}",
        base=monthly,
        share=months,
    )


def reinstatement_lines(
    asset: AssetId, terms: ReinstatementTerms, version: AgreementVersion, service_day: date
) -> tuple[InvoiceLine, ...]:
    """This function will charge the inspection and fee that the reinstatement conditions name, in that order."""
    inspections = [
        inspection_line(asset, c.minutes, version, service_day)
        for c in terms.conditions
        if c.kind is ConditionKind.INSPECTION and c.minutes
    ]
    fees = [
        reinstatement_fee_line(asset, c.fee_months, version, service_day)
        for c in terms.conditions
        if c.kind is ConditionKind.FEE and c.fee_months
    ]
    return (*inspections, *fees)

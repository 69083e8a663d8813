"""Monthly caps: how far the charged work of a calendar month lies above the most it may come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.further_terms import CapTerms
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import ClauseNumber
from groundrules.core.money import Money, total
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.rate import version_numbered


@dataclass(frozen=True, slots=True)
class AboveCap:
    """What a month's charged work comes to above its cap; the cap's own line takes it off, never a charge's."""

    month: date
    over: Money
    clause: ClauseNumber
    working: str


def above_caps(charges: Iterable[Charge], agreement: Agreement) -> tuple[AboveCap, ...]:
    """This function will say for each calendar month how far its charges lie above the cap, in order of the month.

    A month's charges count under the cap of the version they were rated by; the version of the month's first charge
    says which. Months without a cap, or within it, are left out.
    """
    months: dict[date, list[Charge]] = {}
    for charge in sorted(charges, key=lambda c: (c.service_day, c.spans[0].start, c.entries)):
        months.setdefault(charge.service_day.replace(day=1), []).append(charge)
    found = (_above(month, known, agreement) for month, known in sorted(months.items()))
    return tuple(above for above in found if above is not None)


def _above(month: date, charges: list[Charge], agreement: Agreement) -> AboveCap | None:
    cap = version_numbered(agreement, charges[0].key.agreement_version).cap
    if cap is None:
        return None
    counted = [charge.amount for charge in charges if _counts(charge, cap)]
    comes_to = total(counted, cap.monthly.currency)
    if comes_to <= cap.monthly:
        return None
    over = comes_to - cap.monthly
    working = f"{comes_to} charged in {month:%Y-%m} - {cap.monthly} at most = {over}"
    return AboveCap(month, over, cap.clause, working)


def _counts(charge: Charge, cap: CapTerms) -> bool:
    is_time = charge.key.beside is None
    return is_time and (not cap.clauses or set(charge.clauses) <= set(cap.clauses))

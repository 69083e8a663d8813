"""The exact arithmetic check of a document before it is issued: every line recomputed from its own printed figures.

Public validators accept a cent too many (reference: billing section 5), so this check tolerates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from groundrules.core.invoices.answers import (
    EVERY_FEE,
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
    LineKind,
)
from groundrules.core.money import Money

_SECONDS = 60
_TIMED = frozenset({LineKind.CHARGE, LineKind.INSPECTION, LineKind.PREPAID})
_AT_ZERO = frozenset({LineKind.COVERED, LineKind.NOT_BILLABLE, LineKind.PREPAID})
# A month's cap or credit is set against what was printed before, so its line may go either way.
_EITHER_WAY = frozenset({LineKind.CAP, LineKind.SERVICE_CREDIT})
# A service credit is a target for its month: what is printed is what that still needs.
_FEES = EVERY_FEE - {LineKind.SERVICE_CREDIT}
_CREDITS = frozenset({LineKind.FEE_CREDIT, LineKind.REFUND})


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not add up: the line (counted from 1; 0 is the whole document) and what was expected."""

    line: int
    problem: str


def check(draft: InvoiceDraft, printed_total: Money | None = None) -> tuple[Failure, ...]:
    """This function will return everything in a document that is not exact to the smallest unit; empty means it is.

    `printed_total` is the total as stored or printed, when there is one. Never raises for a wrong document.
    """
    failures = [
        Failure(number, problem)
        for number, line in enumerate(draft.lines, start=1)
        for problem in (_foreign(line, draft.currency) or _wrong(line))
    ]
    return (*failures, *(Failure(0, problem) for problem in _whole(draft, printed_total)))


def _foreign(line: InvoiceLine, currency: str) -> list[str]:
    """A foreign amount makes every further sum meaningless, so it is reported alone."""
    amounts = (line.amount, line.value, line.hourly, line.base)
    others = {m.currency for m in amounts if m is not None and m.currency != currency}
    return [f"is in {', '.join(sorted(others))}, the document in {currency}"] if others else []


def _wrong(line: InvoiceLine) -> list[str]:
    checks: tuple[Callable[[InvoiceLine], str], ...] = (
        _time_times_price,
        _base_times_share,
        _sign,
        _printed_result,
    )
    return [problem for check_one in checks if (problem := check_one(line))]


def _time_times_price(line: InvoiceLine) -> str:
    """Value = minutes x hourly / 60, rounded once; charged kinds charge exactly that."""
    if line.kind in _TIMED and (line.minutes is None or line.hourly is None):
        return "is charged time without minutes and an hourly price"
    if line.minutes is None or line.hourly is None:
        return ""
    exact = Money.rounded(line.minutes * line.hourly.minor / _SECONDS, line.hourly.currency)
    shown = -line.value if line.value.minor < 0 else line.value
    if shown != exact:
        return f"shows {line.value}, but {line.minutes} min x {line.hourly} / h is {exact}"
    return ""


def _base_times_share(line: InvoiceLine) -> str:
    """Fees: the uncovered share is rounded and the fee is the rest (remainder rule); other items are base x share."""
    if line.base is None or line.share is None:
        needs = line.kind in _FEES
        return "is a fee without the full amount and share it comes from" if needs else ""
    if line.kind is LineKind.FEE:
        exact = line.base - line.base.times(Fraction(1) - line.share)
    else:
        exact = line.base.times(line.share)
    expected = -exact if line.kind in _CREDITS else exact
    if line.amount != expected:
        return f"shows {line.amount}, but {line.base} x {line.share} is {expected}"
    return ""


def _sign(line: InvoiceLine) -> str:
    if line.kind in _AT_ZERO:
        return f"is shown at 0.00 but charges {line.amount}" if line.amount.minor else ""
    if line.value != line.amount:
        return f"charges {line.amount} but is valued at {line.value}"
    if line.kind in _EITHER_WAY:
        return ""
    if line.kind in _CREDITS:
        return f"is a credit but charges {line.amount}" if line.amount.minor > 0 else ""
    return f"is a charge but takes back {line.amount}" if line.amount.minor < 0 else ""


def _printed_result(line: InvoiceLine) -> str:
    """The working must end in the figure the line shows, whatever its sign."""
    figure = line.value if line.kind in _AT_ZERO else line.amount
    result = str(-figure if figure.minor < 0 else figure)
    return (
        "" if not line.working or result in line.working else f"prints a working without {result}"
    )


def _whole(draft: InvoiceDraft, printed_total: Money | None) -> list[str]:
    if any(line.amount.currency != draft.currency for line in draft.lines):
        return ["has no total, because its lines are in several currencies"]
    problems = []
    if printed_total is not None and printed_total != draft.total:
        problems.append(f"prints a total of {printed_total}, but its lines add up to {draft.total}")
    if draft.kind is DocumentKind.CREDIT_NOTE and draft.total.minor > 0:
        problems.append(f"is a credit note but asks for {draft.total}")
    if draft.kind is DocumentKind.CREDIT_NOTE and draft.corrects is None:
        problems.append("is a credit note that names no invoice")
    return problems

"""The value report: managed service against break/fix, from the client's own hours and the agreement's own rates.

Only repairs a client would have bought count in the headline; proactive work stands on its own line. What both models
charge alike cancels. A loss is said as plainly as a saving (reference: domain section 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import TimeEntryId
from groundrules.core.money import Money, total
from groundrules.core.rating.answers import Charge, UnchargedLine


@dataclass(frozen=True, slots=True)
class FeePaid:
    """One fee or fee credit of the period (credits are negative); `ref` opens the document it stands on."""

    ref: str
    says: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """What a report is made of, for the half-open period of local days. `proactive` names entries of prevention."""

    currency: str
    period_start: date
    period_end: date
    uncharged: tuple[UnchargedLine, ...]
    fees: tuple[FeePaid, ...]
    proactive: frozenset[TimeEntryId] = frozenset()
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report, with its working and the records that open behind it."""

    name: str
    amount: Money
    working: str
    entries: tuple[TimeEntryId, ...] = ()
    refs: tuple[str, ...] = ()
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class ValueReport:
    """The report. `headline` uses repairs only and comes first; `upper` counts all covered work and comes second.

    A negative saving means managed service cost more; `sentence` says so in the same plain way. `lines` are the covered
    lines, each at its minutes, value and 0.00.
    """

    sentence: str
    headline: Figure
    upper_sentence: str
    upper: Figure
    covered: Figure
    reactive: Figure
    proactive: Figure
    fees: Figure
    charged_alike: Figure
    not_charged: Figure
    lines: tuple[UnchargedLine, ...]

    @property
    def is_empty(self) -> bool:
        """True when the period has neither a fee nor covered work, so that there is nothing to compare."""
        return not self.fees.refs and not self.lines

    @property
    def workings(self) -> tuple[Figure, ...]:
        """The figures whose working a client reads first; without proactive work the saving is one, and stands once."""
        upper = (self.upper,) if self.proactive.seconds else ()
        return (self.headline, *upper, self.fees, self.charged_alike)

    @property
    def is_favourable(self) -> bool:
        """True when managed service cost no more than the repairs would have cost by the hour."""
        return self.headline.amount.minor >= 0


def report(facts: ValueFacts) -> ValueReport:
    """This function will compare fees with what the covered work would have cost by the hour.

    Raises CurrencyMismatch when amounts are in several currencies.
    """
    covered_lines = tuple(line for line in facts.uncharged if line.covered)
    covered = _work("all covered work", covered_lines, facts.currency)
    reactive = _work("repairs", _without(covered_lines, facts.proactive), facts.currency)
    proactive = _work("proactive work", _only(covered_lines, facts.proactive), facts.currency)
    fees = _fees(facts)
    headline = _saving("saving on repairs alone", reactive, fees)
    upper = _saving("saving with proactive work", covered, fees)
    return ValueReport(
        sentence=_headline_sentence(headline, reactive, fees),
        headline=headline,
        upper_sentence=_upper_sentence(upper, proactive),
        upper=upper,
        covered=covered,
        reactive=reactive,
        proactive=proactive,
        fees=fees,
        charged_alike=_charged(facts),
        not_charged=_work(
            "not covered and still not charged",
            tuple(line for line in facts.uncharged if not line.covered),
            facts.currency,
        ),
        lines=covered_lines,
    )


def _only(
    lines: tuple[UnchargedLine, ...], entries: frozenset[TimeEntryId]
) -> tuple[UnchargedLine, ...]:
    return tuple(line for line in lines if line.entry in entries)


def _without(
    lines: tuple[UnchargedLine, ...], entries: frozenset[TimeEntryId]
) -> tuple[UnchargedLine, ...]:
    return tuple(line for line in lines if line.entry not in entries)


def _work(name: str, lines: tuple[UnchargedLine, ...], currency: str) -> Figure:
    """Adds the values as printed on the lines, so that the figure is exactly their sum."""
    amount = total([line.value for line in lines], currency)
    seconds = sum(line.seconds for line in lines)
    return Figure(
        name=name,
        amount=amount,
        working=f"{_at_prices(lines, currency)} = {amount}",
        entries=tuple(dict.fromkeys(line.entry for line in lines)),
        seconds=seconds,
    )


def _at_prices(lines: Iterable[UnchargedLine], currency: str) -> str:
    """`25 h 20 min at $150.00 + 2 h at $300.00`."""
    by_price: dict[int, int] = {}
    for line in lines:
        price = line.hourly.minor if line.hourly else 0
        by_price[price] = by_price.get(price, 0) + line.seconds
    parts = [
        f"{duration_words(seconds)} at {Money(price, currency)}"
        for price, seconds in sorted(by_price.items())
    ]
    return " + ".join(parts) or duration_words(0)


def _fees(facts: ValueFacts) -> Figure:
    amount = total([fee.amount for fee in facts.fees], facts.currency)
    signs = [f"{'- ' if f.amount.minor < 0 else '+ '}{_size(f.amount)}" for f in facts.fees]
    sums = " ".join(signs).removeprefix("+ ") or str(Money.zero(facts.currency))
    return Figure("fees", amount, f"{sums} = {amount}", refs=tuple(f.ref for f in facts.fees))


def _size(amount: Money) -> Money:
    return -amount if amount.minor < 0 else amount


def _saving(name: str, work: Figure, fees: Figure) -> Figure:
    amount = work.amount - fees.amount
    working = f"{work.amount} by the hour - {fees.amount} fees = {amount}"
    return Figure(name, amount, working, work.entries, fees.refs)


def _headline_sentence(headline: Figure, reactive: Figure, fees: Figure) -> str:
    paid = f"You paid {fees.amount} in fees. The repairs alone would have cost {reactive.amount} by the hour."
    if headline.amount.minor > 0:
        return f"Managed service saved you {headline.amount}. {paid}"
    if headline.amount.minor < 0:
        return f"Managed service cost you {_size(headline.amount)} more. {paid}"
    return f"Managed service and repairs by the hour came to the same. {paid}"


def _upper_sentence(upper: Figure, proactive: Figure) -> str:
    if not proactive.amount.minor and not proactive.seconds:
        return "There was no proactive work to add to that."
    done = f"With the proactive work ({duration_words(proactive.seconds)}, {proactive.amount})"
    if upper.amount.minor < 0:
        return f"{done} it would still be {_size(upper.amount)} more."
    return f"{done} the saving would be {upper.amount}."


def _charged(facts: ValueFacts) -> Figure:
    """After-hours and hourly charges would be the same by the hour: shown, and left out of the comparison."""
    amount = total([charge.amount for charge in facts.charges], facts.currency)
    entries = tuple(dict.fromkeys(e for charge in facts.charges for e in charge.entries))
    return Figure(
        "charged alike in both models",
        amount,
        f"{amount} charged - {amount} charged by the hour = {Money.zero(facts.currency)}",
        entries,
    )

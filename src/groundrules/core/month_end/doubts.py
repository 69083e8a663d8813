"""What is doubtful about one client's month, by kind and then the dearest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from math import ceil

from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import (
    DocumentKind,
    InvoiceDraft,
    InvoiceLine,
    LineKind,
)
from groundrules.core.money import Money, total
from groundrules.core.month_end.answers import (
    Doubt,
    DoubtKind,
    ExceptionMade,
    Login,
    MonthFacts,
    NotedTime,
    Owner,
)
from groundrules.core.month_end.disputed import disputed
from groundrules.core.month_end.rises import rise_doubt
from groundrules.core.month_end.twice import entries_twice, fees_twice
from groundrules.core.profitability.facts import percent
from groundrules.core.rating.answers import OpenLine


def doubts(facts: MonthFacts) -> tuple[Doubt, ...]:
    """This function will list what to look at, by kind and then the dearest first."""
    found = [
        *_formal(facts),
        *(_needs_person(line) for line in facts.open_lines),
        *disputed(facts.disputes),
        *(_not_billed(asset, fee) for asset, fee in facts.unlisted),
        *_far_off(facts),
        *(_unlogged(login) for login in facts.logins),
        *(_exception(made) for made in facts.exceptions),
        *entries_twice(facts.entries),
        *fees_twice(facts.drafts, facts.fees_before),
        *(rise_doubt(rise) for rise in facts.rises),
        *_of_lines(facts),
        *_negative(facts),
        *_no_notes(facts.entries),
        *(_stale(source, facts) for source in facts.stale),
    ]
    order = {kind: place for place, kind in enumerate(DoubtKind)}
    return tuple(sorted(found, key=lambda d: (order[d.kind], -_size(d.at_stake), d.subject)))


def _size(amount: Money | None) -> int:
    return abs(amount.minor) if amount is not None else 0


def _formal(facts: MonthFacts) -> list[Doubt]:
    whole = _total(facts)
    found = []
    if facts.tax_problem:
        found.append(
            Doubt(
                DoubtKind.NO_TAX,
                "tax",
                facts.tax_problem,
                Owner.ACCOUNTANT,
                "Add the tax rule",
                whole,
            )
        )
    if facts.order_problem:
        found.append(
            Doubt(
                DoubtKind.NO_ORDER,
                "order",
                facts.order_problem,
                Owner.ACCOUNTANT,
                "Add the purchase order",
                whole,
            )
        )
    last, month_ends = facts.agreement_ends, facts.end - timedelta(days=1)
    if last is not None and last < month_ends:
        says = f"The agreement's last day in force is {last}; the month ends on {month_ends}."
        found.append(
            Doubt(
                DoubtKind.NO_AGREEMENT,
                "agreement",
                says,
                Owner.OWNER,
                "Renew the agreement",
                whole,
            )
        )
    return found


def _total(facts: MonthFacts) -> Money | None:
    invoices = [d.total for d in facts.drafts if d.kind is DocumentKind.INVOICE]
    return total(invoices, invoices[0].currency) if invoices else None


def _needs_person(line: OpenLine) -> Doubt:
    missing = "; ".join(line.missing)
    return Doubt(
        DoubtKind.NEEDS_PERSON,
        line.entry,
        f"{duration_words(line.seconds)} on {line.issue}: {missing}",
        Owner.OWNER,
        "Decide it, or leave it off this invoice",
        line.at_stake,
        page=("time_entry", line.entry),
    )


def _not_billed(asset: AssetId, fee: Money) -> Doubt:
    return Doubt(
        DoubtKind.NOT_BILLED,
        asset,
        f"{asset} was seen this month and is on no agreement.",
        Owner.OWNER,
        "Add it to the agreement",
        fee,
        page=("server", asset),
    )


def median(amounts: Iterable[Money]) -> Money | None:
    """This function will return the middle of several amounts (the lower of two middles), None of none."""
    ordered = sorted(amounts, key=lambda m: m.minor)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


_ENOUGH_MONTHS = 3


def _far_off(facts: MonthFacts) -> list[Doubt]:
    middle, whole = median(facts.earlier), _total(facts)
    if middle is None or whole is None or len(facts.earlier) < _ENOUGH_MONTHS or not middle.minor:
        return []
    change = Fraction(whole.minor - middle.minor, abs(middle.minor))
    if abs(change) <= facts.far_off:
        return []
    sign = "+" if change > 0 else ""
    says = (
        f"{whole} is {sign}{percent(change)} from {middle}, "
        f"the median of the last {len(facts.earlier)} invoices."
    )
    return [
        Doubt(DoubtKind.FAR_OFF, "total", says, Owner.ACCOUNTANT, "Looks right", whole - middle)
    ]


def _unlogged(login: Login) -> Doubt:
    return Doubt(
        DoubtKind.UNLOGGED,
        login.ref,
        f"{login.who} was logged in for {duration_words(login.seconds)}; no time is written down.",
        Owner.TECHNICIAN,
        "Log the time, or set the login aside",
        login.value,
        login.who,
        ("session", login.ref),
    )


def _exception(made: ExceptionMade) -> Doubt:
    return Doubt(
        DoubtKind.EXCEPTION,
        made.entry,
        f"Exception on {made.entry}: {made.reason}",
        Owner.OWNER,
        "Stands",
        made.difference,
        page=("time_entry", made.entry),
    )


def _of_lines(facts: MonthFacts) -> list[Doubt]:
    found = []
    for draft in facts.drafts:
        if draft.kind is DocumentKind.CREDIT_NOTE:
            found.append(_credit_note(draft))
            continue
        for line in draft.lines:
            if line.kind is LineKind.FEE_CREDIT or _is_part_of_a_month(line):
                found.append(_prorated(line))
            elif line.service_day < facts.first:
                found.append(_late(line))
    return found


def _credit_note(draft: InvoiceDraft) -> Doubt:
    says = f"A credit note on {draft.corrects}: what was billed was decided otherwise since."
    return Doubt(
        DoubtKind.CORRECTION,
        str(draft.corrects),
        says,
        Owner.ACCOUNTANT,
        "Issue it with the invoice",
        draft.total,
        page=("invoice", str(draft.corrects)),
    )


def _is_part_of_a_month(line: InvoiceLine) -> bool:
    """The share of a fee counted by heads is how many there are: 7 of them all month are nothing to look at."""
    if line.kind is not LineKind.FEE or line.share is None:
        return False
    return line.share.denominator != 1 or line.share < 1


def _prorated(line: InvoiceLine) -> Doubt:
    """At stake is what the part of a month takes off; a credit is that itself."""
    off = line.amount
    if line.kind is LineKind.FEE and line.base is not None and line.share is not None:
        off -= line.base.times(Fraction(max(ceil(line.share), 1)))
    return Doubt(
        DoubtKind.PRORATED,
        f"{line.kind.value} {line.item or line.asset} {line.service_day}",
        f"{line.description}: {line.working or line.amount}",
        Owner.ACCOUNTANT,
        "Right",
        off,
    )


def _late(line: InvoiceLine) -> Doubt:
    return Doubt(
        DoubtKind.LATE,
        " ".join((str(line.service_day), line.description, *line.entries)),
        f"Of {line.service_day}, a month that is closed: {line.description}",
        Owner.ACCOUNTANT,
        "Bill it now, with its own date",
        line.amount,
    )


def _negative(facts: MonthFacts) -> list[Doubt]:
    whole = _total(facts)
    if whole is None or whole.minor > 0:
        return []
    says = f"The invoice comes to {whole}."
    return [
        Doubt(DoubtKind.NEGATIVE, "total", says, Owner.ACCOUNTANT, "Issue it all the same", whole)
    ]


def _no_notes(entries: tuple[NotedTime, ...]) -> list[Doubt]:
    """One doubt for each technician: they are asked once."""
    by_who: dict[str, list[NotedTime]] = {}
    for entry in entries:
        if not entry.has_note:
            by_who.setdefault(entry.technician, []).append(entry)
    return [
        Doubt(
            DoubtKind.NO_NOTE,
            who,
            f"{_entries(len(bare))} of {who} without a note, {duration_words(sum(e.seconds for e in bare))}.",
            Owner.TECHNICIAN,
            "Ask for the notes",
            _worth(bare),
            who,
        )
        for who, bare in sorted(by_who.items())
    ]


def _worth(entries: list[NotedTime]) -> Money | None:
    """What the time is worth at the agreed rate: what a client who asks may refuse to see on the invoice."""
    values = [entry.value for entry in entries if entry.value is not None]
    return total(values, values[0].currency) if values else None


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _stale(source: str, facts: MonthFacts) -> Doubt:
    """At stake is what this month charges for the server."""
    lines = [li.amount for d in facts.drafts for li in d.lines if li.asset == source]
    return Doubt(
        DoubtKind.STALE,
        source,
        f"{source}: its evidence of this month is incomplete.",
        Owner.TECHNICIAN,
        "Bill what is known",
        total(lines, lines[0].currency) if lines else None,
    )

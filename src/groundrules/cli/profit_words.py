"""Profitability as lines and as data, for `groundrules profit`. Amounts are text with their currency, never floats."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from groundrules.core.money import Money
from groundrules.core.profitability.assumptions import DEFAULTS, Assumptions
from groundrules.core.profitability.cuts import Cut, CutBy
from groundrules.core.profitability.relationship import Relationship
from groundrules.core.profitability.words import figures, hours, share
from groundrules.services.profit import Portfolio
from groundrules.services.profit.portfolio import Detail

_NOWHERE = "(unattributed)"


def portfolio_lines(found: Portfolio) -> list[str]:
    """This function will write every relationship on one line, worst first, and what is not in the numbers."""
    head = (
        "Client",
        "Word",
        "Revenue",
        "Profit",
        "Margin",
        "Per hour",
        "Without the dearest vendor",
        "Driver",
    )
    rows = [head, *(_portfolio_row(one) for one in found.relationships)]
    lines = [f"{found.span.first:%Y-%m} to {found.span.months[-1]:%Y-%m}, worst first", ""]
    lines += columns(rows)
    uncosted = sum(one.quality.uncosted_seconds for one in found.relationships)
    nowhere = sum(one.quality.unattributed_seconds for one in found.relationships)
    unlogged = sum(one.quality.unlogged_seconds for one in found.relationships)
    lines += [
        "",
        (
            f"Not in the numbers: {hours(uncosted)} without a cost rate (never counted as free), "
            f"{hours(unlogged)} of logins nobody wrote down. On no server: {hours(nowhere)}."
        ),
    ]
    lines += [
        f"{who.subject}: {hours(who.seconds)} at clients, utilisation {share(who.share)}"
        + (f", below {share(who.wanted)}" if who.is_low else "")
        for who in found.utilisation
    ]
    return lines


def _portfolio_row(one: Relationship) -> tuple[str, ...]:
    if one.answer is None:
        return (one.scope.name, one.word.value, str(one.revenue), "-", "-", "-", "-", one.driver)
    m = one.answer.measures
    net = one.answer.net_of[0].measures.margin if one.answer.net_of else None
    return (
        one.scope.name,
        one.word.value,
        str(one.revenue),
        str(m.gross_profit),
        share(m.margin),
        str(m.hourly_rate or "-"),
        share(net),
        one.driver,
    )


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """This function will write rows under each other, each column as wide as its widest cell."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def detail_lines(found: Detail) -> list[str]:
    """This function will write one relationship: word, measures with their working, alarms, vendors and advice."""
    one = found.relationship
    lines = [f"{one.scope.name}: {one.word.value} ({one.driver})"]
    lines += [f"  refused: {reason}" for reason in one.refused]
    if one.answer is None:
        return lines
    lines += [f"  {name}: {value}" for name, value in figures(one).items() if value]
    lines += [f"  {working}" for working in one.answer.measures.working]
    lines += [f"  alarm ({alarm.kind.value}): {alarm.sentence}" for alarm in one.answer.alarms]
    for net in one.answer.net_of:
        name = one.facts.names.get(net.cost.vendor, net.cost.vendor)
        recovered = one.facts.earned_by_vendor.get(net.cost.vendor)
        lines.append(
            f"  without {name}: margin {share(net.measures.margin)}, {net.measures.hourly_rate or '-'} an hour. "
            f"It took {hours(net.cost.seconds)}, {net.cost.cost} of cost; {net.cost.forgone} not charged, "
            f"{recovered or Money.zero(one.revenue.currency)} charged."
        )
    numbered = enumerate(one.answer.advice, start=1)
    lines += [f"  {n}. {advice.step.value}: {advice.sentence}" for n, advice in numbered]
    return lines


def cut_lines(found: Detail, by: CutBy) -> list[str]:
    """This function will write one cut as a table; its rows add up to the whole."""
    head = (
        by.value.capitalize(),
        "Revenue",
        "Tools",
        "Labour",
        "Profit",
        "Margin",
        "Hours",
        "Reactive",
        "Uncosted",
    )
    return columns([head, *(_cut_row(row) for row in found.cuts[by])])


def _cut_row(row: Cut) -> tuple[str, ...]:
    return (
        row.key or _NOWHERE,
        str(row.revenue),
        str(row.tools),
        str(row.labour),
        str(row.gross_profit),
        share(row.margin),
        hours(row.seconds),
        hours(row.reactive_seconds),
        hours(row.uncosted_seconds),
    )


def assumptions_lines(standing: Assumptions) -> list[str]:
    """This function will write every statement and every default with where it comes from."""
    rows = [("Kind", "About", "Value", "From", "Source")]
    for each in standing.stated:
        about = " ".join(p for p in (each.subject, each.client or "", each.asset or "") if p)
        value = each.amount if each.amount is not None else each.number
        rows.append((each.kind.value, about, str(value), each.first.isoformat(), each.says))
    rows += [
        (kind.value, "", number_words(default.number), "default", default.source)
        for kind, default in DEFAULTS.items()
    ]
    return columns(rows)


def number_words(number: Fraction) -> str:
    """This function will write a benchmark as a plain number."""
    return (
        str(int(number)) if number.denominator == 1 else str(number.numerator / number.denominator)
    )


def portfolio_data(found: Portfolio) -> dict[str, object]:
    """This function will state the portfolio as data."""
    return {
        "first": found.span.first.isoformat(),
        "end": found.span.end.isoformat(),
        "relationships": [relationship_data(one) for one in found.relationships],
        "utilisation": [
            {
                "who": c.subject,
                "seconds": c.seconds,
                "share": share(c.share),
                "wanted": share(c.wanted),
            }
            for c in found.utilisation
        ],
    }


def relationship_data(one: Relationship) -> dict[str, object]:
    """This function will state one relationship as data; measures are missing where a number is refused."""
    return {
        "client": one.scope.client,
        "name": one.scope.name,
        "word": one.word.value,
        "driver": one.driver,
        "refused": list(one.refused),
        "revenue": str(one.revenue),
        "tools": str(one.tools),
        "seconds": one.quality.seconds,
        "uncosted_seconds": one.quality.uncosted_seconds,
        "unattributed_seconds": one.quality.unattributed_seconds,
        "unlogged_seconds": one.quality.unlogged_seconds,
        "measures": figures(one),
        "alarms": [a.sentence for a in one.answer.alarms] if one.answer else [],
        "advice": [[a.step.value, a.sentence] for a in one.answer.advice] if one.answer else [],
    }


def detail_data(found: Detail) -> dict[str, object]:
    """This function will state one relationship with all its cuts as data."""
    return {
        **relationship_data(found.relationship),
        "cuts": {by.value: [_cut_data(row) for row in rows] for by, rows in found.cuts.items()},
    }


def _cut_data(row: Cut) -> dict[str, object]:
    return {
        "key": row.key,
        "revenue": str(row.revenue),
        "tools": str(row.tools),
        "labour": str(row.labour),
        "gross_profit": str(row.gross_profit),
        "seconds": row.seconds,
        "reactive_seconds": row.reactive_seconds,
        "uncosted_seconds": row.uncosted_seconds,
        "forgone": str(row.forgone),
        "entries": list(row.entries),
    }


def assumptions_data(standing: Assumptions) -> dict[str, object]:
    """This function will state statements and defaults as data."""
    return {
        "stated": [
            {
                "kind": each.kind.value,
                "about": each.subject,
                "client": each.client,
                "server": each.asset,
                "value": str(each.amount if each.amount is not None else each.number),
                "from": each.first.isoformat(),
                "source": each.says,
            }
            for each in standing.stated
        ],
        "defaults": [
            {"kind": kind.value, "value": str(default.number), "source": default.source}
            for kind, default in DEFAULTS.items()
        ],
    }

"""The part of a story about who pays: each stretch of work with its clause, charges with their working, invoices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.model import Answers, BlockBalance, DecisionHistory
from groundrules.core.answers.stretches import Stretch, stretches
from groundrules.core.calendars import zone_label
from groundrules.core.coverage.answers import CoverageDecision, Flip, Segment
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine
from groundrules.core.invoices.tax import Taxed
from groundrules.core.money import total
from groundrules.core.parties import Technician
from groundrules.core.rating.answers import Charge
from groundrules.core.work import TimeEntry
from groundrules.renderers.story_text import Names, labelled, point, section, span, when

_SAID_ABOVE = (
    " is covered under clause ",
    " is billable under clause ",
    " is not billable under clause ",
)
_BEATEN = "also applies"
_ASKED_ABOUT = ("band", "asked", "cause", "state")
_MOST_FLIPS = 3
_VERDICTS = {
    Outcome.COVERED: "covered",
    Outcome.BILLABLE: "billable",
    Outcome.NOT_BILLABLE: "not charged",
    Outcome.NEEDS_PERSON: "needs a person",
}


def decisions(answers: Answers, names: Names) -> str:
    """This function will tell who pays for each time entry, why, and what would change it."""
    return section(
        "Who pays for the work", (_decision(h, answers, names) for h in answers.decisions)
    )


def _decision(history: DecisionHistory, answers: Answers, names: Names) -> str:
    found = history.in_force
    entry = next(e for e in answers.world.work if e.id == found.entry)
    lines = [
        point(_work_line(entry, answers, names)),
        *(_superseded(old, answers) for old in history.superseded),
        *(_stretch(stretch, answers) for stretch in stretches(found)),
    ]
    if found.cost is not None:
        lines.append(labelled("cost", f"This work cost us {found.cost}.", 4))
    else:
        lines.append(
            labelled(
                "cost", "No cost rate is on record for this technician; the cost is unknown.", 4
            )
        )
    return "\n".join(lines)


def _work_line(entry: TimeEntry, answers: Answers, names: Names) -> str:
    what = f": {entry.note}" if entry.note else ""
    where = names.of(entry.asset) if entry.asset else "no server"
    return (
        f"{_technician(answers.world.technicians, entry)} on {where}, {span(entry.period, answers.zone)} "
        f"({duration_words(entry.period.seconds)}){what} [{entry.id}]"
    )


def _technician(technicians: Iterable[Technician], entry: TimeEntry) -> str:
    return next((t.name for t in technicians if t.id == entry.technician), str(entry.technician))


def _superseded(old: CoverageDecision, answers: Answers) -> str:
    verdicts = ", ".join(
        dict.fromkeys(f"{_said(s)}, cause {s.cell.cause.replace('_', ' ')}" for s in old.segments)
    )
    return labelled(
        "before",
        f"Decided {when(old.decided_at, answers.zone)}: {verdicts}. Superseded by what became known.",
        4,
    )


def _said(segment: Segment) -> str:
    clause = f" under {segment.clause}" if segment.clause else ""
    return f"{_VERDICTS[segment.outcome]}{clause}"


def _stretch(stretch: Stretch, answers: Answers) -> str:
    first, last = stretch.segments[0], stretch.segments[-1]
    whole = span(stretch.period, answers.zone)
    head = f"{whole}: {_said(first)}; {duration_words(stretch.seconds)}, worth {stretch.value}"
    if stretch.forgone.minor:
        head = f"{head}; {stretch.forgone} forgone because of a vendor"
    lines = [
        point(f"{head}.", 4, "*"),
        *(
            labelled("because", sentence, 6)
            for sentence in stretch.because
            if not _repeats(sentence)
        ),
        *(labelled("missing", said, 6) for said in last.missing),
        *(labelled("not", n.sentence, 6) for n in last.not_used if _BEATEN in n.sentence),
        *(labelled("unless", flip.sentence, 6) for flip in _telling(last.flips)),
    ]
    return "\n".join(lines)


def _repeats(sentence: str) -> bool:
    """The verdict itself stands in the heading; hours and states of each piece stand in the periods shown."""
    return any(words in sentence for words in _SAID_ABOVE)


def _telling(flips: tuple[Flip, ...]) -> list[Flip]:
    """The few facts a reader would ask about, one answer each; the data has them all."""
    chosen: dict[str, Flip] = {}
    for fact in _ASKED_ABOUT:
        for flip in flips:
            if flip.fact == fact and fact not in chosen:
                chosen[fact] = flip
    return list(chosen.values())[:_MOST_FLIPS]


def charges(answers: Answers, names: Names) -> str:
    """This function will show every charge with its working, and what other rounding rules would have given."""
    money = answers.money
    blocks = [_charge(charge, names) for charge in money.charges]
    currency = answers.world.client.currency
    if money.charges:
        blocks.append(
            point(f"Charged in all: {total([c.amount for c in money.charges], currency)}.", 0, "=")
        )
    if money.uncharged:
        shown = total([u.value for u in money.uncharged], currency)
        blocks.append(
            point(f"Shown at its value of {shown} and charged {total((), currency)}.", 0, "=")
        )
    for line in money.open_lines:
        missing = "; ".join(line.missing)
        blocks.append(
            point(f"{line.at_stake} waits for a person ({line.entry}): {missing}", 0, "?")
        )
    if money.trace is not None:
        blocks += [
            labelled("other", f"{rule.name}: {duration_words(rule.minutes * 60)}, {rule.amount}", 2)
            for rule in money.trace.others
            if rule.amount != money.trace.amount
        ]
    return section("What is charged", blocks)


def _charge(charge: Charge, names: Names) -> str:
    clause = ", ".join(charge.clauses) or "none"
    cites = f"; asked for in {charge.request}" if charge.request else ""
    where = " and ".join(names.of(asset) for asset in charge.assets)
    lines = [
        point(f"{charge.amount} for {where}, clause {clause}{cites} [{', '.join(charge.entries)}]"),
        labelled("working", charge.working, 4),
    ]
    return "\n".join(lines)


def prepaid(answers: Answers) -> str:
    """This function will show what is left of each block of prepaid hours, and which work drew on it; empty without."""
    money = answers.money
    lines = [point(_balance(block, answers.zone)) for block in money.blocks]
    lines += [labelled(", ".join(p.charge.entries), p.working, 2) for p in money.prepaid]
    return section("Prepaid hours", lines) if lines else ""


def _balance(block: BlockBalance, zone: str) -> str:
    whole, left = duration_words(int(block.minutes * 60)), duration_words(int(block.left * 60))
    ends = zone_label(block.expires, zone) if block.expires else ""
    if block.has_expired:
        return f"Block {block.block}: expired {ends} with {left} of {whole} unused."
    return f"Block {block.block}: {left} of {whole} left{f', until {ends}' if ends else ''}."


def invoices(answers: Answers, names: Names) -> str:
    """This function will print each drafted document as a table."""
    issued = {
        p.first
        for p in answers.world.to_bill
        if p.issued_at is not None and p.issued_at < answers.at
    }
    drafts = answers.money.invoices
    taxes = answers.money.taxes or (Taxed(),) * len(drafts)
    return "\n\n".join(
        section(_title(draft, issued), (_table(draft, taxed, names),))
        for draft, taxed in zip(drafts, taxes, strict=True)
    )


def _title(draft: InvoiceDraft, issued: set[date]) -> str:
    is_issued = draft.kind is DocumentKind.INVOICE and draft.period_start in issued
    word = "Invoice as issued" if is_issued else f"Draft {draft.kind.value}"
    corrects = f" for {draft.corrects}" if draft.corrects else ""
    return f"{word}{corrects}, {draft.period_start} up to {draft.period_end}"


def _table(draft: InvoiceDraft, taxed: Taxed, names: Names) -> str:
    rows = [f"  {'What':<56}{'Clause':>8}{'Value':>15}{'Amount':>15}"]
    rows += [_row(line, names) for line in draft.lines]
    if taxed.shares:
        rows.append(f"  {'Net':<56}{'':>8}{'':>15}{draft.total!s:>15}")
        rows += [
            f"  {f'{s.tax} on {s.base}':<56}{'':>8}{'':>15}{s.amount!s:>15}" for s in taxed.shares
        ]
    due = draft.total + taxed.total(draft.currency)
    to_pay = "To pay" if due.minor >= 0 else "To your credit"
    rows.append(f"  {to_pay:<56}{'':>8}{'':>15}{due!s:>15}")
    if draft.value_uncharged.minor:
        rows.append(f"  {'Done and charged 0.00':<56}{'':>8}{draft.value_uncharged!s:>15}")
    return "\n".join(rows)


def _row(line: InvoiceLine, _names: Names) -> str:
    what = (
        line.description
        if len(line.description) <= _WHAT
        else f"{line.description[: _WHAT - 3]}..."
    )
    return f"  {what:<56}{line.clause or '':>8}{line.value!s:>15}{line.amount!s:>15}"


_WHAT = 55

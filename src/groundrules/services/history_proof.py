"""Three properties of money, tried on a made-up history: exact sums, arrival order without effect, exact replay."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime
from time import process_time
from typing import TypeVar

from groundrules.core.answers.answer import answer
from groundrules.core.answers.documents import not_sent_yet
from groundrules.core.answers.model import Answers
from groundrules.core.ids import InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, LineKind
from groundrules.core.invoices.counted_fees import counted_shares
from groundrules.core.invoices.fees import fee_months, fee_share, listed_assets
from groundrules.core.invoices.further_lines import onboarding_lines
from groundrules.core.money import Money, total
from groundrules.core.world import DocumentPeriod, SentDocument, World
from groundrules.records.typed_json import dump
from groundrules.services.engine import engine_version
from groundrules.services.histories import ISSUED_AT, MONTHS, History, make_history, reordered

_Fact = TypeVar("_Fact")
_SHOWN = frozenset({LineKind.COVERED, LineKind.NOT_BILLABLE, LineKind.PREPAID})


@dataclass(frozen=True, slots=True)
class Told:
    """A history after its last invoice: every document that went out, and the answers from all facts."""

    sent: tuple[SentDocument, ...]
    periods: tuple[DocumentPeriod, ...]
    answers: Answers


@dataclass(frozen=True, slots=True)
class Proof:
    """What was tried, and each property that did not hold, in words."""

    histories: int
    documents: int
    credit_notes: int
    lines: int
    cpu_seconds: float
    failures: tuple[str, ...]


def prove_histories(count: int, first_seed: int = 1) -> Proof:
    """This function will try the three properties on as many histories, one seed after the other."""
    began = process_time()
    failures: list[str] = []
    sent: list[SentDocument] = []
    for seed in range(first_seed, first_seed + count):
        documents, failed = prove_history(make_history(seed))
        sent += documents
        failures += (f"history {seed}: {failure}" for failure in failed)
    notes = sum(document.draft.kind is DocumentKind.CREDIT_NOTE for document in sent)
    lines = sum(len(document.draft.lines) for document in sent)
    cpu = round(process_time() - began, 1)
    return Proof(count, len(sent), notes, lines, cpu, tuple(failures))


def prove_history(history: History) -> tuple[tuple[SentDocument, ...], list[str]]:
    """This function will return a history's documents, and what did not hold: nothing, if all is well."""
    told = tell(history)
    otherwise = tell(reordered(history))
    failures = [*_inexact(told), *_not_replayed(history, told)]
    failures += (f"in another order: {failure}" for failure in _inexact(otherwise))
    if _rated(told) != _rated(otherwise) or _sum(told.sent) != _sum(otherwise.sent):
        failures.append("another order of arrival comes to something else")
    return told.sent, failures


def tell(history: History) -> Told:
    """This function will live through a history: at each instant everything that is due is issued."""
    sent: tuple[SentDocument, ...] = ()
    periods: tuple[DocumentPeriod, ...] = ()
    for place, at in enumerate(ISSUED_AT):
        asked = DocumentPeriod(MONTHS[place], MONTHS[place + 1])
        due = _due(history.stood_at(at), (*periods, asked), sent, at)
        fresh = [
            SentDocument(InvoiceId(f"DOC-{len(sent) + number}"), at, draft)
            for number, draft in enumerate(due, start=1)
        ]
        sent += tuple(fresh)
        numbers = [d.number for d in fresh if d.draft.kind is DocumentKind.INVOICE]
        periods += (replace(asked, issued_at=at, invoice=numbers[0]),) if numbers else (asked,)
    world = replace(history.stood_at(ISSUED_AT[-1]), to_bill=periods, documents=sent)
    return Told(sent, periods, answer(world, ISSUED_AT[-1], engine_version(world)))


def _due(
    stood: World,
    periods: tuple[DocumentPeriod, ...],
    sent: tuple[SentDocument, ...],
    at: datetime,
) -> tuple[InvoiceDraft, ...]:
    world = replace(stood, to_bill=periods, documents=sent)
    return not_sent_yet(answer(world, at, engine_version(world)).money.invoices, sent)


def _inexact(told: Told) -> list[str]:
    """Documents sum to the rating of all facts: charges and fees to the cent, and the value shown at 0.00 as well."""
    money = told.answers.money
    currency = told.answers.world.client.currency
    owed = total([charge.amount for charge in money.charges], currency) + _fees(told)
    owed += _once(told) + total([target.amount for target in money.targets], currency)
    worth = total([line.value for line in money.uncharged], currency)
    worth += total([paid.value for paid in money.prepaid], currency)
    shown = total([x.value for d in told.sent for x in d.draft.lines if x.kind in _SHOWN], currency)
    failures = []
    if _sum(told.sent) != owed:
        failures.append(f"documents come to {_sum(told.sent)}, all facts to {owed}")
    if shown != worth:
        failures.append(f"documents show {shown} at 0.00, all facts {worth}")
    return failures


def _fees(told: Told) -> Money:
    """Every fee of the months billed, worked out once from all facts."""
    world = told.answers.world
    shares = [
        fee_share(
            world.agreement, asset, [s for s in told.answers.states if s.asset == asset], month
        )
        for period in told.periods
        for month in fee_months(1, period.first, period.end)
        for asset in listed_assets(world.agreement, month)
    ]
    shares += [
        share
        for period in told.periods
        for month in fee_months(1, period.first, period.end)
        for share in counted_shares(world.agreement, world.counts, month)
    ]
    return total([share.due for share in shares], world.client.currency)


def _once(told: Told) -> Money:
    """Every block bought and everything charged for beginning, in the periods billed."""
    world = told.answers.world
    first, end = told.periods[0].first, told.periods[-1].end
    bought = [block.price for block in world.blocks if first <= block.day < end]
    begun = [line.amount for line in onboarding_lines(world.agreement, (first, end))]
    return total([*bought, *begun], world.client.currency)


def _not_replayed(history: History, told: Told) -> list[str]:
    """The books as they stood at each instant, read back in another order, give each document byte for byte."""
    dice = random.Random(history.seed)  # noqa: S311 - the same order on every run
    failures = []
    for place, at in enumerate(ISSUED_AT):
        before = tuple(document for document in told.sent if document.at < at)
        went = [dump(document.draft) for document in told.sent if document.at == at]
        periods = (*told.periods[:place], DocumentPeriod(MONTHS[place], MONTHS[place + 1]))
        stood = _shuffled(history.stood_at(at), dice)
        if [dump(draft) for draft in _due(stood, periods, before, at)] != went:
            failures.append(f"the documents of {at.date()} are not what replay gives")
    return failures


def _shuffled(world: World, dice: random.Random) -> World:
    def mixed(facts: tuple[_Fact, ...]) -> tuple[_Fact, ...]:
        return tuple(dice.sample(facts, len(facts)))

    return replace(
        world,
        work=mixed(world.work),
        requests=mixed(world.requests),
        lifecycle=mixed(world.lifecycle),
        counts=mixed(world.counts),
        blocks=mixed(world.blocks),
    )


def _rated(told: Told) -> tuple[object, ...]:
    money = told.answers.money
    return money.charges, money.uncharged, money.prepaid, money.targets


def _sum(sent: tuple[SentDocument, ...]) -> Money:
    currency = sent[0].draft.currency if sent else "USD"
    return total([document.draft.total for document in sent], currency)

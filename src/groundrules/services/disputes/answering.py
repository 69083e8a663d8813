"""Answering a dispute: upheld is decided again, rejected says why, settled may credit, a tie goes by its clause.

What an answer comes to is worked out before it counts: the very answer is given and taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.further_terms import DisputeTerms, TieBreak
from groundrules.core.disputes import (
    ABOUT_MONEY,
    Dispute,
    DisputeAnswer,
    DisputeOutcome,
    DisputeRefused,
    DisputeSubject,
    answered,
)
from groundrules.core.ids import ClauseNumber
from groundrules.core.invoices.draft import Correction, CreditExceedsOriginal
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import invoices, overrides
from groundrules.services.actor import Actor, require
from groundrules.services.case_import import answer_into_books
from groundrules.services.disputes.standing import standing_of
from groundrules.services.filing import Filing, enter
from groundrules.services.outgoing import post
from groundrules.services.turns import take_turn
from groundrules.services.world import agreement_of, answer_for


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a person gives it; `tie` leaves it to the clause, `credit` is what a settlement gives back."""

    outcome: DisputeOutcome | None
    says: str
    credit: Money | None = None

    @property
    def by_clause(self) -> bool:
        """Whether nobody could settle it, so that the agreement says for whom it ends."""
        return self.outcome is None


def foreseen(row: books.Dispute, given: Given, *, actor: Actor, at: datetime) -> Money:
    """This function will say what an answer changes in what the client is charged, and write nothing.

    Raises as `answer` does.
    """
    with transaction.atomic():
        before = _charged(row.client, at)
        _answer(row, given, actor, at)
        after = _charged(row.client, at)
        transaction.set_rollback(True)
    credit = given.credit if given.outcome is DisputeOutcome.SETTLED else None
    return after - before - (credit or Money.zero(row.client.currency))


def answer(
    row: books.Dispute, given: Given, shown_minor: int, *, actor: Actor, at: datetime
) -> books.Dispute:
    """This function will answer a dispute at the difference that was shown, and mail who raised it.

    Raises NotAllowed, DisputeRefused, or PriceChanged when it now comes to something else.
    """
    with transaction.atomic():
        take_turn(row.client)
        difference = foreseen(row, given, actor=actor, at=at)
        if difference.minor != shown_minor:
            message = f"the difference is now {difference}; look at it and answer again"
            raise overrides.PriceChanged(message)
        return _answer(row, given, actor, at)


def withdraw(
    row: books.Dispute, says: str, *, by: str, actor: Actor, at: datetime
) -> books.Dispute:
    """This function will note that who raised a dispute takes it back; what it held is due again."""
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    with transaction.atomic():
        take_turn(row.client)
        taken_back = DisputeAnswer(at, by, DisputeOutcome.WITHDRAWN, says.strip() or "Taken back.")
        return _close(row, taken_back, actor, at)


def _answer(row: books.Dispute, given: Given, actor: Actor, at: datetime) -> books.Dispute:
    _require(row, given, actor)
    outcome, clause = (
        _by_clause(row, at) if given.outcome is None else (given.outcome, ClauseNumber(""))
    )
    with transaction.atomic():
        closed = _close(row, DisputeAnswer(at, actor.label, outcome, given.says, clause), actor, at)
        core = closed.to_core()
        if core.is_upheld:
            _UPHOLD[core.subject](core, row.client, actor, at)
        if outcome is DisputeOutcome.SETTLED and given.credit is not None:
            _credit(core, row.client, given.credit, actor, at)
    return closed


def _require(row: books.Dispute, given: Given, actor: Actor) -> None:
    """Rejecting gives nothing away; whatever may give needs an owner."""
    if given.outcome is DisputeOutcome.WITHDRAWN:
        message = "Who raised it takes it back; use withdraw."
        raise DisputeRefused(message)
    if given.outcome is not DisputeOutcome.REJECTED:
        require(actor)
    elif DisputeSubject(row.subject) in ABOUT_MONEY:
        require(actor, Role.ACCOUNTANT)
    else:
        require(actor, Role.TECHNICIAN)


def terms_of(row: books.Dispute) -> DisputeTerms:
    """This function will return what the agreement said about disputes when this one was raised."""
    version = binding_version(agreement_of(row.client, row.opened_at), row.opened_at)
    return version.disputes if version and version.disputes else DisputeTerms()


def _by_clause(row: books.Dispute, at: datetime) -> tuple[DisputeOutcome, ClauseNumber]:
    terms = terms_of(row)
    if terms.tie is TieBreak.NOBODY:
        message = "The agreement states no tie-break, so somebody must uphold, reject or settle it."
        raise DisputeRefused(message)
    if not row.to_core().is_late(at):
        message = (
            "The tie-break is for what nobody could settle in time; the time to answer still runs."
        )
        raise DisputeRefused(message)
    for_client = terms.tie is TieBreak.CLIENT
    return (DisputeOutcome.UPHELD if for_client else DisputeOutcome.REJECTED), terms.clause


def _close(row: books.Dispute, given: DisputeAnswer, actor: Actor, at: datetime) -> books.Dispute:
    standing = standing_of(row.ref, row.client)
    closed = answered(standing.to_core(), given)
    says = f"{closed.id} {given.outcome.value}: {given.says}"
    filed: books.Dispute = enter(
        closed, f"disputes.{given.outcome.value}", says, Filing(row.client, actor, at)
    ).row
    _tell(closed, row.client, at)
    return filed


def _tell(closed: Dispute, client: books.Client, at: datetime) -> None:
    given = closed.answer
    if not closed.reply_to or given is None:
        return
    clause = f" under clause {given.clause}" if given.clause else ""
    held = f"\n\n{closed.held} before tax is no longer held back." if closed.held else ""
    text = f"Your dispute {closed.id} is {given.outcome.value}{clause}.\n\n{given.says}{held}"
    post(
        f"{client.code}-{closed.id}-{given.outcome.value}",
        closed.reply_to,
        f"{closed.id}: {given.outcome.value}",
        text,
        at,
    )


def _uphold_decision(core: Dispute, client: books.Client, actor: Actor, at: datetime) -> None:
    _not_billed(core, (core.ref,), client, actor, at)


def _uphold_line(core: Dispute, client: books.Client, actor: Actor, at: datetime) -> None:
    line = books.IssuedLine.objects.get(document__client=client, ref=core.ref)
    _not_billed(core, tuple(line.decisions), client, actor, at)


def _not_billed(
    core: Dispute, numbers: tuple[str, ...], client: books.Client, actor: Actor, at: datetime
) -> None:
    """Decided again, by the owner's exception: the decision supersedes, and what was billed is credited."""
    entries = books.Decision.objects.of_client(client).filter(number__in=numbers)
    refs = entries.values_list("ref", flat=True)
    rows = books.Decision.objects.of_client(client).current().filter(ref__in=refs).order_by("pk")
    reason = f"{core.id} upheld: {core.answer.says if core.answer else ''}"
    turned = 0
    for decision in rows.select_related("client", "entry"):
        try:
            proposed = overrides.propose(decision, Outcome.NOT_BILLABLE, reason, actor=actor, at=at)
        except overrides.NothingToTurn:
            continue
        overrides.confirm(proposed, proposed.price.difference.minor, actor=actor, at=at)
        turned += 1
    if not turned:
        message = "No work behind it is charged now, so nothing can be decided again; settle it, with a credit if due."
        raise DisputeRefused(message)


def _uphold_change(_core: Dispute, client: books.Client, actor: Actor, at: datetime) -> None:
    """Nobody is named for the change any more: whatever rested on it is decided again."""
    answer_into_books(client, actor=actor, at=at)


def _uphold_login(_core: Dispute, _client: books.Client, _actor: Actor, _at: datetime) -> None:
    """The login counts in no score; no decision rests on a login alone."""


def _uphold_score(_core: Dispute, _client: books.Client, _actor: Actor, _at: datetime) -> None:
    message = "A score is the sum of its facts: uphold the dispute of the fact that is wrong, then settle this."
    raise DisputeRefused(message)


_UPHOLD = {
    DisputeSubject.DECISION: _uphold_decision,
    DisputeSubject.LINE: _uphold_line,
    DisputeSubject.CHANGE: _uphold_change,
    DisputeSubject.LOGIN: _uphold_login,
    DisputeSubject.SCORE: _uphold_score,
}


def _credit(core: Dispute, client: books.Client, credit: Money, actor: Actor, at: datetime) -> None:
    """A settlement's credit note on the disputed line."""
    if core.subject is not DisputeSubject.LINE:
        message = "Only a disputed invoice line can be credited; uphold a decision instead."
        raise DisputeRefused(message)
    line = books.IssuedLine.objects.get(document__client=client, ref=core.ref)
    why = f"{core.id} settled: {core.answer.says if core.answer else ''}"
    if credit.minor <= 0:
        message = "Write what is given back as an amount above 0."
        raise DisputeRefused(message)
    correction = Correction(line.position, why, credit)
    key = f"dispute|{client.code}|{core.id}"
    try:
        invoices.credit(line.document, (correction,), key=key, actor=actor, at=at)
    except CreditExceedsOriginal as refused:
        raise DisputeRefused(str(refused)) from refused


def _charged(client: books.Client, at: datetime) -> Money:
    charges = answer_for(client, at).money.charges
    return sum((charge.amount for charge in charges), Money.zero(client.currency))

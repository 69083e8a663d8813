"""Exceptions: only an owner makes one, with a reason, and with its price shown before it counts.

The exception is a fact in the world; the decision that follows from it supersedes the last one, and charges follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.facts import Outcome
from groundrules.core.answers.foresight import Price, price_of
from groundrules.core.coverage.overriding import Override, turns
from groundrules.core.ids import TimeEntryId
from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.case_import import answer_into_books
from groundrules.services.engine import engine_version
from groundrules.services.facts import fact_columns
from groundrules.services.shelf import short_digest
from groundrules.services.turns import take_turn
from groundrules.services.world import load_world

OUTCOMES = (Outcome.NOT_BILLABLE, Outcome.COVERED, Outcome.BILLABLE)


class NoReason(ValueError):
    """An exception was to be made without saying why."""


class NothingToTurn(ValueError):
    """The exception would change nothing: it may give, and decide what waits, but never take what is covered."""


class PriceChanged(ValueError):
    """What the exception comes to is no longer what was shown; look at the new price first."""


class DecisionSuperseded(ValueError):
    """The decision was superseded meanwhile; look at the one that stands."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An exception as it would be, on the decision that stands, with its price."""

    decision: books.Decision
    override: Override
    price: Price


def propose(
    decision: books.Decision, outcome: Outcome, reason: str, *, actor: Actor, at: datetime
) -> Proposed:
    """This function will say what an exception would come to, and write nothing.

    Raises NotAllowed for anyone but an owner, NoReason, NothingToTurn and DecisionSuperseded.
    """
    require(actor)
    _refuse_superseded(decision)
    if not reason.strip():
        message = "an exception needs a reason; write why, the client may read it"
        raise NoReason(message)
    if not any(turns(outcome, segment) for segment in decision.to_core().segments):
        message = (
            f"no part of this work can become {outcome.value.replace('_', ' ')}: an exception may give, "
            "or decide what waits for a person, but never take what is covered"
        )
        raise NothingToTurn(message)
    return _priced(decision, outcome, reason, lifted=False, actor=actor, at=at)


def propose_lifting(
    decision: books.Decision, reason: str, *, actor: Actor, at: datetime
) -> Proposed:
    """This function will say what giving the question back to the clauses would come to; raises as `propose`."""
    require(actor)
    _refuse_superseded(decision)
    if not reason.strip():
        message = "lifting an exception needs a reason too"
        raise NoReason(message)
    standing = standing_of(decision)
    if standing is None:
        message = "no exception stands on this work"
        raise NothingToTurn(message)
    return _priced(decision, standing.to_core().outcome, reason, lifted=True, actor=actor, at=at)


def confirm(proposed: Proposed, shown_minor: int, *, actor: Actor, at: datetime) -> books.Decision:
    """This function will make the exception at the price that was shown, and return the decision that follows.

    Raises PriceChanged when facts came in between, so that nobody confirms a price they did not see, and
    DecisionSuperseded when somebody made an exception of it first.
    """
    require(actor)
    if proposed.price.difference.minor != shown_minor:
        message = f"the difference is now {proposed.price.difference}; confirm that instead"
        raise PriceChanged(message)
    row, override = proposed.decision, proposed.override
    with transaction.atomic():
        take_turn(row.client)
        _refuse_superseded(row)
        ref = f"OVR-{short_digest(f'{row.client.code}|{row.ref}|{at.isoformat()}')}"
        books.Override.objects.create(
            **fact_columns(override, ref, actor, at),
            client=row.client,
            entry=row.entry,
            outcome=override.outcome.value,
            reason=override.reason,
            lifted=override.lifted,
            decided_at=at,
            difference_minor=shown_minor,
            currency=proposed.price.difference.currency,
        )
        says = f"exception on {row.ref}: {override.outcome.value}, {proposed.price.difference}"
        details = {"reason": override.reason, "lifted": override.lifted}
        entry = audit.Entry("overrides.confirm", ref, says, row.client, details)
        audit.record(entry, actor=actor, at=at)
        answer_into_books(row.client, actor=actor, at=at)
    return books.Decision.objects.of_client(row.client).current().get(ref=row.ref)


def standing_of(decision: books.Decision) -> books.Override | None:
    """This function will return the exception that stands on the work of a decision, or None."""
    rows = books.Override.objects.of_client(decision.client_id).filter(entry__ref=decision.ref)
    last = rows.order_by("-decided_at", "-pk").first()
    return None if last is None or last.lifted else last


def _refuse_superseded(decision: books.Decision) -> None:
    if books.Decision.objects.filter(supersedes=decision).exists():
        message = f"{decision.number} was superseded; open the decision that stands"
        raise DecisionSuperseded(message)


def _priced(
    decision: books.Decision,
    outcome: Outcome,
    reason: str,
    *,
    lifted: bool,
    actor: Actor,
    at: datetime,
) -> Proposed:
    override = Override(
        TimeEntryId(decision.ref), outcome, reason.strip(), actor.label, utc(at), lifted
    )
    world = load_world(decision.client, at)
    price = price_of(world, override, at, engine_version(world))
    return Proposed(decision, override, price)

"""Keep, change or exit: the decision about a relationship is a record with reason, figures and a day to look again.

Change is asked for before exit: an exit needs a reason why it can't be changed. Nothing is sent from here; the letter
is drafted, and goes the way of every letter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from groundrules.core.profitability.relationship import Relationship
from groundrules.core.profitability.words import figures
from groundrules.records import models as books
from groundrules.services import audit, letters
from groundrules.services.actor import Actor, require
from groundrules.services.profit.telling import LetterNotWritten, Told, write_change, write_exit


class Choice(StrEnum):
    """What is decided about a relationship."""

    KEEP = "keep"
    CHANGE = "change"
    EXIT = "exit"


class DecisionRefused(ValueError):
    """A decision lacks a reason, a review date, or says why not to change before an exit."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be put on record. `instead` says, for an exit, why it can't be changed; `told` is for the client."""

    choice: Choice
    reason: str
    expected: str
    review_date: date
    instead: str = ""
    told: Told | None = None


def decide(
    client: books.Client, proposed: Proposed, judged: Relationship, *, actor: Actor, at: datetime
) -> books.RelationshipDecision:
    """This function will put a decision on record with today's figures; only an owner may.

    With `told` the letter to the client is drafted too, both or neither. Raises DecisionRefused.
    """
    require(actor)
    _check(proposed, at.date())
    reason = proposed.reason.strip()
    if proposed.choice is Choice.EXIT:
        reason = f"{reason} It can't be changed, because: {proposed.instead.strip()}"
    with transaction.atomic():
        row = books.RelationshipDecision.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            choice=proposed.choice.value,
            reason=reason,
            expected=proposed.expected.strip(),
            figures=_figures(judged),
            review_date=proposed.review_date,
            letter=_letter(client, proposed, actor, at),
        )
        says = f"{proposed.choice.value}: {reason}; looked at again {proposed.review_date}"
        entry = audit.Entry("profit.decide", client.code, says, client)
        audit.record(entry, actor=actor, at=at)
    return row


_WRITES = {Choice.CHANGE: write_change, Choice.EXIT: write_exit}


def _letter(client: books.Client, proposed: Proposed, actor: Actor, at: datetime) -> str:
    """The reference of the drafted letter; nothing when none was asked for."""
    if proposed.told is None:
        return ""
    write = _WRITES.get(proposed.choice)
    if write is None:
        message = (
            "what stays as it is needs no letter; choose change or exit, or leave the letter out"
        )
        raise DecisionRefused(message)
    ref = f"REL-{client.code}-{at:%Y%m%d}"
    try:
        draft = write(client, proposed.told, ref=ref, at=at)
    except LetterNotWritten as refused:
        raise DecisionRefused(str(refused)) from refused
    return letters.keep_draft(draft, client=client, actor=actor, at=at).ref


def _check(proposed: Proposed, today: date) -> None:
    if not proposed.reason.strip():
        message = "say why; in a year nobody will remember"
        raise DecisionRefused(message)
    if proposed.review_date <= today:
        message = f"the review must be later than today, {today}"
        raise DecisionRefused(message)
    if proposed.choice is Choice.EXIT and not proposed.instead.strip():
        message = (
            "an exit needs a second reason: why the vendor, the price or the rules can't be changed"
        )
        raise DecisionRefused(message)


def _figures(judged: Relationship) -> str:
    found = {"word": judged.word.value, "driver": judged.driver, **figures(judged)}
    return json.dumps(found, ensure_ascii=False)


def record_outcome(
    decision: books.RelationshipDecision,
    happened: str,
    judged: Relationship,
    *,
    actor: Actor,
    at: datetime,
) -> books.RelationshipDecision:
    """This function will put on record what came of a decision, once, with the figures of then.

    Raises DecisionRefused.
    """
    require(actor)
    if not happened.strip():
        message = "say what happened; 'nothing yet' is an answer too"
        raise DecisionRefused(message)
    if hasattr(decision, "reviewed_by"):
        message = "what came of this decision is on record already"
        raise DecisionRefused(message)
    with transaction.atomic():
        row = books.RelationshipDecision.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=decision.client,
            choice="outcome",
            reason=happened.strip(),
            figures=_figures(judged),
            reviews=decision,
        )
        says = f"outcome of '{decision.choice}': {happened.strip()}"
        entry = audit.Entry("profit.record_outcome", decision.client.code, says, decision.client)
        audit.record(entry, actor=actor, at=at)
    return row


def decisions_of(client: books.Client) -> list[books.RelationshipDecision]:
    """This function will list what was decided about a client, newest first, each with what came of it."""
    rows = books.RelationshipDecision.objects.filter(client=client, reviews__isnull=True)
    return list(rows.select_related("reviewed_by").order_by("-recorded_at", "-pk"))


def standing_decisions() -> dict[int, books.RelationshipDecision]:
    """This function will return the newest decision about each client, by primary key."""
    rows = books.RelationshipDecision.objects.filter(reviews__isnull=True)
    return {row.client_id: row for row in rows.order_by("recorded_at", "pk")}

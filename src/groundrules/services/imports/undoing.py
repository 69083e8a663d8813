"""Taking an import back: each card it added goes, unless somebody changed it since, or something rests on it.

A client's card stays: the audit book names it, and the audit book only grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from groundrules.records import models as books
from groundrules.records.imports import ImportBatch, ImportedCard
from groundrules.records.operating import LongRun
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.imports.running import said_by

_CARDS: Mapping[str, type[Model]] = {
    "Client": books.Client,
    "Contact": books.Contact,
    "Site": books.Site,
    "Asset": books.Asset,
    "Vendor": books.Vendor,
}


class NothingToUndo(ValueError):
    """There is no such import, it was undone already, or it added nothing but entries of books."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cards went, and which stay and why."""

    gone: int
    stay: tuple[str, ...]


def undo(number: int, *, actor: Actor, at: datetime) -> Undone:
    """This function will take the cards of an import away as far as nothing rests on them. Owners only.

    Time and patches are entries of books: they are corrected, never taken back. Raises NothingToUndo.
    """
    require(actor)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().filter(pk=number).first()
        if batch is None or batch.undone_at is not None:
            why = "was undone already" if batch else "does not exist; see: groundrules imports list"
            message = f"the import {number} {why}"
            raise NothingToUndo(message)
        cards = list(batch.cards.order_by("-pk"))
        if not cards:
            message = (
                f"the import {number} added no cards; time and patches are entries of books, which are corrected and "
                "never taken back"
            )
            raise NothingToUndo(message)
        if LongRun.objects.going_on().filter(kind="import", place__batch=number).exists():
            message = (
                f"the import {number} is still being brought in; stop its run, and it is taken back"
            )
            raise NothingToUndo(message)
        told = [take_away(one, actor, at) for one in cards]
        stay = tuple(one for one in told if one)
        note_undone(batch, Undone(len(told) - len(stay), stay), actor, at)
    return Undone(len(told) - len(stay), stay)


def take_away(one: ImportedCard, actor: Actor, at: datetime) -> str:
    """This function will take one card away, or say why it stays. Call it in a transaction."""
    rows = _CARDS[one.card]._default_manager.select_for_update()
    card: Any = rows.filter(pk=one.number).first()
    if card is None:
        return ""
    if said_by(card) != one.said:
        return f"{card.code} was changed since"
    if isinstance(card, books.Client):
        return f"{card.code} is named by the audit book for good; its people and servers can go"
    resting = _resting(card)
    if resting:
        return f"{card.code} is used by {', '.join(resting)}"
    says = f"{one.card} {card.code} taken back with the import {one.batch_id}"
    client = getattr(card, "client", None)
    details = {"before": one.said, "after": None}
    subject = f"{one.card.lower()}:{card.pk}"
    audit.record(audit.Entry("imports.undo", subject, says, client, details), actor=actor, at=at)
    card.delete()
    return ""


def _resting(card: Any) -> list[str]:  # noqa: ANN401 - any card
    """What refers to a card: rows by their key, and agreements by their servers' codes."""
    found = []
    for relation in card._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: card})  # noqa: SLF001 - every row counts
        if rows.exists():
            found.append(str(relation.related_model._meta.verbose_name_plural))
    if isinstance(card, books.Asset):
        versions = books.AgreementVersion.objects.filter(agreement__client=card.client)
        if any(card.code in map(str, one.to_core().assets) for one in versions):
            found.append("agreement versions")
    return sorted(set(found))


def note_undone(batch: ImportBatch, undone: Undone, actor: Actor, at: datetime) -> None:
    """This function will note that an import was taken back, and what stays."""
    if not undone.stay:
        batch.undone_at, batch.undone_by = at, actor.label
        batch.save(update_fields=["undone_at", "undone_by"])
    says = f"import {batch.pk} taken back: {undone.gone} cards gone, {len(undone.stay)} stay"
    details = {"stay": list(undone.stay)}
    entry = audit.Entry("imports.undo", f"import:{batch.pk}", says, details=details)
    audit.record(entry, actor=actor, at=at)

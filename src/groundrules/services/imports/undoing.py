"""Taking an import back: each card it added goes, unless somebody changed it since, or something rests on it.

A client's card stays: the audit book names it, and the audit book only grows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
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

_AT_ONCE = 200


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
        told = [why for some in in_turn(cards) for why in take_away(some, actor, at)]
        stay = tuple(one for one in told if one)
        note_undone(batch, Undone(len(told) - len(stay), stay), actor, at)
    return Undone(len(told) - len(stay), stay)


def in_turn(cards: Iterable[ImportedCard]) -> Iterator[list[ImportedCard]]:
    """This function will part cards into what can be taken away at once: some of one kind that follow one another."""
    for _, alike in groupby(cards, key=lambda one: one.card):
        while some := list(islice(alike, _AT_ONCE)):
            yield some


def take_away(some: Sequence[ImportedCard], actor: Actor, at: datetime) -> list[str]:
    """This function will take cards of one kind away; for each why it stays, or nothing. Call it in a transaction."""
    rows = _CARDS[some[0].card]._default_manager.select_for_update()
    found: dict[int, Any] = rows.in_bulk([one.number for one in some])
    resting = _resting(list(found.values())) if found else {}
    told = [_why(found.get(one.number), one, resting) for one in some]
    gone = [one for one, why in zip(some, told, strict=True) if one.number in found and not why]
    for one in gone:
        card = found[one.number]
        says = f"{one.card} {card.code} taken back with the import {one.batch_id}"
        details = {"before": one.said, "after": None}
        subject = f"{one.card.lower()}:{card.pk}"
        entry = audit.Entry("imports.undo", subject, says, getattr(card, "client", None), details)
        audit.record(entry, actor=actor, at=at)
    rows.filter(pk__in=[one.number for one in gone]).delete()
    return told


def _why(card: Any, one: ImportedCard, resting: Mapping[int, set[str]]) -> str:  # noqa: ANN401 - any card
    if card is None:
        return ""
    if said_by(card) != one.said:
        return f"{card.code} was changed since"
    if isinstance(card, books.Client):
        return f"{card.code} is named by the audit book for good; its people and servers can go"
    if card.pk in resting:
        return f"{card.code} is used by {', '.join(sorted(resting[card.pk]))}"
    return ""


def _resting(cards: Sequence[Any]) -> dict[int, set[str]]:
    """What refers to each of some cards of one kind: rows by their key, and agreements by their servers' codes."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for relation in cards[0]._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": cards})  # noqa: SLF001 - every row counts
        for key in rows.values_list(f"{relation.field.name}__pk", flat=True).distinct():
            found[key].add(str(relation.related_model._meta.verbose_name_plural))
    if isinstance(cards[0], books.Asset):
        listed = {client: _listed(client) for client in {card.client_id for card in cards}}
        for card in cards:
            if card.code in listed[card.client_id]:
                found[card.pk].add("agreement versions")
    return dict(found)


def _listed(client: int) -> set[str]:
    """The servers that any version of a client's agreements lists."""
    versions = books.AgreementVersion.objects.filter(agreement__client=client)
    return {str(asset) for version in versions for asset in version.to_core().assets}


def note_undone(batch: ImportBatch, undone: Undone, actor: Actor, at: datetime) -> None:
    """This function will note that an import was taken back, and what stays."""
    if not undone.stay:
        batch.undone_at, batch.undone_by = at, actor.label
        batch.save(update_fields=["undone_at", "undone_by"])
    says = f"import {batch.pk} taken back: {undone.gone} cards gone, {len(undone.stay)} stay"
    details = {"stay": list(undone.stay)}
    entry = audit.Entry("imports.undo", f"import:{batch.pk}", says, details=details)
    audit.record(entry, actor=actor, at=at)

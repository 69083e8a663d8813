"""Using what was starred: in a new notice, in an open letter, in a recovery's report or on a ticket.

Each use keeps a frozen copy with its SHA-256; a later change of the thing changes neither the copy nor the letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.enclosing import StarKind, refuse_unfit_for
from groundrules.records import models as books
from groundrules.records.models import Client, FrozenCopy, Role, Star
from groundrules.records.typed_json import digest_of, dump
from groundrules.services import audit, letters, notices, recovery
from groundrules.services.actor import Actor, require
from groundrules.services.frozen_copies import enclosed
from groundrules.services.starred import NotOnRecord, Thing, find
from groundrules.services.turns import take_turn


class NothingChosen(ValueError):
    """Nothing starred was chosen to be used."""


class OfAnotherClient(ValueError):
    """What is starred belongs to another client than the document; nothing is ever mixed."""


class NotEnclosed(LookupError):
    """No such copy stands in the letter, or it came with its notice."""


def use_in_notice(
    stars: Iterable[Star], *, client: Client, asset: AssetId, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft a notice about one server that rests on its starred changes and encloses all chosen.

    Raises lifecycle.NothingToSuspend when none of them is proven, and what `use_in_letter` raises.
    """
    require(actor, Role.TECHNICIAN)
    rows = _of_one_client(stars, client)
    with transaction.atomic():
        take_turn(client)
        things = _things(rows)
        changes = tuple(
            ChangeId(thing.ref)
            for thing in things
            if thing.kind is StarKind.CHANGE and thing.asset == asset
        )
        if not changes:
            message = f"no change on {asset} is chosen; a notice rests on at least one that is recorded or matched"
            raise NothingChosen(message)
        core = notices.notice_from(client=client, asset=asset, changes=changes, actor=actor, at=at)
        row = letters.keep_draft(core, client=client, actor=actor, at=at, once_more=True)
        return use_in_letter(rows, draft=row, actor=actor, at=at)


def use_in_report(
    stars: Iterable[Star], *, client: Client, incident: str, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft the report of a recovery, enclosing what was chosen; raises recovery.NoRecovery too."""
    require(actor, Role.TECHNICIAN)
    rows = _of_one_client(stars, client)
    with transaction.atomic():
        row = recovery.draft_letter(incident, client=client, actor=actor, at=at)
        return use_in_letter(rows, draft=row, actor=actor, at=at)


def use_in_letter(
    stars: Iterable[Star], *, draft: books.LetterDraft, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will put frozen copies of what was chosen in an open letter of the same client.

    Raises letters.LetterNotOpen, NothingChosen, OfAnotherClient, NotOnRecord, or NotForThisLetter for what its reader
    may not read; then nothing of the choice is used.
    """
    require(actor, Role.TECHNICIAN)
    rows = _of_one_client(stars, draft.client)
    with transaction.atomic():
        take_turn(draft.client)
        row = _open_draft(draft)
        things = _things(rows)
        for thing in things:
            refuse_unfit_for(LetterKind(row.kind), thing.kind, thing.ref)
        new = _freeze(things, row.client, FrozenCopy.LETTER, row.ref, actor, at)
        if new:
            _write_anew(row, actor)
            _note("tray.use_in_letter", row.ref, new, row.client, actor, at)
    return row


def use_in_ticket(
    stars: Iterable[Star], *, client: Client, incident: str, actor: Actor, at: datetime
) -> tuple[FrozenCopy, ...]:
    """This function will put frozen copies of what was chosen on a ticket; what is internal may stand there too.

    Raises NothingChosen, OfAnotherClient, or NotOnRecord.
    """
    require(actor, Role.TECHNICIAN)
    rows = _of_one_client(stars, client)
    with transaction.atomic():
        take_turn(client)
        find(client, StarKind.INCIDENT, incident)
        new = _freeze(_things(rows), client, FrozenCopy.TICKET, incident, actor, at)
        if new:
            _note("tray.use_in_ticket", incident, new, client, actor, at)
    return new


def take_out(
    number: int, *, draft: books.LetterDraft, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will take one copy out of an open letter; the book keeps that it was there. Raises NotEnclosed."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(draft.client)
        row = _open_draft(draft)
        standing = FrozenCopy.objects.standing().used_in(FrozenCopy.LETTER, row.ref)
        copy = standing.filter(pk=number).first()
        if copy is None:
            message = f"{row.ref} holds no such copy of its own; take out what came with a notice before it is sent"
            raise NotEnclosed(message)
        _enter(copy, actor, at, takes_out=copy)
        _write_anew(row, actor)
        says = f"copy of {copy.ref} taken out of {row.ref}"
        audit.record(audit.Entry("tray.take_out", row.ref, says, row.client), actor=actor, at=at)
    return row


def _of_one_client(stars: Iterable[Star], client: Client) -> tuple[Star, ...]:
    rows = tuple(stars)
    if not rows:
        message = "nothing is chosen; star what you need, and tick it in the tray"
        raise NothingChosen(message)
    foreign = [row.ref for row in rows if row.client_id != client.pk]
    if foreign:
        message = (
            f"{', '.join(foreign)}: not of {client.name}; documents of clients are never mixed"
        )
        raise OfAnotherClient(message)
    return rows


def _things(rows: Iterable[Star]) -> tuple[Thing, ...]:
    return tuple(find(row.client, StarKind(row.kind), row.ref) for row in rows)


def _open_draft(draft: books.LetterDraft) -> books.LetterDraft:
    row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
    if row.state != row.DRAFTED or row.report_id is not None:
        message = f"{row.ref} is {row.state}; only an open draft takes copies of records"
        raise letters.LetterNotOpen(message)
    return row


def _freeze(
    things: Iterable[Thing], client: Client, place: str, document: str, actor: Actor, at: datetime
) -> tuple[FrozenCopy, ...]:
    """The copies that were not there yet; call it when it is the actor's turn with the client."""
    standing = FrozenCopy.objects.standing().filter(client=client).used_in(place, document)
    known = set(standing.values_list("digest", flat=True))
    made = []
    for thing in things:
        content = thing.content(client)
        copy = FrozenCopy(
            client=client,
            place=place,
            document=document,
            kind=thing.kind.value,
            ref=thing.ref,
            says=thing.says,
            strength=thing.strength,
            content=content,
            digest=digest_of(content),
        )
        if copy.digest not in known:
            made.append(_enter(copy, actor, at))
    return tuple(made)


def _enter(
    copy: FrozenCopy, actor: Actor, at: datetime, takes_out: FrozenCopy | None = None
) -> FrozenCopy:
    return FrozenCopy.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=copy.client,
        place=copy.place,
        document=copy.document,
        kind=copy.kind,
        ref=copy.ref,
        says=copy.says,
        strength=copy.strength,
        content=copy.content,
        digest=copy.digest,
        takes_out=takes_out,
    )


def _write_anew(row: books.LetterDraft, actor: Actor) -> None:
    """Whoever changes what a letter encloses is its author: somebody else reads and approves it."""
    letter = enclosed(row.to_core(), row.ref, row.client)
    row.payload, row.drafted_by = dump(letter), actor.label
    row.digest = digest_of(row.payload)
    row.save(update_fields=["payload", "digest", "drafted_by"])


def _note(
    verb: str,
    document: str,
    copies: tuple[FrozenCopy, ...],
    client: Client,
    actor: Actor,
    at: datetime,
) -> None:
    refs = ", ".join(copy.ref for copy in copies)
    says = f"frozen {'copy' if len(copies) == 1 else 'copies'} of {refs} in {document}"
    audit.record(audit.Entry(verb, document, says, client), actor=actor, at=at)


__all__ = [
    "NotEnclosed",
    "NotOnRecord",
    "NothingChosen",
    "OfAnotherClient",
    "take_out",
    "use_in_letter",
    "use_in_notice",
    "use_in_report",
    "use_in_ticket",
]

"""Time entries that were just recorded: decided and charged beside answers that stand, without answering all anew.

Only where the note beside the books says that nothing else came since (`answered_books`), and what the entries may move
can be bounded. Everything else is answered as a whole; what is filed is the same either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from groundrules.core.agreements.terms import Agreement
from groundrules.core.answers.deciding import decisions_of
from groundrules.core.answers.findings import remembering
from groundrules.core.answers.known import as_known
from groundrules.core.answers.model import DecisionHistory
from groundrules.core.answers.one_more import Shared, UnitsUnclear, moved_by, shared_with
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.periods import utc
from groundrules.core.work import TimeEntry
from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.services import coverage, rating
from groundrules.services.actor import Actor
from groundrules.services.answered_books import (
    Grounds,
    Written,
    grounds_of,
    note_more,
    standing_note,
)
from groundrules.services.case_import import answer_into_books
from groundrules.services.engine import engine_version
from groundrules.services.turns import take_turn
from groundrules.services.world import FACT_BOOKS, agreement_of, load_in_part, provider_card

_Rows = Sequence[books.TimeEntry]


def answer_new(rows: _Rows, *, client: books.Client, actor: Actor, at: datetime) -> None:
    """This function will decide and charge time entries that were just recorded, with whatever else is due.

    Raises NoAgreement and NoProvider.
    """
    with transaction.atomic():
        take_turn(client)
        if not _answer_beside(rows, client, actor, at):
            answer_into_books(client, actor=actor, at=at)


def _answer_beside(rows: _Rows, client: books.Client, actor: Actor, at: datetime) -> bool:
    """Whether the entries could be answered alone; nothing is written where they could not."""
    grounds = grounds_of(client)
    note = standing_note(client, grounds, rows, at)
    world = _world(rows, client, grounds, at) if note else None
    if note is None or world is None:
        return False
    new = {row.ref for row in rows}
    histories, _ = decisions_of(
        as_known(world, at), utc(at), remembering(world), engine_version(world)
    )
    fresh = tuple(history for history in histories if history.entry in new)
    beside = (history for history in histories if history.entry not in new)
    try:
        moved = moved_by(_in_force(fresh), _in_force(beside), world.agreement)
    except UnitsUnclear:
        return False
    decided = coverage.file_decisions(client, fresh, actor=actor, at=at)
    posted = rating.post_moved(client, moved, actor=actor, at=at)
    written = Written(len(decided), len(posted.charges), len(posted.entries))
    note_more(client, note, grounds, written, at)
    return True


def _in_force(histories: Iterable[DecisionHistory]) -> Iterator[CoverageDecision]:
    return (history.in_force for history in histories)


def _world(rows: _Rows, client: books.Client, grounds: Grounds, at: datetime) -> World | None:
    """The world with the new work and what it may be charged together with, and none of the other work.

    None where that can't be bounded, or a server's state was ever moved: its way back may look at any work.
    """
    agreement = agreement_of(client, at)
    found = [shared_with(row.to_core(), agreement) for row in rows]
    if any(shared is None for shared in found):
        return None
    beside = _sharing([one for shared in found for one in shared or ()], rows, client)
    work = tuple(row.to_core() for row in (*rows, *beside))
    if grounds.touched and _touched(work, client):
        return None
    if any(entry.incident or entry.request for entry in work):
        wanted = [name for name in FACT_BOOKS if name != "work"]
        return replace(load_in_part(client, at, wanted), work=work)
    return _plain_world(work, client, agreement, grounds, at)


def _sharing(
    shared: Sequence[Shared], rows: _Rows, client: books.Client
) -> Iterable[books.TimeEntry]:
    """The entries that stand beside the new ones and may be charged together with them; none is known only later."""
    if not shared:
        return ()
    asked = Q()
    for one in shared:
        asked |= _like(one)
    entries = books.TimeEntry.objects.of_client(client).current()
    return entries.filter(asked).exclude(pk__in=[row.pk for row in rows]).order_by("pk")


def _like(shared: Shared) -> Q:
    like = Q()
    if shared.issue is not None:
        like &= Q(issue=shared.issue)
    if shared.technician is not None:
        like &= Q(technician__code=shared.technician)
    if shared.begins_before is not None:
        like &= Q(started_at__lt=shared.begins_before)
    if shared.ends_after is not None:
        like &= Q(ended_at__gt=shared.ends_after)
    return like


def _touched(work: Sequence[TimeEntry], client: books.Client) -> bool:
    codes = {entry.asset for entry in work if entry.asset}
    return any(
        book.objects.of_client(client).filter(asset__code__in=codes).exists()
        for book in (books.LifecycleEntry, books.Notice)
    )


def _plain_world(
    work: tuple[TimeEntry, ...],
    client: books.Client,
    agreement: Agreement,
    grounds: Grounds,
    at: datetime,
) -> World:
    """What decides work without an incident and without a request: the cards it names, and the owner's exceptions."""
    people = books.Technician.objects.filter(code__in={entry.technician for entry in work})
    assets = client.assets.filter(code__in={entry.asset for entry in work if entry.asset})
    overrides = books.Override.objects.of_client(client).known_at(at).order_by("pk")
    named = overrides.filter(entry__ref__in={entry.id for entry in work})
    return World(
        provider=provider_card().to_core(),
        client=client.to_core(),
        agreement=agreement,
        technicians=tuple(card.to_core() for card in people.prefetch_related("cost_rates")),
        assets=tuple(card.to_core() for card in assets),
        work=work,
        overrides=tuple(row.to_core() for row in named) if grounds.overrides else (),
    )

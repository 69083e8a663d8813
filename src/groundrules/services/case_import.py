"""A case's world into the database, in the order it became known, through the same verbs as everyday work.

Facts are taken over instant by instant, as `as_known` tells them then: a request is recorded before its ratification
and a letter of agency grows by its steps, so the books hold the same history as the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from groundrules.core.answers.answer import answer
from groundrules.core.answers.known import as_known
from groundrules.core.answers.model import Answers
from groundrules.core.periods import utc
from groundrules.core.world import Promise, World
from groundrules.records import models as books
from groundrules.services import agreements, cards, coverage, rating, taxes
from groundrules.services.actor import Actor
from groundrules.services.answered_books import Written, grounds_of, note_answered
from groundrules.services.attribution import file_attributions
from groundrules.services.engine import engine_version
from groundrules.services.evidence import Handed, receive
from groundrules.services.filing import is_on_record
from groundrules.services.incidents import file_causes
from groundrules.services.replayed import state_replay
from groundrules.services.taking_over import VERBS, take_over
from groundrules.services.turns import take_turn
from groundrules.services.world import load_world

_CARDS = ("assets", "applications", "dependencies", "accounts")
_FACTS = (
    "freezes",
    "to_bill",
    "messages",
    "windows",
    "letters_of_agency",
    "acceptances",
    "sessions",
    "gaps",
    "changes",
    "health_checks",
    "own_runs",
    "incidents",
    "recoveries",
    "drills",
    "third_party_attempts",
    "requests",
    "work",
    "notices",
    "lifecycle",
    "condition_records",
    "invoices",
    "fees_billed",
    "counts",
    "blocks",
    "reply_invitations",
    "disputes",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the client's card, and how many facts and decisions are new."""

    client: books.Client
    facts: int
    decisions: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file of raw evidence that belongs to a world, and when it came in."""

    handed: Handed
    at: datetime


@dataclass(frozen=True, slots=True)
class TakingOver:
    """A world on its way into the database: its facts, its raw evidence, whose they are and who takes them over.

    With sources, what cites raw evidence is not stated but read: the file goes through `evidence.receive`.
    """

    world: World
    client: books.Client
    actor: Actor
    sources: tuple[Source, ...] = ()


def import_case(
    world: World, *, at: datetime, actor: Actor, sources: tuple[Source, ...] = ()
) -> Imported:
    """This function will take a whole world over as known at `at`, decide and post it; all or nothing."""
    with transaction.atomic():
        client = keep_cards(world, actor=actor)
        facts = take_facts_over(TakingOver(world, client, actor, sources), until=at)
        decisions = answer_into_books(client, actor=actor, at=at)
    return Imported(client, facts, decisions)


def keep_cards(world: World, *, actor: Actor) -> books.Client:
    """This function will keep every card of a world and publish its agreement versions when they were signed."""
    began = min(utc(version.signed_at) for version in world.agreement.versions)
    cards.keep(world.provider, actor=actor, at=began)
    client = cards.keep_client(world.client, actor=actor, at=began)
    for technician in world.technicians:
        cards.keep_technician(technician, actor=actor, at=began)
    cards.keep_all(world.vendors, actor=actor, at=began)
    for name in _CARDS:
        cards.keep_all(getattr(world, name), actor=actor, at=began, client=client)
    taxes.keep_rules(world.tax_rules, client=client, actor=actor, at=began)
    _publish(world, client, actor)
    take_over(world.scorecard_rule, client=client, actor=actor, at=began)
    return client


def take_facts_over(over: TakingOver, *, until: datetime, since: datetime | None = None) -> int:
    """This function will take over what became known up to `until` (after `since`), each at its own instant."""
    taken: dict[tuple[str, str], object] = {}
    if since is not None:
        taken.update(_facts(as_known(over.world, since), over))
    written = 0
    for moment in instants_of(over, until):
        if since is None or moment > utc(since):
            _receive_sources(over, moment)
            written += _take_moment(over, moment, taken)
    return written


def _receive_sources(over: TakingOver, moment: datetime) -> None:
    for source in over.sources:
        if utc(source.at) == moment:
            receive(source.handed, actor=over.actor, at=moment)


def _take_moment(over: TakingOver, moment: datetime, taken: dict[tuple[str, str], object]) -> int:
    written = 0
    for key, value in _facts(as_known(over.world, moment), over):
        if taken.get(key) == value:
            continue
        taken[key] = value
        if not is_on_record(value, over.client):
            take_over(value, client=over.client, actor=over.actor, at=moment)
            written += 1
    for replay in over.world.replays:
        if utc(replay.at) == moment:
            state_replay(replay, client=over.client, actor=over.actor, at=moment)
    return written


def answer_into_books(client: books.Client, *, actor: Actor, at: datetime) -> int:
    """This function will answer everything once and file it: attributions, causes, decisions, charges, postings.

    One at a time for a client, all of it or nothing: what two worked out side by side would be filed twice.
    """
    with transaction.atomic():
        take_turn(client)
        grounds = grounds_of(client)
        world = load_world(client, at)
        answers = answer(world, at, engine_version(world))
        written = _file(client, answers, actor, at)
        note_answered(client, grounds, world, answers, written)
        return written.decisions


def file_answers(client: books.Client, answers: Answers, *, actor: Actor, at: datetime) -> int:
    """This function will file answers that were worked out in this turn; returns how many decisions are new."""
    return _file(client, answers, actor, at).decisions


def _file(client: books.Client, answers: Answers, actor: Actor, at: datetime) -> Written:
    file_attributions(client, answers.attributions, actor=actor, at=at)
    file_causes(client, answers.causes, actor=actor, at=at)
    decided = coverage.file_decisions(client, answers.decisions, actor=actor, at=at)
    posted = rating.post_money(client, answers.money, actor=actor, at=at)
    return Written(len(decided), len(posted.charges), len(posted.entries))


def instants_of(over: TakingOver, until: datetime) -> tuple[datetime, ...]:
    """This function will list every instant a world's facts mention up to `until`, and `until` itself."""
    found = {utc(moment) for moment in over.world.discovered.values()}
    found.update(utc(source.at) for source in over.sources)
    found.update(utc(replay.at) for replay in over.world.replays)
    for name in _FACTS:
        for value in getattr(over.world, name):
            found.update(_moments(value))
    return tuple(sorted({moment for moment in found if moment <= utc(until)} | {utc(until)}))


def _publish(world: World, client: books.Client, actor: Actor) -> None:
    agreement = world.agreement
    began = min(utc(version.signed_at) for version in agreement.versions)
    card = agreements.open_agreement(client, agreement.id, agreement.title, actor=actor, at=began)
    for version in sorted(agreement.versions, key=lambda v: v.version):
        signed = utc(version.signed_at)
        if not card.versions.filter(version=version.version, published_at__isnull=False).exists():
            row = agreements.draft(card, version, actor=actor, at=signed)
            agreements.publish(row, actor=actor, at=signed)


def _facts(known: World, over: TakingOver) -> Iterator[tuple[tuple[str, str], Any]]:
    for name in _FACTS:
        for value in getattr(known, name):
            if not (over.sources and _is_read(value)):
                yield (name, _identity(value)), value
    yield from _promises(known)


def _is_read(value: object) -> bool:
    """Whether a fact was read from raw evidence, and so comes in with it."""
    return bool(getattr(value, "citations", ()) or getattr(value, "citation", None))


def _promises(known: World) -> Iterator[tuple[tuple[str, str], Promise]]:
    """A promise is known with its message, and its approval with the message that approves it."""
    heard = {message.id for message in known.messages}
    for promise in known.promises:
        if promise.message in heard:
            approved = promise.approved_in if promise.approved_in in heard else None
            yield ("promises", promise.message), replace(promise, approved_in=approved)


def _identity(value: object) -> str:
    """What stays the same while a fact grows: its id, or everything about it when it has none."""
    for name in ("id", "invoice"):
        given = getattr(value, name, None)
        if given is not None and type(value) in VERBS:
            return str(given)
    return repr(value)


def _moments(value: object) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield utc(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            yield from _moments(getattr(value, f.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from _moments(item)

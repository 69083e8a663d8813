"""Time as technicians write it down: a typed line becomes an entry, once, however often it is sent.

What a line would come to is foreseen by the rooms that decide afterwards: a technician knows before the work is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from groundrules.core.answers.foresight import Foreseen, foresee
from groundrules.core.ids import (
    AssetId,
    ClientId,
    IncidentId,
    RequestId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.periods import Period
from groundrules.core.typed_time import (
    MOST_MINUTES,
    Names,
    Place,
    TypedLine,
    UnreadableTime,
    names_typed,
    period_of,
    read_line,
)
from groundrules.core.work import TimeEntry, WorkPlace, WorkType
from groundrules.records import models as books
from groundrules.records.models import User
from groundrules.services.actor import Actor
from groundrules.services.engine import engine_version
from groundrules.services.facts import standing_rows
from groundrules.services.one_more import answer_new
from groundrules.services.shelf import short_digest
from groundrules.services.work import correct, record_time
from groundrules.services.world import NoAgreement, load_world

_AHEAD = timedelta(hours=1)
_Fact = TypeVar("_Fact", books.Incident, books.Request)


class NoTechnician(LookupError):
    """The user is no technician, so time they worked has nobody to belong to."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a technician wrote: the line, a key that names it once and for all, the kind of work and place they chose.

    `period` is what a timer or a login measured; a time typed in the line wins over it.
    """

    line: str
    key: str = ""
    work_type: str = ""
    period: Period | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A line as it will be recorded. `overlaps` are own entries at the same time; `ahead` says it is not done yet."""

    client: books.Client
    entry: TimeEntry
    overlaps: tuple[books.TimeEntry, ...] = ()
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry that was recorded, and the decision on it; None where no agreement lets anything be decided."""

    entry: books.TimeEntry
    decision: books.Decision | None


def understand(written: Written, *, user: User, at: datetime, ahead: bool = False) -> Understood:
    """This function will read a typed line as the entry it means; nothing is written.

    With `ahead` a line without a time means the next hour, for asking before the work is done. Raises UnreadableTime,
    AmbiguousTime and NoTechnician.
    """
    technician = technician_of(user)
    said = read_line(written.line, names_of(written.line))
    if said.client is None or said.asset is None:
        message = "say which server it was for: write its name, or an incident's"
        raise UnreadableTime(message)
    client = books.Client.objects.get(code=said.client)
    untimed = said.minutes is None and said.begins is None
    asked_ahead = ahead and untimed and written.period is None
    entry = TimeEntry(
        id=TimeEntryId(f"T-{short_digest(f'{technician.code}|{written.key or written.line}')}"),
        technician=TechnicianId(technician.code),
        period=_period(said, written, client, at, ahead=asked_ahead),
        issue=said.issue or f"Work on {said.asset}",
        work_type=_kind(written, said),
        asset=said.asset,
        incident=said.incident,
        request=said.request,
        note=said.note,
        place=_place(written, said),
    )
    return Understood(client, entry, tuple(_overlapping(entry, technician)), asked_ahead)


def _period(
    said: TypedLine, written: Written, client: books.Client, at: datetime, *, ahead: bool
) -> Period:
    if ahead:
        now = at.replace(second=0, microsecond=0)
        return Period(now, now + _AHEAD)
    if written.period is not None and said.minutes is None and said.begins is None:
        return _closed(written.period)
    return period_of(said, client.zone, at)


def _closed(measured: Period) -> Period:
    longest = timedelta(minutes=MOST_MINUTES)
    if measured.end is None or measured.end - measured.start > longest:
        message = "the timer ran for more than 24 hours; type when the work really was, such as 21:58-22:46"
        raise UnreadableTime(message)
    return measured


def _kind(written: Written, said: TypedLine) -> WorkType:
    if written.work_type in set(WorkType):
        return WorkType(written.work_type)
    return said.work_type or (WorkType.REMEDIATION if said.incident else WorkType.MAINTENANCE)


def _place(written: Written, said: TypedLine) -> WorkPlace:
    if written.place in set(WorkPlace):
        return WorkPlace(written.place)
    return said.where or WorkPlace.REMOTE


def technician_of(user: User) -> books.Technician:
    """This function will return the technician a user is; raises NoTechnician."""
    if user.technician is None:
        message = f"{user.name} is no technician here; an owner can link the user to one"
        raise NoTechnician(message)
    return user.technician


def _overlapping(entry: TimeEntry, technician: books.Technician) -> QuerySet[books.TimeEntry]:
    own = books.TimeEntry.objects.current().filter(technician=technician).exclude(ref=entry.id)
    period = Q(started_at__lt=entry.period.end, ended_at__gt=entry.period.start)
    return own.filter(period).select_related("client").order_by("started_at")


def names_of(line: str) -> Names:
    """This function will look up the words of a line among servers, clients, open incidents and requests."""
    words = names_typed(line)
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for asset in _named(books.Asset.objects.all(), words):
        place = Place(ClientId(asset.client.code), AssetId(asset.code))
        for name in {asset.code.lower(), asset.name.lower()} & set(words):
            found[name].append(place)
    for client in _clients(words):
        for name in {f"@{client.code.lower()}", f"@{client.name.split()[0].lower()}"} & set(words):
            found[name].append(Place(ClientId(client.code)))
    for incident in _with_refs(books.Incident.objects.current(), words, "asset"):
        place = Place(
            ClientId(incident.client.code),
            AssetId(incident.asset.code),
            IncidentId(incident.ref),
        )
        found[incident.ref.lower()].append(place)
    for asked in _with_refs(books.Request.objects.current(), words):
        place = Place(ClientId(asked.client.code), request=RequestId(asked.ref))
        found[asked.ref.lower()].append(place)
    return Names({name: tuple(places) for name, places in found.items()})


def _named(rows: QuerySet[books.Asset], words: Iterable[str]) -> QuerySet[books.Asset]:
    wanted = list(words)
    lowered = rows.annotate(low_code=Lower("code"), low_name=Lower("name"))
    matching = Q(low_code__in=wanted) | Q(low_name__in=wanted)
    return lowered.filter(matching).select_related("client").order_by("pk")


def _clients(words: Iterable[str]) -> Iterable[books.Client]:
    wanted = [word[1:] for word in words if word.startswith("@")]
    matching = Q()
    for word in wanted:
        matching |= Q(code__iexact=word) | Q(name__istartswith=word)
    return books.Client.objects.filter(matching).order_by("pk") if wanted else ()


def _with_refs(rows: QuerySet[_Fact], words: Iterable[str], *more: str) -> QuerySet[_Fact]:
    lowered = rows.annotate(low_ref=Lower("ref")).filter(low_ref__in=list(words))
    return lowered.select_related("client", *more).order_by("pk")


def foresee_line(understood: Understood, *, at: datetime) -> Foreseen:
    """This function will say how an understood line would be decided and charged; raises NoAgreement."""
    return foresee_entry(understood.client, understood.entry, at=at)


def foresee_entry(client: books.Client, entry: TimeEntry, *, at: datetime) -> Foreseen:
    """This function will say how work would be decided and charged, done or not; raises NoAgreement."""
    world = load_world(client, at)
    return foresee(world, entry, at, engine_version(world))


def log(understood: Understood, *, actor: Actor, at: datetime) -> Logged:
    """This function will record an understood line and decide it; the same again is the same entry, written once."""
    client = understood.client
    row = record_time(understood.entry, client=client, actor=actor, at=at)
    decision = standing_rows(books.Decision, client, [row.ref]).get(row.ref)
    if decision is not None:
        return Logged(row, decision)
    return _decided(row, client, actor, at)


def amend(
    entry: TimeEntry, *, client: books.Client, why: str, actor: Actor, at: datetime
) -> Logged:
    """This function will correct an entry and decide it again; raises as `work.correct` does."""
    with transaction.atomic():
        row = correct(entry, client=client, why=why, actor=actor, at=at)
        return _decided(row, client, actor, at)


def _decided(row: books.TimeEntry, client: books.Client, actor: Actor, at: datetime) -> Logged:
    return decided([row], client, actor, at)[0]


def decided(
    rows: Sequence[books.TimeEntry], client: books.Client, actor: Actor, at: datetime
) -> tuple[Logged, ...]:
    """This function will decide entries that were just recorded, as far as an agreement lets it."""
    try:
        answer_new(rows, client=client, actor=actor, at=at)
    except NoAgreement:
        return tuple(Logged(row, None) for row in rows)
    found = standing_rows(books.Decision, client, [row.ref for row in rows])
    return tuple(Logged(row, found.get(row.ref)) for row in rows)


def typed_at(claimed: datetime, at: datetime) -> datetime:
    """This function will return when a queued line was typed; a phone whose clock runs ahead is not believed."""
    return min(claimed, at)

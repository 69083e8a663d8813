"""The cautionary tale, walked through the real pipeline: evidence, decisions, letters and invoices, chapter by chapter.

The story's facts lie in `tale/` as a case file and raw Windows events. Nothing it tells is stored in advance: each
chapter takes over what became known, answers it into the books, acts, and tells what the books say now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import invoices, letters, lifecycle, users
from groundrules.services.actor import Actor
from groundrules.services.case_import import (
    Source,
    TakingOver,
    answer_into_books,
    keep_cards,
    take_facts_over,
)
from groundrules.services.cases import run_case
from groundrules.services.evidence import Handed
from groundrules.services.tale_telling import tell_news
from groundrules.services.world import answer_for

FOLDER = Path(__file__).parent / "tale"
_SERVER = AssetId("SRV1")
_PEOPLE = (
    ("kim@greenway.example", "Kim Green", Role.OWNER, "K"),
    ("alex@greenway.example", "Alex", Role.TECHNICIAN, "A"),
    ("ann@greenway.example", "Ann Booker", Role.ACCOUNTANT, ""),
)
OWNER = Actor("kim@greenway.example", Role.OWNER)
_KIM = "Kim Green"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the tale stands: the client's card and the instant."""

    client: books.Client
    at: datetime


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title, the instant it is told from, and what is done once the facts are in; the act returns what to say."""

    title: str
    at: datetime
    act: Callable[[Stage], list[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """One chapter as it was walked: its number of all, title, instant with zone, and lines to print."""

    number: int
    of: int
    title: str
    when: str
    lines: tuple[str, ...]


def walk(tell: Callable[[Told], None]) -> None:
    """This function will walk the tale into an empty database, telling each chapter as it ends."""
    path = FOLDER / "tale.yaml"
    case = run_case(path.read_bytes(), path).case
    client = keep_cards(case.world, actor=OWNER)
    people(at=CHAPTERS[0].at)
    sources = tuple(
        Source(
            Handed((FOLDER / s.file).read_bytes(), s.file, s.format, s.host or "", client.code),
            s.discovered or CHAPTERS[0].at,
        )
        for s in case.evidence
    )
    over = TakingOver(case.world, client, OWNER, sources)
    since: datetime | None = None
    for number, chapter in enumerate(CHAPTERS, start=1):
        take_facts_over(over, until=chapter.at, since=since)
        answer_into_books(client, actor=OWNER, at=chapter.at)
        acted = chapter.act(Stage(client, chapter.at))
        news = tell_news(client, since or client_beginning(client), chapter.at)
        when = zone_label(chapter.at, client.zone)
        tell(Told(number, len(CHAPTERS), chapter.title, when, (*news, *acted)))
        since = chapter.at


def is_told() -> bool:
    """This function will say whether the tale, or anything else, is in the database already."""
    return books.Client.objects.exists()


def client_beginning(client: books.Client) -> datetime:
    """This function will return an instant before anything about the client was recorded."""
    first = books.AuditEntry.objects.filter(client=client).order_by("recorded_at").first()
    return first.recorded_at if first else datetime.min.replace(tzinfo=UTC)


def people(*, at: datetime) -> None:
    """This function will add the people of the provider as users, unless they are there."""
    for email, name, role, technician in _PEOPLE:
        if not User.objects.filter(email=email).exists():
            users.let_in(
                email=email, name=name, role=role, actor=OWNER, at=at, technician=technician
            )


def _nothing(_stage: Stage) -> list[str]:
    return []


def _issue_month(stage: Stage, first: date, end: date) -> list[str]:
    """Everything that is due on the first of a month, the month's own fees in advance among it."""
    said = []
    invoices.ask_for(client=stage.client, first=first, end=end, actor=OWNER, at=stage.at)
    for document in invoices.due(client=stage.client, at=stage.at):
        key = f"{stage.client.code}|{document.kind.value}|{document.period_start}|{stage.at.date()}"
        issued = invoices.issue(document, client=stage.client, key=key, actor=OWNER, at=stage.at)
        said.append(f"{issued.kind.capitalize()} {issued.ref} issued: {document.total}")
        said += [f"    {line.amount!s:>12}  {line.description}" for line in document.lines]
    return said


def _write_letters(stage: Stage, kinds: set[str]) -> list[str]:
    said = []
    for draft in letters.draft(client=stage.client, actor=OWNER, at=stage.at):
        if draft.kind in kinds and draft.state == draft.DRAFTED:
            named = letters.to_confirm(draft)
            approved = letters.approve(draft=draft, actor=OWNER, at=stage.at, confirmed=named)
            letter = letters.send(draft=approved, actor=OWNER, at=stage.at)
            said.append(f"Letter {letter.ref} sent to {letter.to}: {letter.subject}")
    return said


def _february(stage: Stage) -> list[str]:
    return _issue_month(stage, date(2007, 2, 1), date(2007, 3, 1))


def _march(stage: Stage) -> list[str]:
    return _issue_month(stage, date(2007, 3, 1), date(2007, 4, 1))


def _april(stage: Stage) -> list[str]:
    return _issue_month(stage, date(2007, 4, 1), date(2007, 5, 1))


def _may(stage: Stage) -> list[str]:
    return _issue_month(stage, date(2007, 5, 1), date(2007, 6, 1))


def _suspend(stage: Stage) -> list[str]:
    person = lifecycle.Person(_KIM, "Rogue changed SRV1 outside every window")
    rows = lifecycle.suspend(
        client=stage.client, asset=_SERVER, person=person, actor=OWNER, at=stage.at
    )
    sent = _write_letters(stage, {"suspension", "relationship continues"})
    entries = [
        f"{row.asset.code}: {row.kind} from {zone_label(row.effective_at, stage.client.zone)}"
        for row in rows
    ]
    return [*sent, *entries]


def _answer_the_consultant(stage: Stage) -> list[str]:
    return [
        *_write_letters(stage, {"reply pack", "vendor instruction"}),
        *_conditions(stage),
    ]


def _paid(stage: Stage) -> list[str]:
    said = []
    for issued in books.Issued.objects.filter(client=stage.client).order_by("pk"):
        standing = books.InvoiceStanding.objects.of_client(stage.client).current()
        if standing.filter(ref=issued.ref, paid_at__isnull=True).exists():
            invoices.record_payment(issued, paid_at=stage.at, actor=OWNER, at=stage.at)
            said.append(f"{issued.ref} is paid")
    return said


def _ask_too_early(stage: Stage) -> list[str]:
    try:
        _bring_back(stage)
    except lifecycle.NothingToReinstate as refused:
        return [f"Refused: {refused}"]
    return []


def _bring_back(stage: Stage) -> list[str]:
    person = lifecycle.Person(_KIM, "Rogue accepted the rules of engagement")
    rows = lifecycle.reinstate(
        client=stage.client, asset=_SERVER, person=person, actor=OWNER, at=stage.at
    )
    zone = stage.client.zone
    entries = [
        f"{row.asset.code}: {row.kind} from {zone_label(row.effective_at, zone)}" for row in rows
    ]
    return [*entries, *_write_letters(stage, {"reinstatement"})]


def _conditions(stage: Stage) -> list[str]:
    return [
        f"    {status.bucket.value.replace('_', ' ')}: {status.terms.says}"
        for answer in answer_for(stage.client, stage.at).reinstatements
        for status in answer.conditions
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


CHAPTERS = (
    Chapter("The month begins: fees in advance", _at("2007-02-01T08:00-08:00"), _february),
    Chapter("The drive array dies, and one minute is lost", _at("2007-02-21T09:00-08:00"), _nothing),
    Chapter("A day goes into SharePoint, and nobody knows why", _at("2007-02-22T18:00-08:00"), _nothing),
    Chapter("The evidence is read: it was not the recovery", _at("2007-02-23T11:00-08:00"), _nothing),
    Chapter("The sa password: when, but not who", _at("2007-02-27T12:00-08:00"), _nothing),
    Chapter("March begins: the invoice", _at("2007-03-01T08:00-08:00"), _march),
    Chapter("Notice, and the letter", _at("2007-03-01T18:00-08:00"), _suspend),
    Chapter("Work while one server is off", _at("2007-03-13T18:00-07:00"), _nothing),
    Chapter("The consultant calls, then threatens", _at("2007-03-14T11:00-07:00"), _answer_the_consultant),
    Chapter("April begins: the fee of the lost days comes back", _at("2007-04-01T08:00-07:00"), _april),
    Chapter("The invoices are paid", _at("2007-04-03T15:30-07:00"), _paid),
    Chapter("What do we have to do? One thing is open", _at("2007-04-04T09:00-07:00"), _ask_too_early),
    Chapter("Rogue accepts the rules: the server comes back", _at("2007-04-04T15:00-07:00"), _bring_back),
    Chapter("May begins: what the way back cost", _at("2007-05-01T08:00-07:00"), _may),
)  # fmt: skip

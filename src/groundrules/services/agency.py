"""Letters of agency: drafted on the client's paper, taken step by step by a person, and reminded of in time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from groundrules.core.ids import AssetId, LetterOfAgencyId, VendorId
from groundrules.core.letters.draft_agency import Agency, draft_letter_of_agency
from groundrules.core.letters.draft_introduction import Introduction, draft_introduction
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.reader import language_for
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
    Reminder,
    SignedFile,
    StepRefused,
    letter_of_agency_status,
    reminders,
    with_step,
)
from groundrules.core.vendors.support import support_reminder
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.access.deciding import calendar_of
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.frozen_files import freeze
from groundrules.services.letter_texts import own_texts
from groundrules.services.letters import keep_draft
from groundrules.services.paging import page
from groundrules.services.turns import take_turn

_NUMBERED = re.compile(r"LOA-(\d+)")
_MEDIA: dict[str, tuple[bytes | tuple[bytes, ...], str]] = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".tif": ((b"II*\x00", b"MM\x00*"), "image/tiff"),
    ".tiff": ((b"II*\x00", b"MM\x00*"), "image/tiff"),
}
LARGEST_FILE = 20 * 1024 * 1024
SCOPE = ("support questions and orders about your software", "updates and access to the servers")
_VERB = "agency.reminder"


class UnknownLetterOfAgency(LookupError):
    """No letter of agency is on record under that reference."""


@dataclass(frozen=True, slots=True)
class NewLetter:
    """What a new letter grants: for how long, on which servers (none named: all), to which of our people."""

    months: int
    assets: tuple[str, ...]
    people: tuple[str, ...]
    signer: str
    verify_with: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """The signed letter as it was brought: its file's name and bytes, and who signed."""

    name: str
    content: bytes
    signed_by: str


def begin(
    wanted: NewLetter, vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterOfAgency:
    """This function will draft a letter of agency, and its text for the client's paper among the letters.

    Raises AgencyIncomplete when the text lacks what a vendor checks first; then nothing is written.
    """
    require(actor, Role.TECHNICIAN)
    provider = books.Provider.objects.order_by("pk")[0].to_core()
    assets = tuple(AssetId(code) for code in wanted.assets)
    granted = Agency(
        vendor.to_core(),
        wanted.people,
        SCOPE,
        assets,
        months=wanted.months,
        verify_with=wanted.verify_with,
    )
    names = {a.code: a.name for a in client.assets.all()}
    paper = Correspondence(
        provider,
        client.to_core(),
        client.zone,
        vendor.name,
        wanted.signer,
        names=names,
        language=language_for(vendor.name, client.to_core(), (vendor.to_core(),)),
        texts=own_texts(at),
    )
    text = draft_letter_of_agency(granted, paper)
    with transaction.atomic():
        take_turn(client)
        letter = LetterOfAgency(
            LetterOfAgencyId(_next(client)),
            VendorId(vendor.code),
            (DatedStep(LetterOfAgencyStep.DRAFTED, at),),
            months=wanted.months,
            assets=frozenset(assets),
        )
        keep_draft(text, client=client, actor=actor, at=at)
        return _enter(letter, "drafted", client, actor, at)


def introduce(ref: str, *, client: books.Client, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will draft the letter in which we introduce ourselves to the vendor of a letter of agency.

    Raises UnknownLetterOfAgency, or LetterOfAgencyNotInForce while we may not act for the client.
    """
    require(actor, Role.TECHNICIAN)
    row = letter_row(client, ref)
    letter, vendor = row.to_core(), row.vendor.to_core()
    status = letter_of_agency_status(letter, at, client.zone, calendar_of(client, at))
    ours = books.Technician.objects.order_by("code")
    people = tuple(ours.values_list("name", flat=True))
    provider = books.Provider.objects.order_by("pk")[0].to_core()
    owner = ours.filter(role="owner").values_list("name", flat=True).first()
    paper = Correspondence(
        provider,
        client.to_core(),
        client.zone,
        vendor.name,
        owner or provider.name,
        names={a.code: a.name for a in client.assets.all()},
        language=language_for(vendor.name, client.to_core(), (vendor,)),
        texts=own_texts(at),
    )
    meeting = Introduction(vendor, status, people, tuple(sorted(letter.assets)))
    return keep_draft(draft_introduction(meeting, paper), client=client, actor=actor, at=at)


def take_step(
    ref: str,
    step: DatedStep,
    *,
    client: books.Client,
    actor: Actor,
    at: datetime,
    brought: Brought | None = None,
) -> books.LetterOfAgency:
    """This function will note that a letter of agency has taken a step, with the file when it was signed.

    Raises UnknownLetterOfAgency or StepRefused; then nothing is written.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        row = letter_row(client, ref)
        file = _checked(brought) if brought and step.step is LetterOfAgencyStep.SIGNED else None
        letter = with_step(row.to_core(), step, now=at, file=file)
        if brought and file:
            freeze(brought.content, _media_type(brought.name), actor=actor, at=at)
        said = f"{step.step.value}{f': {step.says}' if step.says else ''}"
        return _enter(letter, said, client, actor, at)


def letter_row(client: books.Client, ref: str) -> books.LetterOfAgency:
    """This function will return the standing row of a letter of agency; raises UnknownLetterOfAgency."""
    row = books.LetterOfAgency.objects.current().of_client(client).filter(ref=ref).first()
    if row is None:
        message = f"{client.code} has no letter of agency {ref!r} on record"
        raise UnknownLetterOfAgency(message)
    return row


def reminders_of(client: books.Client, at: datetime) -> tuple[Reminder, ...]:
    """This function will list what a client's letters of agency and support contracts ask of us by now."""
    rows = (
        books.LetterOfAgency.objects.current()
        .of_client(client)
        .select_related("vendor")
        .order_by("pk")
    )
    letters = [row.to_core() for row in rows]
    names = {row.vendor.code: row.vendor.name for row in rows}
    found = reminders(letters, at, client.zone, calendar_of(client, at), names) if letters else ()
    contracts = books.SupportContract.objects.current().of_client(client).select_related("vendor")
    asked = (
        support_reminder(row.to_core(), row.vendor.name, at, client.zone)
        for row in contracts.order_by("pk")
    )
    return (*found, *(one for one in asked if one))


def remind(*, at: datetime) -> tuple[str, ...]:
    """This function will mail on-call each reminder that is due and was not mailed before; returns what it said."""
    clients = books.Client.objects.filter(
        Q(pk__in=books.LetterOfAgency.objects.current().values("client"))
        | Q(pk__in=books.SupportContract.objects.current().values("client"))
    )
    return tuple(
        one.sentence
        for client in clients.order_by("pk")
        for one in reminders_of(client, at)
        if _say(client, one, at)
    )


def _say(client: books.Client, one: Reminder, at: datetime) -> bool:
    about = f"{one.about}.{one.kind}.{one.due}"
    if books.AuditEntry.objects.filter(verb=_VERB, subject=about, client=client).exists():
        return False
    reached = page(f"{client.name}: {_subject(one)}", one.sentence, at=at, reference=about)
    if reached:
        entry = audit.Entry(_VERB, about, f"{one.sentence} Told {', '.join(reached)}.", client)
        audit.record(entry, actor=ENGINE, at=at)
    return bool(reached)


def _subject(one: Reminder) -> str:
    vendor = books.Vendor.objects.filter(code=one.vendor).values_list("name", flat=True).first()
    if one.kind == "support":
        return f"support contract with {vendor or one.vendor}"
    return f"letter of agency {one.about} to {vendor or one.vendor}"


def _enter(
    letter: LetterOfAgency, said: str, client: books.Client, actor: Actor, at: datetime
) -> books.LetterOfAgency:
    says = f"letter of agency {letter.id} to {letter.vendor}: {said}"
    filing = Filing(client, actor, at)
    row: books.LetterOfAgency = enter(letter, "vendors.letter_of_agency", says, filing).row
    return row


def _next(client: books.Client) -> str:
    refs = books.LetterOfAgency.objects.of_client(client).values_list("ref", flat=True).distinct()
    numbers = [int(found[1]) for ref in refs if (found := _NUMBERED.fullmatch(ref))]
    return f"LOA-{max(numbers, default=0) + 1}"


def _checked(brought: Brought) -> SignedFile:
    """What the file is called must be what it begins as: a renamed .docx is still one."""
    if len(brought.content) > LARGEST_FILE:
        message = f"{brought.name} is larger than 20 MB; scan it smaller"
        raise StepRefused(message)
    begins, _ = _MEDIA.get(_suffix(brought.name), (b"", ""))
    if not brought.content or not brought.content.startswith(begins):
        message = f"{brought.name} is not what its name says; save the signed letter as a PDF"
        raise StepRefused(message)
    return SignedFile(
        brought.name[-200:], hashlib.sha256(brought.content).hexdigest(), brought.signed_by
    )


def _suffix(name: str) -> str:
    return f".{name.casefold().rpartition('.')[2]}"


def _media_type(name: str) -> str:
    return _MEDIA[_suffix(name)][1]

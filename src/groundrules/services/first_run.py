"""The first run: whoever started the server may become the first owner in the browser, by a link only they saw.

The link works while nobody owns the installation. Its digest lies in the data folder, readable by its owner only, so
that several processes know it and none of them keeps it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from groundrules.core.ids import ProviderId
from groundrules.core.parties import Provider
from groundrules.core.plain_text import is_one_line
from groundrules.records.models import AuditEntry, EnrolmentToken, User
from groundrules.records.models import Client as ClientCard
from groundrules.records.models import Provider as ProviderCard
from groundrules.services import cards, users
from groundrules.services.actor import Actor, require

_FILE = "first-run"
_BYTES = 24


class LinkRefused(PermissionError):
    """The link of the first run is another, or somebody owns the installation already."""


class AnswerRefused(ValueError):
    """What was typed cannot be taken; `field` says where."""

    def __init__(self, field: str, says: str) -> None:
        self.field = field
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class Owner:
    """The first owner as they typed themselves."""

    name: str
    email: str
    password: str
    again: str


@dataclass(frozen=True, slots=True)
class Company:
    """The provider as its owner typed it."""

    name: str
    zone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps: its name, whether it is done, what it is good for, and where or by what it is done."""

    name: str
    done: bool
    says: str
    page: str = ""
    command: str = ""


def make_link() -> str:
    """This function will return a new token for the first run, and forget any before; raises OwnerExists."""
    if User.objects.exists():
        message = (
            "this installation has people already; sign in, or: groundrules user link YOUR-ADDRESS"
        )
        raise users.OwnerExists(message)
    token = secrets.token_urlsafe(_BYTES)
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_digest(token))
    return token


def check(token: str) -> None:
    """This function will refuse a link that is not the newest, or is late; raises LinkRefused."""
    place = _place()
    known = place.read_text(encoding="ascii") if place.is_file() else ""
    if User.objects.exists() or not hmac.compare_digest(known, _digest(token)):
        message = "This link is not the one the terminal shows, or somebody owns this installation already."
        raise LinkRefused(message)


def claim(token: str, owner: Owner, *, at: datetime) -> User:
    """This function will make the first owner and use the link up; raises LinkRefused or AnswerRefused."""
    check(token)
    _check_owner(owner)
    try:
        with transaction.atomic():
            made = users.make_first_owner(email=owner.email.strip(), name=owner.name.strip(), at=at)
            users.set_password(made, owner.password, actor=Actor.of(made), at=at)
    except users.OwnerExists as taken:
        raise LinkRefused(str(taken)) from taken
    except users.PasswordTooWeak as weak:
        raise AnswerRefused("password", str(weak)) from weak
    _place().unlink(missing_ok=True)
    return made


def _check_owner(owner: Owner) -> None:
    if owner.password != owner.again:
        raise AnswerRefused("again", "The two passwords are not the same.")
    try:
        users.check_name(owner.name.strip())
    except users.NameRefused as refused:
        message = "Write your name as letters to clients show it, on one line."
        raise AnswerRefused("name", message) from refused
    try:
        validate_email(owner.email.strip())
    except ValidationError as wrong:
        raise AnswerRefused(
            "email", "Write an e-mail address, such as kim@greenway.example."
        ) from wrong


def keep_company(company: Company, *, actor: Actor, at: datetime) -> None:
    """This function will keep who provides the services here. Owners only; raises AnswerRefused."""
    require(actor)
    if not company.name.strip() or not is_one_line(company.name.strip()):
        message = "Write your company's name as letters and invoices show it, on one line."
        raise AnswerRefused("name", message)
    if company.zone not in available_timezones():
        raise AnswerRefused(
            "zone",
            f"{company.zone or 'Nothing'} is no time zone; choose one such as America/Chicago.",
        )
    if company.email.strip():
        try:
            validate_email(company.email.strip())
        except ValidationError as wrong:
            raise AnswerRefused("email", "Write an e-mail address, or leave it empty.") from wrong
    there = ProviderCard.objects.order_by("pk").first()
    value = Provider(
        ProviderId(there.code if there else "US"),
        company.name.strip(),
        company.zone,
        company.email.strip(),
        company.address.strip(),
        *((there.legal(),) if there else ()),
    )
    cards.keep(value, actor=actor, at=at)


def company() -> ProviderCard | None:
    """This function will return who provides the services here, if somebody said so."""
    return ProviderCard.objects.order_by("pk").first()


def steps() -> tuple[Step, ...]:
    """This function will list the first steps in the order that spares work, and which of them are done."""
    mail = settings.GROUNDRULES_MAIL not in {"outbox", "null"}
    backed_up = AuditEntry.objects.filter(verb="installation.backup").exists()
    return (
        Step(
            "Say who you are",
            company() is not None,
            "Letters, invoices and business hours need it.",
            "web:first-company",
        ),
        Step(
            "Add your first client",
            ClientCard.objects.exists(),
            "With its servers and an agreement from the library.",
            "web:client-new",
        ),
        Step(
            "Let a server's collector in",
            EnrolmentToken.objects.exists(),
            "So that changes on it are recorded from today on.",
            command="groundrules agent token --client CODE --asset SERVER",
        ),
        Step(
            "Let letters leave",
            mail,
            "Until then each mail is a file in the data folder.",
            command="GROUNDRULES_MAIL=smtp://user@host:587",
        ),
        Step(
            "Be reached from outside",
            settings.GROUNDRULES_PUBLIC_URL.startswith("https://"),
            "Links in mails lead to this address.",
            command="GROUNDRULES_PUBLIC_URL=https://…",
        ),
        Step(
            "Back this installation up",
            backed_up,
            "One file, each night.",
            command="groundrules installation backup --to FOLDER",
        ),
    )


def _place() -> Path:
    return Path(settings.GROUNDRULES_DATA) / _FILE


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Whom a mail is about: the letter it answers, the mails before it, its writer's card; or nobody, and a person says.

A guess between two clients is never made: what one client wrote must not lie in another's books.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from groundrules.core.mail import Known, MailRead, Sender, recognise
from groundrules.records import models as books
from groundrules.records.models import Asset, Client, IncomingMail, Letter, MailFiling, User, Vendor
from groundrules.services.access import request_answered
from groundrules.services.outgoing import provider_address

_LETTER = re.compile(r"\bLTR-[0-9A-F]{12}\b")
_WINDOW = re.compile(r"win-\d+")
_OURS = re.compile(r"^<(.{1,120})\.[0-9a-f]{16}@groundrules\.invalid>$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail belongs, who it is from, and in words how that was found; without a client, why not."""

    sender: Sender
    says: str
    client: Client | None = None
    asset: Asset | None = None
    letter: Letter | None = None
    answers: Letter | None = None
    incident: str = ""


def place(mail: IncomingMail, read: MailRead) -> Place:
    """This function will work out whom a mail is about; it writes nothing."""
    answers = letters_named((*read.in_reply_to, *reversed(read.references)))
    letter = answers or _letter_in(read.subject)
    client, says = _client_of(mail, read, letter)
    asked = request_answered(read.own_text, mail.received_at) if letter is None else None
    if asked is not None:
        client, says = asked.client, f"it decides {asked.ref}"
    elsewhere = _clients_knowing(read.sender)
    if client is not None and elsewhere and client not in elsewhere:
        names = ", ".join(one.name for one in elsewhere)
        says = f"{says} ({client.name}), and {read.sender} is on record at {names}"
        client = None
    sender = recognise(read, known(client))
    ours = letter if client is not None else None
    asset = ours.asset if ours and ours.asset else _named_asset(client, read)
    mine = answers if client is not None else None
    return Place(sender, says, client, asset, ours, mine, _incident_of(mail, client))


def known(client: Client | None) -> Known:
    """This function will say whom a mail about a client may be from."""
    return Known(
        client=client.to_core() if client else None,
        vendors=tuple(vendor.to_core() for vendor in Vendor.objects.order_by("code")),
        ours=our_addresses(),
        checked_by=settings.GROUNDRULES_MAIL_CHECKED_BY,
    )


def our_addresses() -> frozenset[str]:
    """This function will return the addresses of the provider and its people."""
    people = User.objects.values_list("email", flat=True)
    return frozenset(one.casefold() for one in (provider_address(), *people))


def letters_named(message_ids: Iterable[str]) -> Letter | None:
    """This function will return the letter that one of these Message-IDs is, the first named first."""
    for one in message_ids:
        letter = Letter.objects.select_related("client", "asset").filter(sent_as=one).first()
        if letter is not None:
            return letter
    return None


def our_references(read: MailRead) -> tuple[str, ...]:
    """This function will return the references of those mails of ours that a mail answers (`win-31`, `ask-7`)."""
    named = (_OURS.match(one) for one in (*read.in_reply_to, *reversed(read.references)))
    return tuple(dict.fromkeys(match[1] for match in named if match))


def recipients_of(letter: Letter) -> frozenset[str]:
    """This function will return the addresses a letter went to."""
    return frozenset(one.casefold() for one in (letter.to, *letter.cc) if "@" in one)


def _incident_of(mail: IncomingMail, client: Client | None) -> str:
    """The case its thread belongs to by now, or none."""
    filed = books.Message.objects.filter(filings__mail__thread=mail.thread, client=client)
    refs = set(filed.exclude(filings__mail=mail).values_list("ref", flat=True))
    rows = books.Message.objects.current().filter(client=client, ref__in=refs)
    newest = rows.filter(incident__isnull=False).order_by("-sent_at", "-pk")
    return str(newest.values_list("incident__ref", flat=True).first() or "")


def _letter_in(subject: str) -> Letter | None:
    found = _LETTER.search(subject)
    rows = Letter.objects.select_related("client", "asset")
    return rows.filter(ref=found[0]).first() if found else None


def _client_of(
    mail: IncomingMail, read: MailRead, letter: Letter | None
) -> tuple[Client | None, str]:
    if letter is not None:
        return letter.client, f"it answers {letter.ref}"
    before = (
        MailFiling.objects.filter(mail__thread=mail.thread, client__isnull=False)
        .exclude(mail=mail)
        .select_related("client")
        .order_by("-pk")
        .first()
    )
    if before is not None:
        return before.client, f"it is in one thread with {before.mail}"
    window = _window_named(our_references(read))
    if window is not None:
        return window.client, f"it answers a mail about {window.ref}"
    return _client_of_people((read.sender, *read.to, *read.cc))


def _window_named(references: tuple[str, ...]) -> books.AccessWindow | None:
    """Windows are numbered for each client, so a number that two clients have names none."""
    rows = books.AccessWindow.objects.current().select_related("client")
    numbers = (match[0] for one in references if (match := _WINDOW.match(one)))
    for number in numbers:
        found = list(rows.filter(ref__iexact=number)[:2])
        if len(found) == 1:
            return found[0]
    return None


def _client_of_people(addresses: Iterable[str]) -> tuple[Client | None, str]:
    """The writer's own card decides; for our own mail, and a stranger's, that of the people it went to."""
    for address in addresses:
        clients = _clients_knowing(address)
        if len(clients) == 1:
            return clients[0], f"{address} is on record there"
        if clients:
            names = ", ".join(sorted(c.name for c in clients))
            return None, f"{address} is on record at several clients ({names})"
    return None, "nobody it names is on record"


def _clients_knowing(address: str) -> list[Client]:
    if not address:
        return []
    knows = (
        Q(contacts__email__iexact=address)
        | Q(notice_email__iexact=address)
        | Q(applications__vendor__email__iexact=address)
    )
    return list(Client.objects.filter(knows).distinct().order_by("pk"))


def _named_asset(client: Client | None, read: MailRead) -> Asset | None:
    """The only server that a mail calls by its code or name."""
    if client is None:
        return None
    words = set(re.findall(r"[\w.-]+", f"{read.subject} {read.own_text}".casefold()))
    words |= {word.rstrip(".") for word in words}
    named = [
        a for a in client.assets.order_by("pk") if words & {a.code.casefold(), a.name.casefold()}
    ]
    return named[0] if len(named) == 1 else None

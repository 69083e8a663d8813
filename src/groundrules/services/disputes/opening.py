"""Opening a dispute: checked, on record, its money held, and everybody told until when it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.further_terms import DisputeTerms
from groundrules.core.answers.vendor_care import visits_of
from groundrules.core.calendars import Calendar
from groundrules.core.disputes import (
    ABOUT_FACTS,
    Dispute,
    DisputeRefused,
    DisputeSide,
    DisputeSubject,
    answer_by,
    last_day,
    refuse_late,
    refuse_twice,
)
from groundrules.core.ids import ContactId, DisputeId, InvoiceId, MessageId, VendorId
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.access.deciding import calendar_of
from groundrules.services.actor import Actor, require
from groundrules.services.disputes.people import (
    Speaker,
    committers,
    refuse_person,
    refuse_server,
)
from groundrules.services.disputes.subjects import Found, find, refuse_overlap
from groundrules.services.filing import Filing, enter
from groundrules.services.outgoing import post, provider_address
from groundrules.services.turns import take_turn
from groundrules.services.world import NoAgreement, agreement_of

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Raised:
    """A dispute as somebody raises it: what, which, why, by whom, and the call or mail it came by, if any."""

    subject: DisputeSubject
    ref: str
    says: str
    by: Speaker
    message: str = ""


def open_dispute(
    raised: Raised, *, client: books.Client, actor: Actor, at: datetime
) -> books.Dispute:
    """This function will open a dispute and tell us, who raised it, and who may commit the client.

    Raises DisputeRefused: nothing said, no such thing, not theirs to dispute, too late, or raised before.
    """
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    check(raised, client=client, at=at)
    with transaction.atomic():
        take_turn(client)
        found = check(raised, client=client, at=at)
        opened = _dispute(raised, found, _terms(client, at), client, at)
        says = f"{opened.person} disputes {opened.subject.value} {opened.ref}"
        row: books.Dispute = enter(opened, "disputes.open", says, Filing(client, actor, at)).row
        _tell(opened, found, client, at)
    return row


def check(raised: Raised, *, client: books.Client, at: datetime) -> Found:
    """This function will refuse what `open_dispute` would refuse, and find what is disputed; it writes nothing."""
    if not raised.says.strip() or len(raised.says) > _LONGEST:
        message = f"Write what is wrong, in at most {_LONGEST} characters."
        raise DisputeRefused(message)
    refuse_person(raised.by, raised.subject, client, at)
    found = find(raised.subject, raised.ref, client)
    refuse_server(raised.by, found.server)
    _refuse_foreign(raised, client)
    standing = [row.to_core() for row in books.Dispute.objects.of_client(client).current()]
    refuse_twice(standing, raised.subject, raised.ref, client.zone)
    refuse_overlap(found, client)
    if found.since is not None:
        refuse_late(_terms(client, at)[0], found.since, at, client.zone)
    messages = books.Message.objects.of_client(client).current()
    if raised.message and not messages.filter(ref=raised.message).exists():
        message = f"There is no message {raised.message}."
        raise DisputeRefused(message)
    return found


def _refuse_foreign(raised: Raised, client: books.Client) -> None:
    """A vendor disputes what is held against itself, and nothing else."""
    vendor = raised.by.vendor
    if raised.by.side is not DisputeSide.VENDOR or vendor is None:
        return
    if raised.subject is DisputeSubject.SCORE and raised.ref == vendor.code:
        return
    if raised.subject in ABOUT_FACTS and raised.ref in held_against(vendor, client):
        return
    message = f"{raised.ref} is not held against {vendor.name}."
    raise DisputeRefused(message)


def held_against(vendor: books.Vendor, client: books.Client) -> frozenset[str]:
    """This function will list the changes and logins on record as a vendor's."""
    changes = (
        books.Attribution.objects.of_client(client)
        .current()
        .filter(names_party=True, party_kind="vendor", party_code=vendor.code)
    )
    return frozenset({*changes.values_list("ref", flat=True), *_logins(vendor, client)})


def _logins(vendor: books.Vendor, client: books.Client) -> frozenset[str]:
    sessions = books.Session.objects.of_client(client).current().order_by("pk")
    accounts = tuple(a.to_core() for a in client.accounts.select_related("host").order_by("pk"))
    visits = visits_of((s.to_core() for s in sessions), vendor.to_core(), accounts)
    return frozenset(str(visit.id) for visit in visits)


def _terms(client: books.Client, at: datetime) -> tuple[DisputeTerms, Calendar]:
    """What the agreement says about disputes now; without a word of it, an answer within five business days."""
    try:
        version = binding_version(agreement_of(client, at), at)
    except NoAgreement:
        version = None
    terms = version.disputes if version and version.disputes else DisputeTerms()
    return terms, version.calendar if version else calendar_of(client, at)


def _dispute(
    raised: Raised,
    found: Found,
    terms: tuple[DisputeTerms, Calendar],
    client: books.Client,
    at: datetime,
) -> Dispute:
    number = books.Dispute.objects.of_client(client).filter(supersedes__isnull=True).count() + 1
    by = raised.by
    return Dispute(
        id=DisputeId(f"DSP-{number}"),
        subject=raised.subject,
        ref=raised.ref,
        side=by.side,
        person=by.name,
        at=at,
        says=raised.says.strip(),
        answer_by=answer_by(terms[0], terms[1], at),
        clause=terms[0].clause,
        contact=ContactId(by.contact.code) if by.contact else None,
        vendor=VendorId(by.vendor.code) if by.vendor else None,
        reply_to=by.reply_to,
        message=MessageId(raised.message) if raised.message else None,
        held=found.held,
        document=InvoiceId(found.document.ref) if found.document else None,
    )


def _tell(opened: Dispute, found: Found, client: books.Client, at: datetime) -> None:
    """We are told; who raised it has it in writing; who may commit the client gets a copy of what is theirs."""
    until = f"It is answered by the end of {last_day(opened, client.zone)}"
    clause = f" (clause {opened.clause})" if opened.clause else ""
    held = f" {opened.held} before tax is not due until then." if opened.held else ""
    text = f"{opened.person} disputes: {found.says}\n\n{opened.says}\n\n{until}{clause}.{held}"
    subject = f"{client.name}: {opened.id}, a dispute of {opened.person}"
    post(f"{client.code}-{opened.id}-ours", provider_address(), subject, text, at)
    addresses = {opened.reply_to} if opened.reply_to else set()
    if opened.side is DisputeSide.CLIENT:
        addresses |= {c.email for c in committers(client, at) if c.email}
    for place, address in enumerate(sorted(addresses)):
        post(f"{client.code}-{opened.id}-{place}", address, f"{opened.id}: your dispute", text, at)

"""Disputing behind the client's door: who may commit the client, or whom they let in for it; with a typed code."""

from __future__ import annotations

from groundrules.core.disputes import Dispute, DisputeRefused, DisputeSide, DisputeSubject
from groundrules.core.parties import Authority
from groundrules.records.models import Dispute as DisputeRow
from groundrules.records.models import Role
from groundrules.services import disputes
from groundrules.services.access.codes import use_code
from groundrules.services.actor import Actor
from groundrules.services.disputes import Raised, Speaker
from groundrules.services.disputes.opening import check
from groundrules.services.disputes.subjects import find
from groundrules.services.door.reading import Reader

# What is disputed here, and the area in which the reader must be able to see it.
_SEEN_IN = {DisputeSubject.DECISION: "work", DisputeSubject.LINE: "invoices"}


def may_dispute(reader: Reader) -> bool:
    """This function will say whether the reader may dispute money here."""
    if reader.delegation is not None:
        return disputes.AREA in reader.delegation.areas
    return reader.may(Authority.COMMIT)


def _raised(reader: Reader, subject: str, ref: str, says: str) -> Raised:
    found = next((s for s in _SEEN_IN if s.value == subject), None)
    if found is None or not reader.may_read(_SEEN_IN[found]):
        message = "Dispute a line of an invoice, or work, where it is shown."
        raise DisputeRefused(message)
    contact = reader.contact
    by = Speaker(
        DisputeSide.CLIENT,
        contact.name,
        reader.link.email,
        contact,
        delegation=reader.delegation,
    )
    return Raised(found, ref, says, by)


def words_of(reader: Reader, subject: str, ref: str, says: str) -> str:
    """This function will say what a dispute would be; raises DisputeRefused as opening it would."""
    raised = _raised(reader, subject, ref, says)
    found = check(raised, client=reader.client, at=reader.at)
    held = f" {found.held} before tax is not due until we answer." if found.held else ""
    return f"Dispute “{found.says}”: “{says.strip()}”{held}"


def raise_dispute(reader: Reader, subject: str, ref: str, says: str, code: str) -> DisputeRow:
    """This function will open a dispute as the reader; raises DisputeRefused or CodeRefused."""
    raised = _raised(reader, subject, ref, says)
    check(raised, client=reader.client, at=reader.at)
    use_code(reader.link, code, reader.at)
    actor = Actor(reader.link.email, Role.TECHNICIAN)
    return disputes.open_dispute(raised, client=reader.client, actor=actor, at=reader.at)


def take_back(reader: Reader, ref: str, code: str) -> DisputeRow:
    """This function will withdraw a dispute the reader may see; raises DisputeRefused or CodeRefused."""
    row = next((row for row, core in disputes_of(reader) if row.ref == ref and core.is_open), None)
    if row is None or not may_dispute(reader):
        message = "There is no such open dispute of yours."
        raise DisputeRefused(message)
    use_code(reader.link, code, reader.at)
    actor = Actor(reader.link.email, Role.TECHNICIAN)
    says = f"Taken back by {reader.contact.name}."
    return disputes.withdraw(row, says, by=reader.contact.name, actor=actor, at=reader.at)


def disputes_of(reader: Reader) -> tuple[tuple[DisputeRow, Dispute], ...]:
    """This function will list the client's own disputes, newest first; a delegate's list is what they raised."""
    rows = DisputeRow.objects.of_client(reader.client).current()
    rows = rows.filter(side=DisputeSide.CLIENT.value)
    if reader.delegation is not None:
        rows = rows.filter(contact=reader.contact)
    return tuple((row, row.to_core()) for row in rows.order_by("-opened_at", "-pk"))


def title_of(reader: Reader, dispute: Dispute) -> str:
    """This function will say what a dispute is about, in the words it is shown with."""
    try:
        return find(dispute.subject, dispute.ref, reader.client).says
    except DisputeRefused:
        return dispute.ref

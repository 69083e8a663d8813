"""How disputes stand: one by its reference, and those that hold money of a document back."""

from __future__ import annotations

from groundrules.core.disputes import DisputeSubject
from groundrules.records.models import Client, Dispute, Issued


class UnknownDispute(LookupError):
    """No dispute with that reference is on record."""


def standing_of(ref: str, client: Client) -> Dispute:
    """This function will return a dispute as it stands; raises UnknownDispute."""
    row = Dispute.objects.of_client(client).current().filter(ref=ref).first()
    if row is None:
        message = f"{client.name} has no dispute {ref}; list them with groundrules dispute list"
        raise UnknownDispute(message)
    return row


def on_document(document: Issued) -> tuple[Dispute, ...]:
    """This function will list the open disputes that hold back something of a document, the oldest first."""
    money = [DisputeSubject.DECISION.value, DisputeSubject.LINE.value]
    rows = Dispute.objects.of_client(document.client_id).waiting().filter(subject__in=money)
    return tuple(r for r in rows.order_by("pk") if r.to_core().document == document.ref)

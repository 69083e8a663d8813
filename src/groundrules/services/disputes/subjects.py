"""What is disputed, found in the books: what it says, which server it is about, what it holds back, since when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundrules.core.disputes import DisputeRefused, DisputeSubject
from groundrules.core.money import Money
from groundrules.records.models import (
    Attribution,
    Change,
    Charge,
    Client,
    Decision,
    Dispute,
    Issued,
    IssuedLine,
    Session,
    Vendor,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that may be disputed: `since` is when it was told, None where it has no such moment."""

    says: str
    server: str = ""
    since: datetime | None = None
    held: Money | None = None
    document: Issued | None = None
    decisions: tuple[str, ...] = ()


def find(subject: DisputeSubject, ref: str, client: Client) -> Found:
    """This function will find what is to be disputed; raises DisputeRefused when the client has no such thing."""
    return _FINDERS[subject](ref, client)


def lines_of(decision: Decision) -> list[IssuedLine]:
    """This function will list the invoice lines a decision made, oldest first; none is older than its work."""
    lines = IssuedLine.objects.filter(
        document__client=decision.client_id,
        document__issued_at__gte=decision.entry.started_at,
        decisions__icontains=decision.number,
    )
    lines = lines.select_related("document").order_by("pk")
    return [line for line in lines if decision.number in line.decisions]


def _decision(ref: str, client: Client) -> Found:
    rows = Decision.objects.of_client(client).select_related("asset", "entry")
    row = _the(rows.filter(number=ref).first(), "decision", ref)
    if hasattr(row, "successor"):
        message = f"{ref} was superseded; dispute the decision that stands."
        raise DisputeRefused(message)
    charges = Charge.objects.current().filter(charged_decisions__decision=row).distinct()
    held = sum((c.to_core().amount for c in charges), Money.zero(client.currency))
    lines = lines_of(row)
    document = lines[-1].document if lines else None
    return Found(
        says=row.entry.issue,
        server=row.asset.code if row.asset else "",
        since=document.issued_at if document else None,
        held=held if held.minor > 0 else None,
        document=document,
        decisions=(row.number,),
    )


def _line(ref: str, client: Client) -> Found:
    rows = IssuedLine.objects.filter(document__client=client).select_related("document")
    row = _the(rows.filter(ref=ref).first(), "invoice line", ref)
    core = row.to_core()
    return Found(
        says=core.description,
        server=str(core.asset or ""),
        since=row.document.issued_at,
        held=core.amount if core.amount.minor > 0 else None,
        document=row.document,
        decisions=tuple(row.decisions),
    )


def _change(ref: str, client: Client) -> Found:
    row = _the(
        Change.objects.of_client(client).current().filter(ref=ref).select_related("asset").first(),
        "change",
        ref,
    )
    weighed = Attribution.objects.of_client(client).current().filter(ref=ref).first()
    return Found(row.sentence, row.asset.code, weighed.recorded_at if weighed else None)


def _login(ref: str, client: Client) -> Found:
    rows = Session.objects.of_client(client).current().filter(ref=ref).select_related("asset")
    row = _the(rows.first(), "login", ref)
    return Found(f"login of {row.account}", row.asset.code, row.recorded_at)


def _score(ref: str, _client: Client) -> Found:
    vendor = _the(Vendor.objects.filter(code=ref).first(), "vendor", ref)
    return Found(f"the score of {vendor.name}")


_FINDERS: Mapping[DisputeSubject, Callable[[str, Client], Found]] = {
    DisputeSubject.DECISION: _decision,
    DisputeSubject.LINE: _line,
    DisputeSubject.CHANGE: _change,
    DisputeSubject.LOGIN: _login,
    DisputeSubject.SCORE: _score,
}


def _the(row: Any, what: str, ref: str) -> Any:  # noqa: ANN401 - any row
    if row is None:
        message = f"There is no {what} {ref} to dispute."
        raise DisputeRefused(message)
    return row


def refuse_overlap(found: Found, client: Client) -> None:
    """This function will refuse work whose money another open dispute holds already; raises DisputeRefused."""
    for row in Dispute.objects.of_client(client).waiting():
        held = _decisions_of(row)
        if held & set(found.decisions):
            message = f"{row.ref} holds this work back already; it is open."
            raise DisputeRefused(message)


def _decisions_of(row: Dispute) -> set[str]:
    if row.subject == DisputeSubject.DECISION:
        return {row.about}
    line = IssuedLine.objects.filter(ref=row.about).first()
    return set(line.decisions) if row.subject == DisputeSubject.LINE and line else set()

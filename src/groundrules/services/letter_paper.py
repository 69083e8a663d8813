"""Whose paper a letter goes on, and who signs it: what surrounds its text, from the cards."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.letters.answers import SIGNED_ON_THE_PAGE, LetterDraft
from groundrules.records import models as books
from groundrules.renderers.letter_text import letter_text
from groundrules.renderers.pdf_letter import LetterContext
from groundrules.services.actor import ENGINE


def context_of(row: books.LetterDraft, at: datetime, *, is_draft: bool) -> LetterContext:
    """This function will gather what surrounds a letter on paper."""
    provider = books.Provider.objects.order_by("pk").first()
    client = row.client
    name = provider.name if provider else ""
    core = row.to_core()
    is_clients = core.letterhead == client.name  # The client signs it; we only prepared it.
    address = (provider.address if provider else "").splitlines()
    contact = [provider.email] if provider and provider.email else []
    to_vendor = is_clients or books.Vendor.objects.filter(name=core.to).exists()
    at_the_clients = tuple(client.address.splitlines())
    return LetterContext(
        reference=row.ref,
        sender_name=core.letterhead or name,
        sender_lines=at_the_clients if is_clients else (*address, *contact),
        recipient_lines=(core.to, *(() if to_vendor else at_the_clients)),
        dated_at=at,
        zone=client.zone,
        signature_lines=_signature(row, core, client.name if is_clients else name),
        paper="us-letter" if client.currency == "USD" else "a4",
        is_draft=is_draft,
        is_closed=core.kind not in SIGNED_ON_THE_PAGE,
    )


def text_of(row: books.LetterDraft) -> str:
    """This function will write a draft as the text its mail would have now."""
    return letter_text(
        row.to_core(), context_of(row, row.drafted_at, is_draft=True).signature_lines
    )


def _signature(row: books.LetterDraft, core: LetterDraft, house: str) -> tuple[str, ...]:
    """Who signs below a letter, for which house; nobody where its own text holds the lines for that."""
    if core.kind in SIGNED_ON_THE_PAGE:
        return ()
    person = _clients_person(core) if core.letterhead == row.client.name else _approver(row)
    return tuple(dict.fromkeys(one for one in (*person, house) if one))


def _clients_person(core: LetterDraft) -> tuple[str, ...]:
    """The client's person whom the letter names as its signer."""
    return tuple(slot.text for slot in core.slots if slot.name == "signer")


def _approver(row: books.LetterDraft) -> tuple[str, ...]:
    """Who approved it, by name and role as their card says them; nobody while it is a draft, or left by rule."""
    if row.decided_by in {"", ENGINE.label}:
        return ()
    user = books.User.objects.filter(email=row.decided_by).select_related("technician").first()
    if user is None:
        return (row.decided_by,)
    role = user.technician.role if user.technician else user.get_role_display()
    return (user.name, role[:1].upper() + role[1:]) if role else (user.name,)

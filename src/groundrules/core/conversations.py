"""Conversations: every call and mail is logged and changes nothing; only an authorised contact commits the client.

Who begs and who threatens gets the same answer: the open conditions, the words for the vendor, and the cost so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.agreements.words import spoken_list
from groundrules.core.ids import ContactId, MessageId
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.letters.draft_agency import draft_vendor_instruction, vendor_conditions
from groundrules.core.letters.draft_reply_pack import PackContents, ReplyPack, draft_reply_pack
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.reader import language_for
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.parties import Authority, Client, Contact, Vendor
from groundrules.core.periods import utc
from groundrules.core.reasons import FactRef
from groundrules.core.work import Channel, Message


class NeedsAuthorisedContact(PermissionError):
    """A commitment was made by someone who may not commit the client."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A message as logged: it changed nothing; who gets a copy, and whether its sender may commit the client."""

    message: MessageId
    copied: tuple[ContactId, ...]
    may_commit: bool
    sentence: str
    facts: tuple[FactRef, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise for the client, made or approved by a contact who may make it."""

    message: MessageId
    approved_by: ContactId
    at: datetime


def may_commit(contact: Contact, at: datetime) -> bool:
    """This function will say whether a contact could commit the client at an instant."""
    return contact.may(Authority.COMMIT, utc(at))


def authorised_contacts(client: Client, at: datetime) -> tuple[Contact, ...]:
    """This function will list the contacts who may commit the client at an instant, in order of their id."""
    return tuple(sorted((c for c in client.contacts if may_commit(c, at)), key=lambda c: c.id))


def contact_of(client: Client, message: Message) -> Contact | None:
    """This function will return the contact a message came from, if it came from one."""
    return next((c for c in client.contacts if c.id == message.contact), None)


def log(message: Message, client: Client) -> Logged:
    """This function will say what a message means for the books: nothing. Coverage, rates and conditions stay.

    When the sender may not commit the client, every contact who may is copied.
    """
    sender = contact_of(client, message)
    can_commit = sender is not None and may_commit(sender, message.at)
    copied = tuple(
        contact.id
        for contact in authorised_contacts(client, message.at)
        if sender is None or contact.id != sender.id
    )
    return Logged(
        message=message.id,
        copied=() if can_commit else copied,
        may_commit=can_commit,
        sentence=_sentence(message, sender, client, can_commit=can_commit),
        facts=(FactRef("message", message.id, message.says),),
    )


def _sentence(message: Message, sender: Contact | None, client: Client, *, can_commit: bool) -> str:
    name = sender.name if sender else message.sender
    what = "message" if message.channel is Channel.PORTAL else message.channel.value
    logged = f"The {what} from {name} is logged. Coverage, rates and conditions are unchanged."
    if can_commit:
        return logged
    others = [contact.name for contact in authorised_contacts(client, message.at)]
    if not others:
        return f"{logged} {name} may not commit {client.name}, and nobody on record may."
    verb = "gets" if len(others) == 1 else "get"
    return f"{logged} {name} may not commit {client.name}; {spoken_list(others)} {verb} a copy."


def commit(message: Message, client: Client, approval: Message | None = None) -> Commitment:
    """This function will turn a promise into a commitment when an authorised contact made or approved it.

    `approval` is the authorised contact's own message. Raises NeedsAuthorisedContact otherwise, naming who may.
    """
    for candidate in (message, approval):
        sender = contact_of(client, candidate) if candidate else None
        if candidate is not None and sender is not None and may_commit(sender, candidate.at):
            return Commitment(message.id, sender.id, utc(candidate.at))
    names = spoken_list([c.name for c in authorised_contacts(client, message.at)], "or")
    message_text = (
        f"{message.sender} may not commit {client.name}; ask {names or 'for an authorised contact'}"
    )
    raise NeedsAuthorisedContact(message_text)


def reply_pack(
    contents: PackContents, vendors: Iterable[Vendor], letter: Correspondence, client_signer: str
) -> ReplyPack:
    """This function will assemble the reply pack, with an instruction letter for each vendor that has something to do.

    The vendor letters go on the client's letterhead and are signed by `client_signer`.
    """
    on_client_paper = replace(letter, signer=client_signer, cc=())
    letters = tuple(
        _instruction(vendor, contents.answer, _in_language_of(vendor, on_client_paper))
        for vendor in vendors
        if vendor_conditions(contents.answer, vendor)
    )
    full = replace(contents, vendor_letters=letters)
    return draft_reply_pack(full, letter)


def _in_language_of(vendor: Vendor, letter: Correspondence) -> Correspondence:
    return replace(letter, language=language_for(vendor.name, letter.client, (vendor,)))


def _instruction(
    vendor: Vendor, answer: ReinstatementAnswer, letter: Correspondence
) -> LetterDraft:
    conditions = (status.terms for status in vendor_conditions(answer, vendor))
    return draft_vendor_instruction(vendor, conditions, answer.asset, letter)

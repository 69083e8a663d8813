"""Who a mail is from: the address against the cards, and our own mail server's check of its domain.

A check counts only when our own server made it (its name is a setting): a forger can write any other into the head.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from groundrules.core.mail.model import Checked, MailRead, Person, Sender, Trust
from groundrules.core.parties import Client, Contact, Vendor

_ALIGNED_BY = frozenset({"dkim", "spf", "dmarc"})
_WORDS = {
    Trust.CODE: "They wrote the code that was mailed to them alone.",
    Trust.DOMAIN: "Our mail server confirmed that {domain} sent it; which person there, it cannot.",
    Trust.CLAIMED: "Only the From line says so, and anyone can write it.",
    Trust.CONTRADICTED: "Our mail server says that {domain} did not send it.",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a mail may be from: the client it is about (if that is known), vendors, our own addresses.

    `checked_by` is the name our own mail server signs its checks with; empty believes no check.
    """

    client: Client | None = None
    vendors: tuple[Vendor, ...] = ()
    ours: frozenset[str] = frozenset()
    checked_by: str = ""


def recognise(mail: MailRead, known: Known) -> Sender:
    """This function will say who a mail is taken to be from, and how far that is to be believed.

    A sender our own server contradicts is nobody: the address it names may be the victim.
    """
    trust = _trust(mail, known.checked_by)
    sentence = _WORDS[trust].format(domain=_domain(mail.sender) or "its domain")
    name = mail.sender_name or mail.sender or "nobody named"
    unknown = Sender(Person.UNKNOWN, name, trust, sentence)
    if trust is Trust.CONTRADICTED or not mail.sender:
        return unknown
    if mail.sender in known.ours:
        return replace(unknown, person=Person.OURS)
    contact = _contact(mail.sender, known.client)
    if contact is not None:
        person = Person.DELEGATE if contact.outside else Person.CONTACT
        return Sender(person, contact.name, trust, sentence, contact=contact.id)
    vendor = _vendor(mail.sender, known.vendors)
    if vendor is not None:
        return Sender(Person.VENDOR, f"{name} ({vendor.name})", trust, sentence, vendor=vendor.id)
    return unknown


def with_code(sender: Sender) -> Sender:
    """This function will return the sender as proven by a code that only they were mailed."""
    return replace(sender, trust=Trust.CODE, sentence=_WORDS[Trust.CODE])


def _contact(address: str, client: Client | None) -> Contact | None:
    contacts: Iterable[Contact] = client.contacts if client else ()
    return next((c for c in contacts if c.email and c.email.casefold() == address), None)


def _vendor(address: str, vendors: tuple[Vendor, ...]) -> Vendor | None:
    """The vendor whose address it is, else the only one with an address of that domain (a colleague there)."""
    exact = [v for v in vendors if v.email and v.email.casefold() == address]
    if exact:
        return exact[0]
    domain = _domain(address)
    alike = [v for v in vendors if domain and _domain(v.email.casefold()) == domain]
    return alike[0] if len(alike) == 1 else None


def _trust(mail: MailRead, checked_by: str) -> Trust:
    domain = _domain(mail.sender)
    ours = [c for c in mail.checks if checked_by and c.server == checked_by.casefold()]
    if any(c.method == "dmarc" and c.result == "fail" for c in ours):
        return Trust.CONTRADICTED
    passed = any(
        c.result == "pass" and c.method in _ALIGNED_BY and _speaks_for(c, domain) for c in ours
    )
    return Trust.DOMAIN if passed else Trust.CLAIMED


def _speaks_for(check: Checked, domain: str) -> bool:
    """A check speaks for the domain it names and those below it; a bare top-level domain speaks for nobody."""
    named = check.domain
    return bool(domain) and "." in named and (domain == named or domain.endswith(f".{named}"))


def _domain(address: str) -> str:
    return address.rpartition("@")[2] if "@" in address else ""

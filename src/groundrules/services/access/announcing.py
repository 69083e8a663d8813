"""The mail that announces new rules to everyone with a link, in the language their company reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.calendars import zone_label
from groundrules.core.letters.tongue import ENGLISH, say
from groundrules.core.vendors.rules import RulesOfEngagement, Unaccepted
from groundrules.core.vendors.rules_library import RuleWords, as_known
from groundrules.records import models as books
from groundrules.services.outgoing import post


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    text: str
    meanwhile: Mapping[Unaccepted, str]


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        "Rules for work at {client}, version {version}",
        "Hello {person},\n\nthere is a new version of the rules for work on {client}'s servers (version {version}, "
        "{day}):\n\n{rules}\n\nYou can accept it on the page of your personal link, now or when you ask for your "
        "next window. {meanwhile}",
        {
            Unaccepted.REFUSE: "Until somebody of your company has accepted it, requests are refused, "
            "emergencies apart.",
            Unaccepted.MARK: "Until then your requests show that it is not accepted.",
        },
    ),
    "de": _Words(
        "Regeln für Arbeiten bei {client}, Fassung {version}",
        "Guten Tag {person},\n\nfür Arbeiten an den Servern von {client} gilt eine neue Fassung der Regeln "
        "(Fassung {version}, {day}):\n\n{rules}\n\nSie können sie auf der Seite Ihres persönlichen Links annehmen, "
        "jetzt oder wenn Sie Ihr nächstes Zeitfenster anfragen. {meanwhile}",
        {
            Unaccepted.REFUSE: "Bis jemand aus Ihrem Haus sie angenommen hat, werden Anfragen abgelehnt, "
            "Notfälle ausgenommen.",
            Unaccepted.MARK: "Bis dahin steht an Ihren Anfragen, dass sie nicht angenommen ist.",
        },
    ),
}


def announce(
    rules: RulesOfEngagement,
    client: books.Client,
    vendor: books.Vendor,
    language: str,
    at: datetime,
) -> None:
    """This function will mail a new version to every person of a vendor with an open link, once an address."""
    spoken = language if language in _WORDS else ENGLISH
    links = client.portal_links.filter(vendor=vendor, revoked_at__isnull=True, expires_at__gt=at)
    people = {link.email: link for link in links.order_by("pk")}
    words, told = _WORDS[spoken], rules_text(rules, spoken)
    for link in people.values():
        text = words.text.format(
            person=link.person,
            client=client.name,
            version=rules.version,
            day=say(zone_label(at, client.zone), spoken),
            rules=told,
            meanwhile=words.meanwhile[rules.unaccepted],
        )
        subject = words.subject.format(client=client.name, version=rules.version)
        post(f"rules-{link.pk}-{rules.version}", link.email, subject, text, at)


def rules_text(rules: RulesOfEngagement, language: str = ENGLISH) -> str:
    """This function will write a version as numbered lines; a promise without words in the language keeps its own."""
    said = (
        one.words_in(language) or RuleWords(one.language, one.title, one.text)
        for one in map(as_known, rules.clauses)
    )
    return "\n".join(
        f"{number}. {one.title}. {one.text}" for number, one in enumerate(said, start=1)
    )

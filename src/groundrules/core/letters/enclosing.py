"""What a letter encloses: frozen copies of starred records, each with its reference, its strength and its SHA-256.

An enclosure states what is on record. It never says that one thing caused another, and it names nobody whom the
evidence does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from groundrules.core.attribution.answers import Attribution
from groundrules.core.changes import Change
from groundrules.core.letters.answers import FOR_THE_CLIENT, LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import when
from groundrules.core.letters.tongue import ENGLISH, say
from groundrules.core.letters.wording import checked
from groundrules.core.reasons import FactRef

FROZEN_COPY = "frozen copy"


class StarKind(StrEnum):
    """The kinds of thing a person can star."""

    CHANGE = "change"
    LOGIN = "login"
    INCIDENT = "incident"
    MESSAGE = "message"
    FILE = "file"
    INVOICE_LINE = "invoice line"
    WORK = "work"


WORDS: Mapping[StarKind, str] = {
    StarKind.CHANGE: "change",
    StarKind.LOGIN: "login",
    StarKind.INCIDENT: "ticket",
    StarKind.MESSAGE: "call or mail",
    StarKind.FILE: "file of evidence",
    StarKind.INVOICE_LINE: "invoice line",
    StarKind.WORK: "our work and its note",
}
# Our own notes, and what things cost us or are worth to us.
INTERNAL = frozenset({StarKind.WORK})
# What a vendor may read of a client: what happened on the server it works on, not what the client wrote or pays.
_FOR_VENDORS = frozenset({StarKind.CHANGE, StarKind.LOGIN, StarKind.INCIDENT, StarKind.FILE})
# The client signs these as its own words, or they are copies or files of something else.
_CLOSED = frozenset(
    {
        LetterKind.LETTER_OF_AGENCY,
        LetterKind.VENDOR_INSTRUCTION,
        LetterKind.COPY,
        LetterKind.REPORT,
    }
)


class NotForThisLetter(ValueError):
    """A thing that this letter may not hold: it is internal, or the letter's reader is not its reader."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One frozen copy as a letter lists it; `digest` is the SHA-256 of the copy that is kept."""

    kind: StarKind
    ref: str
    says: str
    strength: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Words:
    heading: str
    text: str
    copy: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        heading="Enclosed from our records",
        text=(
            "Copies of the records named here are kept as they were when this letter was drafted. "
            "That a record is listed does not say what caused it or what followed from it."
        ),
        copy="SHA-256 of the copy",
    ),
    "de": _Words(
        heading="Beigefügt aus unseren Aufzeichnungen",
        text=(
            "Kopien der hier genannten Aufzeichnungen sind so aufbewahrt, wie sie beim Entwurf dieses Briefs waren. "
            "Dass eine Aufzeichnung hier steht, sagt nicht, was ihr Grund war oder was aus ihr folgte."
        ),
        copy="SHA-256 der Kopie",
    ),
}


def takes_enclosures(kind: LetterKind) -> bool:
    """This function will say whether letters of a kind hold copies of records at all."""
    return kind not in _CLOSED


def refuse_unfit_for(letter: LetterKind, kind: StarKind, ref: str) -> None:
    """This function will raise NotForThisLetter when a letter's reader may not read a thing, and say what to do."""
    if kind in INTERNAL:
        message = f"{ref} is internal (our notes and what work is worth); no letter holds it. Star what it repaired."
        raise NotForThisLetter(message)
    if not takes_enclosures(letter):
        message = f"a {letter.value} holds no copies of records; choose another letter for {ref}"
        raise NotForThisLetter(message)
    if letter not in FOR_THE_CLIENT and kind not in _FOR_VENDORS:
        message = (
            f"{ref} is between the client and us; a {letter.value} goes to a vendor. Leave it out."
        )
        raise NotForThisLetter(message)


def change_words(change: Change, attribution: Attribution | None, zone: str) -> str:
    """This function will state a change, and whose account the record names only where it is recorded or matched."""
    stated = f"{when(change.interval, zone)}: {change.sentence}."
    if attribution is None or not attribution.names_party or attribution.party is None:
        return f"{stated} Who made it is not known."
    who = attribution.party.name or attribution.party.id
    account = f"account {attribution.account} of {who}" if attribution.account else who
    return f"{stated} The record names the {account} ({attribution.strength.value})."


def enclose(draft: LetterDraft, enclosures: Iterable[Enclosure]) -> LetterDraft:
    """This function will end a letter with the copies it encloses; with none it is as if it never had any."""
    listed = tuple(enclosures)
    plain = replace(draft, paragraphs=tuple(p for p in draft.paragraphs if not _encloses(p)))
    if not listed:
        return plain if plain == draft else checked(plain)
    words = _WORDS.get(draft.language, _WORDS[ENGLISH])
    paragraph = Paragraph(
        words.text,
        heading=words.heading,
        items=tuple(
            f"{say(one.says, draft.language)} {one.ref}; {words.copy}: {one.digest}"
            for one in listed
        ),
        facts=tuple(FactRef(FROZEN_COPY, one.ref, one.digest) for one in listed),
    )
    return checked(replace(plain, paragraphs=(*plain.paragraphs, paragraph)))


def _encloses(paragraph: Paragraph) -> bool:
    return any(fact.kind == FROZEN_COPY for fact in paragraph.facts)

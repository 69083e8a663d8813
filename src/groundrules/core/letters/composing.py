"""A letter is its kind's text in the reader's language, filled with the facts it may say; nothing else is printed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.letters.answers import (
    LetterDraft,
    LetterKind,
    Paragraph,
    Slot,
    TextUsed,
)
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.shipped import SHIPPED
from groundrules.core.letters.template import Template, fill, parse
from groundrules.core.letters.tongue import ENGLISH, say, spoken
from groundrules.core.letters.wording import checked
from groundrules.core.reasons import FactRef

_DIGEST_SHOWN = 8
# Where everything rests and an owner's text keeps the words around the place: "we go on with nothing".
_NONE_LEFT = {ENGLISH: "nothing", "de": "nichts"}
_NAMES_SERVICES = "continues"


@dataclass(frozen=True, slots=True)
class About:
    """What stands around a letter's text: whose paper, to whom, about which server and under which clauses."""

    letterhead: str
    to: str
    asset: AssetId | None = None
    clauses: tuple[ClauseNumber, ...] = ()
    copies: tuple[str, ...] = ()


def shipped_text(kind: LetterKind, language: str) -> Template:
    """This function will return the text that comes with Groundrules; a language without one has the English."""
    found = SHIPPED.get(language, SHIPPED[ENGLISH])[kind]
    return Template(kind, language, found, f"shipped {digest_of_text(found)[:_DIGEST_SHOWN]}")


def digest_of_text(text: str) -> str:
    """This function will return the SHA-256 that names a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_for(kind: LetterKind, language: str, texts: Iterable[Template]) -> Template:
    """This function will return the text in use: the owner's own version of it, or the one that is shipped."""
    found = (text for text in texts if text.kind is kind and text.language == language)
    return next(found, None) or shipped_text(kind, language)


def compose(
    kind: LetterKind, slots: Iterable[Slot], letter: Correspondence, about: About
) -> LetterDraft:
    """This function will write a letter from its kind's text and the facts it may say, and check its wording."""
    everywhere = (
        own("client", letter.client.name),
        own("provider", letter.provider.name),
        own("signer", letter.signer),
    )
    draft = LetterDraft(
        kind=kind,
        letterhead=about.letterhead,
        to=about.to,
        subject="",
        paragraphs=(),
        clauses=about.clauses,
        asset=about.asset,
        cc=about.copies or letter.cc,
        language=letter.language,
        slots=(*slots, *everywhere),
    )
    return checked(merged(draft, text_for(kind, letter.language, letter.texts)))


def merged(draft: LetterDraft, template: Template) -> LetterDraft:
    """This function will write a draft's facts into a text; the facts stay the same, only the words change."""
    slots = {slot.name: slot for slot in draft.slots}
    subject, paragraphs = fill(parse(_without_holes(template, slots)), slots)
    used = TextUsed(template.name, digest_of_text(template.text))
    return replace(draft, subject=subject, paragraphs=paragraphs, text=used)


def _without_holes(template: Template, slots: Mapping[str, Slot]) -> str:
    """The text with a word where no service goes on; what stands under a condition on it is left out as always."""
    slot = slots.get(_NAMES_SERVICES)
    if slot is None or slot.is_filled:
        return template.text
    word = _NONE_LEFT.get(template.language, _NONE_LEFT[ENGLISH])
    return template.text.replace(f"{{{_NAMES_SERVICES}}}", word)


def own(name: str, text: str, *facts: FactRef) -> Slot:
    """This function will place a name or a person's own words, which are said in no other language."""
    return Slot(name, text, facts=facts)


def words(name: str, text: str, letter: Correspondence, *facts: FactRef) -> Slot:
    """This function will place words of our record, said in the letter's language."""
    return Slot(name, say(text, letter.language), facts=facts)


def listed(name: str, items: Iterable[str], letter: Correspondence, *facts: FactRef) -> Slot:
    """This function will place a list of sentences of our record, said in the letter's language."""
    said = tuple(say(item, letter.language) for item in items)
    return Slot(name, items=said, facts=facts)


def joined(name: str, parts: Iterable[str], letter: Correspondence, *facts: FactRef) -> Slot:
    """This function will place names as people list them, and remember how many they are."""
    named = tuple(parts)
    return Slot(name, spoken(named, letter.language), facts=facts, count=len(named))


def whole(name: str, paragraphs: Iterable[Paragraph], letter: Correspondence) -> Slot:
    """This function will place whole paragraphs of our record, said in the letter's language."""
    said = tuple(
        replace(
            p,
            heading=say(p.heading, letter.language),
            text=say(p.text, letter.language),
            items=tuple(say(item, letter.language) for item in p.items),
        )
        for p in paragraphs
    )
    return Slot(name, paragraphs=said)


def shipped_subject(draft: LetterDraft) -> str:
    """This function will return a letter's subject in shipped English words, whatever words and language it has."""
    if not draft.slots:
        return draft.subject
    text = shipped_text(draft.kind, ENGLISH).text
    return fill(parse(text), {slot.name: slot for slot in draft.slots})[0]

"""What letters say: the owner's own versions of the texts, each kept for good, and the shipped ones brought back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.checking import TextRefused, refuse_unfit
from groundrules.core.letters.composing import digest_of_text, merged, shipped_text, text_for
from groundrules.core.letters.places import PLACES
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.core.letters.wording import checked
from groundrules.records import models as books
from groundrules.services import audit
from groundrules.services.actor import Actor, require

ONE_LETTER = "words for this letter alone"
_IN_USE = (books.LetterText.OWN, books.LetterText.RESTORED)


class UnknownText(LookupError):
    """There is no text for that kind of letter, or none in that language."""


class TextUnchanged(ValueError):
    """The text is the one in use, so there is no new version of it."""


class TextChangedMeanwhile(ValueError):
    """Somebody else kept a newer version after this one was opened."""


def kinds() -> tuple[LetterKind, ...]:
    """This function will list the kinds of letter that are written from a text."""
    return tuple(PLACES)


def named(kind: str, language: str) -> tuple[LetterKind, str]:
    """This function will read a kind and a language as people name them; raises UnknownText."""
    known = {one.value.replace(" ", "-"): one for one in kinds()}
    found = known.get(kind.strip().lower().replace(" ", "-"))
    if found is None:
        message = f"there is no letter {kind!r}; there are {', '.join(known)}"
        raise UnknownText(message)
    if language not in LANGUAGES:
        message = f"letters are written in {' or '.join(LANGUAGES)}, not in {language!r}"
        raise UnknownText(message)
    return found, language


def own_texts(at: datetime) -> tuple[Template, ...]:
    """This function will return the owner's own texts in use at an instant; where there is none, shipped ones are."""
    rows = books.LetterText.objects.filter(origin__in=_IN_USE, recorded_at__lte=at)
    newest = {(row.kind, row.language): row for row in rows.order_by("number")}
    return tuple(row.to_core() for row in newest.values() if row.origin == books.LetterText.OWN)


def in_use(kind: LetterKind, language: str, at: datetime) -> Template:
    """This function will return the text letters of a kind are written from at an instant."""
    return text_for(kind, language, own_texts(at))


def text_in_use(draft: LetterDraft) -> Template:
    """This function will return the text a letter would be written from now."""
    rows = books.LetterText.objects.filter(
        kind=draft.kind.value, language=draft.language, origin__in=_IN_USE
    )
    newest = rows.order_by("-number").first()
    is_own = newest is not None and newest.origin == books.LetterText.OWN
    return newest.to_core() if newest and is_own else shipped_text(draft.kind, draft.language)


def history(kind: LetterKind, language: str) -> list[books.LetterText]:
    """This function will list every version on record, newest first."""
    rows = books.LetterText.objects.filter(kind=kind.value, language=language)
    return list(rows.order_by("-number"))


def version(kind: LetterKind, language: str, number: int) -> books.LetterText:
    """This function will return one version; raises UnknownText."""
    row = next((one for one in history(kind, language) if one.number == number), None)
    if row is None:
        message = f"there is no version {number} of the {kind.value} letter in {language}"
        raise UnknownText(message)
    return row


def text_of(draft: LetterDraft) -> str:
    """This function will return the text a letter was written from, or nothing for one made before texts were kept."""
    if draft.text is None:
        return ""
    row = books.LetterText.objects.filter(digest=draft.text.digest).order_by("pk").first()
    shipped = shipped_text(draft.kind, draft.language)
    if row is None and digest_of_text(shipped.text) == draft.text.digest:
        return shipped.text
    return row.text if row else ""


def keep(
    template: Template, *, why: str, expected: int | None, actor: Actor, at: datetime
) -> books.LetterText:
    """This function will keep a new version of a text, from which letters are drafted from now on; owners only.

    `expected` is the newest version its author saw. Raises TextRefused, TextUnchanged or TextChangedMeanwhile.
    """
    require(actor)
    text = "\n".join(line.rstrip() for line in template.text.strip().splitlines()) + "\n"
    tidy = Template(template.kind, template.language, text)
    refuse_unfit(tidy)
    if text.strip() == in_use(tidy.kind, tidy.language, at).text.strip():
        message = f"the {tidy.kind.value} letter says this already; nothing was kept"
        raise TextUnchanged(message)
    return _enter(tidy, books.LetterText.OWN, why, expected, actor, at)


def restore(
    kind: LetterKind, language: str, *, why: str = "", actor: Actor, at: datetime
) -> books.LetterText:
    """This function will bring the shipped text back into use; owners only. Raises TextUnchanged where it is in use."""
    require(actor)
    shipped = shipped_text(kind, language)
    if in_use(kind, language, at).text == shipped.text:
        message = f"the {kind.value} letter is written from the shipped text already"
        raise TextUnchanged(message)
    return _enter(shipped, books.LetterText.RESTORED, why or "the shipped text", None, actor, at)


def note_used(draft: LetterDraft, *, actor: Actor, at: datetime) -> None:
    """This function will keep the shipped text a letter was written from, once, so that it can always be shown."""
    if draft.text is None or draft.kind not in PLACES:
        return
    shipped = shipped_text(draft.kind, draft.language)
    if draft.text.digest != digest_of_text(shipped.text):
        return
    if not books.LetterText.objects.filter(digest=draft.text.digest).exists():
        try:
            _enter(shipped, books.LetterText.NOTED, "", None, actor, at)
        except TextChangedMeanwhile:
            return  # Another draft kept a version at this instant; the next one keeps this.


def in_own_words(letter: LetterDraft, text: str) -> LetterDraft:
    """This function will write a letter's facts into a text made for it alone; without one it stays as it is."""
    if not text:
        return letter
    return checked(merged(letter, Template(letter.kind, letter.language, text, ONE_LETTER)))


def _enter(
    template: Template,
    origin: str,
    why: str,
    expected: int | None,
    actor: Actor,
    at: datetime,
) -> books.LetterText:
    kind, language = template.kind, template.language
    rows = books.LetterText.objects.filter(kind=kind.value, language=language)
    standing = rows.aggregate(newest=Max("number"))["newest"] or 0
    if expected is not None and _newest_in_use(kind, language) > expected:
        message = (
            f"somebody kept version {standing} of this text meanwhile; look at it, then keep yours"
        )
        raise TextChangedMeanwhile(message)
    try:
        with transaction.atomic():
            row = books.LetterText.objects.create(
                recorded_at=at,
                recorded_by=actor.label,
                kind=kind.value,
                language=language,
                number=standing + 1,
                text=template.text,
                digest=digest_of_text(template.text),
                origin=origin,
                why=why.strip(),
            )
            says = f"{kind.value} letter, {language}: version {row.number} {origin}"
            entry = audit.Entry("letter_texts.keep", f"{kind.value}/{language}", says)
            audit.record(entry, actor=actor, at=at)
    except IntegrityError as taken:
        message = f"somebody kept version {standing + 1} of this text just now; look at it first"
        raise TextChangedMeanwhile(message) from taken
    return row


def _newest_in_use(kind: LetterKind, language: str) -> int:
    rows = books.LetterText.objects.filter(kind=kind.value, language=language, origin__in=_IN_USE)
    return rows.aggregate(newest=Max("number"))["newest"] or 0


__all__ = [
    "ONE_LETTER",
    "TextChangedMeanwhile",
    "TextRefused",
    "TextUnchanged",
    "UnknownText",
    "history",
    "in_own_words",
    "in_use",
    "keep",
    "kinds",
    "named",
    "note_used",
    "own_texts",
    "restore",
    "text_in_use",
    "text_of",
    "version",
]

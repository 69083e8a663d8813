"""The languages letters are written in: what the record says in each, how figures are written, and the words around."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from groundrules.core.letters import (
    german_enclosed,
    german_explained,
    german_phrases,
    german_phrases_further,
    german_recovery,
)
from groundrules.core.letters.phrasebook import Phrasebook, phrases

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "German"}
_WEEKDAYS = {
    "Mon": "Mo",
    "Tue": "Di",
    "Wed": "Mi",
    "Thu": "Do",
    "Fri": "Fr",
    "Sat": "Sa",
    "Sun": "So",
}
_DAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4})-(\d{2})-(\d{2})\b")
_BARE_DAY = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})\b")
# As our record writes them; what a person wrote the German way (`1.425,00 USD`) is said already.
_AMOUNT = re.compile(
    r"\$(\d[\d,]*\.\d{2})|(?<![\d.,])((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{2,3})?) ([A-Z]{3})\b"
)
_HOURS = re.compile(r"\b(\d+)\.(\d{1,2}) h\b")
_TENTHS = re.compile(r"-?\d+\.\d{1,2}")
_SWAPPED = str.maketrans({",": ".", ".": ","})


@dataclass(frozen=True, slots=True)
class Labels:
    """The words around a letter that no template holds."""

    sign_off: str
    on_record: str
    reference: str
    copy_to: str
    clauses_cited: str
    draft: str
    page: str
    of_pages: str
    months: tuple[str, ...]
    day: str


LABELS: Mapping[str, Labels] = {
    "en": Labels(
        sign_off="Yours sincerely,",
        on_record="On record",
        reference="Reference",
        copy_to="Copy to",
        clauses_cited="Clauses cited",
        draft="DRAFT",
        page="Page",
        of_pages="of",
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        day="{day} {month} {year}",
    ),
    "de": Labels(
        sign_off="Mit freundlichen Grüßen",
        on_record="Belegt durch",
        reference="Zeichen",
        copy_to="Kopie an",
        clauses_cited="Genannte Ziffern",
        draft="ENTWURF",
        page="Seite",
        of_pages="von",
        months=(
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ),
        day="{day}. {month} {year}",
    ),
}


def labels_of(language: str) -> Labels:
    """This function will return the words around a letter; a language we do not write has the English ones."""
    return LABELS.get(language, LABELS[ENGLISH])


def long_date(day: date, language: str) -> str:
    """This function will write a day as letters head it: `2 March 2007`, `2. März 2007`."""
    words = labels_of(language)
    return words.day.format(day=day.day, month=words.months[day.month - 1], year=day.year)


def _german_figures(text: str) -> str:
    """Days, amounts, hours and tenths as German readers write them; `Mon 2007-03-12` is `Mo, 12.03.2007`."""
    if _TENTHS.fullmatch(text):
        return text.replace(".", ",")
    said = _DAY.sub(lambda f: f"{_WEEKDAYS[f[1]]}, {f[4]}.{f[3]}.{f[2]}", text)
    said = _BARE_DAY.sub(lambda f: f"{f[3]}.{f[2]}.{f[1]}", said)
    said = _HOURS.sub(r"\1,\2 h", said)
    return _AMOUNT.sub(lambda f: f"{(f[1] or f[2]).translate(_SWAPPED)} {f[3] or 'USD'}", said)


_GERMAN = Phrasebook(
    phrases(
        (
            *german_enclosed.PAIRS,
            *german_recovery.PAIRS,
            *german_explained.PAIRS,
            *german_phrases.PAIRS,
            *german_phrases_further.PAIRS,
            *german_phrases_further.FIGURED,
            *german_phrases.CHANGES,
        )
    ),
    "und",
    _german_figures,
)
_BOOKS: Mapping[str, Phrasebook] = {"de": _GERMAN}


def say(text: str, language: str) -> str:
    """This function will say a text of our record in a language; the record itself is English."""
    book = _BOOKS.get(language)
    return book.say(text) if book and text else text


def knows(text: str, language: str) -> bool:
    """This function will say whether a text of our record can be said in a language without a word left over."""
    book = _BOOKS.get(language)
    return book is None or book.knows(text)


def spoken(parts: tuple[str, ...] | list[str], language: str) -> str:
    """This function will join words as people do: `3.2, 5.1 and 6.3`."""
    book = _BOOKS.get(language)
    joiner = book.joiner if book else "and"
    said = [say(part, language) for part in parts]
    if len(said) <= 1:
        return "".join(said)
    return f"{', '.join(said[:-1])} {joiner} {said[-1]}"

"""The wording check: letters state facts plainly, cite them, and never say more than is proven.

An unproven cause is a matter of order ("happened before"), never of cause ("because"). No word of judgement, every time
with its zone, every amount with its currency, and short sentences in plain words (reading grade 8 at most).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from groundrules.core.letters.answers import LetterDraft, Paragraph
from groundrules.core.letters.wording_words import avoided_in

HIGHEST_GRADE = 8
PROVEN = "proven change"
_ENGLISH = "en"
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_TIME_WITH_ZONE = re.compile(r"\b\d{1,2}:\d{2} (?:UTC|[A-Z]{2,5}|[+-]\d{2,4})\b")
_AMOUNT = re.compile(
    # A clause's number looks like an amount and is none.
    r"(?<![\d.$/-])(?<!clause )(?<!clauses )(?<!Ziffer )(?<!Ziffern )"
    r"(-?\$?)(\d{1,3}(?:,\d{3})*\.\d{2})(?![\d.])( [A-Z]{3}\b)?(?! h\b)"
)
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-])*")
_LETTERS = re.compile(r"[^\W\d_]+")
# Words of English that German does without; two of them in one sentence say which language it is.
_FUNCTION_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "not",
        "for",
        "on",
        "to",
        "by",
        "with",
        "it",
        "we",
        "you",
        "your",
        "our",
        "this",
        "that",
        "from",
    ]
)
_VOWELS = re.compile(r"[aeiouy]+")
_GERMAN_VOWELS = re.compile(r"[aeiouyäöü]+")
_FEW_SYLLABLES = 2
_SHORT_WORD = 6


def wording_warnings(draft: LetterDraft) -> tuple[str, ...]:
    """This function will list everything in a draft that should be reworded before anyone reviews it; empty is good."""
    found = [
        warning
        for paragraph in draft.paragraphs
        for warning in _paragraph_warnings(paragraph, draft.language)
    ]
    if draft.language != _ENGLISH:
        found += _left_in_english(draft)
    grade = reading_grade(draft)
    if grade > HIGHEST_GRADE:
        found.append(
            f"reads at school grade {grade}; shorten sentences until it is {HIGHEST_GRADE} or less"
        )
    return tuple(found)


def checked(draft: LetterDraft) -> LetterDraft:
    """This function will return the draft with its wording warnings filled in."""
    return replace(draft, warnings=wording_warnings(draft))


def blocks(paragraph: Paragraph) -> tuple[str, ...]:
    """This function will return the pieces of text of a paragraph: its text and each item."""
    return tuple(text for text in (paragraph.text, *paragraph.items) if text)


def _paragraph_warnings(paragraph: Paragraph, language: str) -> list[str]:
    found: list[str] = []
    for text in blocks(paragraph):
        found += opinions(text, language)
        found += _unproven_cause(paragraph, text, language)
        found += _bare_figures(text)
    if _states_figures(paragraph) and not paragraph.facts:
        found.append(f"states times or amounts without citing a fact: {blocks(paragraph)[0][:60]}")
    return found


def opinions(text: str, language: str) -> list[str]:
    """This function will list the words of a text that judge or colour."""
    avoided = avoided_in(language)
    words = {word.lower() for word in _LETTERS.findall(text)}
    judging = [f"'{word}' judges; say what happened" for word in sorted(words & avoided.judging)]
    colouring = [f"'{word}' colours; leave it out" for word in sorted(words & avoided.colouring)]
    return [*judging, *colouring]


def causes(text: str, language: str) -> list[str]:
    """This function will list the words of a text that state a cause."""
    return sorted({found.lower() for found in avoided_in(language).causal.findall(text)})


def _left_in_english(draft: LetterDraft) -> tuple[str, ...]:
    """What our record says and no phrase of the language knows; a reviewer decides whether the reader minds."""
    texts = [text for paragraph in draft.paragraphs for text in blocks(paragraph)]
    sentences = [s for text in texts for s in _SENTENCE_END.split(text)]
    left = [s for s in sentences if len(_FUNCTION_WORDS & set(s.lower().split())) > 1]
    return tuple(f"stays in English: {sentence[:80]}" for sentence in dict.fromkeys(left))


def _unproven_cause(paragraph: Paragraph, text: str, language: str) -> list[str]:
    about_facts = any(fact.kind in {"change", "incident", "cause"} for fact in paragraph.facts)
    is_proven = any(fact.kind == "cause" and fact.says == PROVEN for fact in paragraph.facts)
    if not about_facts or is_proven:
        return []
    return [
        f"'{word}' states a cause that is not proven; say what happened before what"
        for word in causes(text, language)
    ]


def _bare_figures(text: str) -> list[str]:
    times = len(_TIME.findall(text)) - len(_TIME_WITH_ZONE.findall(text))
    found = ["gives a time without its zone"] if times else []
    bare = [amount for sign, amount, code in _AMOUNT.findall(text) if "$" not in sign and not code]
    return [*found, *(f"gives {amount} without a currency" for amount in bare)]


def _states_figures(paragraph: Paragraph) -> bool:
    return any(_TIME.search(text) or _AMOUNT.search(text) for text in blocks(paragraph))


def reading_grade(draft: LetterDraft) -> Decimal:
    """This function will estimate the school grade a reader needs, to one decimal place.

    Flesch-Kincaid for English, the first Viennese formula for German. Numbers, references and dates are not counted as
    words. An empty letter has grade 0.
    """
    texts = [text for paragraph in draft.paragraphs for text in blocks(paragraph)]
    return grade_of(texts) if draft.language == _ENGLISH else german_grade_of(texts)


def grade_of(texts: Iterable[str]) -> Decimal:
    """This function will estimate the school grade of English texts (Flesch-Kincaid), to one decimal place."""
    sentences, words = _read(texts)
    if not words:
        return Decimal(0)
    syllables = sum(map(_syllables, words))
    grade = (
        Fraction(39, 100) * Fraction(len(words), len(sentences))
        + Fraction(118, 10) * Fraction(syllables, len(words))
        - Fraction(1559, 100)
    )
    return _in_tenths(grade)


def german_grade_of(texts: Iterable[str]) -> Decimal:
    """This function will estimate the school grade of German texts (Bamberger and Vanecek's first formula)."""
    sentences, words = _read(texts)
    if not words:
        return Decimal(0)
    syllables = [_vowel_groups(word) for word in words]
    percent = Fraction(100, len(words))
    grade = (
        Fraction(1935, 10000) * percent * sum(count > _FEW_SYLLABLES for count in syllables)
        + Fraction(1672, 10000) * Fraction(len(words), len(sentences))
        + Fraction(1297, 10000) * percent * sum(len(word) > _SHORT_WORD for word in words)
        - Fraction(327, 10000) * percent * sum(count == 1 for count in syllables)
        - Fraction(875, 1000)
    )
    return _in_tenths(grade)


def _read(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    sentences = [s for text in texts for s in _SENTENCE_END.split(text) if _LETTERS.search(s)]
    return sentences, [word for sentence in sentences for word in _plain_words(sentence)]


def _in_tenths(grade: Fraction) -> Decimal:
    return Decimal(round(max(grade * 10, Fraction(0)))) / 10


def _plain_words(sentence: str) -> list[str]:
    tokens = [token for token in sentence.split() if not any(c.isdigit() for c in token)]
    return [word for token in tokens for word in _WORD.findall(token)]


def _syllables(word: str) -> int:
    """Groups of vowels, less a silent final e: close enough to warn, never used to decide."""
    lower = word.lower()
    silent = lower.endswith("e") and not lower.endswith("le")
    return max(1, len(_VOWELS.findall(lower)) - silent)


def _vowel_groups(word: str) -> int:
    return max(1, len(_GERMAN_VOWELS.findall(word.lower())))

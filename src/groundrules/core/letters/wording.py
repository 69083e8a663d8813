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

HIGHEST_GRADE = 8
PROVEN = "proven change"
_JUDGING = frozenset(
    [
        "fault",
        "faults",
        "guilty",
        "careless",
        "carelessly",
        "negligent",
        "negligence",
        "reckless",
        "recklessly",
        "incompetent",
        "incompetence",
        "sloppy",
        "culprit",
        "sabotage",
        "sabotaged",
        "malicious",
        "irresponsible",
        "unprofessional",
        "dishonest",
        "lied",
        "blame",
        "blamed",
        "violated",
        "violation",
        "offender",
        "offending",
        "abuse",
        "abused",
        "reckless",
        "stupid",
        "lazy",
    ]
)
_COLOURED = frozenset(
    [
        "terrible",
        "awful",
        "unacceptable",
        "outrageous",
        "shocking",
        "disastrous",
        "catastrophic",
        "inexcusable",
        "blatant",
        "blatantly",
        "ridiculous",
        "obvious",
        "obviously",
        "clearly",
        "deliberate",
        "deliberately",
        "egregious",
        "serious",
        "seriously",
        "severe",
        "severely",
        "gross",
        "grossly",
        "bad",
        "poor",
        "sadly",
        "unfortunately",
        "horrible",
        "appalling",
        "damaging",
        "dangerous",
        "massive",
        "huge",
    ]
)
_CAUSAL = re.compile(
    r"\b(because|caused|causes|causing|due to|as a result|led to|resulted in|broke|thanks to|consequently)\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_TIME_WITH_ZONE = re.compile(r"\b\d{1,2}:\d{2} (?:UTC|[A-Z]{2,5}|[+-]\d{2,4})\b")
_AMOUNT = re.compile(
    r"(?<![\d.$/-])(-?\$?)(\d{1,3}(?:,\d{3})*\.\d{2})(?![\d.])( [A-Z]{3}\b)?(?! h\b)"
)
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_VOWELS = re.compile(r"[aeiouy]+")


def wording_warnings(draft: LetterDraft) -> tuple[str, ...]:
    """This function will list everything in a draft that should be reworded before anyone reviews it; empty is good."""
    found = [
        warning for paragraph in draft.paragraphs for warning in _paragraph_warnings(paragraph)
    ]
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


def _paragraph_warnings(paragraph: Paragraph) -> list[str]:
    found: list[str] = []
    for text in blocks(paragraph):
        words = {word.lower() for word in _WORD.findall(text)}
        found += [f"'{word}' judges; say what happened" for word in sorted(words & _JUDGING)]
        found += [f"'{word}' colours; leave it out" for word in sorted(words & _COLOURED)]
        found += _unproven_cause(paragraph, text)
        found += _bare_figures(text)
    if _states_figures(paragraph) and not paragraph.facts:
        found.append(f"states times or amounts without citing a fact: {blocks(paragraph)[0][:60]}")
    return found


def _unproven_cause(paragraph: Paragraph, text: str) -> list[str]:
    about_facts = any(fact.kind in {"change", "incident", "cause"} for fact in paragraph.facts)
    is_proven = any(fact.kind == "cause" and fact.says == PROVEN for fact in paragraph.facts)
    if not about_facts or is_proven:
        return []
    return [
        f"'{word}' states a cause that is not proven; say what happened before what"
        for word in sorted({found.lower() for found in _CAUSAL.findall(text)})
    ]


def _bare_figures(text: str) -> list[str]:
    times = len(_TIME.findall(text)) - len(_TIME_WITH_ZONE.findall(text))
    found = ["gives a time without its zone"] if times else []
    bare = [amount for sign, amount, code in _AMOUNT.findall(text) if "$" not in sign and not code]
    return [*found, *(f"gives {amount} without a currency" for amount in bare)]


def _states_figures(paragraph: Paragraph) -> bool:
    return any(_TIME.search(text) or _AMOUNT.search(text) for text in blocks(paragraph))


def reading_grade(draft: LetterDraft) -> Decimal:
    """This function will estimate the school grade a reader needs (Flesch-Kincaid), to one decimal place.

    Numbers, references and dates are not counted as words. An empty letter has grade 0.
    """
    texts = [text for paragraph in draft.paragraphs for text in blocks(paragraph)]
    return grade_of(texts)


def grade_of(texts: Iterable[str]) -> Decimal:
    """This function will estimate the school grade of texts (Flesch-Kincaid), to one decimal place."""
    sentences = [s for text in texts for s in _SENTENCE_END.split(text) if _WORD.search(s)]
    words = [word for sentence in sentences for word in _plain_words(sentence)]
    if not words:
        return Decimal(0)
    syllables = sum(map(_syllables, words))
    grade = (
        Fraction(39, 100) * Fraction(len(words), len(sentences))
        + Fraction(118, 10) * Fraction(syllables, len(words))
        - Fraction(1559, 100)
    )
    tenths = max(grade * 10, Fraction(0))
    return Decimal(round(tenths)) / 10


def _plain_words(sentence: str) -> list[str]:
    tokens = [token for token in sentence.split() if not any(c.isdigit() for c in token)]
    return [word for token in tokens for word in _WORD.findall(token)]


def _syllables(word: str) -> int:
    """Groups of vowels, less a silent final e: close enough to warn, never used to decide."""
    lower = word.lower()
    silent = lower.endswith("e") and not lower.endswith("le")
    return max(1, len(_VOWELS.findall(lower)) - silent)

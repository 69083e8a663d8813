"""Sentences of our own record said in another language: each pattern of words has its twin, and facts are kept.

The record is kept in one language, so that a decision has one text. A letter says it in its reader's. What no pattern
knows (a person's own words, a component's name) stays as it was written, for a guess would change a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

_PLACE = re.compile(r"\{([a-z_]+)\}")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
# A name holds no verb of ours and no "not": a sentence and its opposite must never be taken for each other. Nor does it
# hold the figure that ends a bill's line, which each language writes its own way.
_NAME = r"(?:(?!\b(?:not|no|has|is|was)\b|: -?\$?\d).)+?"
_DONE = r"(?:added|removed|changed|installed)"
_FIGURE = r"-?\$?\d[\d.,]*(?: [A-Z]{3})?"
_AS_WRITTEN = ("own_", "free_")
_LISTED = "listed_"
_KEPT = 4096


@dataclass(frozen=True)
class Phrase:
    """One pattern and its twin.

    A place that begins with `own_` holds a name and one with `free_` somebody's own sentence; both are kept as written.
    `listed_` is a list, `figure` a number or an amount, and `done` what was done to a component.
    """

    ours: str
    says: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern to match, read when a letter is first said: most programs say none, and there are hundreds."""
        return _pattern(self.ours)


def phrases(pairs: Iterable[tuple[str, str]]) -> tuple[Phrase, ...]:
    """This function will read pairs of sentences with the same places."""
    return tuple(Phrase(ours, theirs) for ours, theirs in pairs)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)
    names = parts[1::2]
    texts = [re.escape(text) for text in parts[0::2]]
    places = [f"(?P<{name}>{_holds(name)})" for name in names]
    woven = [text + place for text, place in zip(texts, [*places, ""], strict=True)]
    return re.compile("".join(woven), re.DOTALL)


def _holds(name: str) -> str:
    special = {"figure": _FIGURE, "done": _DONE}
    return special.get(name) or (_NAME if name.startswith("own_") else ".+?")


@dataclass(frozen=True, eq=False)
class Phrasebook:
    """How one language says what the record says: its phrases, its word for "and", and how it writes figures."""

    phrases: tuple[Phrase, ...]
    joiner: str
    figures: Callable[[str], str]

    def say(self, text: str) -> str:
        """This function will say a text of the record, piece by piece; what no phrase knows stays as written."""
        return _say(self, text)

    def knows(self, text: str) -> bool:
        """This function will say whether a whole text has a phrase, so that nothing of it would stay as written."""
        return _known(self, text) is not None

    def spoken(self, listed: str) -> str:
        """This function will say a list of the record (`a, b and c`)."""
        head, joined, last = listed.rpartition(" and ")
        parts = [*head.split(", "), last] if joined else [last]
        said = [self.say(part) for part in parts]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {self.joiner} {said[-1]}"


@lru_cache(maxsize=_KEPT)
def _say(book: Phrasebook, text: str) -> str:
    known = _known(book, text)
    if known is None and text.endswith(
        "."
    ):  # An agreement's own words may end in a full stop or not.
        bare = _known(book, text[:-1])
        known = f"{bare}." if bare is not None else None
    if known is not None:
        return known
    for parts, joined in ((_SENTENCES.split(text), " "), (text.split("; "), "; ")):
        if len(parts) > 1:
            return joined.join(book.say(part) for part in parts)
    return book.figures(text)


def _known(book: Phrasebook, text: str) -> str | None:
    for phrase in book.phrases:
        found = phrase.pattern.fullmatch(text)
        if found:
            return _twin(book, phrase, found.groupdict())
    return None


def _twin(book: Phrasebook, phrase: Phrase, parts: dict[str, str]) -> str:
    said = {name: _captured(book, name, part) for name, part in parts.items()}
    return _PLACE.sub(lambda place: said[place[1]], phrase.says)


def _captured(book: Phrasebook, name: str, part: str) -> str:
    if name.startswith(_AS_WRITTEN):
        return part
    return book.spoken(part) if name.startswith(_LISTED) else book.say(part)

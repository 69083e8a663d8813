"""The values of a letter draft: paragraphs people read, the facts each rests on, and the clauses it cites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.core.reasons import FactRef


class LetterKind(StrEnum):
    """The kinds of letter Groundrules drafts."""

    RELATIONSHIP_CONTINUES = "relationship continues"
    NOTICE = "notice"
    SUSPENSION = "suspension"
    REINSTATEMENT = "reinstatement"
    WITHDRAWAL = "withdrawal"
    RECOVERY = "recovery report"
    LETTER_OF_AGENCY = "letter of agency"
    RULES_OF_ENGAGEMENT = "rules of engagement"
    INTRODUCTION = "introduction"
    VENDOR_INSTRUCTION = "vendor instruction"
    RIGHT_OF_REPLY = "right of reply"
    REPLACEMENT = "replacement"
    PRICE_CHANGE = "price change"
    CHANGE = "change"
    EXIT = "exit"
    REPLY_PACK = "reply pack"
    COPY = "copy of a message"
    REPORT = "value report"


# Letters to the client, or for its letterhead. Whatever is not named here is between us and a vendor.
FOR_THE_CLIENT = frozenset(
    {
        LetterKind.RELATIONSHIP_CONTINUES,
        LetterKind.NOTICE,
        LetterKind.SUSPENSION,
        LetterKind.REINSTATEMENT,
        LetterKind.WITHDRAWAL,
        LetterKind.RECOVERY,
        LetterKind.LETTER_OF_AGENCY,
        LetterKind.VENDOR_INSTRUCTION,
        LetterKind.PRICE_CHANGE,
        LetterKind.CHANGE,
        LetterKind.EXIT,
        LetterKind.REPLY_PACK,
        LetterKind.REPORT,
    }
)

# Letters that hold the lines for a signature themselves, so that nobody signs off below them.
SIGNED_ON_THE_PAGE = frozenset({LetterKind.LETTER_OF_AGENCY})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: optional heading, sentences, optional bullet items, and the facts it rests on."""

    text: str
    heading: str = ""
    items: tuple[str, ...] = ()
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One fact a letter's text has a place for: words, a list, or whole paragraphs, and the records behind it."""

    name: str
    text: str = ""
    items: tuple[str, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    facts: tuple[FactRef, ...] = ()
    count: int = 1

    @property
    def is_filled(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.text or self.items or self.paragraphs)


@dataclass(frozen=True, slots=True)
class TextUsed:
    """Which text a letter was written from: its name as people call it, and the digest that names its words."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter before review. `letterhead` names whose paper it goes on (client's for an LOA or vendor instruction).

    `text` says which template it was written from and `slots` the facts that were merged into it.
    """

    kind: LetterKind
    letterhead: str
    to: str
    subject: str
    paragraphs: tuple[Paragraph, ...]
    clauses: tuple[ClauseNumber, ...] = ()
    asset: AssetId | None = None
    cc: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    language: str = "en"
    text: TextUsed | None = None
    slots: tuple[Slot, ...] = ()

"""A letter draft as a PDF people can read, sign and file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from groundrules.core.letters.answers import LetterDraft, Paragraph
from groundrules.core.letters.tongue import labels_of, long_date
from groundrules.core.periods import utc
from groundrules.renderers.typesetting import typeset

_BLANK = "__"


@dataclass(frozen=True, slots=True)
class LetterContext:
    """What surrounds a letter: whose paper, to whom, when, under which reference. `dated_at` prints in `zone`.

    One that is not `is_closed` ends with its own last words: a form that is signed, or a page that proves something.
    """

    reference: str
    sender_name: str
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]
    dated_at: datetime
    zone: str
    signature_lines: tuple[str, ...] = ()
    paper: str = "us-letter"
    is_draft: bool = True
    is_closed: bool = True


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    return {
        "heading": paragraph.heading,
        "text": paragraph.text,
        "items": list(paragraph.items),
        "form": any(item.endswith(_BLANK) for item in paragraph.items),
        "facts": list(dict.fromkeys(fact.ref for fact in paragraph.facts)),
    }


def letter_values(draft: LetterDraft, context: LetterContext) -> dict[str, object]:
    """This function will gather what the letter template prints."""
    day = utc(context.dated_at).astimezone(ZoneInfo(context.zone)).date()
    words = labels_of(draft.language)
    return {
        "title": draft.subject,
        "sender": {"name": context.sender_name, "lines": list(context.sender_lines)},
        "recipient": list(context.recipient_lines or (draft.to,)),
        "date": long_date(day, draft.language),
        "reference": context.reference,
        "cc": list(draft.cc),
        "subject": draft.subject,
        "paragraphs": [_paragraph(p) for p in draft.paragraphs],
        "clauses": [str(clause) for clause in draft.clauses],
        "closing": words.sign_off if context.is_closed else "",
        "signature": list(context.signature_lines or (context.sender_name,)),
        "footer": f"{context.reference} · {context.sender_name}",
        "paper": context.paper,
        "draft": context.is_draft,
        "language": draft.language,
        "words": {
            "reference": words.reference,
            "copy_to": words.copy_to,
            "on_record": words.on_record,
            "clauses_cited": words.clauses_cited,
            "draft": words.draft,
            "page": words.page,
            "of": words.of_pages,
        },
    }


def render_letter(draft: LetterDraft, context: LetterContext) -> bytes:
    """This function will typeset a letter; raises DocumentNotRendered when it can't be."""
    return typeset("letter", letter_values(draft, context), context.dated_at)

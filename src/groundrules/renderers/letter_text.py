"""A letter draft as plain text: the whole letter, complete on its own, for the body of a mail."""

from __future__ import annotations

import textwrap

from groundrules.core.letters.answers import LetterDraft, Paragraph
from groundrules.core.letters.tongue import Labels, labels_of

_WIDTH = 76


def _wrap(text: str, indent: str = "", hanging: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _paragraph(paragraph: Paragraph, words: Labels) -> str:
    parts = []
    if paragraph.heading:
        parts.append(paragraph.heading.upper())
    if paragraph.text:
        parts.append(_wrap(paragraph.text))
    parts.extend(_wrap(item, "  - ", "    ") for item in paragraph.items)
    if paragraph.facts:
        cited = ", ".join(dict.fromkeys(fact.ref for fact in paragraph.facts))
        parts.append(_wrap(f"({words.on_record.lower()}: {cited})"))
    return "\n".join(parts)


def letter_text(draft: LetterDraft, signature_lines: tuple[str, ...]) -> str:
    """This function will write the letter as text of at most 76 columns, ending with the signature, if it has one."""
    words = labels_of(draft.language)
    body = "\n\n".join(_paragraph(p, words) for p in draft.paragraphs)
    if not signature_lines:
        return f"{body}\n"
    return f"{body}\n\n{words.sign_off}\n\n" + "\n".join(signature_lines) + "\n"

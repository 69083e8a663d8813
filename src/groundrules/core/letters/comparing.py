"""What stands where: a text beside the letter made of it, and one version of a text beside another, line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from groundrules.core.letters.answers import LetterDraft, Slot
from groundrules.core.letters.template import SUBJECT, parse

_MARKS = {"  ": "same", "- ": "before", "+ ": "after"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: in both (`same`), only `before`, or only `after`."""

    mark: str
    text: str

    @property
    def sign(self) -> str:
        """The sign people know from other comparisons; meaning is never shown by colour alone."""
        return {"before": "-", "after": "+"}.get(self.mark, " ")


@dataclass(frozen=True, slots=True)
class Filled:
    """One place of a text and what stands in it."""

    name: str
    says: tuple[str, ...]
    facts: tuple[str, ...]


def compare_texts(before: str, after: str) -> tuple[Line, ...]:
    """This function will compare two texts line by line, whatever their line breaks."""
    return _compared(unfolded(before), unfolded(after))


def compare_to_text(text: str, draft: LetterDraft) -> tuple[Line, ...]:
    """This function will compare a text with the letter made of it: its places before, the facts after."""
    return _compared(unfolded(text), _lines_of(draft))


def filled_places(draft: LetterDraft) -> tuple[Filled, ...]:
    """This function will list what was merged into a letter, place by place, with the records behind it."""
    return tuple(
        Filled(slot.name, _says(slot), tuple(dict.fromkeys(fact.ref for fact in slot.facts)))
        for slot in draft.slots
        if slot.is_filled
    )


def unfolded(text: str) -> tuple[str, ...]:
    """This function will write each subject, condition, heading, paragraph and item of a text on one line."""
    parsed = parse(text)
    lines = [f"{SUBJECT} {parsed.subject}"]
    for block in parsed.blocks:
        test = (
            f"if {f'{block.test.which} ' if block.test.which else ''}{block.test.name}"
            if block.test
            else ""
        )
        lines += [f"{{{test}}}"] if test else []
        lines += [f"# {block.heading}"] if block.heading else []
        lines += [" ".join(block.lines)] if block.lines else []
        lines += [f"- {item}" for item in block.items]
    return tuple(lines)


def _lines_of(draft: LetterDraft) -> tuple[str, ...]:
    lines = [f"{SUBJECT} {draft.subject}"]
    for paragraph in draft.paragraphs:
        lines += [f"# {paragraph.heading}"] if paragraph.heading else []
        lines += [paragraph.text] if paragraph.text else []
        lines += [f"- {item}" for item in paragraph.items]
    return tuple(lines)


def _compared(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Line, ...]:
    found = difflib.ndiff(before, after)
    return tuple(Line(_MARKS[one[:2]], one[2:]) for one in found if one[:2] in _MARKS)


def _says(slot: Slot) -> tuple[str, ...]:
    paragraphs = (text for p in slot.paragraphs for text in (p.heading, p.text, *p.items) if text)
    return (*((slot.text,) if slot.text else ()), *slot.items, *paragraphs)

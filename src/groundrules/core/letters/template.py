"""A letter's text with places for facts: read from plain text, and filled with what a letter may say.

    Subject: {server}: managed service stops

    {agreement_continues} From {from} one thing changes.

    # What happened
    We found this on {changed_servers}:
    - {findings}

Blocks stand apart by an empty line. `# ` begins a heading, `- ` an item; an item that is one place for a list becomes
as many items as the list has. `{if name}...{end}` keeps words only where there is such a fact (`if no`, `if one` and
`if many` likewise); alone on a block's first line it keeps the whole block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groundrules.core.letters.answers import LetterKind, Paragraph, Slot
from groundrules.core.reasons import FactRef

SUBJECT = "Subject:"
_PLACE = re.compile(r"\{([^{}\n]*)\}")
_NAME = re.compile(r"[a-z][a-z_]*")
_TEST = re.compile(r"if (?:(no|one|many) )?([a-z][a-z_]*)")
_END = "end"


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind of letter in one language; `name` is what people call this version of them."""

    kind: LetterKind
    language: str
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """A condition of a text: keeps its words when a fact is there, absent, single or several."""

    which: str
    name: str

    def holds(self, slots: Mapping[str, Slot]) -> bool:
        """This function will say whether the words are kept."""
        slot = slots.get(self.name)
        filled = slot is not None and slot.is_filled
        single = filled and slot is not None and max(len(slot.items), slot.count) == 1
        kept = {"no": not filled, "one": single, "many": filled and not single}
        return kept.get(self.which, filled)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a text: when it is used, its heading, its running lines and its items."""

    heading: str
    lines: tuple[str, ...]
    items: tuple[str, ...]
    test: Keep | None = None

    @property
    def pieces(self) -> tuple[str, ...]:
        """Every piece of text in the block."""
        return (self.heading, *self.lines, *self.items)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text taken apart."""

    subject: str
    blocks: tuple[Block, ...]


def parse(text: str) -> Parsed:
    """This function will take a text apart; what makes no sense in it is for `checking.problems` to say."""
    head, _, rest = text.strip().partition("\n")
    subject = head.removeprefix(SUBJECT).strip() if head.startswith(SUBJECT) else ""
    body = rest if head.startswith(SUBJECT) else text
    pieces = re.split(r"\n[ \t]*\n", body.strip())
    return Parsed(subject, tuple(_block(piece) for piece in pieces if piece.strip()))


def _block(piece: str) -> Block:
    lines = [line.strip() for line in piece.strip().splitlines()]
    first = _PLACE.fullmatch(lines[0])
    test = test_of(first[1]) if first else None
    kept = lines[1:] if test else lines
    headings = [line[2:].strip() for line in kept if line.startswith("# ")]
    items = tuple(line[2:].strip() for line in kept if line.startswith("- "))
    running = tuple(line for line in kept if not line.startswith(("# ", "- ")))
    return Block(" ".join(headings), running, items, test)


def test_of(tag: str) -> Keep | None:
    """This function will read the inside of a tag as a condition, or return nothing when it is none."""
    found = _TEST.fullmatch(tag)
    return Keep(found[1] or "", found[2]) if found else None


def tags(text: str) -> Iterator[str]:
    """This function will yield the inside of each tag, in order."""
    return (found[1] for found in _PLACE.finditer(text))


def is_name(tag: str) -> bool:
    """This function will say whether a tag is a place for a fact."""
    return tag != _END and _NAME.fullmatch(tag) is not None


def literal(text: str) -> str:
    """This function will return the words of a text without its tags."""
    return " ".join(_PLACE.sub(" ", text).split())


def fill(parsed: Parsed, slots: Mapping[str, Slot]) -> tuple[str, tuple[Paragraph, ...]]:
    """This function will fill every place, and return the subject and the paragraphs that have something to say."""
    paragraphs = (p for block in parsed.blocks for p in _paragraphs(block, slots))
    return _filled(parsed.subject, slots), tuple(paragraphs)


def _paragraphs(block: Block, slots: Mapping[str, Slot]) -> Iterator[Paragraph]:
    if block.test is not None and not block.test.holds(slots):
        return
    whole = _whole_paragraphs(block, slots)
    if whole is not None:
        yield from whole
        return
    text = _filled(" ".join(block.lines), slots)
    items = tuple(item for line in block.items for item in _items(line, slots))
    if text or items:
        yield Paragraph(text, _filled(block.heading, slots), items, _facts(block, slots))


def _whole_paragraphs(block: Block, slots: Mapping[str, Slot]) -> tuple[Paragraph, ...] | None:
    """A block that is one place for whole paragraphs is replaced by them."""
    alone = _PLACE.fullmatch(" ".join(block.lines))
    slot = slots.get(alone[1]) if alone else None
    if slot is None or block.items or block.heading or (slot.text or slot.items):
        return None
    return slot.paragraphs


def _items(line: str, slots: Mapping[str, Slot]) -> tuple[str, ...]:
    alone = _PLACE.fullmatch(line)
    slot = slots.get(alone[1]) if alone else None
    if slot is not None and not slot.text:
        return slot.items
    filled = _filled(line, slots)
    return (filled,) if filled else ()


def _filled(text: str, slots: Mapping[str, Slot]) -> str:
    said = "".join(_said(piece, slots) for piece in kept(text, slots))
    return re.sub(r" +([.,;:!?])(?= |$)", r"\1", " ".join(said.split()))


def _said(piece: str, slots: Mapping[str, Slot]) -> str:
    return _PLACE.sub(lambda found: _words(slots.get(found[1])), piece)


def _words(slot: Slot | None) -> str:
    if slot is None:
        return ""
    return slot.text or " ".join(slot.items)


def kept(text: str, slots: Mapping[str, Slot]) -> Iterator[str]:
    """This function will yield the pieces of a line that its conditions keep."""
    keeping = True
    start = 0
    for found in _PLACE.finditer(text):
        test = test_of(found[1])
        if test is None and found[1] != _END:
            continue
        if keeping:
            yield text[start : found.start()]
        start = found.end()
        keeping = test is None or test.holds(slots)
    if keeping:
        yield text[start:]


def _facts(block: Block, slots: Mapping[str, Slot]) -> tuple[FactRef, ...]:
    """The records behind a paragraph: those of every fact that is said in it."""
    said = (tag for piece in block.pieces for part in kept(piece, slots) for tag in tags(part))
    found = (fact for tag in said if tag in slots for fact in slots[tag].facts)
    return tuple(dict.fromkeys(found))

"""What makes a text of the owner's unfit for a letter, in words that say what to do; a shipped text passes as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundrules.core.agreements.words import spoken_list
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.places import ABOUT_CHANGES, PLACES, Place, Shape, places_of
from groundrules.core.letters.template import (
    SUBJECT,
    Block,
    Parsed,
    Template,
    is_name,
    literal,
    parse,
    tags,
    test_of,
)
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.core.letters.wording import causes, opinions

LONGEST = 20_000
_END = "end"


class TextRefused(ValueError):
    """A text would lose a fact a letter must state, or say more than is proven; the message lists each reason."""


def refuse_unfit(template: Template) -> None:
    """This function will do nothing for a text that may be used; raises TextRefused with everything that is wrong."""
    found = problems(template)
    if found:
        head = f"the {template.language} text for the {template.kind.value} letter is not kept"
        raise TextRefused("\n".join((head, *(f"- {problem}" for problem in found))))


def problems(template: Template) -> tuple[str, ...]:
    """This function will list what is wrong with a text; empty is good."""
    if template.language not in LANGUAGES:
        return (
            f"letters are written in {spoken_list(LANGUAGES, 'or')}, not in {template.language}",
        )
    if template.kind not in PLACES:
        return (f"a {template.kind.value} has a form of its own and no text to write",)
    if len(template.text) > LONGEST:
        return (f"it is longer than {LONGEST} characters",)
    parsed = parse(template.text)
    found = (
        *_form(template.text, parsed),
        *_unknown(template.kind, parsed),
        *_lost(template.kind, parsed),
        *_opening(template.kind, parsed),
        *_opinions(template, parsed),
    )
    return tuple(dict.fromkeys(found))


def _form(text: str, parsed: Parsed) -> Iterator[str]:
    if not parsed.subject:
        yield f"its first line must begin with '{SUBJECT}' and name the letter's subject"
    if not parsed.blocks:
        yield "it has no paragraph"
    if any(not (char.isprintable() or char in "\n\t") for char in text):
        yield "it holds a character that cannot be printed"
    for piece in _pieces(parsed):
        said = literal(piece)
        if "{" in said or "}" in said:
            yield f"a brace stands alone in: {said[:60]}"
        yield from _unbalanced(piece)


def _unbalanced(piece: str) -> Iterator[str]:
    is_open = False
    for tag in tags(piece):
        if test_of(tag):
            if is_open:
                yield "an {if ...} begins before the last one has its {end}"
            is_open = True
        elif tag == _END:
            if not is_open:
                yield "an {end} has no {if ...} before it"
            is_open = False
    if is_open:
        yield f"an {{if ...}} has no {{end}} in: {literal(piece)[:60]}"


def _unknown(kind: LetterKind, parsed: Parsed) -> Iterator[str]:
    places = {place.name: place for place in places_of(kind)}
    for tag in _tags(parsed):
        test = test_of(tag)
        name = test.name if test else tag
        if (test or is_name(tag)) and name not in places:
            yield f"{{{name}}} is no fact of this letter; it may use {spoken_list(sorted(places))}"
        elif test is None and tag != _END and not is_name(tag):
            yield f"{{{tag}}} says nothing; write {{name}}, {{if name}}, {{if no name}} or {{end}}"
    for block in parsed.blocks:
        yield from _misplaced(block, places)


def _misplaced(block: Block, places: dict[str, Place]) -> Iterator[str]:
    """A list belongs on a line of its own, and whole paragraphs in a block of their own."""
    alone = {item for item in block.items if item.count("{") == 1 and not literal(item)}
    for name in (name for piece in block.pieces for name in tags(piece)):
        shape = places[name].shape if name in places else Shape.WORDS
        if shape is Shape.LIST and f"{{{name}}}" not in alone:
            yield f"{{{name}}} is a list; give it a line of its own: - {{{name}}}"
        if shape is Shape.PARAGRAPHS and (block.pieces.count("") < 1 or _is_mixed(block)):
            yield f"{{{name}}} is whole paragraphs; give it a block of its own"


def _is_mixed(block: Block) -> bool:
    return bool(block.heading or block.items or literal(" ".join(block.lines)))


def _lost(kind: LetterKind, parsed: Parsed) -> Iterator[str]:
    always = set(_said_for_sure(parsed))
    for place in places_of(kind):
        if place.is_needed and place.name not in always:
            yield f"it must say {place.holds}: write {{{place.name}}} where nothing else can leave it out"


def _said_for_sure(parsed: Parsed) -> Iterator[str]:
    """The places that stand in the text whatever the facts are, but for a condition on themselves."""
    for block in parsed.blocks:
        for piece in block.pieces:
            yield from _outside(piece, block.test.name if block.test else "")


def _outside(piece: str, within: str) -> Iterator[str]:
    inner = ""
    for tag in tags(piece):
        test = test_of(tag)
        if test is not None:
            inner = test.name if not test.which else "?"
        elif tag == _END:
            inner = ""
        elif {within, inner} <= {"", tag}:
            yield tag


def _opening(kind: LetterKind, parsed: Parsed) -> Iterator[str]:
    first = parsed.blocks[0].pieces if parsed.blocks else ()
    for place in places_of(kind):
        if place.is_first and f"{{{place.name}}}" not in " ".join(first):
            yield f"its first paragraph must say {place.holds}: {{{place.name}}}"


def _opinions(template: Template, parsed: Parsed) -> Iterator[str]:
    for piece in _pieces(parsed):
        said = literal(piece)
        yield from opinions(said, template.language)
        if template.kind in ABOUT_CHANGES:
            for word in causes(said, template.language):
                yield f"'{word}' states a cause; only a proven one is said, and then by the facts themselves"


def _pieces(parsed: Parsed) -> tuple[str, ...]:
    return (parsed.subject, *(piece for block in parsed.blocks for piece in block.pieces))


def _tags(parsed: Parsed) -> tuple[str, ...]:
    return tuple(Counter(tag for piece in _pieces(parsed) for tag in tags(piece)))

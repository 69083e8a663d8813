"""XML as plain values, without anything XML can be made to do: no document type, no entities, no depth, no bulk.

The parser only tells of elements and texts. A document type declaration is refused whole, because inventories have
none and every known attack through XML begins with one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

LARGEST = 64 << 20
DEEPEST = 32
MOST_ELEMENTS = 2_000_000


class UnsafeXml(ValueError):
    """The document declares a type or entities, is nested too deeply, or is too large to be an inventory."""


class BrokenXml(ValueError):
    """The document is not well-formed XML; the message says where."""


@dataclass(slots=True)
class Element:
    """An element: its name in lower case, its own text, and the elements inside it."""

    name: str
    text: str = ""
    inside: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    root: Element = field(default_factory=lambda: Element(""))
    open: list[Element] = field(default_factory=list)
    count: int = 0

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        """This function will open an element; raises UnsafeXml beyond the limits."""
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST_ELEMENTS:
            message = (
                f"more than {DEEPEST} levels or {MOST_ELEMENTS} elements; an inventory has fewer"
            )
            raise UnsafeXml(message)
        element = Element(name.casefold())
        (self.open[-1] if self.open else self.root).inside.append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        """This function will close the element that is open."""
        self.open.pop()

    def say(self, written: str) -> None:
        """This function will add to the text of the element that is open."""
        if self.open:
            self.open[-1].text += written


def _refuse(*_declared: object) -> int:
    message = "it declares a document type or entities; an inventory needs neither, send it without"
    raise UnsafeXml(message)


def xml_tree(raw: bytes) -> Element:
    """This function will read a document into elements; raises UnsafeXml or BrokenXml, and then nothing was used."""
    if len(raw) > LARGEST:
        message = f"{len(raw)} bytes are more than an inventory can have ({LARGEST})"
        raise UnsafeXml(message)
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.begin
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.say
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(raw, True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, UnsafeXml):
            raise
        message = f"not well-formed XML: {error}"
        raise BrokenXml(message) from error
    return builder.root.inside[0]

"""XML as a small tree that knows the line of each element. A document type, and so any entity trick, is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn
from xml.parsers import expat

from groundrules.core.invoices.stated import StatedAmount

_DEEPEST = 64
# A decimal as XML Schema writes one: no exponent, which would make numbers that no arithmetic ends on.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})")


class NotAnInvoice(ValueError):
    """The file is no electronic invoice that can be read; the message says why and where."""


@dataclass(slots=True)
class Node:
    """One element: `name` is namespace and local name with a blank between."""

    name: str
    attributes: dict[str, str]
    at: int
    children: list[Node] = field(default_factory=list)
    text: str = ""

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(" ")[2]

    def every(self, path: str) -> list[Node]:
        """Every element under a path of local names, such as `cac:Price/cbc:PriceAmount` without the prefixes."""
        here = [self]
        for step in path.split("/"):
            here = [child for node in here for child in node.children if child.local == step]
        return here

    def first(self, path: str) -> Node | None:
        """The first such element."""
        return next(iter(self.every(path)), None)

    def words(self, path: str) -> str:
        """What the first such element says, or nothing."""
        found = self.first(path)
        return found.text.strip() if found else ""

    def amount(self, path: str) -> StatedAmount | None:
        """The number of the first such element; raises NotAnInvoice when it is none."""
        found = self.first(path)
        return StatedAmount(number_of(found), found.at) if found else None

    def number(self, path: str, otherwise: str = "0") -> Decimal:
        """The number of the first such element, or another."""
        found = self.first(path)
        return number_of(found) if found else Decimal(otherwise)


def number_of(node: Node) -> Decimal:
    """This function will read an element's number; raises NotAnInvoice with its line when it is none."""
    said = node.text.strip()
    if not _NUMBER.fullmatch(said):
        message = f"line {node.at}: {node.local} says {said[:60]!r}, which is no number"
        raise NotAnInvoice(message)
    return Decimal(said)


class _Builder:
    """Takes the parser's calls and keeps the open elements."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.open: list[Node] = []
        self.root: Node | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(name, attributes, self.parser.CurrentLineNumber)
        if len(self.open) >= _DEEPEST:
            message = (
                f"line {node.at}: elements stand more than {_DEEPEST} deep; no invoice does that"
            )
            raise NotAnInvoice(message)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _name: str) -> None:
        self.open.pop()

    def say(self, text: str) -> None:
        self.open[-1].text += text

    def refuse(self, *_args: object) -> NoReturn:
        line = self.parser.CurrentLineNumber
        message = f"line {line}: a document type (DOCTYPE) stands in no invoice and is not read"
        raise NotAnInvoice(message)


def read_tree(xml: bytes) -> Node:
    """This function will read XML; raises NotAnInvoice with the place where it stops being XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    builder = _Builder(parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.say
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - expat's own signature: this is the last piece
    except expat.ExpatError as error:
        message = f"line {error.lineno}: this is no XML: {expat.ErrorString(error.code)}"
        raise NotAnInvoice(message) from error
    except NotAnInvoice:
        raise
    except (LookupError, ValueError) as error:
        message = f"line {parser.CurrentLineNumber}: its encoding can't be read: {error}"
        raise NotAnInvoice(message) from error
    if builder.root is None:
        message = "the file is empty"
        raise NotAnInvoice(message)
    return builder.root

"""JSON bytes -> the same nodes with places as YAML gives, so that both formats share every later check and message."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from groundrules.readers.case_file.places import (
    Entry,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    refuse,
)

_LINE = re.compile(r"\n")
_SPACE = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")
_DEEPEST = 60
_STRINGS = json.JSONDecoder()


class _Parser:
    """A cursor over JSON text that knows line and column."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.position = 0
        self.lines = [0, *(found.end() for found in _LINE.finditer(text))]

    def place(self, position: int | None = None) -> Place:
        at = self.position if position is None else position
        line = bisect_right(self.lines, at)
        return Place(self.name, line, at - self.lines[line - 1] + 1)

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def peek(self) -> str:
        self.skip_space()
        return self.text[self.position : self.position + 1]

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            found = self.peek() or "the end of the file"
            raise refuse(self.place(), f"this is not valid JSON: expected {sign} and found {found}")
        self.position += 1

    def string(self) -> str:
        start = self.place()
        self.expect('"')
        try:
            value, self.position = _STRINGS.raw_decode(self.text, self.position - 1)
        except json.JSONDecodeError as error:
            raise refuse(start, f"this is not valid JSON: {error.msg}") from error
        return str(value)

    def value(self, depth: int = 0) -> Node:
        if depth > _DEEPEST:
            raise refuse(
                self.place(), f"values are nested deeper than {_DEEPEST} levels; no case needs that"
            )
        sign = self.peek()
        if sign == "{":
            return self.mapping(depth)
        if sign == "[":
            return self.sequence(depth)
        place = self.place()
        if sign == '"':
            return Scalar(place, self.string(), plain=False)
        return self.word(place)

    def word(self, place: Place) -> Scalar:
        match = _WORD.match(self.text, self.position)
        if match is None:
            found = self.text[self.position : self.position + 10] or "the end of the file"
            raise refuse(place, f"this is not valid JSON: found {found} where a value belongs")
        self.position = match.end()
        return Scalar(place, match.group())

    def sequence(self, depth: int) -> Sequence:
        place = self.place()
        self.expect("[")
        items: list[Node] = []
        while self.peek() != "]":
            if items:
                self.expect(",")
            items.append(self.value(depth + 1))
        self.expect("]")
        return Sequence(place, tuple(items))

    def mapping(self, depth: int) -> Mapping:
        place = self.place()
        self.expect("{")
        entries: dict[str, Entry] = {}
        while self.peek() != "}":
            if entries:
                self.expect(",")
                self.skip_space()
            at = self.place()
            key = self.string()
            if key in entries:
                raise refuse(
                    at,
                    f'"{key}" stands here a second time; the first is on line {entries[key].place.line}',
                )
            self.expect(":")
            entries[key] = Entry(at, self.value(depth + 1))
        self.expect("}")
        return Mapping(place, entries)


def read_json(raw: bytes, name: str) -> Node:
    """This function will parse one JSON document into nodes.

    Raises CaseFileRefused when the bytes are not UTF-8, not JSON, repeat a key, or go on after the document.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(name, 1, 1)
        raise refuse(
            place, f"this file is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    parser = _Parser(text, name)
    root = parser.value()
    if parser.peek():
        raise refuse(parser.place(), "something follows the end of the JSON document; remove it")
    return root

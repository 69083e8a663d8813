"""Writes real EVTX bytes from event records in JSON, so that a tale can be told in the format Windows keeps.

Binary XML, each record with a template of its own: every name stands where it is used, every value is text, unnamed
values are one array put into it. Layout of file, chunk and record: libyal's notes, "Windows XML Event Log".
Takes the lines that `tests/readers/evtx/written.py` writes, of one log.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

FILE_HEADER = 4096
CHUNK = 65536
CHUNK_HEADER = 512
RECORD_FRAME = 28
FRAGMENT = b"\x0f\x01\x01\x00"
OPEN, OPEN_WITH_ATTRIBUTES = 0x01, 0x41
CLOSE_START, CLOSE_EMPTY, END, END_OF_FRAGMENT = b"\x02", b"\x03", b"\x04", b"\x00"
ATTRIBUTE, ATTRIBUTE_AND_MORE = 0x06, 0x46
TEXT = b"\x05\x01"
TEMPLATE = b"\x0c\x01"
ARRAY_OF_TEXTS = 0x81
PUT_IN_FIRST_ARRAY = struct.pack("<BHB", 0x0D, 0, ARRAY_OF_TEXTS)
TEMPLATE_HEADER = 24
WINDOWS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


class RecordTooLong(ValueError):
    """One record does not fit into a chunk of 64 KiB."""


def evtx_of(lines: Iterable[str]) -> bytes:
    """This function will write JSON records, one per line, as one EVTX file; raises RecordTooLong."""
    chunks: list[bytes] = []
    waiting: list[dict[str, Any]] = []
    body = b""
    for line in lines:
        document = json.loads(line)
        record = _record(document, CHUNK_HEADER + len(body))
        if CHUNK_HEADER + len(body) + len(record) > CHUNK and waiting:
            chunks.append(_chunk(waiting, body))
            waiting, body = [], b""
            record = _record(document, CHUNK_HEADER)
        if CHUNK_HEADER + len(record) > CHUNK:
            message = (
                f"a record of {len(record)} bytes does not fit into a chunk; shorten its values"
            )
            raise RecordTooLong(message)
        waiting.append(document)
        body += record
    chunks.append(_chunk(waiting, body))
    return _file_header(len(chunks)) + b"".join(chunks)


def _file_header(chunks: int) -> bytes:
    """This function will write the file header with its checksum."""
    header = bytearray(FILE_HEADER)
    struct.pack_into(
        "<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, chunks - 1, 1, 128, 1, 3, FILE_HEADER, chunks
    )
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    return bytes(header)


def _chunk(documents: list[dict[str, Any]], body: bytes) -> bytes:
    """This function will write one chunk with both its checksums."""
    numbers = [int(document["Event"]["System"]["EventRecordID"]) for document in documents] or [
        1,
        0,
    ]
    free = CHUNK_HEADER + len(body)
    last_size = struct.unpack_from("<I", body, len(body) - 4)[0] if body else 0
    header = bytearray(CHUNK_HEADER)
    span = (numbers[0], numbers[-1], numbers[0], numbers[-1])
    struct.pack_into("<8sqqqqIII", header, 0, b"ElfChnk\0", *span, 128, free - last_size, free)
    struct.pack_into("<I", header, 52, zlib.crc32(body))
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120] + header[128:512]))
    return (bytes(header) + body).ljust(CHUNK, b"\0")


def _record(document: Mapping[str, Any], place: int) -> bytes:
    """This function will write one record that begins at `place` in its chunk."""
    event = document["Event"]
    system = event["System"]
    at = datetime.fromisoformat(system["TimeCreated"]["#attributes"]["SystemTime"])
    ticks = (at - WINDOWS_EPOCH) // timedelta(microseconds=1) * 10
    # Before the template's own text: fragment header, template token, its number and place, and its header.
    before = len(FRAGMENT) + len(TEMPLATE) + 8
    definition_at = place + 24 + before
    xml = _BinaryXml(definition_at + TEMPLATE_HEADER)
    xml.add(FRAGMENT)
    xml.element("Event", {"xmlns": NAMESPACE}, lambda: _event(xml, event))
    xml.add(END_OF_FRAGMENT)
    written = FRAGMENT + TEMPLATE + struct.pack("<II", 1, definition_at)
    written += struct.pack("<I16sI", 0, b"template of its", len(xml.written)) + xml.written
    written += _values(event.get("EventData") or {})
    size = RECORD_FRAME + len(written)
    padded = size + -size % 8
    head = struct.pack("<4sIQQ", b"**\0\0", padded, int(system["EventRecordID"]), ticks)
    return (head + written).ljust(padded - 4, b"\0") + struct.pack("<I", padded)


def _event(xml: _BinaryXml, event: Mapping[str, Any]) -> None:
    """This function will write the System block and the data of an event."""

    def system() -> None:
        for name, value in event["System"].items():
            xml.node(name, value)

    def data() -> None:
        for name, value in event["EventData"].items():
            _data(xml, name, value)

    xml.element("System", {}, system)
    if event.get("EventData"):
        xml.element("EventData", {}, data)


def _data(xml: _BinaryXml, name: str, value: Any) -> None:  # noqa: ANN401 (anything that JSON can hold)
    """This function will write named values as `Data Name=`, unnamed ones as the array put into one `Data`."""
    if name == "Binary":
        xml.node(name, value)
        return
    if name != "Data":
        xml.element("Data", {"Name": name}, lambda: xml.text(value))
        return
    xml.element("Data", {}, lambda: xml.add(PUT_IN_FIRST_ARRAY))


def _values(data: Mapping[str, Any]) -> bytes:
    """This function will write the values put into the template: the unnamed ones as one array, or none at all."""
    if "Data" not in data:
        return struct.pack("<I", 0)
    unnamed = data["Data"]["#text"]
    texts = unnamed if isinstance(unnamed, list) else [unnamed]
    array = b"".join(f"{text}\0".encode("utf-16-le") for text in texts)
    return struct.pack("<IHBB", 1, len(array), ARRAY_OF_TEXTS, 0) + array


class _BinaryXml:
    """Binary XML being written from a known place of a chunk: names are found by their place there."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.written = b""

    def add(self, data: bytes) -> None:
        """This method will append bytes as they are."""
        self.written += data

    def text(self, value: Any) -> None:  # noqa: ANN401 (anything that JSON can hold)
        """This method will append a text value."""
        words = "" if value is None else str(value)
        encoded = words.encode("utf-16-le")
        self.add(TEXT + struct.pack("<H", len(encoded) // 2) + encoded)

    def node(self, name: str, value: Any) -> None:  # noqa: ANN401 (anything that JSON can hold)
        """This method will append an element as the parser would show it in JSON: attributes, text, or nothing."""
        attributes = value.get("#attributes", {}) if isinstance(value, dict) else {}
        words = value.get("#text") if isinstance(value, dict) else value
        self.element(name, attributes, None if words is None else lambda: self.text(words))

    def element(self, name: str, attributes: Mapping[str, str], content: Any) -> None:  # noqa: ANN401 (any callable)
        """This method will append an element; `content` writes what is inside, None leaves it empty."""
        token = OPEN_WITH_ATTRIBUTES if attributes else OPEN
        self.add(struct.pack("<BH", token, 0xFFFF))
        size_at = len(self.written)
        self.add(bytes(4))
        self._name(name)
        self._attributes(attributes)
        if content is None:
            self.add(CLOSE_EMPTY)
        else:
            self.add(CLOSE_START)
            content()
            self.add(END)
        size = struct.pack("<I", len(self.written) - size_at - 4)
        self.written = self.written[:size_at] + size + self.written[size_at + 4 :]

    def _attributes(self, attributes: Mapping[str, str]) -> None:
        """This method will append the attributes of an element behind their total length."""
        if not attributes:
            return
        size_at = len(self.written)
        self.add(bytes(4))
        for left, (name, value) in zip(
            range(len(attributes) - 1, -1, -1), attributes.items(), strict=True
        ):
            self.add(bytes([ATTRIBUTE_AND_MORE if left else ATTRIBUTE]))
            self._name(name)
            self.text(value)
        size = struct.pack("<I", len(self.written) - size_at - 4)
        self.written = self.written[:size_at] + size + self.written[size_at + 4 :]

    def _name(self, name: str) -> None:
        """This method will append a name: its place (right behind), then the name itself."""
        hashed = 0
        for letter in name:
            hashed = (hashed * 65599 + ord(letter)) & 0xFFFF_FFFF
        self.add(struct.pack("<I", self.place + len(self.written) + 4))
        self.add(
            struct.pack("<IHH", 0, hashed & 0xFFFF, len(name)) + name.encode("utf-16-le") + b"\0\0"
        )

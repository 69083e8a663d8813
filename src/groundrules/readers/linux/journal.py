"""The systemd journal as journalctl writes it: JSON lines or the export format, with boot, audit session and loginuid.

The journal is the one text source that can tie a message to a login exactly (`_AUDIT_SESSION` with `_BOOT_ID`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from groundrules.core.evidence import Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.messages import Ledger, interpret
from groundrules.readers.linux.syslog_lines import Message
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import Instant, from_epoch

READER = "journal/1"
UNSET = frozenset({"4294967295", "-1", ""})
LENGTH_BYTES = 8


def read_journal_json(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read `journalctl -o json`, one object a line."""
    ledger = Ledger(Tally(READER, context))
    for number, line in numbered_lines(raw):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            ledger.tally.damage(f"line {number}", f"not a JSON object: {error}")
            continue
        if not isinstance(entry, dict):
            ledger.tally.damage(f"line {number}", "not a JSON object")
            continue
        fields = {str(key): _text(value) for key, value in entry.items()}
        _take(ledger, f"line {number}", fields)
    ledger.close()
    return ledger.tally.reading()


def read_journal_export(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read `journalctl -o export`: fields by line or length, entries by blank line."""
    ledger = Ledger(Tally(READER, context))
    for offset, fields in _entries(ledger.tally, raw):
        _take(ledger, f"byte {offset}", fields)
    ledger.close()
    return ledger.tally.reading()


def _entries(tally: Tally, raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    fields: dict[str, str] = {}
    begin = at = 0
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        line = raw[at:end]
        if not line:
            if fields:
                yield begin, fields
            fields, begin, at = {}, end + 1, end + 1
            continue
        name, equals, value = line.partition(b"=")
        at = end + 1
        if not equals:
            length = int.from_bytes(raw[at : at + LENGTH_BYTES], "little")
            value = raw[at + LENGTH_BYTES : at + LENGTH_BYTES + length]
            if len(value) < length:
                tally.damage(f"byte {at}", f"the field {name[:64]!r} is cut off")
                return
            at += LENGTH_BYTES + length + 1
        fields[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    if fields:
        yield begin, fields


def _text(value: object) -> str:
    """Journal JSON writes bytes that are not UTF-8 as a list of numbers, and repeated fields as a list of texts."""
    if isinstance(value, list):
        if value and all(isinstance(entry, int) and 0 <= entry < 256 for entry in value):  # noqa: PLR2004 - a byte
            return bytes(value).decode("utf-8", "replace")
        return " ".join(str(entry) for entry in value)
    return "" if value is None else str(value)


def _take(ledger: Ledger, where: str, fields: Mapping[str, str]) -> None:
    written = fields.get("_SOURCE_REALTIME_TIMESTAMP") or fields.get("__REALTIME_TIMESTAMP", "")
    at = from_epoch(0, int(written)) if written.isdecimal() and written.isascii() else None
    if at is None:
        ledger.tally.damage(where, "an entry without a readable __REALTIME_TIMESTAMP")
        return
    session = fields.get("_AUDIT_SESSION", "")
    loginuid = fields.get("_AUDIT_LOGINUID", "")
    message = Message(
        record=fields.get("__CURSOR") or where,
        instant=Instant(at, at),
        host=fields.get("_HOSTNAME", ""),
        program=fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM", ""),
        pid=fields.get("_PID") or fields.get("SYSLOG_PID", ""),
        text=fields.get("MESSAGE", ""),
        boot=fields.get("_BOOT_ID", ""),
        session="" if session in UNSET else session,
        loginuid="" if loginuid in UNSET else loginuid,
    )
    interpret(ledger, message)

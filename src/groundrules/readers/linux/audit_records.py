"""audit.log lines as fields: `type=T msg=audit(seconds.millis:serial): key=value …`, old and enriched forms alike.

Values come bare, quoted, or as hexadecimal of bytes that would break quoting; the inner `msg='…'` of user messages is
read like the rest. Enriched names (`AUID="root"`) follow a group separator and keep their capital keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import from_epoch

LINE = re.compile(
    r"(?:node=(\S+) )?type=(\S+) msg=audit\((\d{1,12})\.(\d{1,3}):(\d{1,12})\):? ?(.*)", re.DOTALL
)
FIELD = re.compile(r"""([A-Za-z][\w-]*)=("[^"]*"?|\(\w+\)|[^\s,'")]*)""")
OLD_LOGIN = re.compile(r"old (auid|ses)=(\d+) new (?:auid|ses)=(\d+)")
HEX_FIELDS = frozenset(
    {"acct", "exe", "cmd", "name", "cwd", "comm", "proctitle", "unit", "sw", "grp"}
)
UNSET = frozenset({"4294967295", "-1", "unset", "?", "(null)", "(none)", ""})


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line: its number, node, type, time, event serial, and fields by name (last one wins, unset ones left out)."""

    number: int
    node: str
    type: str
    at: datetime
    serial: int
    fields: Mapping[str, str]

    def get(self, *names: str) -> str:
        """This function will return the first of these fields that is set, or an empty text."""
        return next((self.fields[name] for name in names if name in self.fields), "")

    @property
    def succeeded(self) -> bool:
        """False when the record says it failed; a record without a result happened."""
        return self.fields.get("res", "success") in {"success", "1", "yes"}


def records(tally: Tally, raw: bytes) -> Iterator[AuditRecord]:
    """This function will yield every line that is an audit record; others are counted as damaged."""
    for number, line in numbered_lines(raw):
        if not line.strip():
            continue
        found = LINE.fullmatch(line)
        at = from_epoch(int(found[3]), int(found[4].ljust(3, "0")) * 1000) if found else None
        if found is None or at is None:
            tally.damage(f"line {number}", "not an audit record (type=… msg=audit(time:serial))")
            continue
        yield AuditRecord(number, found[1] or "", found[2], at, int(found[5]), _fields(found[6]))


def _fields(text: str) -> dict[str, str]:
    values = (
        (name, _value(name, written)) for name, written in FIELD.findall(text) if name != "msg"
    )
    old_login = {name: new for name, _, new in OLD_LOGIN.findall(text)}
    return {name: value for name, value in values if value not in UNSET} | old_login


def _value(name: str, written: str) -> str:
    if written.startswith('"'):
        return written.strip('"')
    if (
        name in HEX_FIELDS
        and len(written) > 1
        and len(written) % 2 == 0
        and re.fullmatch(r"[0-9A-F]+", written)
    ):
        return bytes.fromhex(written).decode("utf-8", "replace").replace("\0", " ")
    return written

"""One Windows event record, whichever way it came: EVTX bytes or the same JSON on a line.

Number and time are the ones inside the record (System/EventRecordID, System/TimeCreated). The record header's own are
not used: in real logs they are wrong (1601-01-01, another number).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

LONGEST_NUMBER = 20
NOTHING: Mapping[str, Any] = {}
AUDIT_FAILURE = 0x0010_0000_0000_0000
SQL_SERVER = "MSSQLSERVER"


class DamagedRecord(ValueError):
    """A record that was read but does not say what every event record says: provider, event id, number and time."""


@dataclass(slots=True)
class Record:
    """An event record. `source` is the provider its table entry goes by; `label` is how a citation names the record."""

    source: str
    event_id: int
    provider: str
    channel: str
    host: str
    number: int
    at: datetime
    label: str
    system: Mapping[str, Any]
    event: Mapping[str, Any]

    @property
    def sid(self) -> str:
        """The account the record was written under (System/Security/@UserID); empty when it has none."""
        return text(attribute(self.system.get("Security"), "UserID"))

    @property
    def failed(self) -> bool:
        """True when the record carries the keyword Audit Failure: an attempt that was refused."""
        return bool(number_of(text(self.system.get("Keywords"))) & AUDIT_FAILURE)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The named values: EventData, or the one element inside UserData."""
        data = self.event.get("EventData")
        if isinstance(data, dict):
            return data
        user_data = self.event.get("UserData")
        if isinstance(user_data, dict):
            return next((inner for inner in user_data.values() if isinstance(inner, dict)), {})
        return {}

    @property
    def strings(self) -> tuple[str, ...]:
        """The unnamed values (`Data` elements) in order."""
        data = self.fields.get("Data")
        values = data.get("#text") if isinstance(data, dict) else data
        if isinstance(values, list):
            return tuple(text(value) for value in values)
        return (text(values),)

    def value(self, name: str) -> str:
        """This function will return a named value as text; empty when absent or written as `-`."""
        found = text(self.fields.get(name))
        return "" if found == "-" else found

    def string(self, index: int) -> str:
        """This function will return an unnamed value by position; empty when absent or written as `(NULL)`."""
        values = self.strings
        found = values[index].strip() if index < len(values) else ""
        return "" if found == "(NULL)" else found


def source_of(provider: str) -> str:
    """This function will return the name a provider goes by in the table: SQL Server instances share one."""
    return SQL_SERVER if provider.startswith("MSSQL") else provider


def text(value: object) -> str:
    """This function will write a JSON value as the text the event viewer shows; nothing for anything nested."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def attribute(element: Any, name: str) -> object:  # noqa: ANN401 (anything that JSON can hold)
    """This function will return an XML attribute of an element as the parser writes it, or None."""
    try:
        return element["#attributes"][name]
    except (KeyError, TypeError, IndexError):
        return None


def number_of(written: str) -> int:
    """This function will read a decimal or 0x number; 0 when it is none."""
    try:
        return int(written, 16) if written[:2].lower() == "0x" else int(written)
    except ValueError:
        return 0


def instant_of(written: str) -> datetime | None:
    """This function will read an event time (UTC, more digits than microseconds are cut off); None when it is none."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is UTC:
            return moment
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def record_from_json(written: str | bytes, label: str = "") -> Record:
    """This function will read one record from the JSON the `evtx` package writes; raises DamagedRecord, saying why.

    `label` names the record in citations; by default its EventRecordID.
    """
    try:
        document = orjson.loads(written)
    except orjson.JSONDecodeError as problem:
        message = f"it is not JSON: {problem}"
        raise DamagedRecord(message) from problem
    return record_from_document(document, label)


def record_from_document(document: object, label: str = "") -> Record:
    """This function will read one record from its parsed JSON; raises DamagedRecord, saying what is missing."""
    event = document.get("Event") if isinstance(document, dict) else None
    system = event.get("System") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(system, dict):
        message = "it has no System block"
        raise DamagedRecord(message)
    written = attribute(system.get("TimeCreated"), "SystemTime")
    at = instant_of(written) if isinstance(written, str) else None
    if at is None:
        message = "it has no readable System/TimeCreated"
        raise DamagedRecord(message)
    event_id = system.get("EventID")
    if isinstance(event_id, dict):
        event_id = event_id.get("#text")
    if type(event_id) is not int:
        event_id = _whole(event_id, "EventID")
    number = system.get("EventRecordID")
    if type(number) is not int:
        number = _whole(number, "EventRecordID")
    provider = text(attribute(system.get("Provider"), "Name"))
    return Record(
        source_of(provider),
        event_id,
        provider or "unnamed provider",
        text(system.get("Channel")),
        text(system.get("Computer")),
        number,
        at,
        label or str(number),
        system,
        event,
    )


def _whole(value: object, name: str) -> int:
    """This function will read a whole number written as text; raises DamagedRecord when it is none."""
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= LONGEST_NUMBER
    ):
        return int(value)
    message = f"it has no readable System/{name}"
    raise DamagedRecord(message)

"""One Windows event record, whichever way it came: EVTX bytes or the same JSON on a line.

Number and time are the ones inside the record (System/EventRecordID, System/TimeCreated). The record header's own are
not used: in real logs they are wrong (1601-01-01, another number).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import orjson

LONGEST_NUMBER = 20
AUDIT_FAILURE = 0x0010_0000_0000_0000
SQL_SERVER = "MSSQLSERVER"
NAMELESS = "unnamed provider"
_VALUES = msgspec.json.Decoder()


class DamagedRecord(ValueError):
    """A record that was read but does not say what every event record says: provider, event id, number and time."""


@dataclass(slots=True)
class Kind:
    """One type of record in this evidence: by whom and which, what handles it, and how many there are.

    `source` is the provider its table entry goes by. What nothing handles is counted and placed, and keeps no content.
    """

    provider: str
    event_id: int
    source: str
    known: bool
    handle: Callable[[Record, Any], None] | None
    starts: bool = False
    count: int = 0

    @property
    def name(self) -> str:
        """How it is counted: `provider/id`."""
        return f"{self.provider}/{self.event_id}"


class Place(NamedTuple):
    """The log a record lies in, and the host it is about: a channel can be forwarded from several."""

    channel: str
    host: str
    host_key: str


class Content(msgspec.Struct, gc=False):
    """What a record says. Parts stay the JSON they came as until somebody asks for a value."""

    sid: str
    keywords: object
    event_data: object
    user_data: object
    written: object
    values: Mapping[str, Any] | None = None


NOTHING = Content("", None, None, None, None, {})


class Record(msgspec.Struct, gc=False):
    """An event record in its place. `label` is how a citation names it where its number does not.

    There are very many and most say nothing, so they are small, and the garbage collector does not look at them: they
    refer to no container that refers back to them.
    """

    kind: Kind
    place: Place
    number: int
    at: datetime
    label: str
    content: Content

    @property
    def source(self) -> str:
        """The provider its table entry goes by."""
        return self.kind.source

    @property
    def event_id(self) -> int:
        """The provider's number for this type of record."""
        return self.kind.event_id

    @property
    def provider(self) -> str:
        """Who wrote the record."""
        return self.kind.provider

    @property
    def channel(self) -> str:
        """The log it lies in."""
        return self.place.channel

    @property
    def host(self) -> str:
        """The host it is about."""
        return self.place.host

    @property
    def sid(self) -> str:
        """The account the record was written under (System/Security/@UserID); empty when it has none."""
        return self.content.sid

    @property
    def failed(self) -> bool:
        """True when the record carries the keyword Audit Failure: an attempt that was refused."""
        return _tells_failure(text(self.content.keywords))

    @property
    def fields(self) -> Mapping[str, Any]:
        """The named values: EventData, or the one element inside UserData."""
        content = self.content
        if content.values is None:
            content.values = _values_of(_opened(content.event_data), _opened(content.user_data))
        return content.values

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
        values = self.content.values
        found = (self.fields if values is None else values).get(name)
        if type(found) is not str:
            found = text(found)
        return "" if found == "-" else found

    def string(self, index: int) -> str:
        """This function will return an unnamed value by position; empty when absent or written as `(NULL)`."""
        values = self.strings
        found = values[index].strip() if index < len(values) else ""
        return "" if found == "(NULL)" else found

    def close(self) -> None:
        """This function will let go of the values read, which take far more memory than the JSON they are in."""
        self.content.values = None

    def repeats(self, other: Record) -> bool:
        """This function will say whether a record is another one, told once more."""
        mine = (self.number, self.at, self.event_id, self.source)
        if mine != (other.number, other.at, other.event_id, other.source):
            return False
        one, two = self.content.written, other.content.written
        try:
            return one == two or _event_of(one) == _event_of(two)
        except RecursionError:
            # As below: a crafted record, nested as deep as the intake takes it. Both stay, which loses nothing.
            return False


@lru_cache(maxsize=64)
def _tells_failure(keywords: str) -> bool:
    """This function will look for Audit Failure among keywords; a log has few combinations of them."""
    return bool(number_of(keywords) & AUDIT_FAILURE)


def _opened(part: object) -> object:
    """This function will read the JSON of a part that was left as it came."""
    if not isinstance(part, msgspec.Raw):
        return part
    try:
        return _VALUES.decode(part) if len(part) else None
    except RecursionError:
        # Nested just less deep than what the intake refuses: no log has values in there, only a crafted one has it.
        return None


def _values_of(event_data: object, user_data: object) -> Mapping[str, Any]:
    """This function will return the named values of a record: one block or the other."""
    if isinstance(event_data, dict):
        return event_data
    if isinstance(user_data, dict):
        return next((inner for inner in user_data.values() if isinstance(inner, dict)), {})
    return {}


def _event_of(written: object) -> object:
    """This function will return the whole record as parsed JSON, to be compared."""
    return _VALUES.decode(written)["Event"] if isinstance(written, str) else written


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
    if not written:
        return 0
    try:
        return int(written, 16) if written[:2] in {"0x", "0X"} else int(written)
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


def parsed(written: str | bytes) -> object:
    """This function will parse the JSON of a record; raises DamagedRecord when it is none."""
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError as problem:
        message = f"it is not JSON: {problem}"
        raise DamagedRecord(message) from problem


class Frame(NamedTuple):
    """What every record says of itself, and the parsed JSON of all of it."""

    provider: str
    event_id: int
    channel: str
    host: str
    number: int
    at: datetime
    system: Mapping[str, Any]
    event: Mapping[str, Any]


def frame_of(document: object) -> Frame:
    """This function will read a record's frame from its parsed JSON; raises DamagedRecord, saying what is missing."""
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
    channel, host = text(system.get("Channel")), text(system.get("Computer"))
    return Frame(provider or NAMELESS, event_id, channel, host, number, at, system, event)


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

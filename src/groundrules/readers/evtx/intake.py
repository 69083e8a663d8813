"""Records as they come in: each counted under its type and kept in its log, its content only where something needs it.

Nearly every record is shaped alike, so a decoder that knows the shape reads only the frame and steps over the rest.
What is shaped otherwise is parsed whole, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from groundrules.readers.evtx.chunks import Found
from groundrules.readers.evtx.records import (
    NAMELESS,
    NOTHING,
    Content,
    DamagedRecord,
    Kind,
    Place,
    Record,
    attribute,
    frame_of,
    parsed,
    source_of,
    text,
)
from groundrules.readers.evtx.table import BOOT_STARTS, BY_TYPE, HANDLED

_NO_PART = msgspec.Raw()


class _Named(msgspec.Struct, gc=False):
    Name: str = ""


class _Provider(msgspec.Struct, gc=False):
    attributes: _Named = msgspec.field(name="#attributes")


class _Timed(msgspec.Struct, gc=False):
    SystemTime: datetime


class _TimeCreated(msgspec.Struct, gc=False):
    attributes: _Timed = msgspec.field(name="#attributes")


class _Number(msgspec.Struct, gc=False):
    text: int = msgspec.field(name="#text")


class _Writer(msgspec.Struct, gc=False):
    UserID: str = ""


class _Security(msgspec.Struct, gc=False):
    attributes: _Writer = msgspec.field(name="#attributes")


class _System(msgspec.Struct, gc=False):
    Provider: _Provider
    EventID: int | _Number
    EventRecordID: int
    TimeCreated: _TimeCreated
    Channel: str = ""
    Computer: str = ""
    Keywords: str | int | None = None
    Security: _Security | None = None


class _Event(msgspec.Struct, gc=False):
    System: _System
    EventData: msgspec.Raw = _NO_PART
    UserData: msgspec.Raw = _NO_PART


class _Shape(msgspec.Struct, gc=False):
    Event: _Event


_SHAPE = msgspec.json.Decoder(_Shape)


@dataclass(slots=True)
class Intake:
    """Everything taken in from one piece of evidence, by log and host, and the types it is counted under."""

    logs: dict[tuple[str, str], tuple[Place, list[Record]]] = field(default_factory=dict)
    kinds: dict[tuple[str, int], Kind] = field(default_factory=dict)
    _lately: dict[int, Kind] = field(default_factory=dict)

    def take_all(
        self, records: Iterable[Found], note: Callable[[int, DamagedRecord], None]
    ) -> None:
        """This function will take records in as the parser hands them over, and give `note` those that are damaged.

        It is one loop and not a call a record: the calls would take as long as everything else in it.
        """
        decode, kinds = _SHAPE.decode, self._lately
        place: Place | None = None
        log: list[Record] = []
        for found in records:
            written = found["data"]
            try:
                event = decode(written).Event
            except (msgspec.DecodeError, RecursionError):
                self._take_the_long_way(found, note)
                continue
            system = event.System
            at = system.TimeCreated.attributes.SystemTime
            if at.tzinfo is not UTC:
                self._take_the_long_way(found, note)
                continue
            event_id = system.EventID
            if isinstance(event_id, _Number):
                event_id = event_id.text
            kind = kinds.get(event_id)
            if kind is None or kind.provider != system.Provider.attributes.Name:
                kind = self._kind_of(system.Provider.attributes.Name or NAMELESS, event_id)
            kind.count += 1
            content = NOTHING
            if kind.handle is not None:
                sid = system.Security.attributes.UserID if system.Security is not None else ""
                content = Content(sid, system.Keywords, event.EventData, event.UserData, written)
            if place is None or system.Computer != place.host or system.Channel != place.channel:
                place, log = self._log_of(system.Channel, system.Computer)
            log.append(Record(kind, place, system.EventRecordID, at, "", content))

    def _take_the_long_way(self, found: Found, note: Callable[[int, DamagedRecord], None]) -> None:
        try:
            self.take_document(parsed(found["data"]))
        except DamagedRecord as problem:
            note(found["event_record_id"], problem)

    def take_document(self, document: object, label: str = "") -> None:
        """This function will take a record in from its parsed JSON; raises DamagedRecord, saying what is missing.

        `label` names the record in citations; by default its EventRecordID.
        """
        frame = frame_of(document)
        kind = self._kind_of(frame.provider, frame.event_id)
        content = NOTHING
        if kind.handle is not None:
            said = frame.event
            sid = text(attribute(frame.system.get("Security"), "UserID"))
            parts = (said.get("EventData"), said.get("UserData"), said)
            content = Content(sid, frame.system.get("Keywords"), *parts)
        kind.count += 1
        place, records = self._log_of(frame.channel, frame.host)
        records.append(Record(kind, place, frame.number, frame.at, label, content))

    def _kind_of(self, provider: str, event_id: int) -> Kind:
        kind = self.kinds.get((provider, event_id))
        if kind is None:
            goes_by = (source_of(provider), event_id)
            handle, known = HANDLED.get(goes_by), goes_by in BY_TYPE
            kind = Kind(provider, event_id, goes_by[0], known, handle, goes_by in BOOT_STARTS)
            self.kinds[provider, event_id] = kind
        self._lately[event_id] = kind
        return kind

    def _log_of(self, channel: str, host: str) -> tuple[Place, list[Record]]:
        log = self.logs.get((channel, host))
        if log is None:
            log = self.logs[channel, host] = (Place(channel, host, host.lower()), [])
        return log

    @property
    def records(self) -> int:
        """How many records came in."""
        return sum(kind.count for kind in self.kinds.values())

    @property
    def by_type(self) -> dict[str, int]:
        """How many records there are of each type, by `provider/id`."""
        return {kind.name: kind.count for kind in self.kinds.values()}

    @property
    def unknown(self) -> dict[str, int]:
        """The part of `by_type` that the table does not know."""
        return {kind.name: kind.count for kind in self.kinds.values() if not kind.known}

    @property
    def hosts(self) -> set[str]:
        """Every host a record names."""
        return {host for _, host in self.logs if host}

    def by_channel(self) -> dict[str, list[list[Record]]]:
        """This function will return the records of each channel, those of each host apart."""
        channels: dict[str, list[list[Record]]] = {}
        for place, records in self.logs.values():
            channels.setdefault(place.channel, []).append(records)
        return channels

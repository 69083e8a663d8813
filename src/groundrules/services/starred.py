"""What can be starred: each kind found by its reference at one client, stated, and written out whole to be frozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import TypeVar

from django.db.models import Model, QuerySet

from groundrules.core.calendars import zone_label
from groundrules.core.letters.enclosing import StarKind, change_words
from groundrules.records import models as books
from groundrules.records.models import Client
from groundrules.records.typed_json import digest_of

_SAID = 300
_Row = TypeVar("_Row", bound=Model)


class NotOnRecord(LookupError):
    """The client has no such thing on record, or no more."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on record as it is now. `says` states it, `asset` is the server it is about, `records` its whole rows.

    `strength` says how far it is known; for a call that a person wrote down it is empty, because it is their word.
    """

    kind: StarKind
    ref: str
    says: str
    strength: str
    records: tuple[str, ...]
    asset: str = ""

    def content(self, client: Client) -> str:
        """This method will write the thing out as the text that is frozen."""
        told = {
            "client": client.code,
            "kind": self.kind.value,
            "ref": self.ref,
            "says": self.says,
            "strength": self.strength,
            "records": [json.loads(record) for record in self.records],
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False, indent=1) + "\n"

    def digest(self, client: Client) -> str:
        """This method will return the SHA-256 of what would be frozen now."""
        return digest_of(self.content(client))


def find(client: Client, kind: StarKind, ref: str) -> Thing:
    """This function will find a thing of one client; raises NotOnRecord, also for what is another client's."""
    found = _FIND[kind](client, ref)
    if found is None:
        message = f"{client.name} has no {kind.value} {ref!r} on record"
        raise NotOnRecord(message)
    return found


def _zone(client: Client, asset: books.Asset | None) -> str:
    return (asset.zone if asset else "") or client.zone


def _one(rows: QuerySet[_Row], **given: object) -> _Row | None:
    return rows.filter(**given).order_by("-pk").first()


def _change(client: Client, ref: str) -> Thing | None:
    rows = books.Change.objects.current().select_related("asset")
    row = _one(rows, client=client, ref=ref)
    if row is None:
        return None
    made = books.Attribution.objects.current().filter(change=row).first()
    answer = made.to_core() if made else None
    says = change_words(row.to_core(), answer, _zone(client, row.asset))
    strength = answer.strength.value if answer else "unknown"
    records = (row.payload, made.payload) if made else (row.payload,)
    return Thing(StarKind.CHANGE, ref, says, strength, records, row.asset.code)


def _login(client: Client, ref: str) -> Thing | None:
    row = _one(books.Session.objects.current().select_related("asset"), client=client, ref=ref)
    if row is None:
        return None
    zone = _zone(client, row.asset)
    source = f" ({row.source_address})" if row.source_address else ""
    says = f"On {zone_label(row.started_at, zone)}: login of {row.account}{source} on {row.asset.name}."
    return Thing(StarKind.LOGIN, ref, says, "recorded", (row.payload,), row.asset.code)


def _incident(client: Client, ref: str) -> Thing | None:
    row = _one(books.Incident.objects.current().select_related("asset"), client=client, ref=ref)
    if row is None:
        return None
    says = f"On {zone_label(row.opened_at, _zone(client, row.asset))}: {row.title}."
    return Thing(StarKind.INCIDENT, ref, says, "recorded", (row.payload,), row.asset.code)


def _message(client: Client, ref: str) -> Thing | None:
    row = _one(books.Message.objects.current().select_related("asset"), client=client, ref=ref)
    if row is None:
        return None
    quoted = shorten(row.says, _SAID, placeholder=" …")
    says = f"On {zone_label(row.sent_at, client.zone)}, by {row.channel}, {row.sender}: “{quoted}”"
    arrived = books.MailFiling.objects.filter(message__client=client, message__ref=ref).exists()
    asset = row.asset.code if row.asset else ""
    return Thing(StarKind.MESSAGE, ref, says, "recorded" if arrived else "", (row.payload,), asset)


def _file(client: Client, ref: str) -> Thing | None:
    rows = books.RawEvidence.objects.select_related("asset")
    row = _one(rows, client=client, digest=ref)
    if row is None:
        return None
    told = json.dumps(
        {"name": row.name, "format": row.format, "bytes": row.length, "sha256": row.digest}
    )
    says = f"The file {row.name} ({row.length} bytes), received {zone_label(row.recorded_at, client.zone)}."
    asset = row.asset.code if row.asset else ""
    return Thing(StarKind.FILE, ref, says, "recorded", (told,), asset)


def _invoice_line(client: Client, ref: str) -> Thing | None:
    rows = books.IssuedLine.objects.select_related("document")
    row = _one(rows, document__client=client, ref=ref)
    if row is None:
        return None
    amount = row.to_core().amount
    says = f"{row.document.ref}, {row.service_day}: {row.description}: {amount}."
    return Thing(StarKind.INVOICE_LINE, ref, says, "recorded", (row.payload,))


def _work(client: Client, ref: str) -> Thing | None:
    rows = books.Decision.objects.select_related("asset", "entry")
    row = _one(rows, client=client, number=ref)
    if row is None:
        return None
    entry = row.entry.to_core()
    says = f"On {zone_label(row.entry.started_at, _zone(client, row.asset))}: {entry.note or 'work without a note'}."
    asset = row.asset.code if row.asset else ""
    return Thing(StarKind.WORK, ref, says, "recorded", (row.payload, row.entry.payload), asset)


_FIND: Mapping[StarKind, Callable[[Client, str], Thing | None]] = {
    StarKind.CHANGE: _change,
    StarKind.LOGIN: _login,
    StarKind.INCIDENT: _incident,
    StarKind.MESSAGE: _message,
    StarKind.FILE: _file,
    StarKind.INVOICE_LINE: _invoice_line,
    StarKind.WORK: _work,
}

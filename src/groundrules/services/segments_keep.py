"""Segments over the years: those no policy wants are dropped, redacted evidence is taken out, all are checked.

The book is written first and the file goes after the commit. What a crash leaves behind is named by `check`, and `tidy`
removes it: files whose going is in the book, never any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from groundrules.records.models import Redaction, Role, Segment, SegmentDropped
from groundrules.services import audit, hot_events
from groundrules.services.actor import Actor, require
from groundrules.services.segments import enter
from groundrules.services.storage import segments_place
from groundrules.store.segments.layout import SCHEMA, SegmentUnreadable, pack, unpack
from groundrules.store.segments.places import SegmentDamaged, SegmentMissing


class DroppingUnexplained(ValueError):
    """Segments are dropped by a policy, and nobody said which."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` found: what is wrong (`missing`, `damaged`, `orphan`, `left over`), where, and what to do."""

    kind: str
    client: str
    digest: str
    says: str


def drop_older(before: datetime, reason: str, *, actor: Actor, at: datetime) -> int:
    """This function will drop every segment that ends before an instant and return how many that were.

    Their evidence, and the leaves of the seal, stay. Raises DroppingUnexplained without a reason.
    """
    require(actor)
    if not reason.strip():
        message = "say which policy asks for it: segments are dropped only with a reason"
        raise DroppingUnexplained(message)
    with transaction.atomic():
        rows = list(Segment.objects.standing().filter(last_at__lt=before).select_related("client"))
        for row in rows:
            SegmentDropped.objects.create(
                recorded_at=at, recorded_by=actor.label, segment=row, reason=reason.strip()
            )
            says = f"segment {row.digest[:12]} ({row.events} events until {row.last_at.isoformat()}) dropped: {reason}"
            entry = audit.Entry("events.drop", row.digest, says, row.client)
            audit.record(entry, actor=actor, at=at)
        transaction.on_commit(lambda: _remove(rows))
    return len(rows)


def forget(*, actor: Actor, at: datetime) -> int:
    """This function will take the payloads of redacted evidence out of segments and the hot index.

    Each segment concerned is written anew without them; times and types stay. Returns how many segments that were.
    """
    require(actor, Role.TECHNICIAN)
    redacted = Redaction.objects.values("digest")
    concerned = Segment.objects.standing().filter(
        holdings__evidence__digest__in=redacted, holdings__bare=False
    )
    rows = list(concerned.distinct().select_related("client").order_by("pk"))
    for row in rows:
        _write_anew(row, actor, at)
    return len(rows)


def check(*, whole: bool = True) -> Iterator[Finding]:
    """This function will compare the catalogue with the place: every segment there, whole (or, quicker, as long as it
    should be), and nothing else there.
    """
    place = segments_place()
    standing = Segment.objects.standing().select_related("client").order_by("pk")
    known = {(row.client.code, row.digest) for row in standing}
    for row in standing:
        yield from _findings(row, whole=whole)
    gone = _gone()
    for client, digest in place.names():
        if (client, digest) in gone:
            says = "dropped or written anew, but its file is still there; groundrules events tidy removes it"
            yield Finding("left over", client, digest, says)
        elif (client, digest) not in known:
            says = (
                "no catalogue row names it: a run was cut off before its books were written; the next "
                "groundrules events segment writes what is waiting again"
            )
            yield Finding("orphan", client, digest, says)


def tidy(*, actor: Actor) -> int:
    """This function will remove files whose going is in the book; returns how many were still there."""
    require(actor, Role.TECHNICIAN)
    place = segments_place()
    gone = _gone()
    left = [name for name in place.names() if name in gone]
    for client, digest in left:
        place.remove(client, digest)
    return len(left)


def _gone() -> set[tuple[str, str]]:
    standing = set(Segment.objects.standing().values_list("client__code", "digest"))
    return set(Segment.objects.values_list("client__code", "digest")) - standing


def _findings(row: Segment, *, whole: bool) -> Iterator[Finding]:
    place, client = segments_place(), row.client.code
    if not whole:
        if not place.has(client, row.digest, row.length):
            says = f"{row.events} events: it is missing or too short; restore it from a backup"
            yield Finding("missing", client, row.digest, says)
        return
    try:
        found = unpack(place.get(client, row.digest)).num_rows
    except SegmentMissing as problem:
        yield Finding("missing", client, row.digest, str(problem))
    except (SegmentDamaged, SegmentUnreadable) as problem:
        yield Finding("damaged", client, row.digest, str(problem))
    else:
        if found != row.events:
            says = f"it holds {found} events, its catalogue row says {row.events}"
            yield Finding("damaged", client, row.digest, says)


def _write_anew(old: Segment, actor: Actor, at: datetime) -> None:
    digests = old.holdings.values_list("evidence__digest", "bare")
    redacted = set(
        Redaction.objects.filter(digest__in=[one for one, _ in digests]).values_list(
            "digest", flat=True
        )
    )
    bare = frozenset(redacted | {one for one, is_bare in digests if is_bare})
    place = segments_place()
    packed = pack([_without_payloads(unpack(place.get(old.client.code, old.digest)), bare)])
    if packed.digest == old.digest:
        return  # There was no payload to take out.
    place.put(old.client.code, packed.content)
    with transaction.atomic():
        enter(packed, old.client, actor=actor, at=at, supersedes=old, bare=bare)
        for digest in redacted:
            hot_events.empty_payloads(digest)
        says = f"segment {old.digest[:12]} written anew without the payloads of {len(redacted)} redacted files"
        audit.record(audit.Entry("events.forget", old.digest, says, old.client), actor=actor, at=at)
        transaction.on_commit(lambda: _remove([old]))


def _without_payloads(table: pa.Table, bare: frozenset[str]) -> pa.Table:
    hidden = pc.is_in(table.column("evidence"), value_set=pa.array(sorted(bare), pa.string()))
    kept = pc.if_else(hidden, pa.scalar(""), table.column("payload"))
    place = table.schema.get_field_index("payload")
    return table.set_column(place, SCHEMA.field("payload"), kept)


def _remove(rows: Iterable[Segment]) -> None:
    for row in rows:
        segments_place().remove(row.client.code, row.digest)

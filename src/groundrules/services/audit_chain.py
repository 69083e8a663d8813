"""The audit book's chain: links made after the fact, so that no act waits for another, and followed to verify.

An entry that is younger than the last turn of the worker has no link yet; that is said, never hidden.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from groundrules.records.models import AuditEntry, AuditLink
from groundrules.services.actor import ENGINE

ORIGIN = hashlib.sha256(b"groundrules audit chain 1").hexdigest()
_BATCH = 1000
# So many later entries may have been linked before an act ended that began earlier.
_OVERTAKEN = 10_000
# Any number that nothing else locks by: two workers never make the same link.
_LOCK = 7_061_737


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many links hold, how many entries wait for theirs, the last digest, and what does not hold."""

    links: int
    waiting: int
    head: str
    faults: tuple[str, ...]


def extend(*, at: datetime, whole: bool = False) -> int:
    """This function will link entries that have none yet, and return how many; call it again while it returns some.

    It looks among the newest; with `whole` through the whole book, for an act whose end took very long.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditLink.objects.order_by("-position").first()
        position, digest = (last.position, last.digest) if last else (0, ORIGIN)
        newest = last.entry_id - _OVERTAKEN if last and not whole else 0
        unlinked = AuditEntry.objects.filter(pk__gt=newest, link__isnull=True)
        links = []
        for entry in unlinked.order_by("pk")[:_BATCH]:
            position, digest = position + 1, link_digest(digest, entry)
            links.append(
                AuditLink(
                    recorded_at=at,
                    recorded_by=ENGINE.label,
                    entry=entry,
                    position=position,
                    digest=digest,
                )
            )
        AuditLink.objects.bulk_create(links)
    return len(links)


def verify() -> ChainReport:
    """This function will follow the chain from its origin; whatever does not fit is named."""
    faults: list[str] = []
    digest, expected = ORIGIN, 0
    for link in AuditLink.objects.select_related("entry").order_by("position").iterator():
        expected += 1
        if link.position != expected:
            faults.append(f"link {expected} is missing; the next one is {link.position}")
            expected = link.position
        digest = link_digest(digest, link.entry)
        if digest != link.digest:
            when = link.entry.recorded_at.isoformat()
            faults.append(f"link {link.position} does not fit the entry of {when}")
            digest = link.digest
    waiting = AuditEntry.objects.filter(link__isnull=True).count()
    return ChainReport(expected, waiting, digest if expected else "", tuple(faults))


def link_digest(digest: str, entry: AuditEntry) -> str:
    """This function will return the digest of an entry together with that of the link before it."""
    told = {
        "entry": entry.pk,
        "at": entry.recorded_at.isoformat(),
        "by": entry.recorded_by,
        "client": entry.client_id,
        "verb": entry.verb,
        "subject": entry.subject,
        "says": entry.says,
        "details": entry.details,
    }
    said = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{digest}\n{said}".encode()).hexdigest()

"""Windows Update and disks: what the machine reports about its patches and its storage."""

from __future__ import annotations

import re
from collections.abc import Callable

from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.readers.evtx.claims import Claims, Seen
from groundrules.readers.evtx.identity import writer_of
from groundrules.readers.evtx.records import Record

UPDATE_AGENT = "Windows Update"
_ARTICLE = re.compile(r"\bKB\d{6,8}\b")


def update_installed(record: Record, claims: Claims) -> None:
    """This function will keep an update that was installed (19), by KB number where its title has one."""
    title = record.value("updateTitle")
    claims.observe(
        record,
        writer_of(record, UPDATE_AGENT),
        _update(record, f"update installed: {title}", done=True),
    )


def update_failed(record: Record, claims: Claims) -> None:
    """This function will keep an update that could not be installed (20): an attempt, with its error code."""
    says = f"update failed with {record.value('errorCode')}: {record.value('updateTitle')}"
    claims.observe(record, writer_of(record, UPDATE_AGENT), _update(record, says, done=False))


def _update(record: Record, summary: str, *, done: bool) -> Seen:
    """This function will describe one update; its identity and revision tie start, failure and success together."""
    title = record.value("updateTitle")
    article = _ARTICLE.search(title)
    revision = f"{record.value('updateGuid')}/{record.value('updateRevisionNumber')}"
    return Seen(
        ItemKind.PATCH,
        article.group() if article else title,
        Action.ADDED,
        after=title,
        summary=summary,
        correlation=f"update {'installed' if done else 'failed'}|{record.host}|{revision}".lower(),
        succeeded=done,
    )


def disk_trouble(says: str) -> Callable[[Record, Claims], None]:
    """This function will make the handler of a disk or file-system error: nobody did it, so it names nobody."""

    def keep(record: Record, claims: Claims) -> None:
        device = (
            record.string(0)
            or record.value("DriveName")
            or record.value("DeviceName")
            or "a disk not named"
        )
        seen = Seen(ItemKind.DISK, device, Action.ALTERED, after=says, summary=f"{device}: {says}")
        claims.observe(record, Actor(), seen)

    return keep

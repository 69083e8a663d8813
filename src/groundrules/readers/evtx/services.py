"""Services, drivers and scheduled tasks: what starts by itself on a server, and who put it there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from groundrules.core.evidence import Action, ItemKind
from groundrules.readers.evtx.claims import Claims, Seen
from groundrules.readers.evtx.identity import writer_of
from groundrules.readers.evtx.records import Record
from groundrules.readers.evtx.secrets import redact_command

CONTROL_MANAGER = "Service Control Manager"
DRIVER_TYPES = frozenset({"0x1", "0x2", "0x8"})


def service_installed(record: Record, claims: Claims) -> None:
    """This function will keep a new service or driver from the System log (7045): SCM writes it, often as SYSTEM."""
    _keep_service(record, claims, record.value("ImagePath"), from_audit=False)


def service_installed_audited(record: Record, claims: Claims) -> None:
    """This function will keep a new service from the Security log (4697), which names the login behind it."""
    _keep_service(record, claims, record.value("ServiceFileName"), from_audit=True)


def _keep_service(record: Record, claims: Claims, path: str, *, from_audit: bool) -> None:
    """This function will keep one installed service; both logs give the same correlation."""
    name = record.value("ServiceName")
    program = redact_command(path)
    is_driver = record.value("ServiceType") in DRIVER_TYPES or path.lower().endswith(".sys")
    kind = ItemKind.DRIVER if is_driver else ItemKind.SERVICE
    actor = claims.subject(record) if from_audit else writer_of(record, CONTROL_MANAGER)
    correlation = f"service installed|{record.host}|{name}".lower()
    summary = f"{kind.value} {name} installed: {program}"
    seen = Seen(kind, name, Action.ADDED, after=program, summary=summary, correlation=correlation)
    claims.observe(record, actor, seen)


def start_type_changed(record: Record, claims: Claims) -> None:
    """This function will keep a service's start type before and after (7040), in the machine's own language."""
    name = record.value("param4") or record.value("param1")
    before, after = record.value("param2"), record.value("param3")
    summary = f"start of service {record.value('param1')} changed from {before} to {after}"
    seen = Seen(ItemKind.SERVICE, name, Action.ALTERED, before, after, summary)
    claims.observe(record, writer_of(record, CONTROL_MANAGER), seen)


def task_change(action: Action, says: str, content: str = "") -> Callable[[Record, Claims], None]:
    """This function will make the handler of a scheduled-task record; `content` names the field with its definition.

    A definition can hold secrets, so only its SHA-256 is kept: enough to see that two are different.
    """

    def keep(record: Record, claims: Claims) -> None:
        name = record.value("TaskName")
        definition = record.value(content) if content else ""
        digest = f"sha256:{hashlib.sha256(definition.encode()).hexdigest()}" if definition else None
        summary = f"scheduled task {name} {says}"
        seen = Seen(ItemKind.SCHEDULED_TASK, name, action, after=digest, summary=summary)
        claims.observe(record, claims.subject(record), seen)

    return keep

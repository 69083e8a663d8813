"""What is said about one record type, and the words for providers, persons and times that the tables share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundrules.readers.evtx.claims import Claims
from groundrules.readers.evtx.records import Record

SECURITY = "Microsoft-Windows-Security-Auditing"
EVENT_LOG = "Microsoft-Windows-Eventlog"
LEGACY_EVENT_LOG = "EventLog"
KERNEL = "Microsoft-Windows-Kernel-General"
POWER = "Microsoft-Windows-Kernel-Power"
SERVICE_CONTROL = "Service Control Manager"
INSTALLER = "MsiInstaller"
UPDATES = "Microsoft-Windows-WindowsUpdateClient"
SESSIONS = "Microsoft-Windows-TerminalServices-LocalSessionManager"
CONNECTIONS = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"

LOGIN = "account, SID and LogonId of the new login"
SUBJECT = "account, SID and LogonId (Subject)"
STARTER = "SID of the user who started the transaction (1040)"
WRITER = "SID the record was written under, often SYSTEM: then the tool, not a person"
NOBODY = "nobody: the record names no one"
PRINCIPAL = "login the session began with, its SID and session number"
SQL_USER = "login name only"
MOMENT = "record time"
BOUNDED = "between start of the transaction (1040) and record time"
AUDITED = "the row's own event_time; record time is the later bound"
AFTERWARDS = "not told: before this record, which was written at the next start"

Handler = Callable[[Record, Claims], None]


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type: provider and id, what it tells, who it names, when it dates, and its handler.

    Without a handler the type is known and counted but changes nothing by itself.
    """

    source: str
    event_id: int
    tells: str
    who: str
    when: str = MOMENT
    handle: Handler | None = None

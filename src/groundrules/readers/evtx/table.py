"""Every record type the reader understands: what it tells, who it names, when it happened, and what handles it.

An entry goes by provider *and* event id: the same id means other things elsewhere (55 is Ntfs damage or a processor
report). docs/reference/readers-windows.md shows this table; a test keeps the two the same.
"""

from __future__ import annotations

from groundrules.readers.evtx.record_types import KERNEL, LEGACY_EVENT_LOG, SECURITY
from groundrules.readers.evtx.table_machine import MACHINE
from groundrules.readers.evtx.table_people import ACCOUNTS, LOGINS
from groundrules.readers.evtx.table_software import DATABASE, SOFTWARE

RECORD_TYPES = LOGINS + ACCOUNTS + SOFTWARE + DATABASE + MACHINE
BY_TYPE = {(known.source, known.event_id): known for known in RECORD_TYPES}
"""Lookup by (provider, event id). All SQL Server instances go by `MSSQLSERVER`."""

HANDLED = {
    (known.source, known.event_id): known.handle
    for known in RECORD_TYPES
    if known.handle is not None
}

BOOT_STARTS = frozenset(
    {(SECURITY, 4608), (KERNEL, 12), (LEGACY_EVENT_LOG, 6005), (LEGACY_EVENT_LOG, 6009)}
)
SECURITY_START = (SECURITY, 4608)

"""Record types about the machine: starts and stops, clock, logs, auditing and disks."""

from __future__ import annotations

from groundrules.readers.evtx import host, system
from groundrules.readers.evtx.record_types import (
    AFTERWARDS,
    EVENT_LOG,
    KERNEL,
    LEGACY_EVENT_LOG,
    NOBODY,
    POWER,
    SECURITY,
    SUBJECT,
    WRITER,
    RecordType,
)

MACHINE = (
    RecordType(
        SECURITY,
        4608,
        "machine started: new boot, open sessions ended, gap",
        NOBODY,
        handle=host.security_started,
    ),
    RecordType(SECURITY, 4609, "machine stopping", NOBODY, handle=host.stopping),
    RecordType(EVENT_LOG, 1100, "log service stopping", NOBODY, handle=host.stopping),
    RecordType(LEGACY_EVENT_LOG, 6005, "log service started: gap", NOBODY, handle=host.log_started),
    RecordType(LEGACY_EVENT_LOG, 6006, "log service stopped", NOBODY, handle=host.stopping),
    RecordType(
        LEGACY_EVENT_LOG,
        6008,
        "the stop before was unexpected",
        NOBODY,
        AFTERWARDS,
        host.stopped_unexpectedly,
    ),
    RecordType(
        LEGACY_EVENT_LOG,
        6009,
        "version of Windows at the start: gap",
        NOBODY,
        handle=host.log_started,
    ),
    RecordType(LEGACY_EVENT_LOG, 6013, "time since the last start", NOBODY),
    RecordType(KERNEL, 12, "machine started: new boot, gap", NOBODY, handle=host.log_started),
    RecordType(KERNEL, 13, "machine stopping", NOBODY, handle=host.stopping),
    RecordType(
        POWER,
        41,
        "machine started without a clean stop",
        NOBODY,
        AFTERWARDS,
        host.stopped_unexpectedly,
    ),
    RecordType(
        "User32",
        1074,
        "restart or stop asked for: program and reason",
        "account and SID",
        handle=host.restart_requested,
    ),
    RecordType(
        "User32",
        1076,
        "reason given for an unexpected stop",
        "account and SID",
        handle=host.restart_explained,
    ),
    RecordType(
        SECURITY,
        4616,
        "clock set: old and new time; from 5 s a change and a gap",
        SUBJECT,
        handle=host.clock_changed,
    ),
    RecordType(
        KERNEL,
        1,
        "clock set: old and new time; from 5 s a change and a gap",
        WRITER,
        handle=host.clock_changed,
    ),
    RecordType(
        EVENT_LOG, 1102, "Security log cleared: gap", "account and SID", handle=host.log_cleared
    ),
    RecordType(
        EVENT_LOG, 104, "another log cleared: gap", "account and SID", handle=host.log_cleared
    ),
    RecordType(
        EVENT_LOG, 1101, "audit records were lost: gap", NOBODY, handle=host.records_dropped
    ),
    RecordType(
        SECURITY,
        4719,
        "audit policy changed; switched off a gap",
        SUBJECT,
        handle=host.audit_policy_changed,
    ),
    RecordType("disk", 7, "bad block", NOBODY, handle=system.disk_trouble("bad block")),
    RecordType(
        "disk", 11, "controller error", NOBODY, handle=system.disk_trouble("controller error")
    ),
    RecordType(
        "disk", 15, "disk not ready", NOBODY, handle=system.disk_trouble("not ready for access")
    ),
    RecordType(
        "disk",
        51,
        "error while paging",
        NOBODY,
        handle=system.disk_trouble("error during a paging operation"),
    ),
    RecordType(
        "disk",
        52,
        "disk predicts its own failure",
        NOBODY,
        handle=system.disk_trouble("predicts its own failure"),
    ),
    RecordType(
        "disk",
        153,
        "input or output had to be repeated",
        NOBODY,
        handle=system.disk_trouble("input or output was repeated"),
    ),
    RecordType(
        "Ntfs",
        55,
        "file system damaged",
        NOBODY,
        handle=system.disk_trouble("file system structure is damaged"),
    ),
    RecordType(
        "Microsoft-Windows-Ntfs",
        55,
        "file system damaged",
        NOBODY,
        handle=system.disk_trouble("file system structure is damaged"),
    ),
)

"""The machine itself: starts and stops, clock steps, cleared logs, and auditing switched off.

Each of these makes other evidence weaker than it looks, so each leaves a gap beside what it says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from groundrules.core.evidence import Action, Actor, GapKind, ItemKind
from groundrules.core.periods import Interval
from groundrules.readers.evtx.claims import AuditOff, Claims, Seen, span
from groundrules.readers.evtx.identity import SERVICE_SIDS, account_name, writer_of
from groundrules.readers.evtx.logons import end_sessions_of_boot
from groundrules.readers.evtx.records import Record, instant_of, text

# Time services correct by fractions of a second all day; a step that can reorder records is longer.
SMALLEST_CLOCK_STEP = 5.0
# The log service alone (6005) can be restarted; these say that the machine was. The Security log's own start (4608) is
# its first record, so there it needs no clean stop before it.
MACHINE_STARTS = frozenset({("Microsoft-Windows-Kernel-General", 12), ("EventLog", 6009)})
AUDIT_REMOVED = {"%%8448": "success", "%%8450": "failure"}
AUDIT_ADDED = {"%%8449": "success", "%%8451": "failure"}
# Microsoft, "4719(S): System audit policy was changed", subcategory GUIDs.
SUBCATEGORIES = {
    "0CCE9210": "Security State Change",
    "0CCE9211": "Security System Extension",
    "0CCE9215": "Logon",
    "0CCE9216": "Logoff",
    "0CCE921B": "Special Logon",
    "0CCE921C": "Other Logon/Logoff Events",
    "0CCE9227": "Other Object Access Events",
    "0CCE922B": "Process Creation",
    "0CCE922F": "Audit Policy Change",
    "0CCE9235": "User Account Management",
    "0CCE9236": "Computer Account Management",
    "0CCE9237": "Security Group Management",
}


def stopping(record: Record, claims: Claims) -> None:
    """This function will remember that a log's service or the machine is going down (1100, 4609, 6006, 13)."""
    claims.stopping = record


def security_started(record: Record, claims: Claims) -> None:
    """This function will begin a new boot in the Security log (4608): sessions of the one before have ended."""
    stopped_at = claims.stopping.at if claims.stopping is not None else record.at
    end_sessions_of_boot(claims.stream_boot, stopped_at, record, claims)
    claims.restarted(record, stopped_at)
    claims.stream_boot = claims.boot_marks[record.channel, record.number]
    log_started(record, claims)


def log_started(record: Record, claims: Claims) -> None:
    """This function will keep the span in which nothing was recorded around a restart (6005, 6009, 12, 4608).

    A start writes several of these, in any order; the first one counts.
    """
    boot = claims.boot_marks[record.channel, record.number]
    if boot == claims.log_boot:
        return
    claims.log_boot = boot
    stopped = claims.stopping
    if stopped is not None and (record.source, record.event_id) in MACHINE_STARTS:
        claims.restarted(record, stopped.at)
    before = stopped.at if stopped is not None else claims.previous_at
    claims.stopping, claims.before_start = None, before
    if before is None:
        return
    says = f"{record.host} was not recording between its stop and its start"
    claims.gap(GapKind.RESTART, span(before, record.at), record.channel, says, claims.cite(record))


def restart_requested(record: Record, claims: Claims) -> None:
    """This function will keep who asked for a restart or shutdown, through which program and why (1074)."""
    fields = [record.value(f"param{number}") for number in range(1, 8)]
    process, _, reason, code, kind, _, user = fields if any(fields) else _padded(record.strings)
    program = process.partition(" (")[0]
    is_tool = user.rpartition("\\")[2] in {"SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE"}
    actor = Actor(user, record.sid, "", program if is_tool else "")
    summary = f"{kind or 'restart'} of {record.host} asked for through {program}: {reason} ({code})"
    seen = Seen(ItemKind.HOST, record.host, Action.ALTERED, after=kind, summary=summary)
    claims.observe(record, actor, seen)


def _padded(strings: tuple[str, ...]) -> list[str]:
    """This function will bring unnamed values to the seven of 1074."""
    return [*strings, *[""] * 7][:7]


def restart_explained(record: Record, claims: Claims) -> None:
    """This function will keep the reason a person gave afterwards for an unexpected stop (1076)."""
    fields = [record.value(f"param{number}") for number in range(1, 7)]
    reason, _, _, _, _, user = fields if any(fields) else _padded(record.strings)[:6]
    summary = (
        f"{user or 'someone'} gave a reason for the unexpected stop of {record.host}: {reason}"
    )
    seen = Seen(ItemKind.HOST, record.host, Action.ALTERED, summary=summary)
    claims.observe(record, Actor(user, record.sid), seen)


def stopped_unexpectedly(record: Record, claims: Claims) -> None:
    """This function will keep a stop nobody asked for (6008, Kernel-Power 41), written only after the next start."""
    summary = f"{record.host} had stopped unexpectedly before this start"
    seen = Seen(
        ItemKind.HOST,
        record.host,
        Action.ALTERED,
        after="unexpected stop",
        summary=summary,
        correlation=f"unexpected stop|{record.host}".lower(),
    )
    kept = claims.observe(record, Actor(), seen)
    if claims.before_start is not None and claims.before_start < record.at:
        claims.observations[-1] = replace(kept, at=claims.before_start, recorded_at=record.at)


def clock_changed(record: Record, claims: Claims) -> None:
    """This function will keep a step of the clock (4616, Kernel-General 1) with old and new time; small ones pass."""
    old = instant_of(record.value("PreviousTime") or record.value("OldTime"))
    new = instant_of(record.value("NewTime"))
    seconds = (new - old).total_seconds() if old is not None and new is not None else 0.0
    if old is None or new is None or abs(seconds) < SMALLEST_CLOCK_STEP:
        return
    before, after = old.isoformat(), new.isoformat()
    says = f"clock of {record.host} set from {before} to {after} ({seconds:+.1f} s)"
    claims.gap(GapKind.CLOCK_STEP, span(old, new), record.channel, says, claims.cite(record))
    names_subject = bool(record.value("SubjectUserSid"))
    actor = (
        claims.subject(record) if names_subject else writer_of(record, record.value("ProcessName"))
    )
    seen = Seen(
        ItemKind.CLOCK,
        record.host,
        Action.ALTERED,
        before,
        after,
        says,
        f"clock|{record.host}|{seconds:+.0f} s".lower(),
    )
    claims.observe(record, actor, seen)


def log_cleared(record: Record, claims: Claims) -> None:
    """This function will keep that a log was emptied (1102, 104), by whom, and what of it is known to be gone."""
    log = record.value("Channel") or record.channel
    sid = record.value("SubjectUserSid") or record.sid
    account = account_name(record.value("SubjectDomainName"), record.value("SubjectUserName"))
    same_log = log == record.channel and claims.previous_at is not None
    start = claims.previous_at if same_log and claims.previous_at is not None else record.at
    who = account or SERVICE_SIDS.get(sid, sid) or "an account the record does not name"
    says = f"log {log} was cleared by {who}; what it held before is gone unless collected earlier"
    claims.gap(GapKind.LOG_CLEARED, span(start, record.at), log, says, claims.cite(record))


def records_dropped(record: Record, claims: Claims) -> None:
    """This function will keep that the system itself lost audit records before writing this one (1101)."""
    start = claims.previous_at if claims.previous_at is not None else record.at
    says = f"{record.host} dropped audit records before they were written"
    claims.gap(
        GapKind.RECORDS_MISSING, span(start, record.at), record.channel, says, claims.cite(record)
    )


def audit_policy_changed(record: Record, claims: Claims) -> None:
    """This function will keep a change of the Windows audit policy (4719); what is switched off leaves a gap."""
    changes = [word.strip().rstrip(",") for word in record.value("AuditPolicyChanges").split()]
    removed = [AUDIT_REMOVED[change] for change in changes if change in AUDIT_REMOVED]
    added = [AUDIT_ADDED[change] for change in changes if change in AUDIT_ADDED]
    guid = record.value("SubcategoryGuid").strip("{}").upper()
    part = SUBCATEGORIES.get(guid[:8], guid or text(record.fields.get("SubcategoryId")))
    said = [f"{word} no longer audited" for word in removed] + [
        f"{word} now audited" for word in added
    ]
    summary = f"audit policy, {part}: {', '.join(said) or 'changed'}"
    seen = Seen(ItemKind.AUDIT_POLICY, part, Action.ALTERED, after=", ".join(said), summary=summary)
    claims.observe(record, claims.subject(record), seen)
    if removed:
        audit_went_off(f"{record.channel}: Windows audit policy", part, record, claims)
    elif added:
        audit_came_back(f"{record.channel}: Windows audit policy", part, record.at, claims)


def audit_went_off(
    source: str, part: str, record: Record, claims: Claims, at: datetime | None = None
) -> None:
    """This function will note since when an audit source is silent, and which part of it."""
    off = claims.audits_off.get(source)
    if off is None or off.until is not None:
        if off is not None:
            _close(source, off, record.at, claims)
        claims.audits_off[source] = AuditOff(at or record.at, None, [part], claims.cite(record))
    elif part not in off.parts:
        off.parts.append(part)


def audit_came_back(source: str, part: str, at: datetime, claims: Claims) -> None:
    """This function will end an audit gap once every part that was switched off is on again."""
    off = claims.audits_off.get(source)
    if off is None or part not in off.parts:
        return
    off.parts.remove(part)
    if not off.parts:
        off.parts.append(part)
        off.until = at


def close_audit_gaps(last_at: datetime, claims: Claims) -> None:
    """This function will turn what is still off at the end of the evidence into gaps up to there."""
    for source, off in claims.audits_off.items():
        _close(source, off, last_at, claims)
    claims.audits_off.clear()


def _close(source: str, off: AuditOff, last_at: datetime, claims: Claims) -> None:
    """This function will write the gap of one audit that was off."""
    says = f"switched off: {', '.join(off.parts)}"
    until = off.until or max(off.since, last_at)
    interval = Interval(min(off.since, until), max(off.since, until))
    claims.gap(GapKind.AUDIT_OFF, interval, source, says, off.citation)

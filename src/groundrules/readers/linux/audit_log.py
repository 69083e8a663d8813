"""The kernel audit log: logins and changes with the login uid and session that survive su and sudo, and what was lost.

Record types from linux/audit.h and audit-userspace's lib/audit-records.h. Event serials count up by one per boot, so a
hole between two is missing evidence and becomes a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from groundrules.core.evidence import (
    Action,
    Actor,
    Gap,
    GapKind,
    ItemKind,
    Observation,
    Reading,
    SessionKind,
)
from groundrules.core.ids import GapId
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.audit_records import UNSET, AuditRecord, records
from groundrules.readers.linux.audit_types import OTHERS
from groundrules.readers.linux.logins import OpenLogin, exact_key
from groundrules.readers.linux.packages import package_key
from groundrules.readers.linux.tally import Tally

READER = "audit-log/1"
SERIALS = 1 << 32
HALF = 1 << 31
PASSWORD_OPS = re.compile(r"(?:chang|updat|PAM:chauthtok|password)", re.IGNORECASE)
SOFTWARE = {"install": Action.ADDED, "remove": Action.REMOVED}
RPM = re.compile(r"(.+)-([^-]+-[^-]+)\.([^.]+)")


@dataclass(slots=True)
class _Log:
    """What was gathered so far; `boot` names the boot the current line belongs to."""

    tally: Tally
    boot: str = ""
    logins: dict[str, OpenLogin] = field(default_factory=dict)
    finished: list[OpenLogin] = field(default_factory=list)
    stopped_at: datetime | None = None


def read_audit_log(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read audit.log into logins with exact keys, changes with their login uid, and gaps."""
    tally = Tally(READER, context)
    lines = list(records(tally, raw))
    boots = _boots(lines, context.boot)
    log = _Log(tally)
    for record, boot in zip(lines, boots, strict=True):
        log.boot = boot
        act = ACTS.get(record.type)
        if act is None and record.type not in OTHERS:
            tally.unknown(f"audit/{record.type}")
            continue
        tally.known(f"audit/{record.type}")
        if record.node:
            tally.hosts.add(record.node)
        if act is not None:
            act(log, record)
    _close(log)
    _lost(tally, lines)
    return tally.reading()


def _boots(lines: Sequence[AuditRecord], current: str) -> list[str]:
    """Names the boot of every line: the collector's boot id after the last start seen, else the start's own time."""
    starts = [at for at, record in enumerate(lines) if record.type == "SYSTEM_BOOT"]
    names: list[str] = []
    name = "" if starts else current
    for at, record in enumerate(lines):
        if starts and at == starts[-1]:
            name = current or f"@{record.at.isoformat()}"
        elif at in starts:
            name = f"@{record.at.isoformat()}"
        names.append(name)
    return names


def _login(log: _Log, record: AuditRecord) -> None:
    session = record.get("ses")
    if not session or not record.succeeded or record.get("auid") in UNSET:
        return
    _begin(log, record, session)


def _begin(log: _Log, record: AuditRecord, session: str) -> OpenLogin:
    tally = log.tally
    earlier = log.logins.pop(session, None)
    if earlier:
        log.finished.append(earlier)
    host = record.node or tally.context.host
    login = OpenLogin(
        asset=tally.context.asset,
        host=host,
        place=f"ses {session}:{record.get('pid')}",
        account="",
        started=record.at,
        kind=SessionKind.UNKNOWN,
        citations=[tally.cite(record.number)],
        identifier=record.get("auid"),
        key=exact_key(host, log.boot, session),
    )
    log.logins[session] = login
    _describe(login, record)
    return login


def _describe(login: OpenLogin, record: AuditRecord) -> None:
    """Adds what a further record of the same session says: name, address, and how the login came about."""
    login.account = login.account or record.get("acct") or record.get("AUID")
    login.source_address = login.source_address or record.get("addr")
    if login.kind is SessionKind.UNKNOWN:
        login.kind = _kind(record)


def _kind(record: AuditRecord) -> SessionKind:
    program = record.get("exe").rpartition("/")[2]
    if program.startswith("sshd") or record.get("terminal") == "ssh":
        return SessionKind.REMOTE
    if program in {"crond", "cron", "atd"} or record.get("terminal") == "cron":
        return SessionKind.BATCH
    if program in {"login", "gdm-session-worker", "lightdm", "sddm-helper"}:
        return SessionKind.CONSOLE
    return SessionKind.SERVICE if program.startswith("systemd") else SessionKind.UNKNOWN


def _more(log: _Log, record: AuditRecord) -> None:
    session = record.get("ses")
    if not session or not record.succeeded:
        return
    login = log.logins.get(session)
    program = record.get("exe").rpartition("/")[2]
    if login is None and record.type == "USER_LOGIN":
        login = _begin(log, record, session)
    elif login is not None and program not in {"sudo", "su", "runuser"}:
        login.citations.append(log.tally.cite(record.number))
        _describe(login, record)


def _end(log: _Log, record: AuditRecord) -> None:
    program = record.get("exe").rpartition("/")[2]
    session = record.get("ses")
    login = log.logins.get(session)
    if program in {"sudo", "su", "runuser"}:
        return
    if login is None:
        key = exact_key(record.node or log.tally.context.host, log.boot, session)
        if key:
            log.tally.ended(key, record.at, record.number)
        return
    login.ended = max(record.at, login.started)
    login.citations.append(log.tally.cite(record.number))


def _change(kind: ItemKind, action: Action, after: str = "") -> Callable[[_Log, AuditRecord], None]:
    def act(log: _Log, record: AuditRecord) -> None:
        key = record.get("acct", "grp", "unit") or _numbered(record)
        if key:
            _observe(log, record, _Seen(kind, key, action, after=after or None))

    return act


def _numbered(record: AuditRecord) -> str:
    """Older tools name the account by number only (`id=1000`)."""
    number = record.get("id")
    return f"id {number}" if number else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a record did to which thing."""

    kind: ItemKind
    key: str
    action: Action
    before: str | None = None
    after: str | None = None


def _observe(log: _Log, record: AuditRecord, seen: _Seen) -> None:
    tally = log.tally
    session = record.get("ses")
    host = record.node or tally.context.host
    known = log.logins.get(session)
    actor = Actor(
        account=record.get("AUID") or (known.account if known else ""),
        identifier=record.get("auid"),
        session_key=exact_key(host, log.boot, session),
        process=record.get("exe") or record.get("comm"),
    )
    tally.observations.append(
        Observation(
            asset=tally.context.asset,
            kind=seen.kind,
            key=seen.key,
            action=seen.action,
            at=record.at,
            citation=tally.cite(record.number),
            before=seen.before,
            after=seen.after,
            actor=actor,
            succeeded=record.succeeded,
            summary=f"{record.type} {record.get('op')}".strip(),
            correlation=f"audit|{tally.context.asset}|{log.boot}|{record.serial}",
        )
    )


def _password(log: _Log, record: AuditRecord) -> None:
    key = record.get("acct") or _numbered(record)
    if PASSWORD_OPS.search(record.get("op") or "password"):
        _observe(log, record, _Seen(ItemKind.PASSWORD, key, Action.ALTERED))


def _software(log: _Log, record: AuditRecord) -> None:
    found = RPM.fullmatch(record.get("sw"))
    name, version, architecture = found.groups() if found else (record.get("sw"), None, "")
    key = package_key(f"{name}:{architecture}", log.tally.context.architecture or architecture)
    action = SOFTWARE.get(record.get("op"), Action.ALTERED)
    removed = action is Action.REMOVED
    before, after = (version, None) if removed else (None, version)
    _observe(log, record, _Seen(ItemKind.PACKAGE, key, action, before, after))


def _service(after: str) -> Callable[[_Log, AuditRecord], None]:
    return _change(ItemKind.SERVICE, Action.ALTERED, after)


def _audit_configuration(log: _Log, record: AuditRecord) -> None:
    key, after = record.get("key") or "audit", record.get("op") or None
    _observe(log, record, _Seen(ItemKind.AUDIT_POLICY, key, Action.ALTERED, after=after))


def _system_time(log: _Log, record: AuditRecord) -> None:
    _observe(log, record, _Seen(ItemKind.CLOCK, "clock", Action.ALTERED))


def _boot(log: _Log, record: AuditRecord) -> None:
    for login in log.logins.values():
        login.ended = login.ended or max(record.at, login.started)
        log.finished.append(login)
    log.logins.clear()
    _gap(log.tally, GapKind.RESTART, Interval.exactly(record.at), "the host started", record)


def _daemon_end(log: _Log, record: AuditRecord) -> None:
    log.stopped_at = record.at


def _daemon_start(log: _Log, record: AuditRecord) -> None:
    if log.stopped_at is not None and log.stopped_at <= record.at:
        _gap(
            log.tally,
            GapKind.AUDIT_OFF,
            Interval(log.stopped_at, record.at),
            "the audit daemon was not running",
            record,
        )
    log.stopped_at = None


def _close(log: _Log) -> None:
    for login in (*log.finished, *log.logins.values()):
        login.account = login.account or login.identifier
        log.tally.sessions.append(login.session())


def _lost(tally: Tally, lines: Iterable[AuditRecord]) -> None:
    """Reports holes in the serials of each boot; auditd's own DAEMON records count by themselves."""
    for segment in _segments(lines):
        ordered = sorted(segment.items())
        for (earlier, before), (later, after) in pairwise(ordered):
            if later - earlier > 1:
                missing = later - earlier - 1
                first, last = (earlier + 1) % SERIALS, (later - 1) % SERIALS
                says = f"{missing} audit events are missing: serials {first} to {last}"
                span = Interval(min(before.at, after.at), max(before.at, after.at))
                _gap(tally, GapKind.RECORDS_MISSING, span, says, after)


def _segments(lines: Iterable[AuditRecord]) -> list[dict[int, AuditRecord]]:
    """Splits the log where the serial starts again; a 32-bit counter that rolls over goes on instead."""
    segments: list[dict[int, AuditRecord]] = [{}]
    highest, turns = -1, 0
    for record in (line for line in lines if not line.type.startswith("DAEMON_")):
        serial = record.serial + turns * SERIALS
        if highest >= 0 and serial < highest - HALF and highest % SERIALS > SERIALS - HALF:
            turns += 1
            serial += SERIALS
        elif record.type == "SYSTEM_BOOT" and serial < highest:
            segments.append({})
            highest, turns, serial = -1, 0, record.serial
        segments[-1].setdefault(serial, record)
        highest = max(highest, serial)
    return segments


def _gap(tally: Tally, kind: GapKind, interval: Interval, says: str, record: AuditRecord) -> None:
    own = GapId(
        f"{tally.context.asset}|audit|{kind}|{interval.not_after.isoformat()}|{record.serial}"
    )
    tally.gaps.append(
        Gap(own, tally.context.asset, kind, interval, "audit", says, tally.cite(record.number))
    )


ACTS: dict[str, Callable[[_Log, AuditRecord], None]] = {
    "LOGIN": _login,
    "USER_LOGIN": _more,
    "USER_START": _more,
    "CRED_ACQ": _more,
    "USER_END": _end,
    "USER_LOGOUT": _end,
    "CRED_DISP": _end,
    "ADD_USER": _change(ItemKind.ACCOUNT, Action.ADDED),
    "DEL_USER": _change(ItemKind.ACCOUNT, Action.REMOVED),
    "USER_MGMT": _change(ItemKind.ACCOUNT, Action.ALTERED),
    "ACCT_LOCK": _change(ItemKind.ACCOUNT, Action.ALTERED, "locked"),
    "ACCT_UNLOCK": _change(ItemKind.ACCOUNT, Action.ALTERED, "unlocked"),
    "USER_CHAUTHTOK": _password,
    "ADD_GROUP": _change(ItemKind.GROUP, Action.ADDED),
    "DEL_GROUP": _change(ItemKind.GROUP, Action.REMOVED),
    "GRP_MGMT": _change(ItemKind.GROUP, Action.ALTERED),
    "SERVICE_START": _service("started"),
    "SERVICE_STOP": _service("stopped"),
    "SOFTWARE_UPDATE": _software,
    "CONFIG_CHANGE": _audit_configuration,
    "USYS_CONFIG": _system_time,
    "SYSTEM_BOOT": _boot,
    "DAEMON_END": _daemon_end,
    "DAEMON_ABORT": _daemon_end,
    "DAEMON_START": _daemon_start,
}

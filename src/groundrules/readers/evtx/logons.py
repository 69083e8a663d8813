"""Logons of the Security log: one session per login, both tokens of an administrator joined, a restart ends them all.

A LogonId is unique between two restarts only, so a session's key is `host|boot|LogonId`.
"""

from __future__ import annotations

from datetime import datetime

from groundrules.core.evidence import ASKED_FOR, SessionKind
from groundrules.readers.evtx.claims import Claims, Login
from groundrules.readers.evtx.identity import account_name, is_service_identity, remote_address
from groundrules.readers.evtx.processes import Process, runs_as
from groundrules.readers.evtx.records import Record, number_of

# Logon types: Microsoft, "4624(S): An account was successfully logged on".
KINDS = {
    0: SessionKind.SERVICE,
    2: SessionKind.CONSOLE,
    3: SessionKind.NETWORK,
    4: SessionKind.BATCH,
    5: SessionKind.SERVICE,
    7: SessionKind.CONSOLE,
    8: SessionKind.NETWORK,
    10: SessionKind.REMOTE,
    11: SessionKind.CONSOLE,
    12: SessionKind.REMOTE,
    13: SessionKind.CONSOLE,
}
AT_A_SCREEN = frozenset({2, 10, 11, 12})
NOBODY = "S-1-0-0"
UNLOCKS = frozenset({7, 13})


def logged_on(record: Record, claims: Claims) -> None:
    """This function will open a session for 4624, or join it to the other token of the same login."""
    key = claims.session_key(record, record.value("TargetLogonId"))
    sid = record.value("TargetUserSid")
    if sid and sid not in claims.accounts and (account := _target(record)):
        claims.accounts[sid] = account
    known = claims.logins.get(claims.aliases.get(key, key))
    if not key or known is not None:
        if known is not None and key in claims.aliases:
            known.citations.append(claims.cite(record))
        return
    linked = claims.session_key(record, record.value("TargetLinkedLogonId"))
    logon_type = number_of(record.value("LogonType"))
    pair = _token_pair(record) if logon_type in AT_A_SCREEN else None
    other = claims.logins.get(linked) or (claims.tokens.get(pair) if pair else None)
    if other is not None:
        claims.aliases[key] = other.key
        other.citations.append(claims.cite(record))
        return
    address = remote_address(record.value("IpAddress"))
    kind = _kind_of(logon_type, sid, address)
    cited = [claims.cite(record)]
    asked = _asked_for(record, sid) if logon_type in AT_A_SCREEN else ""
    login = Login(key, _target(record), record.at, kind, sid, address, asked, citations=cited)
    claims.logins[key] = login
    claims.open_by_boot.setdefault(claims.boot_of(record), set()).add(key)
    if linked:
        claims.aliases[linked] = key
    elif pair and "TargetLinkedLogonId" not in record.fields:
        claims.tokens[pair] = login


def _target(record: Record) -> str:
    """This function will name the account that logged on."""
    return account_name(record.value("TargetDomainName"), record.value("TargetUserName"))


def _asked_for(record: Record, sid: str) -> str:
    """This function will say in whose login one was asked for (`runas`): the Subject of 4624, where it is a person."""
    asker = record.value("SubjectUserSid")
    if asker in {"", NOBODY, sid} or is_service_identity(asker):
        return ""
    account = account_name(record.value("SubjectDomainName"), record.value("SubjectUserName"))
    return "" if account.endswith("$") else f"{ASKED_FOR}{account or asker}"


def _token_pair(record: Record) -> tuple[str, datetime, str, str]:
    """This function will tell what both tokens of one login share in older records, which do not link them.

    Before Windows 10 both come from one process at the very same instant, at a screen, to the same account.
    """
    return (
        record.value("TargetUserSid"),
        record.at,
        record.value("LogonType"),
        record.value("ProcessId"),
    )


def _kind_of(logon_type: int, sid: str, address: str) -> SessionKind:
    """This function will name the kind of a login; an unlock from another machine is a reconnected remote session."""
    kind = KINDS.get(logon_type, SessionKind.UNKNOWN)
    if logon_type in UNLOCKS and address:
        return SessionKind.REMOTE
    if kind is SessionKind.CONSOLE and is_service_identity(sid):
        return SessionKind.SERVICE
    return kind


def logged_off(record: Record, claims: Claims) -> None:
    """This function will end the session named in 4634 or 4647; of several such records the latest counts."""
    login = _login_of(record, claims, "TargetLogonId")
    if login is None:
        claims.ended(record, claims.session_key(record, record.value("TargetLogonId")))
        return
    login.ended = record.at if login.ended is None else max(login.ended, record.at)
    login.citations.append(claims.cite(record))
    claims.open_by_boot.get(claims.boot_of(record), set()).discard(login.key)


def reconnected(record: Record, claims: Claims) -> None:
    """This function will add 4778 or 4779 to its session: who connected from where. A disconnect ends nothing."""
    login = _login_of(record, claims, "LogonID")
    if login is None:
        return
    login.address = login.address or remote_address(record.value("ClientAddress"))
    login.citations.append(claims.cite(record))


def _login_of(record: Record, claims: Claims, name: str) -> Login | None:
    """This function will find the login a record speaks of, through either of its tokens."""
    key = claims.session_key(record, record.value(name))
    return claims.logins.get(claims.aliases.get(key, key))


def process_started(record: Record, claims: Claims) -> None:
    """This function will remember a started process (4688): its starter's number, and in whose login it runs."""
    target = claims.session_key(record, record.value("TargetLogonId"))
    actor = runs_as(
        claims.subject(record),
        record.value("TargetUserSid"),
        record.value("TargetDomainName"),
        record.value("TargetUserName"),
        claims.aliases.get(target, target),
    )
    started = (claims.machine_of(record), number_of(record.value("NewProcessId")))
    parent = number_of(record.value("ProcessId"))
    claims.processes[started] = Process(parent, actor, claims.cite(record))


def process_ended(record: Record, claims: Claims) -> None:
    """This function will forget a process that ended (4689): its number may be another's from here on."""
    ended = (claims.machine_of(record), number_of(record.value("ProcessId")))
    claims.processes.pop(ended, None)


def end_sessions_of_boot(boot: str, at: datetime, record: Record, claims: Claims) -> None:
    """This function will end every session still open when the machine stopped: no login outlives a restart."""
    for key in claims.open_by_boot.pop(boot, set()):
        login = claims.logins[key]
        login.ended = max(at, login.started)
        login.citations.append(claims.cite(record))

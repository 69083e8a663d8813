"""SQL Server audit rows (33205): who changed logins, roles, databases' users and the audit itself, with their own time.

The row's `event_time` is when it happened; the event log has it seconds later. Both are kept. Action and class codes:
Microsoft, sys.dm_audit_actions and sys.dm_audit_class_type_map; PWC and PWR rows are known from there only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import Action, Actor, ItemKind, SessionKind
from groundrules.readers.evtx.claims import Claims, Login, Seen
from groundrules.readers.evtx.host import audit_came_back, audit_went_off
from groundrules.readers.evtx.identity import remote_address
from groundrules.readers.evtx.records import Record, instant_of
from groundrules.readers.evtx.secrets import redact_statement

LOGIN_CLASSES = frozenset({"SL", "WL", "CL", "AL", "LX"})
USER_CLASSES = frozenset({"SU", "WU", "CU", "AU", "GU"})
AUDIT_CLASSES = {
    "A": "audit",
    "SA": "server audit specification",
    "DA": "database audit specification",
}
PASSWORD_ACTIONS = {
    "PWC": "changed",
    "PWCS": "changed by its owner",
    "PWR": "reset",
    "PWRS": "reset by its owner",
}
LOGIN_ACTIONS = {
    "AL": "altered",
    "LGEA": "enabled",
    "LGDA": "disabled",
    "LGNM": "renamed",
    "LGDB": "given another default database",
    "LGLG": "given another default language",
    "PWU": "unlocked",
    "PWMC": "made to change its password",
    "PWEX": "given another password expiration",
    "PWPL": "given another password policy",
}
# Where somebody guesses passwords these come in floods: they are passed over before anything else of them is read.
COUNTED_ONLY = frozenset({"LGIF"})
WHOLE = {"CR": (Action.ADDED, "created"), "DR": (Action.REMOVED, "dropped")}
_ACTION = re.compile(r"^action_id:(\w*)", re.MULTILINE)
_SETS_PASSWORD = re.compile(r"\bpassword\s*=|\bsp_password\b", re.IGNORECASE)
_STATE = re.compile(r"\bstate\s*=\s*(on|off)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"<address>([^<]*)</address>")
_AUDIT_SESSION = re.compile(r"<session><!\[CDATA\[(.*?)\]\]></session>")
_AUDIT_ACTION = re.compile(r"<action>([^<]*)</action>")
_SID = re.compile(
    r"^01(?P<count>[0-9a-f]{2})(?P<authority>[0-9a-f]{12})(?P<rest>(?:[0-9a-f]{8})+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One audit row: its codes, its own time, and the record it came in."""

    record: Record
    action: str
    kind: str
    at: datetime
    values: Mapping[str, str]
    statement: str

    @property
    def instance(self) -> str:
        r"""The server instance (`HOST` or `HOST\NAME`)."""
        return self.values.get("server_instance_name", "") or instance_of(self.record)

    @property
    def target(self) -> str:
        """What the row is about: the object, or the principal it was done to."""
        return self.values.get("object_name", "") or self.values.get(
            "target_server_principal_name", ""
        )

    def named(self, name: str) -> str:
        """This function will make a key unique on the host: a named instance goes in front, the default one not."""
        _, separator, instance = self.instance.partition("\\")
        return f"{instance}/{name}" if separator else name


def instance_of(record: Record) -> str:
    """This function will name the instance a SQL Server record comes from, from its provider and host."""
    host = record.host.partition(".")[0].upper()
    _, separator, name = record.provider.partition("$")
    return f"{host}\\{name.partition('$')[0]}" if separator else host


def row_of(record: Record) -> Row:
    """This function will read the text of an audit row; a statement may hold line breaks and colons of its own."""
    written = record.string(0).replace("\r\n", "\n")
    head, _, rest = written.partition("\nstatement:")
    statement, marker, tail = rest.rpartition("\nadditional_information:")
    if not marker:
        statement, tail = rest, ""
    values: dict[str, str] = {}
    for line in head.split("\n"):
        name, _, value = line.partition(":")
        values.setdefault(name, value.strip())
    values["additional_information"] = tail
    own = instant_of(values.get("event_time", "").replace(" ", "T"))
    action, kind = values.get("action_id", ""), values.get("class_type", "")
    return Row(record, action, kind, own or record.at, values, statement)


def audit_row(record: Record, claims: Claims) -> None:
    """This function will keep what an audit row says; rows that change nothing we follow are counted only."""
    head = record.string(0).partition("\nstatement:")[0]
    told = _ACTION.search(head)
    if told is not None and told[1] in COUNTED_ONLY:
        return
    row = row_of(record)
    if row.action == "LGIS":
        _logged_in(row, claims)
    elif row.action == "LGO":
        _logged_out(row, claims)
    elif row.action == "AUSC" or row.kind in AUDIT_CLASSES:
        _audit_changed(row, claims)
    elif row.action in {"APRL", "DPRL"}:
        _membership_changed(row, claims)
    elif row.kind in LOGIN_CLASSES:
        _login_changed(row, claims)
    elif row.kind in USER_CLASSES and row.action in WHOLE:
        _database_user_changed(row, claims)


def _place(row: Row, claims: Claims) -> str:
    """This function will make the key `instance|start|session_id`; the number is used again after a logout."""
    start = claims.database_starts.get(row.instance.lower())
    since = f"{start:%Y%m%dT%H%M%SZ}" if start else claims.unknown_boot
    return f"{row.instance.lower()}|{since}|{row.values.get('session_id', '')}"


def _logged_in(row: Row, claims: Claims) -> None:
    """This function will open a database session (LGIS) with the client's address."""
    place = _place(row, claims)
    address = _ADDRESS.search(row.values["additional_information"])
    login = Login(
        key=f"{place}@{row.at:%Y%m%dT%H%M%S.%fZ}",
        account=row.values.get("server_principal_name", ""),
        started=row.at,
        kind=SessionKind.DATABASE,
        identifier=sid_of(row.values.get("server_principal_sid", "")),
        address=remote_address(address[1]) if address else "",
        citations=[claims.cite(row.record)],
    )
    claims.database.setdefault(place, []).append(login)


def _logged_out(row: Row, claims: Claims) -> None:
    """This function will end the latest database session of this number that began before (LGO)."""
    login = login_at(claims.database.get(_place(row, claims), []), row.at)
    if login is not None and login.ended is None:
        login.ended = row.at
        login.citations.append(claims.cite(row.record))


def login_at(logins: list[Login], at: datetime) -> Login | None:
    """This function will return the last login that began by then, and had not ended; None when there is none."""
    begun = [
        login
        for login in logins
        if login.started <= at and (login.ended is None or at <= login.ended)
    ]
    return max(begun, key=lambda login: login.started, default=None)


def sid_of(written: str) -> str:
    """This function will write a binary Windows SID in its usual form; a SQL login's identifier stays as it is."""
    match = _SID.match(written)
    if match is None or int(match["count"], 16) * 8 != len(match["rest"]):
        return written
    parts = bytes.fromhex(match["rest"])
    numbers = [int.from_bytes(parts[at : at + 4], "little") for at in range(0, len(parts), 4)]
    return "-".join(["S-1", str(int(match["authority"], 16)), *map(str, numbers)])


def _actor(row: Row, claims: Claims) -> Actor:
    """This function will name the login the session began with: it stays the same under EXECUTE AS."""
    current = row.values.get("server_principal_name", "")
    account = row.values.get("session_server_principal_name", "") or current
    sid = sid_of(row.values.get("server_principal_sid", "")) if account == current else ""
    return Actor(account, sid, _place(row, claims))


def _keep(row: Row, claims: Claims, seen: Seen) -> None:
    """This function will keep an audit row: its own time, and the log's later time as the other bound."""
    said = redact_statement(row.statement) if row.values.get("sequence_number", "1") == "1" else ""
    told = f"{seen.summary}: {said}" if said else seen.summary
    failed = row.values.get("succeeded", "true") != "true"
    kept = claims.observe(
        row.record, _actor(row, claims), replace(seen, summary=told, succeeded=not failed)
    )
    low, high = min(row.at, row.record.at), max(row.at, row.record.at)
    claims.observations[-1] = replace(kept, at=low, recorded_at=high if high > low else None)


def _login_changed(row: Row, claims: Claims) -> None:
    """This function will keep a login created, dropped, altered, enabled or given a password."""
    login = row.named(row.target)
    about = f"SQL login {row.target} on {row.instance}"
    sets_password = row.action == "AL" and _SETS_PASSWORD.search(row.statement)
    if row.action in PASSWORD_ACTIONS or sets_password:
        says = f"password of {about} {PASSWORD_ACTIONS.get(row.action, 'set')}"
        correlation = f"sql password|{row.instance}|{row.target}".lower()
        seen = Seen(ItemKind.PASSWORD, login, Action.ALTERED, summary=says, correlation=correlation)
    elif row.action in WHOLE:
        action, verb = WHOLE[row.action]
        seen = Seen(ItemKind.DATABASE_LOGIN, login, action, summary=f"{about} {verb}")
    elif row.action in LOGIN_ACTIONS:
        says = LOGIN_ACTIONS[row.action]
        seen = Seen(
            ItemKind.DATABASE_LOGIN, login, Action.ALTERED, after=says, summary=f"{about} {says}"
        )
    else:
        return
    _keep(row, claims, seen)


def _database_user_changed(row: Row, claims: Claims) -> None:
    """This function will keep a database user created or dropped."""
    action, verb = WHOLE[row.action]
    database = row.values.get("database_name", "")
    says = f"user {row.target} of database {database} on {row.instance} {verb}"
    _keep(
        row,
        claims,
        Seen(ItemKind.DATABASE_LOGIN, row.named(f"{database}/{row.target}"), action, summary=says),
    )


def _membership_changed(row: Row, claims: Claims) -> None:
    """This function will keep a member coming into or leaving a server or database role (APRL, DPRL)."""
    of_database = row.kind == "RL"
    role = row.target
    database = row.values.get("database_name", "")
    member = (
        row.values.get("target_database_principal_name", "") if of_database else ""
    ) or row.values.get("target_server_principal_name", "")
    joined = row.action == "APRL"
    where = f"database {database} on {row.instance}" if of_database else row.instance
    says = f"{member} {'added to' if joined else 'removed from'} role {role} of {where}"
    key = row.named(f"{database}/{role}" if of_database else role)
    before, after = (None, member) if joined else (member, None)
    _keep(row, claims, Seen(ItemKind.GROUP, key, Action.ALTERED, before, after, says))


def _audit_changed(row: Row, claims: Claims) -> None:
    """This function will keep a change of the audit itself; an audit dropped or switched off leaves a gap."""
    session = _AUDIT_SESSION.search(row.values["additional_information"])
    told = _AUDIT_ACTION.search(row.values["additional_information"])
    name = row.target or (session[1].removesuffix("$A") if session else "an audit not named")
    action, verb = WHOLE.get(row.action, (Action.ALTERED, "altered"))
    state = _STATE.search(row.statement)
    word = state[1].lower() if state else _state_told(told[1] if told else "")
    after = f"switched {word}" if word else None
    what = AUDIT_CLASSES.get(row.kind, "audit")
    seen = Seen(
        kind=ItemKind.AUDIT_POLICY,
        key=row.named(name),
        action=action,
        after=after,
        summary=f"SQL {what} {name} on {row.instance} {after or verb}",
        correlation=f"sql audit {verb}|{row.instance}|{name}".lower(),
    )
    _keep(row, claims, seen)
    source = f"SQL Server {row.instance}: {what} {name}"
    if action is Action.REMOVED or word == "off":
        audit_went_off(source, name, row.record, claims, at=row.at)
    elif word == "on":
        audit_came_back(source, name, row.at, claims)


def _state_told(action: str) -> str:
    """This function will read on or off out of what AUSC says happened to the audit's session."""
    if action in {"destroyed", "stopped", "event disabled"}:
        return "off"
    return "on" if action in {"created", "started", "event enabled"} else ""

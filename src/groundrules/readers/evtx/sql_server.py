"""SQL Server's own messages in the Application log: starts, configuration options, and logins that succeeded."""

from __future__ import annotations

import re
from datetime import timedelta

from groundrules.core.evidence import Action, Actor, ItemKind, SessionKind
from groundrules.readers.evtx.claims import Claims, Login, Seen
from groundrules.readers.evtx.identity import remote_address, writer_of
from groundrules.readers.evtx.records import Record
from groundrules.readers.evtx.sql_audit import instance_of

# One start writes several messages within this time; the audit writes the same login again within the second span.
ONE_START = timedelta(seconds=60)
SAME_LOGIN = timedelta(seconds=10)
_CLIENT = re.compile(r"\[CLIENT: ([^\]]*)\]")
_SPECIAL_START = {"-m": "single-user mode", "-f": "minimal configuration"}


def server_started(record: Record, claims: Claims) -> None:
    """This function will note when an instance started (17069, 17126, 17162): session numbers begin anew."""
    instance = instance_of(record).lower()
    known = claims.database_starts.get(instance)
    if known is None or not timedelta(0) <= record.at - known <= ONE_START:
        claims.database_starts[instance] = record.at


def started_with_options(record: Record, claims: Claims) -> None:
    """This function will keep a start in a mode that lets the password of sa be replaced (17115 with -m or -f)."""
    server_started(record, claims)
    words = record.string(0).split()
    modes = [
        mode
        for flag, mode in _SPECIAL_START.items()
        if any(word.startswith(flag) for word in words)
    ]
    if not modes:
        return
    after = f"started in {' and '.join(modes)}"
    summary = f"SQL Server {instance_of(record)} {after}"
    seen = Seen(ItemKind.SERVICE, record.provider, Action.ALTERED, after=after, summary=summary)
    claims.observe(record, Actor(), seen)


def option_changed(record: Record, claims: Claims) -> None:
    """This function will keep a configuration option with both values (15457); set to what it was is no change."""
    option, before, after = record.string(0), record.string(1), record.string(2)
    if before == after:
        return
    summary = (
        f"option {option} of SQL Server {instance_of(record)} changed from {before} to {after}"
    )
    seen = Seen(
        ItemKind.SERVICE,
        record.provider,
        Action.ALTERED,
        f"{option} = {before}",
        f"{option} = {after}",
        summary,
    )
    claims.observe(record, writer_of(record, "SQL Server"), seen)


def login_succeeded(record: Record, claims: Claims) -> None:
    """This function will open a database session for 18453 or 18454; the log has no record of its end."""
    client = _CLIENT.search(" ".join(record.strings))
    account, instance = record.string(0), instance_of(record).lower()
    login = Login(
        key=f"{instance}|login|{account.lower()}@{record.at:%Y%m%dT%H%M%S.%fZ}",
        account=account,
        started=record.at,
        kind=SessionKind.DATABASE,
        address=remote_address(client[1]) if client else "",
        citations=[claims.cite(record)],
    )
    claims.database_seen.append(login)


def database_sessions(claims: Claims) -> list[Login]:
    """This function will return every database session once: what the audit also has joins the audit's own."""
    audited = [login for logins in claims.database.values() for login in logins]
    by_account: dict[str, list[Login]] = {}
    for login in audited:
        by_account.setdefault(login.account.casefold(), []).append(login)
    alone: list[Login] = []
    for login in claims.database_seen:
        twins = by_account.get(login.account.casefold(), [])
        twin = next((one for one in twins if _is_same(one, login)), None)
        if twin is None:
            alone.append(login)
        else:
            twin.citations.extend(login.citations)
    return audited + alone


def _is_same(one: Login, other: Login) -> bool:
    """This function will say whether two records tell of one login: same instance, same moment."""
    same_instance = one.key.partition("|")[0] == other.key.partition("|")[0]
    return same_instance and abs(one.started - other.started) <= SAME_LOGIN

"""osquery's tables as items and logins. A query may have any name, so a row's columns say which table it is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from groundrules.core.evidence import ItemKind, SessionKind
from groundrules.readers.documents import Row, epoch, said
from groundrules.readers.inventory import Shape, command_digest, named, program_of
from groundrules.readers.linux.logins import OpenLogin
from groundrules.readers.linux.tally import Tally

PROTOCOLS = {"6": "tcp", "17": "udp"}
SYSTEM_CRONTABS = ("/etc/crontab", "/etc/cron.d/")
LOGON_KINDS = {
    "interactive": SessionKind.CONSOLE,
    "unlock": SessionKind.CONSOLE,
    "cached interactive": SessionKind.CONSOLE,
    "cachedinteractive": SessionKind.CONSOLE,
    "cached unlock": SessionKind.CONSOLE,
    "cachedunlock": SessionKind.CONSOLE,
    "remote interactive": SessionKind.REMOTE,
    "remoteinteractive": SessionKind.REMOTE,
    "cached remote interactive": SessionKind.REMOTE,
    "cachedremoteinteractive": SessionKind.REMOTE,
    "network": SessionKind.NETWORK,
    "network cleartext": SessionKind.NETWORK,
    "networkcleartext": SessionKind.NETWORK,
    "service": SessionKind.SERVICE,
    "batch": SessionKind.BATCH,
}


@dataclass(frozen=True, slots=True)
class Table:
    """An osquery table: the columns that tell it (all of `needs`, one of `tells`), and what its rows are."""

    name: str
    needs: frozenset[str]
    tells: frozenset[str]
    shape: Shape | None = None
    login: Callable[[Tally, str, str, Row], OpenLogin | None] | None = None


def table_of(query: str, columns: frozenset[str], *, empty: bool = False) -> Table | None:
    """This function will find the table a row is of by its columns, else by its name within the query's name.

    `empty` says that there was no row to look at, so that only the name can tell.
    """
    by_columns = (table for table in TABLES if table.needs <= columns and columns & table.tells)
    by_name = (
        table for table in TABLES if (empty or table.needs <= columns) and table.name in query
    )
    return next(by_columns, None) or next(by_name, None)


def _rpm_version(row: Row) -> str:
    whole = "-".join(part for part in (said(row, "version"), said(row, "release")) if part)
    number = said(row, "epoch")
    return f"{number}:{whole}" if number not in {"", "0"} else whole


def _deb_key(row: Row) -> str:
    return said(row, "name") if not said(row, "status").startswith("deinstall") else ""


def _port_key(row: Row) -> str:
    port, address = said(row, "port"), said(row, "address")
    protocol = PROTOCOLS.get(said(row, "protocol"), said(row, "protocol"))
    if port in {"", "0"}:
        return ""
    return f"{protocol} {f'[{address}]' if ':' in address else address}:{port}"


def _cron_command(row: Row) -> str:
    """In the system's own tables the account stands before the command."""
    command = said(row, "command")
    return command.partition(" ")[2].strip() if _is_system_table(row) else command


def _is_system_table(row: Row) -> bool:
    return said(row, "path").startswith(SYSTEM_CRONTABS)


def _cron_key(row: Row) -> str:
    words = [word for word in _cron_command(row).split() if "=" not in word]
    return f"{said(row, 'path')}:{words[0]}" if words else ""


def _task_key(row: Row) -> str:
    path = said(row, "path")
    return path if path.startswith("\\") else said(row, "name")


def _with(row: Row, **derived: str) -> Row:
    return {**row, **derived}


def enriched(table: Table, row: Row) -> Row:
    """This function will add what is derived from several columns (a whole rpm version, digests of commands)."""
    match table.name:
        case "rpm_packages":
            return _with(row, whole_version=_rpm_version(row))
        case "crontab":
            fields = ("minute", "hour", "day_of_month", "month", "day_of_week")
            schedule = said(row, "event") or " ".join(said(row, name) or "*" for name in fields)
            account = said(row, "command").partition(" ")[0] if _is_system_table(row) else ""
            command = command_digest(_cron_command(row))
            return _with(row, schedule=schedule, account=account, digest=command)
        case "scheduled_tasks":
            action = said(row, "action")
            return _with(row, program=program_of(action), digest=command_digest(action))
        case _:
            return row


def windows_login(tally: Tally, host: str, place: str, row: Row) -> OpenLogin | None:
    """This function will read a row of `logon_sessions`; None without its id or its start.

    A LogonId is unique for one boot only and the row names no boot, so the start is part of the key.
    """
    started, logon = epoch(said(row, "logon_time")), said(row, "logon_id")
    if started is None or not logon.isdecimal():
        return None
    domain, user = said(row, "logon_domain"), said(row, "user")
    kind = LOGON_KINDS.get(said(row, "logon_type").casefold(), SessionKind.UNKNOWN)
    return OpenLogin(
        asset=tally.context.asset,
        host=host,
        place=f"logon {int(logon):#x}",
        account=f"{domain}\\{user}" if domain else user,
        started=started,
        kind=kind,
        citations=[tally.cite(place)],
        identifier=said(row, "logon_sid"),
    )


def terminal_login(tally: Tally, host: str, place: str, row: Row) -> OpenLogin | None:
    """This function will read a row of `logged_in_users`; None when it is no login of a user."""
    started = epoch(said(row, "time"))
    if started is None or not said(row, "user") or said(row, "type") not in {"user", "active", ""}:
        return None
    address = said(row, "host")
    return OpenLogin(
        asset=tally.context.asset,
        host=host,
        place=f"{said(row, 'tty')}:{said(row, 'pid')}",
        account=said(row, "user"),
        started=started,
        kind=SessionKind.REMOTE if address not in {"", ":0"} else SessionKind.CONSOLE,
        citations=[tally.cite(place)],
        source_address="" if address == ":0" else address,
    )


def _columns(*names: str, **renamed: str) -> Mapping[str, tuple[str, ...]]:
    return {name: (name,) for name in names} | {name: (source,) for name, source in renamed.items()}


TABLES = (
    Table(
        "logon_sessions",
        frozenset({"logon_id", "logon_time"}),
        frozenset({"logon_id"}),
        login=windows_login,
    ),
    Table(
        "logged_in_users",
        frozenset({"user", "tty", "time"}),
        frozenset({"tty"}),
        login=terminal_login,
    ),
    Table(
        "patches",
        frozenset({"hotfix_id"}),
        frozenset({"hotfix_id"}),
        Shape(
            ItemKind.PATCH,
            named("hotfix_id"),
            _columns("description", "installed_by", "installed_on"),
        ),
    ),
    Table(
        "scheduled_tasks",
        frozenset({"name", "action"}),
        frozenset({"next_run_time", "last_run_time", "hidden", "enabled"}),
        Shape(ItemKind.SCHEDULED_TASK, _task_key, _columns("program", "enabled", sha256="digest")),
    ),
    Table(
        "crontab",
        frozenset({"command", "path"}),
        frozenset({"minute", "hour", "event"}),
        Shape(ItemKind.SCHEDULED_TASK, _cron_key, _columns("schedule", "account", sha256="digest")),
    ),
    Table(
        "listening_ports",
        frozenset({"port", "address"}),
        frozenset({"protocol", "fd", "socket"}),
        Shape(ItemKind.PORT, _port_key, {}),
    ),
    Table(
        "services",
        frozenset({"name", "start_type"}),
        frozenset({"start_type"}),
        Shape(
            ItemKind.SERVICE,
            named("name"),
            _columns("start_type", "path", "user_account", "service_type"),
            commands=("path",),
        ),
    ),
    Table(
        "systemd_units",
        frozenset({"id"}),
        frozenset({"fragment_path", "load_state"}),
        Shape(
            ItemKind.SERVICE,
            named("id"),
            _columns("load_state", "user", file="fragment_path", enabled="unit_file_state"),
        ),
    ),
    Table(
        "groups",
        frozenset({"groupname"}),
        frozenset({"gid", "group_sid"}),
        Shape(ItemKind.GROUP, named("groupname"), _columns("gid")),
    ),
    Table(
        "users",
        frozenset({"username"}),
        frozenset({"directory", "shell", "uuid"}),
        Shape(
            ItemKind.ACCOUNT,
            named("username"),
            _columns("uid", "gid", "shell", home="directory", identifier="uuid", type="type"),
        ),
    ),
    Table(
        "rpm_packages",
        frozenset({"name", "version"}),
        frozenset({"release"}),
        Shape(
            ItemKind.PACKAGE, named("name"), _columns(version="whole_version", architecture="arch")
        ),
    ),
    Table(
        "deb_packages",
        frozenset({"name", "version"}),
        frozenset({"admindir", "maintainer", "revision", "section"}),
        Shape(ItemKind.PACKAGE, _deb_key, _columns("version", architecture="arch")),
    ),
    Table(
        "programs",
        frozenset({"name", "version"}),
        frozenset({"identifying_number", "install_source", "uninstall_string", "publisher"}),
        Shape(
            ItemKind.PACKAGE,
            named("name"),
            _columns("version", "publisher", "install_date", product="identifying_number"),
        ),
    ),
)

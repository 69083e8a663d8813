"""Logins of PostgreSQL, MySQL and MariaDB: names, rights and when they end; of passwords only whether they changed.

The database itself digests the password's verifier, so the verifier never leaves it; that digest is digested once more
with the machine's id and the login's name: what travels can neither be looked up nor compared between logins or hosts.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="database-logins",
    version="1",
    kinds=("database login",),
    collects=(
        "names, rights, memberships and validity of PostgreSQL, MySQL and MariaDB logins; a digest of a digest of the "
        "password's verifier, and the time of its last change where the database keeps one"
    ),
    never="passwords, their hashes or verifiers, connection settings, names of databases and tables, their content",
    columns=(
        ("key", "postgresql:NAME or mysql:NAME@HOST"),
        ("rights", "superuser, createrole, createdb, login, replication, bypassrls (PostgreSQL)"),
        ("member_of", "roles it belongs to (PostgreSQL)"),
        ("valid_until", "when the password ends (PostgreSQL)"),
        ("password_digest", "changes when the password does; says nothing else"),
        ("password_changed", "when the password was last set, database time (MySQL, MariaDB)"),
        ("plugin", "how it proves itself (MySQL, MariaDB), also locked, expired"),
    ),
    every=5,
)
POSTGRESQL = """SELECT r.rolname, concat_ws(',', CASE WHEN r.rolsuper THEN 'superuser' END,
 CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolcreatedb THEN 'createdb' END,
 CASE WHEN r.rolcanlogin THEN 'login' END, CASE WHEN r.rolreplication THEN 'replication' END,
 CASE WHEN r.rolbypassrls THEN 'bypassrls' END),
 coalesce((SELECT string_agg(g.rolname, ',' ORDER BY g.rolname) FROM pg_auth_members m
 JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), ''),
 coalesce((r.rolvaliduntil AT TIME ZONE 'UTC')::text, ''),
 coalesce(encode(sha256(r.rolpassword::bytea), 'hex'), '')
 FROM pg_authid r WHERE r.rolname !~ '^pg_' ORDER BY r.rolname"""
MYSQL = """SELECT User, Host, plugin, account_locked, password_expired, COALESCE(password_last_changed, ''),
 SHA2(authentication_string, 256) FROM mysql.user ORDER BY User, Host"""
MARIADB = """SELECT User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), ''),
 COALESCE(JSON_VALUE(Priv, '$.account_locked'), ''), '',
 COALESCE(FROM_UNIXTIME(JSON_VALUE(Priv, '$.password_last_changed')), ''),
 SHA2(COALESCE(JSON_VALUE(Priv, '$.authentication_string'), ''), 256)
 FROM mysql.global_priv ORDER BY User, Host"""
PSQL = ("psql", "-X", "-A", "-t", "-F", "\t", "-d", "postgres")
MYSQL_CLIENT = ("mysql", "--batch", "--skip-column-names")
POSTGRESQL_SOCKETS = (
    "/var/run/postgresql/.s.PGSQL.*",
    "/run/postgresql/.s.PGSQL.*",
)
MYSQL_SOCKETS = (
    "/var/run/mysqld/mysqld.sock",
    "/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
)
POSTGRESQL_FIELDS = 5
MYSQL_FIELDS = 7


def items(view: HostView) -> Iterator[Item]:
    """This function will yield the logins of every database server that runs here.

    All or nothing: while one of them does not answer, a list without its logins would look like their removal.
    """
    running = [ask for ask, is_here in ENGINES if is_here(view)]
    if not running:
        reason = "no PostgreSQL, MySQL or MariaDB runs here and none is configured"
        raise NotLookedAt(reason)
    for ask in running:
        yield from ask(view)


def _postgresql_is_here(view: HostView) -> bool:
    return bool(view.postgresql) or _any_socket(view, POSTGRESQL_SOCKETS)


def _mysql_is_here(view: HostView) -> bool:
    return bool(view.mysql) or _any_socket(view, MYSQL_SOCKETS)


def _any_socket(view: HostView, patterns: Sequence[str]) -> bool:
    found = (path for one in patterns for path in view.root.glob(one.lstrip("/")))
    return view.may_ask and any(path.is_socket() for path in found)


def _postgresql(view: HostView) -> Iterator[Item]:
    client = view.postgresql or PSQL
    user = "" if view.postgresql else "postgres"
    answer = view.answer(*client, "-c", POSTGRESQL, user=user)
    for row in _rows(answer, POSTGRESQL_FIELDS, "PostgreSQL", "postgresql"):
        name, rights, member_of, valid_until, digest = row
        told = {
            "rights": rights,
            "member_of": member_of,
            "valid_until": valid_until,
            "password_digest": digest_of_digest(view, name, digest),
        }
        yield Item("database login", f"postgresql:{name}", _filled(told))


def _mysql(view: HostView) -> Iterator[Item]:
    client = view.mysql or MYSQL_CLIENT
    # MariaDB keeps its accounts in another table; MySQL does not know that one.
    answer = view.answer(*client, "-e", MARIADB)
    if answer is None:
        answer = view.answer(*client, "-e", MYSQL)
    for row in _rows(answer, MYSQL_FIELDS, "MySQL or MariaDB", "mysql"):
        name, host, plugin, locked, expired, changed, digest = row
        told = {
            "plugin": plugin,
            "locked": locked,
            "expired": expired,
            "password_changed": changed,
            "password_digest": digest_of_digest(view, f"{name}@{host}", digest),
        }
        yield Item("database login", f"mysql:{name}@{host}", _filled(told))


def _rows(answer: bytes | None, fields: int, engine: str, setting: str) -> list[list[str]]:
    if answer is None:
        reason = f"{engine} runs here but does not answer; give its client's command with the setting {setting}"
        raise NotLookedAt(reason)
    rows = [line.split("\t") for line in answer.decode("utf-8", "replace").splitlines()]
    return [row for row in rows if len(row) == fields]


def _filled(told: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def digest_of_digest(view: HostView, login: str, digest: str) -> str:
    """This function will digest a digest with the machine's id and the login's name; empty without digest or machine.

    With the name, because some databases keep equal passwords as equal verifiers.
    """
    machine = view.text("/etc/machine-id").strip()
    if not digest or not machine:
        return ""
    key = f"groundrules-database-login:{machine}".encode()
    return hmac.new(key, f"{login}\n{digest}".encode(), hashlib.sha256).hexdigest()


ENGINES = ((_postgresql, _postgresql_is_here), (_mysql, _mysql_is_here))
PROBE = SnapshotProbe(SPEC, items)

"""One setting chooses the database: nothing means SQLite in the data folder, a URL means PostgreSQL (or a SQLite file).

A URL may name several servers of one cluster: `postgresql://user:password@a:5432,b:5432/name?target_session_attrs=read-write`
reaches whichever of them takes writes (libpq's own rule).

SQLite runs in WAL with immediate transactions, so that a writer waits for its turn instead of failing half way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_LOCK_WAIT_SECONDS = 20
_POSTGRES_PORT = 5432
_POSTGRES = {"postgresql", "postgres"}


class UnknownDatabase(ValueError):
    """GROUNDRULES_DATABASE_URL names an engine Groundrules does not run on."""


def database_of(url: str, data: Path) -> dict[str, Any]:
    """This function will return Django's description of the database a URL names; raises UnknownDatabase."""
    if not url:
        return sqlite_at(data / "groundrules.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite_at(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme not in _POSTGRES:
        # The URL may hold a password, so only its first word is repeated.
        message = f"GROUNDRULES_DATABASE_URL begins with {parts.scheme!r}; write postgresql://… or sqlite:///path"
        raise UnknownDatabase(message)
    hosts, ports = _servers(parts.netloc)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": hosts,
        "PORT": ports,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _servers(netloc: str) -> tuple[str, str]:
    """Hosts and ports as libpq lists them: `a:5432,b:5432` are tried in turn, so that a standby can take over."""
    named = netloc.rpartition("@")[2].split(",")
    if len(named) == 1:
        one = urlsplit(f"//{named[0]}")
        return one.hostname or "", str(one.port or "")
    each = [urlsplit(f"//{name}") for name in named]
    return ",".join(one.hostname or "" for one in each), ",".join(
        str(one.port or _POSTGRES_PORT) for one in each
    )


def sqlite_at(path: Path | str) -> dict[str, Any]:
    """This function will return Django's description of a SQLite file that several processes may write to."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Opening reads the whole schema, and closing the last connection empties the write-ahead log: keep it a while.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _LOCK_WAIT_SECONDS,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2000;",
        },
    }

"""One setting chooses the database: nothing means SQLite in the data folder, a URL means PostgreSQL (or a SQLite file).

SQLite runs in WAL with immediate transactions, so that a writer waits for its turn instead of failing half way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_LOCK_WAIT_SECONDS = 20
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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


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
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        },
    }

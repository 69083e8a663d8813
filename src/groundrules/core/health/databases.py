"""What a database answered before anybody logged in, and whether it is well by that.

No password is known or sent: a database that asks for one is up and takes logins. Words of a failure name the place and
what was answered, never the product that was asked for: a cause is held to what the error itself names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from urllib.parse import urlsplit

from groundrules.core.health.answers import Found


class Database(StrEnum):
    """The databases that can be asked, by the scheme of an address."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    MARIADB = "mariadb"
    SQL_SERVER = "sqlserver"
    REDIS = "redis"


_USUAL_PORTS: Mapping[Database, int] = {
    Database.POSTGRESQL: 5432,
    Database.MYSQL: 3306,
    Database.MARIADB: 3306,
    Database.SQL_SERVER: 1433,
    Database.REDIS: 6379,
}
_NAMES: Mapping[Database, str] = {
    Database.POSTGRESQL: "PostgreSQL",
    Database.MYSQL: "MySQL",
    Database.MARIADB: "MariaDB",
    Database.SQL_SERVER: "SQL Server",
    Database.REDIS: "Redis",
}
_HOW = "write it as " + ", ".join(
    f"{one.value}://srv1.example:{p}" for one, p in _USUAL_PORTS.items()
)
_NAME = re.compile(r"[\w.-]{1,63}")
# A refused login would stand in SQL Server's log each time, and Redis knows no login without a password.
_ANSWERS_ONLY = frozenset({Database.SQL_SERVER, Database.REDIS})


class AddressUnusable(ValueError):
    """A database's address cannot be asked; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """Which database is asked, and where; `name` is one of its databases, of PostgreSQL only."""

    database: Database
    host: str
    port: int
    name: str = ""

    @property
    def where(self) -> str:
        """The place without the database's name."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def says(self) -> str:
        """What is asked, in a few words."""
        verb = "answers" if self.database in _ANSWERS_ONLY else "takes logins"
        named = f"database {self.name}" if self.name else "the database"
        return f"{named} at {self.where} {verb} ({_NAMES[self.database]})"


def database_place(address: str) -> DatabasePlace:
    """This function will read an address such as `postgresql://srv1.example:5432`; without a port, the usual one.

    Raises AddressUnusable, also for an address with a user or a password in it: no secret is kept or sent.
    """
    if "@" in address:
        message = "leave the user and the password out: none is sent"
        raise AddressUnusable(message)
    try:
        parts = urlsplit(address)
        database, port = Database(parts.scheme), parts.port
    except ValueError:
        raise AddressUnusable(_HOW) from None
    name = parts.path.removeprefix("/")
    named = not name or (database is Database.POSTGRESQL and _NAME.fullmatch(name) is not None)
    more = parts.query or parts.fragment or any(one.isspace() for one in address)
    if not parts.hostname or port == 0 or more or not named:
        raise AddressUnusable(_HOW)
    return DatabasePlace(database, parts.hostname, port or _USUAL_PORTS[database], name)


class Says(Enum):
    """What an answer means: is the database well by it (None where nobody can tell), in which words, and a note."""

    ASKS_FOR_A_PASSWORD = (True, "takes logins", "")
    ANSWERS = (True, "answers", "")
    LETS_ANYBODY_IN = (
        True,
        "answers",
        "It let an account in that nobody made, without a password.",
    )
    NEEDS_NO_PASSWORD = (True, "answers", "It takes commands without a password.")
    NOT_FROM_HERE = (
        True,
        "is up",
        "It lets nobody log in from here, as is usual where only the application's hosts may.",
    )
    ONLY_ENCRYPTED = (True, "takes logins", "It takes logins over encrypted connections only.")
    BLOCKS_US = (
        None,
        "has blocked this machine after too many connections that broke off; whether others get in is not known",
        "",
    )
    STARTING = (False, "is starting up", "")
    RECOVERING = (False, "is recovering from a crash", "")
    STANDING_BY = (False, "replays a log and takes no logins yet", "")
    SHUTTING_DOWN = (False, "is shutting down", "")
    NOT_READY = (False, "is starting up, recovering or shutting down", "")
    FULL = (False, "has too many connections", "")
    CANNOT_START = (False, "could not start a process for a connection", "")
    REFUSES = (False, "refuses logins", "")
    CLOSED = (False, "closed the connection without a whole answer", "")
    NO_ENCRYPTION = (False, "offers encryption, and none could be agreed", "")
    SOMETHING_ELSE = (False, "something else answers there", "")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a database said; `code` is its own (`SQLSTATE 57P03`, `error 1040`), `version` what it calls itself."""

    says: Says
    code: str = ""
    version: str = ""


def judge_database(place: DatabasePlace, answered: Answered) -> Found:
    """This function will judge an answer: the same failure has the same words however often it is seen."""
    passed, words, note = answered.says.value
    code = f" ({answered.code})" if answered.code else ""
    if not passed:
        return Found(f"{place.where}: {words}{code}", passed, note)
    return Found(f"{place.where} {words} ({_named(place, answered)}){code}", passed, note)


def _named(place: DatabasePlace, answered: Answered) -> str:
    """What it calls itself counts: MariaDB is often asked as MySQL."""
    version, ours, _ = answered.version.partition("-MariaDB")
    name = _NAMES[Database.MARIADB if ours else place.database]
    return f"{name} {version}" if version else name

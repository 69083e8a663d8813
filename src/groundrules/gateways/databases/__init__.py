"""Asks a database, by its own protocol and without any password, whether it takes logins."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

from groundrules.core.health import Answered, Database, DatabasePlace, Says
from groundrules.gateways.databases import mysql, postgresql, redis, sqlserver
from groundrules.gateways.databases.wires import (
    CutShort,
    NothingAgreed,
    NotThat,
    SocketWire,
    Wire,
)

PROTOCOLS: Mapping[Database, Callable[[Wire, DatabasePlace], Answered]] = {
    Database.POSTGRESQL: postgresql.ask,
    Database.MYSQL: mysql.ask,
    Database.MARIADB: mysql.ask,
    Database.SQL_SERVER: sqlserver.ask,
    Database.REDIS: redis.ask,
}
_TROUBLES: Mapping[type[Exception], Says] = {
    NotThat: Says.SOMETHING_ELSE,
    CutShort: Says.CLOSED,
    NothingAgreed: Says.NO_ENCRYPTION,
}


def converse(place: DatabasePlace, wire: Wire) -> Answered:
    """This function will say what answers there, by the database's protocol or not."""
    try:
        return PROTOCOLS[place.database](wire, place)
    except tuple(_TROUBLES) as trouble:
        return Answered(next(says for kind, says in _TROUBLES.items() if isinstance(trouble, kind)))


def ask_database(place: DatabasePlace, *, patience: float, whole: float) -> Answered:
    """This function will ask a database, with seconds for each step and for all of them; raises OSError."""
    sock = socket.create_connection((place.host, place.port), timeout=patience)
    wire = SocketWire(sock, place.host, whole)
    try:
        return converse(place, wire)
    finally:
        wire.close()

"""PostgreSQL's start of a connection (protocol 3.0): encryption is asked for first, then a login nobody has.

A server that is up asks for a password, or says that this account or host may not log in; either way the connection is
closed there, which it does not count as a failed login. Before that it says whether it is starting up or full.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from groundrules.core.health import Answered, DatabasePlace, Says
from groundrules.gateways.databases.wires import NotThat, Wire

_PROTOCOL = 3 << 16
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_GOODBYE = b"X\0\0\0\4"
_USER = "groundrules-look"
# Every way of asking who one is: Kerberos, passwords, certificates of Windows, SCRAM.
_DEMANDS = frozenset({2, 3, 5, 6, 7, 9, 10})
_LET_IN = 0
_SHORTEST, _LONGEST = 8, 8192
_CODE_LENGTH = 5
_NOT_READY = "57P03"
_STATES: Mapping[str, Says] = {
    "53300": Says.FULL,
    "57P01": Says.SHUTTING_DOWN,
    _NOT_READY: Says.NOT_READY,
}
# Class 28: this account, host or way of asking may not log in, said by a server that is up and has a place free.
_NO_ENTRY = "28"
# SQLSTATE 57P03 is said of all of these; in another language than English they are not told apart.
_WORDS: tuple[tuple[str, Says], ...] = (
    ("is starting up", Says.STARTING),
    ("is shutting down", Says.SHUTTING_DOWN),
    ("in recovery mode", Says.RECOVERING),
    ("accepting connections", Says.STANDING_BY),
)
# A server without memory for one more process answers in the words of a protocol long gone.
_NO_PROCESS = b"coul"


def ask(wire: Wire, place: DatabasePlace) -> Answered:
    """This function will begin a login and say what was answered; raises NotThat and what the wire raises."""
    wire.send(_SSL_REQUEST)
    kind = wire.take(1)
    if kind in {b"S", b"N"}:
        if kind == b"S":
            wire.secure()
        wire.send(_startup(place.name or "postgres"))
        kind = wire.take(1)
    if kind not in _READ:
        message = f"an answer of kind {kind!r}"
        raise NotThat(message)
    return _READ[kind](wire)


def _startup(database: str) -> bytes:
    said = {"user": _USER, "database": database, "application_name": "groundrules health"}
    told = b"".join(f"{name}\0{value}\0".encode() for name, value in said.items()) + b"\0"
    return struct.pack("!ii", len(told) + 8, _PROTOCOL) + told


def _authentication(wire: Wire) -> Answered:
    demand = int.from_bytes(_body(wire, wire.take(4))[:4])
    if demand == _LET_IN:
        wire.send(_GOODBYE)
        return Answered(Says.LETS_ANYBODY_IN)
    if demand not in _DEMANDS:
        message = f"an unknown way of logging in ({demand})"
        raise NotThat(message)
    return Answered(Says.ASKS_FOR_A_PASSWORD)


def _refusal(wire: Wire) -> Answered:
    length = wire.take(4)
    if length == _NO_PROCESS:
        return Answered(Says.CANNOT_START)
    told = _fields(_body(wire, length))
    code = told.get("C", "")
    if len(code) != _CODE_LENGTH or not code.isascii() or not code.isalnum():
        message = "an error without its code"
        raise NotThat(message)
    return Answered(_meaning(code, told.get("M", "")), f"SQLSTATE {code}")


def _meaning(code: str, words: str) -> Says:
    if code.startswith(_NO_ENTRY):
        return Says.NOT_FROM_HERE
    if code == _NOT_READY:
        return next((says for part, says in _WORDS if part in words), Says.NOT_READY)
    return _STATES.get(code, Says.REFUSES)


def _body(wire: Wire, length: bytes) -> bytes:
    count = int.from_bytes(length)
    if not _SHORTEST <= count <= _LONGEST:
        message = f"an answer of {count} bytes"
        raise NotThat(message)
    return wire.take(count - 4)


def _fields(body: bytes) -> dict[str, str]:
    """The fields of an error: a letter each, then text up to a zero byte."""
    parts = body.split(b"\0")
    if parts[-2:] != [b"", b""]:
        message = "an error that does not end"
        raise NotThat(message)
    return {
        part[:1].decode("ascii", "replace"): part[1:].decode("utf-8", "replace")
        for part in parts[:-2]
    }


_READ = {b"R": _authentication, b"E": _refusal}

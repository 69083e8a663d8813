"""MySQL's and MariaDB's greeting (protocol 10), and a login without a password for an account nobody has.

Hanging up after the greeting would count as a broken connection, and after a hundred of them a server blocks the
machine that looks. A login that is refused in due form does not count.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

from groundrules.core.health import Answered, DatabasePlace, Says
from groundrules.gateways.databases.wires import NotThat, Wire

_USER = b"groundrules-look"
_GREETING, _REFUSED, _LET_IN, _OTHER_WAY, _MORE = 10, 0xFF, 0, 0xFE, 1
_LONGEST = 4096
_LONG_PASSWORD, _PROTOCOL_41, _SECURE, _PLUGINS = 1, 0x200, 0x8000, 0x80000
_USUAL_WAY = b"mysql_native_password"
_UTF8 = 33
# A greeting after its version: without and with what newer servers add; an error with its number.
_SHORTEST, _SCRAMBLE, _NUMBERED = 15, 31, 3
_QUIT = b"\1"
_MOST_ROUNDS = 4
_CODES: Mapping[int, Says] = {
    1040: Says.FULL,
    1203: Says.FULL,
    1129: Says.BLOCKS_US,
    1130: Says.NOT_FROM_HERE,
    1053: Says.SHUTTING_DOWN,
    # Access denied, a way of logging in that we do not speak, a locked account: said by a server that takes logins.
    1045: Says.ASKS_FOR_A_PASSWORD,
    1251: Says.ASKS_FOR_A_PASSWORD,
    1275: Says.ASKS_FOR_A_PASSWORD,
    1698: Says.ASKS_FOR_A_PASSWORD,
    3118: Says.ASKS_FOR_A_PASSWORD,
    4151: Says.ASKS_FOR_A_PASSWORD,
    3159: Says.ONLY_ENCRYPTED,
}
_WELL = frozenset({Says.ASKS_FOR_A_PASSWORD, Says.ONLY_ENCRYPTED})
# MariaDB calls itself 5.5.5-10.11.6-MariaDB, so that old replicas take it for one they know.
_VERSION = re.compile(rb"(?:5\.5\.5-)?(\d[\w.+~-]{0,59})")


def ask(wire: Wire, _place: DatabasePlace) -> Answered:
    """This function will log in as nobody and say what was answered; raises NotThat and what the wire raises."""
    number, told = _packet(wire)
    if number != 0 or told[0] not in {_GREETING, _REFUSED}:
        message = f"a greeting of kind {told[0]}"
        raise NotThat(message)
    if told[0] == _REFUSED:
        return _refusal(told)
    version, rest = _greeting(told)
    offered, way = _offered(rest)
    if not offered & _PROTOCOL_41:
        return Answered(Says.ANSWERS, version=version)
    _send(wire, 1, _login(offered, way))
    return _outcome(wire, version)


def _outcome(wire: Wire, version: str) -> Answered:
    """Each question for a password is answered with none, until the server has made up its mind."""
    for _ in range(_MOST_ROUNDS):
        number, told = _packet(wire)
        if told[0] == _REFUSED:
            found = _refusal(told)
            return Answered(found.says, "" if found.says in _WELL else found.code, version)
        if told[0] == _LET_IN:
            _send(wire, 0, _QUIT)
            return Answered(Says.LETS_ANYBODY_IN, version=version)
        if told[0] not in {_OTHER_WAY, _MORE}:
            break
        _send(wire, number + 1, b"")
    message = "no answer to a login"
    raise NotThat(message)


def _packet(wire: Wire) -> tuple[int, bytes]:
    head = wire.take(4)
    length = int.from_bytes(head[:3], "little")
    if not 1 <= length <= _LONGEST:
        message = f"an answer of {length} bytes"
        raise NotThat(message)
    return head[3], wire.take(length)


def _send(wire: Wire, number: int, told: bytes) -> None:
    wire.send(len(told).to_bytes(3, "little") + bytes([number % 256]) + told)


def _greeting(told: bytes) -> tuple[str, bytes]:
    """The version, and what follows it."""
    name, ended, rest = told[1:].partition(b"\0")
    version = _VERSION.fullmatch(name)
    if not ended or version is None or len(rest) < _SHORTEST:
        message = "a greeting that cannot be read"
        raise NotThat(message)
    return version[1].decode(), rest


def _offered(rest: bytes) -> tuple[int, bytes]:
    """What the server can do, and the way of logging in it begins with."""
    low, high = int.from_bytes(rest[13:15], "little"), int.from_bytes(rest[18:20], "little")
    offered = low | high << 16
    if not offered & _PLUGINS or len(rest) < _SCRAMBLE:
        return offered, b""
    scramble = max(13, rest[20] - 8)
    return offered, rest[_SCRAMBLE + scramble :].split(b"\0")[0][:64] or _USUAL_WAY


def _login(offered: int, way: bytes) -> bytes:
    wanted = offered & (_LONG_PASSWORD | _PROTOCOL_41 | _SECURE | _PLUGINS)
    told = struct.pack("<IIB23x", wanted, _LONGEST, _UTF8) + _USER + b"\0" + b"\0"
    return told + way + b"\0" if wanted & _PLUGINS else told


def _refusal(told: bytes) -> Answered:
    if len(told) < _NUMBERED:
        message = "an error without its number"
        raise NotThat(message)
    number = int.from_bytes(told[1:3], "little")
    return Answered(_CODES.get(number, Says.REFUSES), f"error {number}")

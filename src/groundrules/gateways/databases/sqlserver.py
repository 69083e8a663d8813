"""SQL Server's PRELOGIN (TDS 7): it says its version before anybody logs in.

No login is begun: each refused one would stand in the server's log.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from groundrules.core.health import Answered, DatabasePlace, Says
from groundrules.gateways.databases.wires import NotThat, Wire

_PRELOGIN, _ANSWER, _WHOLE = 0x12, 0x04, 0x01
_VERSION, _ENCRYPTION, _INSTANCE, _THREAD, _END = 0, 1, 2, 3, 0xFF
_HEAD, _LONGEST = 8, 4096
_OPTION_LENGTH = 5
_VERSION_LENGTH = 6
_ASKED = {_VERSION: bytes(6), _ENCRYPTION: b"\0", _INSTANCE: b"\0", _THREAD: bytes(4)}


def ask(wire: Wire, _place: DatabasePlace) -> Answered:
    """This function will ask for the version; raises NotThat and what the wire raises."""
    wire.send(_question())
    kind, state, length = struct.unpack("!BBH", wire.take(_HEAD)[:4])
    if kind != _ANSWER or not state & _WHOLE or not _HEAD < length <= _LONGEST:
        message = f"an answer of kind {kind}"
        raise NotThat(message)
    told = dict(_options(wire.take(length - _HEAD)))
    version = told.get(_VERSION, b"")
    if len(version) != _VERSION_LENGTH:
        message = "an answer without a version"
        raise NotThat(message)
    major, minor, build = struct.unpack("!BBH", version[:4])
    return Answered(Says.ANSWERS, version=f"{major}.{minor}.{build}")


def _question() -> bytes:
    """A table of what is told, then what the table points to."""
    place = len(_ASKED) * _OPTION_LENGTH + 1
    table = b""
    for token, value in _ASKED.items():
        table += struct.pack("!BHH", token, place, len(value))
        place += len(value)
    told = table + bytes([_END]) + b"".join(_ASKED.values())
    return struct.pack("!BBHHBB", _PRELOGIN, _WHOLE, len(told) + _HEAD, 0, 0, 0) + told


def _options(told: bytes) -> Iterator[tuple[int, bytes]]:
    for place in range(0, len(told), _OPTION_LENGTH):
        if told[place] == _END:
            return
        if place + _OPTION_LENGTH > len(told):
            break
        token, begins, length = struct.unpack_from("!BHH", told, place)
        yield token, told[begins : begins + length]
    message = "a table that does not end"
    raise NotThat(message)

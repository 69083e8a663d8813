"""Redis: PING, and the first line of the answer."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.health import Answered, DatabasePlace, Says
from groundrules.gateways.databases.wires import NotThat, Wire

# The first words tell; some answers go on for long.
_ENOUGH = 40
# Only these: a mail server also answers with -ERR.
_ANSWERS: Mapping[str, Says] = {
    "+PONG": Says.NEEDS_NO_PASSWORD,
    "-NOAUTH": Says.ASKS_FOR_A_PASSWORD,
    "-NOPERM": Says.ASKS_FOR_A_PASSWORD,
    "-ERR operation not permitted": Says.ASKS_FOR_A_PASSWORD,
    "-LOADING": Says.STARTING,
    "-DENIED": Says.NOT_FROM_HERE,
    "-ERR max number of clients": Says.FULL,
}


def ask(wire: Wire, _place: DatabasePlace) -> Answered:
    """This function will ask whether it is there; raises NotThat and what the wire raises."""
    wire.send(b"PING\r\n")
    line = _beginning(wire)
    for begins, says in _ANSWERS.items():
        if line.startswith(begins):
            return Answered(says)
    message = "an answer that is none of Redis"
    raise NotThat(message)


def _beginning(wire: Wire) -> str:
    """The first line of an answer, as far as it tells anything."""
    taken = wire.take(1)
    while taken[:1] in b"+-" and len(taken) < _ENOUGH and not taken.endswith(b"\n"):
        taken += wire.take(1)
    return taken.decode("ascii", "replace")

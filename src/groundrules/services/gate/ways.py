"""How a host's gate is reached, as its card says."""

from __future__ import annotations

from groundrules.gateways.gate import Way
from groundrules.records.models import Gate


def way_to(gate: Gate) -> Way:
    """This function will return how a gate is reached."""
    return Way(gate.address, gate.port, gate.host_key)

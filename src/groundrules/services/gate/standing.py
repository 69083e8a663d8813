"""A window at its gate, whichever way the host is told: what the core knows of it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.vendors.gate import GateAnswer, GatedWindow
from groundrules.records.models import Gate


@dataclass(frozen=True, slots=True)
class Standing:
    """A window at its gate: what the core knows of it and how it stands."""

    gate: Gate
    gated: GatedWindow
    answer: GateAnswer

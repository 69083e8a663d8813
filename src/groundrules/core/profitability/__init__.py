"""Profitability: what a relationship earns, from which figures, how well they are known, and what to change first."""

from __future__ import annotations

from groundrules.core.profitability.alarms import Alarm, AlarmKind
from groundrules.core.profitability.facts import (
    Measures,
    RelationshipFacts,
    Worked,
    percent,
    worked,
)
from groundrules.core.profitability.margin import (
    Advice,
    NetOfVendor,
    Profitability,
    Step,
    VendorCost,
    margin,
    vendor_costs,
)

__all__ = [
    "Advice",
    "Alarm",
    "AlarmKind",
    "Measures",
    "NetOfVendor",
    "Profitability",
    "RelationshipFacts",
    "Step",
    "VendorCost",
    "Worked",
    "margin",
    "percent",
    "vendor_costs",
    "worked",
]

"""Profitability: what a relationship earns, from which figures, how well they are known, and what to change first."""

from __future__ import annotations

from groundrules.core.profitability.margin import (
    Advice,
    Alarm,
    AlarmKind,
    Measures,
    NetOfVendor,
    Profitability,
    RelationshipFacts,
    Step,
    VendorCost,
    Worked,
    margin,
    percent,
    vendor_costs,
    worked,
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

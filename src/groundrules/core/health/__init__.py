"""Health: how a server's parts and an application stand, read from what was recorded; what nobody looked at is unknown.

A warning is a reason to act before something breaks. Nothing here says who or what caused anything.
"""

from groundrules.core.health.answers import Level, Looked, PartState, worst
from groundrules.core.health.parts import Thresholds, part_states
from groundrules.core.health.plans import (
    CheckKind,
    CheckSpec,
    Found,
    HealthPlan,
    PlanRefused,
    Shown,
    Turn,
    judge,
    service_found,
    shown_health,
    turn,
)
from groundrules.core.health.turns import Warned, warnings_in

__all__ = [
    "CheckKind",
    "CheckSpec",
    "Found",
    "HealthPlan",
    "Level",
    "Looked",
    "PartState",
    "PlanRefused",
    "Shown",
    "Thresholds",
    "Turn",
    "Warned",
    "judge",
    "part_states",
    "service_found",
    "shown_health",
    "turn",
    "warnings_in",
    "worst",
]

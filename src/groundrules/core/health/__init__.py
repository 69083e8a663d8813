"""Health: how a server's parts and an application stand, read from what was recorded; what nobody looked at is unknown.

A warning is a reason to act before something breaks. Nothing here says who or what caused anything.
"""

from groundrules.core.health.answers import Found, Level, Looked, PartState, worst
from groundrules.core.health.certificates import Shown as ShownCertificate
from groundrules.core.health.databases import (
    AddressUnusable,
    Answered,
    Database,
    DatabasePlace,
    Says,
    database_place,
)
from groundrules.core.health.grouping import Alike, alike
from groundrules.core.health.parts import Thresholds, part_states
from groundrules.core.health.plans import (
    CheckKind,
    CheckSpec,
    HealthPlan,
    NewestFound,
    PlanRefused,
    ServicesListed,
    Shown,
    Turn,
    certificate_found,
    database_found,
    host_and_port,
    judge,
    service_found,
    shown_health,
    turn,
)
from groundrules.core.health.turns import Warned, folded, warnings_in

__all__ = [
    "AddressUnusable",
    "Alike",
    "Answered",
    "CheckKind",
    "CheckSpec",
    "Database",
    "DatabasePlace",
    "Found",
    "HealthPlan",
    "Level",
    "Looked",
    "NewestFound",
    "PartState",
    "PlanRefused",
    "Says",
    "ServicesListed",
    "Shown",
    "ShownCertificate",
    "Thresholds",
    "Turn",
    "Warned",
    "alike",
    "certificate_found",
    "database_found",
    "database_place",
    "folded",
    "host_and_port",
    "judge",
    "part_states",
    "service_found",
    "shown_health",
    "turn",
    "warnings_in",
    "worst",
]

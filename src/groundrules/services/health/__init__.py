"""Health: set an application's checks, carry them out, and say how servers and applications stand."""

from groundrules.services.health.plans import ApplicationUnknown, plan_of, set_checks, stop_checks
from groundrules.services.health.reporting import LookInFuture, report_look
from groundrules.services.health.running import Run, check_due
from groundrules.services.health.summaries import summarise_due
from groundrules.services.health.turns import looked_at, warnings_of
from groundrules.services.health.watching import (
    ApplicationHealth,
    ServerHealth,
    application_health,
    server_health,
)

__all__ = [
    "ApplicationHealth",
    "ApplicationUnknown",
    "LookInFuture",
    "Run",
    "ServerHealth",
    "application_health",
    "check_due",
    "looked_at",
    "plan_of",
    "report_look",
    "server_health",
    "set_checks",
    "stop_checks",
    "summarise_due",
    "warnings_of",
]

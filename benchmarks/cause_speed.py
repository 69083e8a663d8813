"""Ranking one incident among many changes: `.venv/bin/python -m benchmarks.cause_speed`.

One server, twenty needed components two steps deep, six other applications, a thousand checks; medians of 21 runs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time

from groundrules.core.causation.answers import Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.rank import rank
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, HealthCheck, ItemKind
from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ChangeId,
    ComponentId,
    HealthCheckId,
    IncidentId,
)
from groundrules.core.parties import Application, Dependency
from groundrules.core.periods import Interval

_RUNS = 21
_FAILED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_HOST = AssetId("SRV1")
_NEEDED = 20


def main() -> None:
    """This function will print the median CPU milliseconds for 10, 100 and 1,000 changes."""
    context = _context()
    for count in (10, 100, 1000):
        changes = tuple(_change(n, count) for n in range(count))
        took = sorted(_once(changes, context) for _ in range(_RUNS))
        print(f"{count} changes: {1000 * median(took):.1f} CPU ms (slowest {1000 * took[-1]:.1f})")


def _once(changes: tuple[Change, ...], context: CausationContext) -> float:
    incident = Incident(
        IncidentId("INC"), "A0 down", _HOST, _FAILED, ApplicationId("A0"), "HTTP 500"
    )
    began = process_time()
    rank(incident, changes, context)
    return process_time() - began


def _change(number: int, count: int) -> Change:
    at = _FAILED - timedelta(minutes=1) - timedelta(minutes=13) * number / count
    component = f"part {number % (2 * _NEEDED)} x"
    return Change(
        ChangeId(f"C{number}"),
        _HOST,
        ItemKind.PACKAGE,
        component,
        (Action.REMOVED, Action.ALTERED, Action.ADDED)[number % 3],
        Interval.exactly(at),
    )


def _context() -> CausationContext:
    apps = tuple(Application(ApplicationId(f"A{n}"), f"A{n}", _HOST) for n in range(7))
    direct = [
        Dependency(a.name, ComponentId(f"part {n} x")) for a in apps for n in range(_NEEDED // 2)
    ]
    onward = [
        Dependency(f"part {n} x", ComponentId(f"part {n + _NEEDED // 2} x"))
        for n in range(_NEEDED // 2)
    ]
    checks = tuple(
        HealthCheck(
            HealthCheckId(f"H{n}"),
            apps[n % 7].id,
            _FAILED - timedelta(minutes=15) * (n // 7),
            healthy=n != 0,
        )
        for n in range(1000)
    )
    return CausationContext(
        zone="Europe/Berlin",
        applications=apps,
        dependencies=(*direct, *onward),
        health_checks=checks,
    )


if __name__ == "__main__":
    main()

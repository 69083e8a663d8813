"""A second, separate maker of worlds, so that the rules are not only tried on the one they were written beside.

It shares nothing with `services/worlds/making`: other names, delays, errors and checks, one incident to a world, and
every change stated with a plain account.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

_START = datetime(2025, 9, 1, tzinfo=UTC)
_STACK = (
    ("package", "temurin-jre 17"),
    ("service", "tomcat-orders"),
    ("config file", "/opt/orders/conf/orders.properties"),
    ("database login", "orders_rw"),
    ("file", "/opt/orders/lib/connector.jar"),
    ("runtime", "node 20"),
)
_ERRORS = {
    "package": "java.lang.UnsupportedClassVersionError",
    "service": "502 Bad Gateway",
    "config file": "missing key in orders.properties",
    "database login": "FATAL: password authentication failed for user orders_rw",
    "file": "ClassNotFoundException: connector.jar",
    "runtime": "npm ERR!",
}
_NO_CAUSE = ("ENOSPC: no space left on device", "504 Gateway Timeout", "Killed", "TLS: expired", "")


def write_foreign(folder: Path, seeds: range, *, caused: bool) -> None:
    """One world to a seed: broken by a change, or (not `caused`) by nothing, just after an innocent vendor's change."""
    for seed in seeds:
        world = _world(Random(f"foreign {seed} {caused}"), caused=caused)  # noqa: S311 - drawn worlds
        (folder / f"foreign-{seed}.json").write_text(json.dumps(world))


def _said(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%SZ")


def _world(luck: Random, *, caused: bool) -> dict[str, object]:
    bad = _START + timedelta(minutes=luck.randint(3000, 40000))
    good = bad - timedelta(minutes=luck.choice((1, 2, 10, 20)))
    kind, component = luck.choice(_STACK)
    at = good + (bad - good) * luck.uniform(0.2, 0.8)
    action = "altered" if kind == "database login" else luck.choice(("removed", "altered"))
    seen = {"action": action, "at": _said(at), "actor": {"account": "nordwind"}}
    changes = [{"id": "C-1", "asset": "HOST", "kind": kind, "component": component, **seen}]
    for number in range(luck.randint(0, 2)):
        when = good - timedelta(hours=luck.randint(1, 200))
        other = {"id": f"C-{number + 2}", "asset": "HOST", "kind": "package", "action": "altered"}
        changes.append({**other, "component": f"tool {number}", "at": _said(when)})
    error = _ERRORS[kind] if caused else luck.choice(_NO_CAUSE)
    truth: dict[str, object] = {"incident": "I-1", "kind": "unknown", "party": "nobody"}
    if caused:
        truth = {"incident": "I-1", "kind": "change", "changes": ["C-1"], "party": "NORD"}
    checks = [(good - timedelta(minutes=9), True), (good, True), (bad, False)]
    return {
        **_standing(),
        "changes": changes,
        "health_checks": [
            {"id": f"H-{n}", "application": "ORD", "at": _said(moment), "healthy": healthy}
            for n, (moment, healthy) in enumerate(checks)
        ],
        "incidents": [
            {"id": "I-1", "title": "Orders down", "asset": "HOST", "application": "ORD"}
            | {"opened_at": _said(bad + timedelta(minutes=4)), "signature": error}
        ],
        "at": _said(bad + timedelta(days=2)),
        "truth": [truth],
    }


def _standing() -> dict[str, object]:
    version = {
        "version": 1,
        "in_force": {"from": "2025-01-01"},
        "signed_at": "2024-12-01 09:00",
        "assets": ["HOST"],
        "calendar": {"open": [{"days": ["mon"], "opens": "09:00", "closes": "17:00"}]},
        "rates": {"hourly": "95.00 EUR", "multipliers": {"after_hours": 2}},
        "rounding": {"increment": "6 min", "unit": ["issue"]},
        "fees": {"monthly": "80.00 EUR"},
        "clauses": [{"number": "1", "title": "All of it", "outcome": "covered"}],
    }
    place = {"zone": "Europe/Oslo"}
    needs = [component for _, component in _STACK]
    return {
        "case": 1,
        "title": "Foreign",
        **place,
        "provider": {"id": "P", "name": "Drift AS", **place},
        "client": {"id": "C", "name": "Handel AS", "currency": "EUR", **place},
        "vendors": [{"id": "NORD", "name": "Nordwind"}],
        "accounts": [{"name": "nordwind", "party": "NORD"}, {"name": "drift", "party": "provider"}],
        "assets": [{"id": "HOST", "name": "HOST"}],
        "applications": [{"id": "ORD", "name": "Orders", "asset": "HOST", "needs": needs}],
        "agreement": {"id": "A", "title": "Drift", "versions": [version]},
    }

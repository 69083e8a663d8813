"""Everything causation may look at. Who acted and what was permitted are not among it, so they can't weigh."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from groundrules.core.evidence import Gap, HealthCheck
from groundrules.core.parties import Application, Asset, Dependency
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun


@dataclass(frozen=True, slots=True)
class CausationContext:
    """The facts of one client. Order within a tuple carries no meaning; `zone` is the site's.

    Changes further before the failure than `horizon`, or further after it than `aftermath`, are counted and not
    listed. Changes of one actor of one kind within `operation` of each other are one operation. Runs of the kinds
    in `read_only` change nothing by their nature. `slack` is how far an exact log time and a check's time may differ
    (reference: causation 3.1).
    """

    zone: str
    applications: tuple[Application, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    assets: tuple[Asset, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    gaps: tuple[Gap, ...] = ()
    own_runs: tuple[OwnRun, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    horizon: timedelta = timedelta(days=30)
    aftermath: timedelta = timedelta(days=1)
    operation: timedelta = timedelta(seconds=10)
    slack: timedelta = timedelta(seconds=2)
    read_only: frozenset[str] = field(
        default=frozenset(
            {"backup", "collection", "collector", "check", "health check", "snapshot"}
        )
    )

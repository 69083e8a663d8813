"""When it broke, as far as checks tell: after the last good one, not after the first bad one or the first report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.causation.answers import Incident
from groundrules.core.evidence import HealthCheck
from groundrules.core.periods import Interval, utc

_UNWATCHED = timedelta(days=30)
_LATE_REPORT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Bracket:
    """The onset with the checks that give its two ends; a missing check means that end is only assumed."""

    interval: Interval
    last_good: HealthCheck | None
    first_bad: HealthCheck | None


def onset(
    incident: Incident, checks: Iterable[HealthCheck], unwatched: timedelta = _UNWATCHED
) -> Interval:
    """This function will return when the failure began: after the last good check, not after the first failing one.

    Without any good check before it, the failure may have begun up to `unwatched` earlier.
    """
    return bracket(incident, checks, unwatched).interval


def bracket(incident: Incident, checks: Iterable[HealthCheck], unwatched: timedelta) -> Bracket:
    """This function will return the onset and the checks behind it.

    Only checks of the incident's application count; an incident without one takes every check it is given.
    """
    own = [c for c in checks if incident.application in {None, c.application}]
    ordered = sorted(own, key=lambda c: (utc(c.at), c.healthy, c.id))
    opened = utc(incident.opened_at)
    first_bad = _first_bad(incident, ordered, opened)
    seen = opened if first_bad is None else min(opened, utc(first_bad.at))
    last_good = next((c for c in reversed(ordered) if c.healthy and utc(c.at) < seen), None)
    began: datetime = seen - unwatched if last_good is None else utc(last_good.at)
    return Bracket(Interval(began, seen), last_good, first_bad)


def _first_bad(
    incident: Incident, ordered: list[HealthCheck], opened: datetime
) -> HealthCheck | None:
    """The first failing check of the run of failures the report belongs to, by its signature when both have one."""
    run: list[HealthCheck] = []
    healed: list[HealthCheck] = []
    for check in ordered:
        if utc(check.at) > opened and (run or check.healthy):
            break
        if not check.healthy:
            run.append(check)
        elif run:
            healed, run = run, []
    return next(iter(_alike(incident, run) or run or _reported_late(incident, healed)), None)


def _alike(incident: Incident, run: list[HealthCheck]) -> list[HealthCheck]:
    return [c for c in run if incident.signature and c.signature == incident.signature]


def _reported_late(incident: Incident, healed: list[HealthCheck]) -> list[HealthCheck]:
    """The failures that had healed when the report came in: reported while all was well, it can only mean them."""
    if not healed or utc(incident.opened_at) - utc(healed[-1].at) > _LATE_REPORT:
        return []
    told = incident.signature and any(c.signature for c in healed)
    return healed if not told or _alike(incident, healed) else []

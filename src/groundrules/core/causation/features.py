"""What is observed of each change beside a failure, and of the failure itself, as numbers that weights are put on.

Every number says something about time, place or nature; none knows who acted or what was permitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, fsum, log, log1p

from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.deeds import Deed, deed_of, is_great_step, shuts_out
from groundrules.core.causation.onset import Bracket
from groundrules.core.causation.restarts import restarted
from groundrules.core.causation.signatures import ErrorSays, error_about, needs_no_change
from groundrules.core.causation.troubles import troubles
from groundrules.core.changes import Change, same_component
from groundrules.core.evidence import GapKind, ItemKind
from groundrules.core.parties import DependencyGrade
from groundrules.core.periods import Interval, utc

# A change shows itself within minutes, or at the next use or restart within days (reference: causation 3.3).
_SOON, _LATE, _LATE_SHARE = 600.0, 259200.0, 0.15
# People tell of a failure some hours after it began.
_TELLING = 10800.0
_SAMPLES = 5
_SHORTEST = 60.0
_LEAST = 1e-9
_HOUR = 3600.0

Features = tuple[float, ...]

OF_CHANGE = (
    "density",
    "observed",
    "declared",
    "per hop",
    "error names it",
    "error names it unmapped",
    "error names an alteration",
    "error names a secret",
    "error names another",
    "takes away",
    "adds",
    "great step",
    "secret",
    "update",
    "host",
    "healthy beside",
    "failed beside",
    "just those failed",
    "restores",
    "straddles",
    "hours unsure",
    "healed",
    "put back in vain",
    "mended",
    "put right",
    "outlived",
    "went on",
    "waited",
    "elsewhere",
    "touched later",
    "density waited",
    "density reported",
)
OF_NOTHING = (
    "always",
    "error needs no change",
    "no error",
    "trouble",
    "all failed",
    "records missing",
    "unwatched",
)


@dataclass(frozen=True, slots=True)
class Observed:
    """One incident in numbers: each change that may have done it, and "no recorded change did"."""

    changes: tuple[Features, ...]
    nothing: Features


def observe(remaining: tuple[Considered, ...], case: Case) -> Observed:
    """This function will put one incident into numbers, in the order of the changes given."""
    return Observed(tuple(_of_change(c, case) for c in remaining), _of_nothing(case))


def _of_change(considered: Considered, case: Case) -> Features:
    change, hypothesis, rules = considered.change, considered.hypothesis, considered.rules
    deed, says = deed_of(change), error_about(change, case)
    linked = hypothesis.grade is not None and bool(hypothesis.path)
    observed = linked and hypothesis.grade is DependencyGrade.OBSERVED
    declared = linked and hypothesis.grade is DependencyGrade.DECLARED
    span = change.interval.not_after - change.interval.not_before
    density = _density(change, case) * _HOUR
    found = (
        log(density),
        observed,
        declared,
        len(hypothesis.path) - 1 if linked else 0,
        says is ErrorSays.NAMES_IT,
        says is ErrorSays.NAMES_IT and not linked,
        says is ErrorSays.NAMES_IT and deed is Deed.ALTERS and not is_great_step(change),
        says is ErrorSays.NAMES_IT and shuts_out(change),
        says is ErrorSays.NAMES_ANOTHER,
        deed is Deed.TAKES_AWAY,
        deed is Deed.ADDS,
        is_great_step(change),
        shuts_out(change),
        change.kind is ItemKind.PATCH,
        change.kind is ItemKind.HOST,
        considered.healthy_beside,
        considered.failed_beside,
        considered.failed_beside and considered.spared and not case.all_failed,
        considered.restores,
        not considered.surely_before,
        log1p(span.total_seconds() / _HOUR),
        "causation: repair" in rules,
        "causation: in vain" in rules,
        "causation: mended" in rules,
        case.recovered is not None and "causation: outlived" not in rules,
        "causation: outlived" in rules,
        considered.went_on,
        considered.waited,
        considered.elsewhere,
        _touched_later(change, case),
        log(density) if considered.waited else 0.0,
        0.0 if considered.waited or not _is_told(case.bracket) else log(density),
    )
    return tuple(float(value) for value in found)


def _touched_later(change: Change, case: Case) -> bool:
    """Whoever changed the same after it, still before the failure, left it as they wanted it."""
    return any(
        c.id != change.id
        and same_component(c.component, change.component)
        and c.interval.not_before >= change.interval.not_after
        and c.interval.not_after < case.bracket.interval.not_after
        for c in case.siblings(change)
    )


def _of_nothing(case: Case) -> Features:
    onset = case.bracket.interval
    missing = any(
        g.asset == case.asset
        and g.kind not in {GapKind.AUDIT_OFF, GapKind.RESTART}
        and g.interval.not_before < onset.not_after
        and g.interval.not_after > onset.not_before
        for g in case.context.gaps
    )
    found = (
        1.0,
        needs_no_change(case.error),
        not case.error,
        bool(troubles_of(case)),
        case.all_failed,
        missing,
        case.bracket.last_good is None,
    )
    return tuple(float(value) for value in found)


def troubles_of(case: Case) -> tuple[Change, ...]:
    """This function will list what failed by itself on the failed application's server as the failure began."""
    return troubles((c for c in case.changes if c.asset == case.asset), case.bracket.interval)


def _density(change: Change, case: Case) -> float:
    """The chance, per second, that a change made anywhere in its interval broke something when it broke.

    That was between two checks; or, where only a report tells of it, some hours before the report.
    """
    bracket: Bracket = case.bracket
    onset = bracket.interval
    span = change.interval.not_after - change.interval.not_before
    samples = _SAMPLES if span else 1
    moments = [change.interval.not_before + span * ((n + 0.5) / samples) for n in range(samples)]
    if _is_told(bracket):
        density = sum(_reported(bracket, moment) for moment in moments) / samples
    else:
        density = sum(_between(onset, moment) for moment in moments) / samples
    if change.interval.not_before < onset.not_before and restarted(case):
        density = max(density, _LATE_SHARE / _width(onset))
    return max(density, _LEAST / _width(onset))


def _is_told(bracket: Bracket) -> bool:
    """No check saw it begin: people told of it."""
    return bracket.first_bad is None or bracket.last_good is None


def _between(onset: Interval, moment: datetime) -> float:
    chance = _broken(onset.not_after - moment) - _broken(onset.not_before - moment)
    return max(chance, 0.0) / _width(onset)


def _width(onset: Interval) -> float:
    return max((onset.not_after - onset.not_before).total_seconds(), _SHORTEST)


def _reported(bracket: Bracket, moment: datetime) -> float:
    """The density of a report then: harm that shows itself in its time, and people who tell of it in theirs."""
    until = (bracket.interval.not_after - moment).total_seconds()
    if until <= 0:
        return 0.0
    good = bracket.last_good
    calm = 0.0 if good is None else max((utc(good.at) - moment).total_seconds(), 0.0)
    telling = 1 / _TELLING
    return fsum(
        share
        * telling
        / (telling * wait - 1)
        * (exp(-until / wait) - exp(-until * telling + calm * (telling - 1 / wait)))
        for share, wait in ((1 - _LATE_SHARE, _SOON), (_LATE_SHARE, _LATE))
    )


def _broken(wait: timedelta) -> float:
    """The chance that a harmful change has shown itself after this long."""
    seconds = max(wait.total_seconds(), 0.0)
    soon, late = 1 - exp(-seconds / _SOON), 1 - exp(-seconds / _LATE)
    return (1 - _LATE_SHARE) * soon + _LATE_SHARE * late

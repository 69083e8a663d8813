"""How plausible one change is as the cause beside the others: a competing-risks score, used only to order candidates.

After a change something breaks at once (minutes) or at its next use or restart (days). The score weighs the density of
that at the failure, the path, what the error names, and the change's nature. Who acted and what was permitted are not
known here.
"""

from __future__ import annotations

from datetime import timedelta
from math import exp, log

from groundrules.core.causation.consider import Case, Considered, restarted
from groundrules.core.causation.deeds import deed_of
from groundrules.core.causation.signatures import ErrorSays, error_about
from groundrules.core.causation.weights import WEIGHTS, Weights
from groundrules.core.changes import Change
from groundrules.core.evidence import ItemKind
from groundrules.core.parties import DependencyGrade

_SAMPLES = 5
_SHORTEST = 60.0
_LEAST = 1e-9


def plausibility(considered: Considered, case: Case, weights: Weights = WEIGHTS) -> float:
    """This function will return the log-odds score of one change, comparable within one incident only."""
    change, hypothesis = considered.change, considered.hypothesis
    return (
        weights.density * log(_density(change, case, weights))
        + _path(considered, weights)
        + weights.of_deed(deed_of(change))
        + _nature(change, weights)
        + {
            ErrorSays.NAMES_IT: weights.error_names_it,
            ErrorSays.NAMES_ANOTHER: weights.error_names_another,
            ErrorSays.NAMES_NOTHING: 0.0,
        }[error_about(change, case)]
        + (weights.doubted if considered.doubted else 0.0)
        + (weights.healed if any(r.rule == "causation: repair" for r in hypothesis.reasons) else 0)
    )


def _path(considered: Considered, weights: Weights) -> float:
    if not considered.on_path:
        return 0.0
    hops = len(considered.hypothesis.path) - 2
    observed = considered.hypothesis.grade is DependencyGrade.OBSERVED
    return weights.on_path + weights.per_hop * hops + (weights.observed if observed else 0.0)


def _nature(change: Change, weights: Weights) -> float:
    if change.kind is ItemKind.PATCH:
        return weights.update
    return weights.restart if change.kind is ItemKind.HOST else 0.0


def _density(change: Change, case: Case, weights: Weights) -> float:
    """The chance, per second, that a change made anywhere in its interval broke something between the two checks."""
    onset = case.bracket.interval
    span = change.interval.not_after - change.interval.not_before
    moments = [change.interval.not_before + span * ((n + 0.5) / _SAMPLES) for n in range(_SAMPLES)]
    chance = sum(
        max(_broken(onset.not_after - m, weights) - _broken(onset.not_before - m, weights), 0.0)
        for m in moments
    )
    if restarted(case) and change.interval.not_before < onset.not_before:
        chance = max(chance, weights.late_share * _SAMPLES)
    width = max((onset.not_after - onset.not_before).total_seconds(), _SHORTEST)
    return max(chance / _SAMPLES, _LEAST) / width


def _broken(wait: timedelta, weights: Weights) -> float:
    """The chance that a harmful change has shown itself after this long."""
    seconds = max(wait.total_seconds(), 0.0)
    soon, late = 1 - exp(-seconds / weights.soon), 1 - exp(-seconds / weights.late)
    return (1 - weights.late_share) * soon + weights.late_share * late

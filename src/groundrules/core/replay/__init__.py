"""Proof by replay: which changes, undone on a copy of the real end state, make the application work again.

Pure: the search asks for one run at a time and is told its outcome. It looks for repairs of the end state, never for
failures of stacked pieces, so a change that was repaired in between is not blamed.
"""

from groundrules.core.replay.answers import (
    REPEATS,
    AgreedState,
    ChangeFinding,
    Outcome,
    Replayed,
    ReplayPlan,
    ReplayResult,
    ReplayVerdict,
    Run,
    State,
    Wanted,
)
from groundrules.core.replay.search import Unfinished, conclude, next_step
from groundrules.core.replay.update import replayed, update, was_replayed

__all__ = [
    "REPEATS",
    "AgreedState",
    "ChangeFinding",
    "Outcome",
    "ReplayPlan",
    "ReplayResult",
    "ReplayVerdict",
    "Replayed",
    "Run",
    "State",
    "Unfinished",
    "Wanted",
    "conclude",
    "next_step",
    "replayed",
    "update",
    "was_replayed",
]

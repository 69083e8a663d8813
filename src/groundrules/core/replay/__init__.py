"""Proof by replay: which changes, undone on a copy of the real end state, make the application work again.

Pure: the search asks for one run at a time and is told its outcome. It looks for repairs of the end state, never for
failures of stacked pieces, so a change that was repaired in between is not blamed.
"""

from groundrules.core.replay.answers import (
    AgreedState,
    ChangeFinding,
    Outcome,
    ReplayPlan,
    ReplayResult,
    ReplayVerdict,
    Run,
    State,
    Wanted,
)
from groundrules.core.replay.search import next_step
from groundrules.core.replay.update import update, was_replayed

__all__ = [
    "AgreedState",
    "ChangeFinding",
    "Outcome",
    "ReplayPlan",
    "ReplayResult",
    "ReplayVerdict",
    "Run",
    "State",
    "Wanted",
    "next_step",
    "update",
    "was_replayed",
]

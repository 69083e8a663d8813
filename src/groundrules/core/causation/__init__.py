"""Causation: which change broke which application, in time order along the dependency path, with what was ruled out.

Authority weighs nothing here. "No recorded change explains it" is always a candidate answer.
"""

from groundrules.core.causation.answers import (
    Alternative,
    CauseAnswer,
    CauseHypothesis,
    CauseVerdict,
    Incident,
)
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.onset import onset
from groundrules.core.causation.rank import rank
from groundrules.core.causation.readiness import ReadinessGap, ReadinessView, readiness_gaps

__all__ = [
    "Alternative",
    "CausationContext",
    "CauseAnswer",
    "CauseHypothesis",
    "CauseVerdict",
    "Incident",
    "ReadinessGap",
    "ReadinessView",
    "onset",
    "rank",
    "readiness_gaps",
]

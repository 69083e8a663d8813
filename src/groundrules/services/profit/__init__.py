"""What relationships earn: from the books of work, charges and fees, and from costs that are stated, dated and sourced.

Reading takes the same number of queries for one client as for a thousand.
"""

from __future__ import annotations

from groundrules.services.profit.assumptions import UnknownSubject, standing, state
from groundrules.services.profit.deciding import (
    Choice,
    DecisionRefused,
    Proposed,
    decide,
    decisions_of,
    record_outcome,
    standing_decisions,
)
from groundrules.services.profit.everywhere import Everywhere, everywhere
from groundrules.services.profit.portfolio import (
    BadPeriod,
    Portfolio,
    Span,
    last_months,
    portfolio,
    relationship,
)
from groundrules.services.profit.telling import Told

__all__ = [
    "BadPeriod",
    "Choice",
    "DecisionRefused",
    "Everywhere",
    "Portfolio",
    "Proposed",
    "Span",
    "Told",
    "UnknownSubject",
    "decide",
    "decisions_of",
    "everywhere",
    "last_months",
    "portfolio",
    "record_outcome",
    "relationship",
    "standing",
    "standing_decisions",
    "state",
]

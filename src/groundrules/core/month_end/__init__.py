"""Month end: what in a drafted invoice a person should look at before it goes out, with the money that is at stake.

Each doubt names its owner and what to do when nothing speaks against it. A draft without doubts is clean; only clean
drafts are approved in bulk. A doubt is settled with a reason, or set aside until a day with one; nothing is dropped.
"""

from __future__ import annotations

from groundrules.core.month_end.answers import (
    Answered,
    Doubt,
    DoubtKind,
    Doubts,
    Drafts,
    ExceptionMade,
    FeeBefore,
    Login,
    MonthFacts,
    NotedTime,
    Owner,
    Rise,
    unanswered,
)
from groundrules.core.month_end.doubts import doubts, median
from groundrules.core.month_end.groups import DoubtGroup, grouped
from groundrules.core.month_end.rises import rises_of

__all__ = [
    "Answered",
    "Doubt",
    "DoubtGroup",
    "DoubtKind",
    "Doubts",
    "Drafts",
    "ExceptionMade",
    "FeeBefore",
    "Login",
    "MonthFacts",
    "NotedTime",
    "Owner",
    "Rise",
    "doubts",
    "grouped",
    "median",
    "rises_of",
    "unanswered",
]

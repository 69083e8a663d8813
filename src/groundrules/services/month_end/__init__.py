"""Month end: collect, check, approve, hold, issue, accounting. A run is a book of steps: a killed one goes on.

Each client's step is one transaction of its own, and documents are issued under keys that name run, client and
document: nothing is issued twice, and no number is lost.
"""

from __future__ import annotations

from groundrules.services.month_end.accounting import HandedOver, UnknownForm, hand_over
from groundrules.services.month_end.approving import (
    NoReason,
    NotClean,
    NothingCollected,
    answer,
    answer_together,
    approve,
    approve_clean,
    send_back,
)
from groundrules.services.month_end.carried import collect_later, going_on, issue_later
from groundrules.services.month_end.collecting import collect, collect_again, collect_all
from groundrules.services.month_end.issuing import issue_due
from groundrules.services.month_end.lines import BilledLine, lines_of
from groundrules.services.month_end.orders import Order, OrderRefused, state_order
from groundrules.services.month_end.papers import NothingIssued, papers_later
from groundrules.services.month_end.runs import (
    ClientStanding,
    HoldRefused,
    MonthNotOver,
    Stage,
    Standing,
    StandingMoved,
    UnknownRun,
    find_run,
    open_run,
    standing_of,
)
from groundrules.services.month_end.watched import collect_watched, issue_watched

__all__ = [
    "BilledLine",
    "ClientStanding",
    "HandedOver",
    "HoldRefused",
    "MonthNotOver",
    "NoReason",
    "NotClean",
    "NothingCollected",
    "NothingIssued",
    "Order",
    "OrderRefused",
    "Stage",
    "Standing",
    "StandingMoved",
    "UnknownForm",
    "UnknownRun",
    "answer",
    "answer_together",
    "approve",
    "approve_clean",
    "collect",
    "collect_again",
    "collect_all",
    "collect_later",
    "collect_watched",
    "find_run",
    "going_on",
    "hand_over",
    "issue_due",
    "issue_later",
    "issue_watched",
    "lines_of",
    "open_run",
    "papers_later",
    "send_back",
    "standing_of",
    "state_order",
]

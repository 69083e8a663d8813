"""How a window stands, and whether the decision on it came when it was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.calendars import zone_label
from groundrules.core.periods import Period, utc
from groundrules.core.vendors.gate import window_end
from groundrules.core.vendors.model import AccessWindow

_MINUTE = 60


class WindowState(StrEnum):
    """How a window stands by the record; whether the host agrees is the gate's question."""

    REQUESTED = "requested"
    LAPSED = "not decided in time"
    APPROVED = "approved"
    OPEN = "open"
    OVER = "over"
    DENIED = "denied"


def window_state(window: AccessWindow, at: datetime) -> WindowState:
    """This function will say how a window stands at `at`."""
    end = window_end(window)
    if window.denied_at is not None and utc(window.denied_at) <= utc(at):
        return WindowState.DENIED
    over = end is not None and utc(at) >= end
    if window.approved_at is None:
        return WindowState.LAPSED if over else WindowState.REQUESTED
    if over:
        return WindowState.OVER
    return WindowState.OPEN if utc(at) >= window.period.start else WindowState.APPROVED


@dataclass(frozen=True, slots=True)
class DecisionTime:
    """When a request came, by when a decision was promised, and when it was made (None while it waits)."""

    asked_at: datetime
    promised_by: datetime
    decided_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """This function will say whether the promise is broken, or was."""
        return utc(self.decided_at or at) > utc(self.promised_by)

    def sentence(self, at: datetime, zone: str) -> str:
        """This function will say how long the decision took, or has taken so far, against the promise."""
        until = self.decided_at or at
        promised = zone_label(self.promised_by, zone)
        took = _minutes(self.asked_at, until)
        if self.decided_at is None:
            late = f", {_minutes(self.promised_by, at)} min late" if self.is_late(at) else ""
            return f"Waiting for {took} min; a decision is promised by {promised}{late}."
        if self.is_late(at):
            late = str(_minutes(self.promised_by, until))
            return f"Decided after {took} min, {late} min later than promised ({promised})."
        return f"Decided after {took} min; promised by {promised}."


def decision_time(window: AccessWindow, promised_by: datetime) -> DecisionTime | None:
    """This function will return how the decision on a request stands; None where nobody asked."""
    if window.requested_at is None:
        return None
    decided = [moment for moment in (window.approved_at, window.denied_at) if moment is not None]
    return DecisionTime(window.requested_at, promised_by, min(decided, default=None))


def _minutes(start: datetime, end: datetime) -> int:
    return Period(start, end).seconds // _MINUTE if utc(end) > utc(start) else 0

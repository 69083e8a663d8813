"""What a visit was against what had been agreed: sessions that began early, ran over, or had no window at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.evidence import Session
from groundrules.core.ids import SessionId, WindowId
from groundrules.core.periods import Period, utc
from groundrules.core.vendors.model import AccessWindow, admits

_SECONDS_A_MINUTE = 60


class DeviationKind(StrEnum):
    """How a session departed from its window."""

    EARLY = "early"
    OVERRUN = "overrun"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure of one session from one window, in exact seconds."""

    kind: DeviationKind
    window: WindowId
    session: SessionId
    seconds: int

    @property
    def minutes(self) -> int:
        """Whole minutes, as people count them (a started minute does not count)."""
        return self.seconds // _SECONDS_A_MINUTE

    @property
    def sentence(self) -> str:
        """The departure in words."""
        how = "before the window" if self.kind is DeviationKind.EARLY else "after the window"
        verb = "began" if self.kind is DeviationKind.EARLY else "ended"
        return f"Session {self.session} {verb} {self.minutes} min {how} {self.window}."


def session_deviations(
    window: AccessWindow, sessions: Iterable[Session], windows: Iterable[AccessWindow] = ()
) -> tuple[Deviation, ...]:
    """This function will list how sessions that used a window departed from it, in time order.

    Sessions on another asset, by accounts the window does not name, or that never touched the window are not its
    visits. A session whose end was never seen has no overrun: the end of evidence is not a logout. `windows` are the
    others on record: where one that was approved goes on without a break, a session may cross over.
    """
    beside = tuple(w for w in windows if w.id != window.id and w.vendor == window.vendor)
    found: list[Deviation] = []
    for session in sorted(sessions, key=lambda s: (utc(s.started), s.id)):
        if _used(window, session):
            found.extend(_deviations(window, session, beside))
    return tuple(found)


def sessions_out_of_window(
    sessions: Iterable[Session], windows: Iterable[AccessWindow]
) -> tuple[Session, ...]:
    """This function will list the sessions that were not, from beginning to end, inside approved windows.

    An approval that entered the book after the session had ended allows nothing; one withdrawn later did allow it.
    """
    known = tuple(windows)
    stray = [s for s in sessions if not _is_covered(s, known)]
    return tuple(sorted(stray, key=lambda s: (utc(s.started), s.id)))


def _used(window: AccessWindow, session: Session) -> bool:
    admitted = admits(window, (session.account, session.identifier))
    here = session.asset == window.asset
    return here and admitted and session.period.overlaps(window.period)


def _allowed(window: AccessWindow, session: Session) -> Period | None:
    """The part of a window that was approved as far as this session goes."""
    if window.approved_at is None or not _used(window, session):
        return None
    approved, end = utc(window.approved_at), window.period.end
    known = max(approved, utc(window.recorded_at or approved))
    if session.period.end is not None and known > session.period.end:
        return None
    if window.denied_at is not None and utc(window.denied_at) >= approved:
        end = min(utc(window.denied_at), end or utc(window.denied_at))
    return Period(window.period.start, end) if end is None or end > window.period.start else None


def _is_covered(session: Session, windows: tuple[AccessWindow, ...]) -> bool:
    """Windows that follow one another without a break count as one."""
    periods = [p for p in (_allowed(w, session) for w in windows) if p is not None]
    reached = actual_start = session.period.start
    for period in sorted(periods, key=lambda p: p.start):
        if period.start <= reached and (period.end is None or period.end > reached):
            if period.end is None:
                return True
            reached = period.end
    end = session.period.end
    return reached > actual_start if end is None else reached >= end


def _deviations(
    window: AccessWindow, session: Session, beside: tuple[AccessWindow, ...]
) -> list[Deviation]:
    planned, actual = window.period, session.period
    near = [p for p in (_allowed(w, session) for w in beside) if p is not None]
    found = []
    if actual.start < planned.start and not any(_joins(p, planned.start) for p in near):
        early = Period(actual.start, planned.start).seconds
        found.append(Deviation(DeviationKind.EARLY, window.id, session.id, early))
    if planned.end is not None and actual.end is not None and actual.end > planned.end:
        over = Period(planned.end, actual.end).seconds
        if not any(p.contains(planned.end) for p in near):
            found.append(Deviation(DeviationKind.OVERRUN, window.id, session.id, over))
    return found


def _joins(earlier: Period, start: datetime) -> bool:
    """Whether an earlier window reaches the start of the next one."""
    return earlier.start < start and (earlier.end is None or earlier.end >= start)

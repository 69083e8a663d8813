"""What a visit was against what had been agreed: sessions that began early, ran over, or had no window at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.evidence import Session
from groundrules.core.ids import SessionId, WindowId
from groundrules.core.periods import Period, utc
from groundrules.core.vendors.model import AccessWindow

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


def session_deviations(window: AccessWindow, sessions: Iterable[Session]) -> tuple[Deviation, ...]:
    """This function will list how sessions that used a window departed from it, in time order.

    Sessions on another asset, by accounts the window does not name, or that never touched the window are not its
    visits. A session whose end was never seen has no overrun: the end of evidence is not a logout.
    """
    found: list[Deviation] = []
    for session in sorted(sessions, key=lambda s: (utc(s.started), s.id)):
        if _used(window, session):
            found.extend(_deviations(window, session))
    return tuple(found)


def sessions_out_of_window(
    sessions: Iterable[Session], windows: Iterable[AccessWindow]
) -> tuple[Session, ...]:
    """This function will list the sessions that no approved window was open for at any time, or that left theirs."""
    approved = [w for w in windows if w.approved_at is not None and w.denied_at is None]
    stray = [s for s in sessions if not any(_within(w, s) for w in approved)]
    return tuple(sorted(stray, key=lambda s: (utc(s.started), s.id)))


def _used(window: AccessWindow, session: Session) -> bool:
    names = {account.casefold() for account in window.accounts}
    admitted = not names or session.account.casefold() in names
    here = session.asset == window.asset
    return here and admitted and session.period.overlaps(window.period)


def _within(window: AccessWindow, session: Session) -> bool:
    return _used(window, session) and not _deviations(window, session)


def _deviations(window: AccessWindow, session: Session) -> list[Deviation]:
    planned, actual = window.period, session.period
    found = []
    if actual.start < planned.start:
        early = Period(actual.start, planned.start).seconds
        found.append(Deviation(DeviationKind.EARLY, window.id, session.id, early))
    if planned.end is not None and actual.end is not None and actual.end > planned.end:
        over = Period(planned.end, actual.end).seconds
        found.append(Deviation(DeviationKind.OVERRUN, window.id, session.id, over))
    return found

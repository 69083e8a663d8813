"""A shell of one of our own people on a client's server: who, where, why and when. What was typed is not kept.

It is a run of our own like a patch run: the certificate it was opened with names it, and sshd writes that name down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, TechnicianId
from groundrules.core.periods import Period, utc
from groundrules.core.remote.asking import WORK_ACCOUNT
from groundrules.core.work import OwnRun

_LONGEST_WHY = 300
_INSTANT = timedelta(microseconds=1)


class WhyMissing(ValueError):
    """Nobody goes onto a client's server without saying why, in one line."""


class EndKnownBy(StrEnum):
    """How the end of a shell is known."""

    NOT_SEEN = "not seen"
    HERE = "seen here"
    HOST = "the server's own log"


@dataclass(frozen=True, slots=True)
class OwnShell:
    """One shell. Its `id` is the key id of its certificate; `fingerprint` is that of the key, which is gone with it.

    Until its end is known the period is open. `ended` is "" while it is under way, for all that is known.
    """

    id: str
    asset: AssetId
    person: str
    why: str
    period: Period
    technician: TechnicianId | None = None
    issue: str = ""
    fingerprint: str = ""
    end_known: EndKnownBy = EndKnownBy.NOT_SEEN

    def __post_init__(self) -> None:
        text = self.why.strip()
        if not text or len(text) > _LONGEST_WHY or not text.isprintable():
            message = f"say in one line of at most {_LONGEST_WHY} letters why you go there: --why 'disk full, INC-12'"
            raise WhyMissing(message)

    @property
    def run(self) -> OwnRun:
        """The shell as a run of our own, a suspect like any other."""
        return OwnRun(
            id=self.id,
            asset=self.asset,
            period=self.period,
            kind="shell",
            accounts=frozenset({WORK_ACCOUNT}),
            says=f"shell of {self.person}: {self.why}",
        )


def ended(shell: OwnShell, at: datetime, how: EndKnownBy) -> OwnShell:
    """This function will return the shell with its end."""
    start = shell.period.start
    return replace(shell, period=Period(start, max(utc(at), utc(start) + _INSTANT)), end_known=how)


def end_in_log(shell: OwnShell, sessions: Iterable[tuple[Session, str]]) -> datetime | None:
    """This function will return when the server's own log says that a shell's logins were over; None while it does not.

    `sessions` are logins with the key id of their certificate. A login without an end leaves it open.
    """
    own = [s for s, key in sessions if key == shell.id and s.asset == shell.asset]
    ends = [s.ended for s in own if s.ended is not None]
    return max(ends) if ends and len(ends) == len(own) else None

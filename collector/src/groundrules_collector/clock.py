"""Two clocks at once: the wall clock, which can be set, and the time since boot, which cannot.

What lies between two readings shows whether the wall clock was moved, the host restarted, or nobody looked for a while.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from groundrules_wire import Fact

JUMP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading: the wall clock, seconds since boot (sleep included), and which boot that is."""

    wall: str
    since_boot: float
    boot: str

    @property
    def at(self) -> datetime:
        """The wall clock's time, with its zone."""
        return datetime.fromisoformat(self.wall)


Clock = Callable[[], Moment]


def host_clock(boot: str) -> Clock:
    """This function will return a reader of this host's clocks."""

    def read() -> Moment:
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return Moment(datetime.now(UTC).isoformat(), since_boot, boot)

    return read


def written(moment: Moment) -> str:
    """This function will write a reading as text."""
    return json.dumps(asdict(moment))


def read_back(text: str) -> Moment | None:
    """This function will read what `written` wrote; None for an empty text."""
    return Moment(**json.loads(text)) if text else None


def between(before: Moment, now: Moment) -> tuple[Fact, ...]:
    """This function will tell what happened to the clock between two readings: a jump, a restart, or nothing."""
    if before.boot != now.boot:
        return (
            Fact("restart", before.wall, now.wall, {"boot_before": before.boot, "boot": now.boot}),
        )
    passed = now.since_boot - before.since_boot
    jumped = (now.at - before.at).total_seconds() - passed
    if abs(jumped) < JUMP_SECONDS:
        return ()
    details = {"seconds": f"{jumped:+.1f}", "seconds_passed": f"{passed:.1f}"}
    return (Fact("clock-jump", before.wall, now.wall, details),)


def seconds_between(before: Moment, now: Moment) -> float:
    """This function will tell how long it was, by the clock that cannot be set where that is possible."""
    if before.boot == now.boot:
        return now.since_boot - before.since_boot
    return (now.at - before.at).total_seconds()

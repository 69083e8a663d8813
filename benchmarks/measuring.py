"""What every benchmark here shares: the median of several runs in CPU seconds of this process, with the range."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Runs of one thing: how many units each run did, and the CPU seconds of each run."""

    name: str
    units: int
    unit: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median CPU seconds of a run."""
        return statistics.median(self.seconds)

    @property
    def per_second(self) -> float:
        """Units per CPU second at the median."""
        return self.units / self.median

    def line(self) -> str:
        """One row of a table people can read."""
        low, high = min(self.seconds), max(self.seconds)
        return (
            f"{self.name:<44} {self.per_second:>12,.0f} {self.unit}/s   "
            f"{self.median * 1000:>9,.1f} ms  ({low * 1000:,.1f} .. {high * 1000:,.1f}, {len(self.seconds)} runs)"
        )


def measure(
    name: str, units: int, unit: str, work: Callable[[], object], runs: int = 5
) -> Measured:
    """Run `work` once to warm up, then `runs` times on the clock."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return Measured(name, units, unit, tuple(seconds))

"""What every benchmark here shares: medians in CPU seconds of this process with their range, and books of its own."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

_NOT_SETTINGS = ("GROUNDRULES_TEST_", "GROUNDRULES_SAMPLES")


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


def own_books(folder: str) -> dict[str, str]:
    """This environment with books in `folder`, or in the cluster scripts/with-postgres made for this run.

    Every setting of an installation is left out, so that no measurement fills books that are somebody's.
    """
    kept = {
        name: said
        for name, said in os.environ.items()
        if not name.startswith("GROUNDRULES_") or name.startswith(_NOT_SETTINGS)
    }
    cluster = kept.get("GROUNDRULES_TEST_DATABASE_URL", "")
    database = {"GROUNDRULES_DATABASE_URL": cluster} if cluster else {}
    settings = {"DJANGO_SETTINGS_MODULE": "groundrules.config.settings"}
    return {**kept, **database, **settings, "GROUNDRULES_DATA": folder}


def use_own_books(folder: str) -> None:
    """Let this process, before it starts Django, work with books of its own."""
    chosen = own_books(folder)
    os.environ.clear()
    os.environ.update(chosen)


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

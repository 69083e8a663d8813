"""How long people wait: cold and warm start of the command line, a case, and (with --demo) the whole demo.

Run: `.venv/bin/python benchmarks/start_times.py [--runs 5] [--demo]`

Wall seconds of whole processes. "Cold" means with an empty byte-code cache: what the first run after an
installation costs. Of commands that ask the books, CPU seconds, which other work on the machine moves less.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import use_own_books

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = str(Path(sys.executable).parent / "groundrules")


def timed(command: list[str], **added: str) -> float:
    """Run a command to its end and give its wall seconds; a failure stops the benchmark."""
    start = time.perf_counter()
    subprocess.run(
        command, check=True, cwd=ROOT, env={**os.environ, **added}, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def spent(command: list[str]) -> float:
    """Run a command to its end and give its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    timed(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    span = f"{min(seconds):.2f} .. {max(seconds):.2f}, {len(seconds)} runs"
    return f"{name:<44} {statistics.median(seconds):>7.2f} s  ({span})"


def cold(command: list[str]) -> float:
    """Run with an empty byte-code cache."""
    with tempfile.TemporaryDirectory() as cache:
        return timed(command, PYTHONPYCACHEPREFIX=cache)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--demo", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_own_books(folder)
        _measure(given)


def _measure(given: argparse.Namespace) -> None:
    case = str(ROOT / "tests/cases/04-rogue-change.yaml")
    for name, command in (
        ("groundrules --help", [PROGRAM, "--help"]),
        ("groundrules case run (scenario 4)", [PROGRAM, "case", "run", case]),
    ):
        print(row(f"cold: {name}", [cold(command) for _ in range(max(2, given.runs // 2))]))
        print(row(f"warm: {name}", [timed(command) for _ in range(given.runs)]))
    for words in ("role --help", "init --help", "time --help", "month-end --help", "worker --help"):
        command = [PROGRAM, *words.split()]
        print(row(f"CPU: groundrules {words}", [spent(command) for _ in range(given.runs)]))
    if given.demo:
        command = [PROGRAM, "demo", "--no-serve", "--reset"]
        print(row("warm: groundrules demo, whole tale", [timed(command) for _ in range(3)]))


if __name__ == "__main__":
    main()

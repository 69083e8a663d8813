"""Drives the fuzzing of all targets, each in a process of its own: see scripts/fuzz."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS, seeds

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "fuzz"
LONGEST = 16 * 1024
SLOW, MEMORY = 10, 2048
"""An input may take ten seconds and two gibibytes at most; a reader that wants more is found as if it had crashed."""


def main(arguments: list[str]) -> int:
    """This function will fuzz the targets named, or all, and return 1 when one of them found something."""
    seconds = int(arguments[0]) if arguments else 20
    names = arguments[1:] or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        print(f"There is no target {', '.join(unknown)}. There are: {', '.join(TARGETS)}.")
        return 2
    (FOLDER / "found").mkdir(parents=True, exist_ok=True)
    print(f"{'target':28} {'inputs tried':>12} {'a second':>9} {'kept':>6}  found")
    troubled = [name for name in names if not _fuzz(name, seconds)]
    print(f"{len(names)} targets, {len(troubled)} with something found: see var/fuzz/found.")
    return 1 if troubled else 0


def _fuzz(name: str, seconds: int) -> bool:
    """Runs one target; True when nothing was found."""
    corpus = _corpus(name)
    log = FOLDER / f"{name}.log"
    with log.open("wb") as told:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.one", name, str(corpus), *_options(name, seconds)],
            cwd=ROOT,
            stdout=told,
            stderr=subprocess.STDOUT,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
    text = log.read_text(errors="replace")
    tried = _last(r"stat::number_of_executed_units: (\d+)", text) or _last(r"^#(\d+)\t", text)
    speed = _last(r"stat::average_exec_per_sec: +(\d+)", text)
    found = "" if ended.returncode == 0 else f"yes: {_words(text)}"
    print(f"{name:28} {tried:>12} {speed:>9} {len(list(corpus.iterdir())):>6}  {found}", flush=True)
    return not found


def _corpus(name: str) -> Path:
    """Where a target's inputs are gathered, begun with the good files there are."""
    corpus = FOLDER / name
    corpus.mkdir(exist_ok=True)
    samples = Path(os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data"))
    for number, raw in enumerate(seeds(name, samples if samples.is_dir() else None)):
        (corpus / f"seed-{number:03}").write_bytes(raw[:LONGEST])
    return corpus


def _options(name: str, seconds: int) -> list[str]:
    return [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={FOLDER / 'found' / name}-",
        "-print_final_stats=1",
        "-seed=1",
    ]


def _last(pattern: str, text: str) -> str:
    found = re.findall(pattern, text, re.MULTILINE)
    return found[-1] if found else ""


def _words(text: str) -> str:
    """The exception, or what libFuzzer says: the last line that names either."""
    lines = [
        line
        for line in text.splitlines()
        if re.match(r"(\w+\.)*\w+(Error|Exception|Refused)\b", line)
    ]
    lines += [line for line in text.splitlines() if "ERROR: libFuzzer" in line]
    return lines[0][:100] if lines else "see its log"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How fast Windows event logs are read: our reader against the bare parser, same files, same run.

Run: `.venv/bin/python benchmarks/evtx_speed.py [--samples FOLDER] [--runs 15] [--smallest BYTES]`

Bare: the Rust parser (`evtx`) hands over the JSON of every record it can read, going on after a damaged one, and
nothing is done with it. Ours: from the same bytes to sessions, observations and gaps, with the checksums of all chunks.
Files are read whole before the clock starts; figures are CPU seconds of this process on one core. The ways of reading
take turns, so that a slower moment of the machine meets all of them; a ratio is of one turn, and the median counts.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from evtx import PyEvtxParser

from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx import UnreadableEvtx, read_evtx

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = EvidenceId("0" * 64)


def bare(raw: bytes) -> int:
    """Let the parser hand over the JSON of every record, and count them; a damaged one is stepped over."""
    records, count = iter(PyEvtxParser(io.BytesIO(raw), number_of_threads=1).records_json()), 0
    while True:
        try:
            for _ in records:
                count += 1
        except RuntimeError:
            continue
        return count


def parsed(raw: bytes) -> int:
    """The same, and turn each JSON into Python values."""
    records, count = iter(PyEvtxParser(io.BytesIO(raw), number_of_threads=1).records_json()), 0
    while True:
        try:
            for record in records:
                orjson.loads(record["data"])
                count += 1
        except RuntimeError:
            continue
        return count


def ours(raw: bytes) -> int:
    """Read into sessions, observations and gaps."""
    try:
        return read_evtx(raw, AssetId("SRV1"), EVIDENCE).records
    except UnreadableEvtx:
        return 0


WAYS: dict[str, Callable[[bytes], int]] = {
    "bare parser to JSON": bare,
    "and orjson": parsed,
    "our reader": ours,
}


def turn(logs: list[bytes]) -> dict[str, tuple[int, float]]:
    """Read all logs each way, one way after the other, and give records and CPU seconds of each."""
    seen = {}
    for name, read in WAYS.items():
        started = time.process_time()
        records = sum(read(raw) for raw in logs)
        seen[name] = (records, time.process_time() - started)
    return seen


def report(turns: list[dict[str, tuple[int, float]]]) -> Iterator[str]:
    """Give a line for each way, and the ratio that is asked for: CPU seconds a record, ours to bare."""
    for name in WAYS:
        records = turns[0][name][0]
        rates = sorted(records / seen[name][1] for seen in turns)
        middle = statistics.median(rates)
        yield f"{name:22}{records:8} records {middle:10,.0f} records/s   ({rates[0]:,.0f} to {rates[-1]:,.0f})"
    ratios = []
    for seen in turns:
        each = [
            seconds / records
            for records, seconds in (seen["our reader"], seen["bare parser to JSON"])
        ]
        ratios.append(each[0] / each[1])
    ratios.sort()
    middle = statistics.median(ratios)
    yield f"a record takes our reader {middle:.2f} times the bare parser's time ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def main() -> None:
    """Measure and print one line per way of reading, and the ratio."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data")
    options.add_argument("--samples", type=Path, default=default, help="folder with EVTX files")
    options.add_argument("--runs", type=int, default=15, help="how many turns are taken")
    options.add_argument(
        "--smallest", type=int, default=1_000_000, help="leave out files with fewer bytes"
    )
    chosen = options.parse_args()
    paths = [
        path
        for path in sorted(chosen.samples.rglob("*.evtx"))
        if path.stat().st_size >= chosen.smallest
    ]
    if not paths:
        options.error(f"no EVTX files of {chosen.smallest} bytes or more under {chosen.samples}")
    logs = [path.read_bytes() for path in paths]
    megabytes = sum(map(len, logs)) / 1e6
    print(f"{len(logs)} files, {megabytes:.1f} MB, {chosen.runs} turns, one core, medians (range)")
    turn(logs)
    for line in report([turn(logs) for _ in range(chosen.runs)]):
        print(line)


if __name__ == "__main__":
    main()

"""How fast Windows event logs are read: our reader against the bare parser, same files, same run.

Run: `.venv/bin/python benchmarks/evtx_speed.py [--samples FOLDER] [--runs 5] [--smallest BYTES]`

Every file is read whole before the clock starts. Numbers are records per second on one core (CPU time of this process);
each line shows the median of the runs and their range. Bare: the `evtx` package writing JSON, nothing done with it.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from evtx import PyEvtxParser

from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx import UnreadableEvtx, read_evtx

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = EvidenceId("0" * 64)


def bare(raw: bytes) -> int:
    """Let the parser write JSON and count it; like a plain loop it stops at the first damage."""
    return sum(1 for _ in _bare_records(raw))


def parsed(raw: bytes) -> int:
    """The same, and turn the JSON into Python values."""
    return sum(1 for record in _bare_records(raw) if orjson.loads(record))


def _bare_records(raw: bytes) -> list[str]:
    """Give the JSON of a file's records up to the first damage."""
    written: list[str] = []
    try:
        written.extend(
            str(record["data"])
            for record in PyEvtxParser(io.BytesIO(raw), number_of_threads=1).records_json()
            if record is not None
        )
    except RuntimeError:
        return written
    return written


def ours(raw: bytes) -> int:
    """Read into sessions, observations and gaps."""
    try:
        return read_evtx(raw, AssetId("SRV1"), EVIDENCE).records
    except UnreadableEvtx:
        return 0


def measure(read: Callable[[bytes], int], logs: list[bytes], runs: int) -> tuple[int, list[float]]:
    """Give the records of one pass and the records per CPU second of every run."""
    rates, records = [], 0
    for _ in range(runs):
        started = time.process_time()
        records = sum(read(raw) for raw in logs)
        rates.append(records / max(time.process_time() - started, 1e-9))
    return records, rates


def main() -> None:
    """Measure and print one line per way of reading."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data")
    options.add_argument("--samples", type=Path, default=default, help="folder with EVTX files")
    options.add_argument("--runs", type=int, default=5, help="how often each is measured")
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
    print(
        f"{len(logs)} files, {sum(map(len, logs)) / 1e6:.1f} MB, median of {chosen.runs} runs, one core"
    )
    for name, read in (("bare parser to JSON", bare), ("and orjson", parsed), ("our reader", ours)):
        records, rates = measure(read, logs, chosen.runs)
        low, middle, high = min(rates), statistics.median(rates), max(rates)
        print(
            f"{name:22}{records:8} records {middle:10,.0f} records/s   ({low:,.0f} to {high:,.0f})"
        )


if __name__ == "__main__":
    main()

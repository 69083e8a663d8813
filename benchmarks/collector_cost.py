"""What the collector costs the host it runs on: CPU of a look, and of a scan of whole trees against AIDE --check.

Run as root on Debian or Ubuntu: `.venv/bin/python benchmarks/collector_cost.py [--runs 3] [--without-aide]`

CPU seconds are of this process and every program it starts (user and system). The hour is counted out: 60 looks at the
live host, each with the probes that are due then, plus the batch it writes. AIDE (installed here when it is missing)
checks the same trees, same digest (SHA-256), the same stat attributes, page cache warm for both.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from groundrules_collector.clock import host_clock
from groundrules_collector.cycle import Recorder, look
from groundrules_collector.host import HostView, identity
from groundrules_collector.settings import Settings
from groundrules_collector.spool import Spool
from groundrules_collector.state import StateFolder
from groundrules_collector.trees import scan

TREES = ("/etc", "/usr/bin", "/usr/sbin", "/usr/share", "/usr/include", "/opt")
LOOKS_AN_HOUR = 60
FULL_TARGET, INCREMENTAL_TARGET = 10, 40


def cpu(what: Callable[[], object]) -> float:
    """Run something and return the CPU seconds it took, children included."""
    before = _used()
    what()
    return _used() - before


def _used() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


def hour(folder: Path) -> list[float]:
    """Look at the live host as often as in one hour and return the CPU seconds of every look."""
    state = StateFolder(folder / "state")
    state.prepare()
    settings = Settings(cadence=60, heartbeat=0.0)  # A batch at every look: the dearest way to run.
    view = HostView(Path("/"), trees=settings.trees, tree_index=state.tree_index)
    spool = Spool(state, state.connect(), settings.spool_limit)
    clock = host_clock(identity(view).boot)
    recorder = Recorder(view, spool, settings, clock, lambda _line: None)
    first = cpu(lambda: look(recorder))
    print(f"first look (all probes, all logs)      {first:8.3f} CPU s")
    return [cpu(lambda: look(recorder)) for _ in range(LOOKS_AN_HOUR)]


def report_hour(looks: list[float]) -> None:
    """Print the medians of the kinds of looks and the share of a core."""
    light = [one for at, one in enumerate(looks, start=1) if at % 5]
    fifth = [one for at, one in enumerate(looks, start=1) if at % 5 == 0 and at % 60]
    print(
        f"light look, median of {len(light):3}              {statistics.median(light):8.3f} CPU s"
    )
    print(
        f"every fifth look, median of {len(fifth):3}        {statistics.median(fifth):8.3f} CPU s"
    )
    print(f"hourly look (every probe)              {looks[-1]:8.3f} CPU s")
    share = 100 * sum(looks) / 3600
    print(
        f"an hour of looks                       {sum(looks):8.3f} CPU s = {share:.2f} % of a core (target below 1 %)"
    )
    print(f"most memory this process held          {_peak():8.0f} MB")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(folder: Path, runs: int) -> tuple[float, float, int]:
    """Scan the trees: everything read, then only what moved. Returns both medians and the number of files."""
    index = folder / "trees.db"
    found = scan(index, Path("/"), TREES, full=True)
    full = [cpu(lambda: scan(index, Path("/"), TREES, full=True)) for _ in range(runs)]
    quick = [cpu(lambda: scan(index, Path("/"), TREES, full=False)) for _ in range(runs)]
    return statistics.median(full), statistics.median(quick), found.files


def touched(folder: Path, runs: int) -> float:
    """Scan a copy of /etc in which one file in a hundred was written since; returns the median."""
    copy = folder / "copy"
    shutil.copytree("/etc", copy / "etc", symlinks=True, ignore_dangling_symlinks=True)
    index = folder / "copy.db"
    scan(index, copy, ("/etc",), full=True)
    files = sorted(path for path in copy.rglob("*") if path.is_file() and not path.is_symlink())
    times: list[float] = []
    for run in range(runs):
        for path in files[run :: max(100, runs)]:
            path.write_bytes(path.read_bytes() + b"\n")
        times.append(cpu(lambda: scan(index, copy, ("/etc",), full=False)))
    return statistics.median(times)


def aide(folder: Path, runs: int) -> float:
    """Make AIDE's database of the trees, then check them; returns the median of the checks."""
    if shutil.which("aide") is None:
        subprocess.run(
            ("apt-get", "-y", "-q", "--no-install-recommends", "install", "aide"),
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    rules = "p+i+u+g+s+m+c+sha256"
    settings = folder / "aide.conf"
    settings.write_text(
        f"database_in=file:{folder}/aide.db\ndatabase_out=file:{folder}/aide.db.new\n"
        "gzip_dbout=no\nreport_url=file:/dev/null\n"
        + "".join(f"{tree} {rules}\n" for tree in TREES)
    )
    command = ("aide", f"--config={settings}")
    made = cpu(lambda: subprocess.run((*command, "--init"), check=True, stdout=subprocess.DEVNULL))
    print(f"AIDE --init                            {made:8.2f} CPU s")
    (folder / "aide.db.new").rename(folder / "aide.db")
    return statistics.median(cpu(lambda: _check(command)) for _ in range(runs))


def _check(command: tuple[str, ...]) -> None:
    done = subprocess.run((*command, "--check"), check=False, stdout=subprocess.DEVNULL)
    if (
        done.returncode > 7
    ):  # Up to 7 it says what kind of difference it found; above, that it failed.
        sys.exit(f"aide --check failed with {done.returncode}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-aide", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report_hour(hour(folder))
        full, quick, files = ours(folder, chosen.runs)
        print(f"\n{files} files below {' '.join(TREES)}; medians of {chosen.runs}")
        print(f"our scan, everything read              {full:8.2f} CPU s")
        print(f"our scan, only what moved              {quick:8.2f} CPU s")
        print(f"/etc, one file in a hundred written    {touched(folder, chosen.runs):8.3f} CPU s")
        if chosen.without_aide:
            return
        check = aide(folder, chosen.runs)
        print(f"AIDE --check                           {check:8.2f} CPU s")
        print(
            f"AIDE / ours, everything read           {check / full:8.1f} x (target {FULL_TARGET})"
        )
        print(
            f"AIDE / ours, only what moved           {check / quick:8.1f} x (target {INCREMENTAL_TARGET})"
        )


if __name__ == "__main__":
    main()

"""What bringing in a large file and taking it back need: memory and CPU time of the command, for few rows and many.

Run: `.venv/bin/python benchmarks/import_memory.py [--rows 200,20000]`

For each size a fresh installation with one client; then a CSV file with so many servers is brought in by
`groundrules imports run`, rehearsed first as an owner would, and at last taken back. Peak memory is what the kernel
counted of the command (`ru_maxrss` of the process waited for); CPU is its own time and the kernel's for it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import own_books

_CLIENTS = "name,code,zone,currency\nHarbor Dental,HARBOR,America/Los_Angeles,USD\n"


def main() -> None:
    """Fill, bring in and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", default="200,20000")
    given = arguments.parse_args()
    for count in map(int, given.rows.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            bring(Path(folder), count)


def bring(folder: Path, count: int) -> None:
    """Bring in one client and so many servers of it; print what the second file took."""
    clients, servers = folder / "clients.csv", folder / "servers.csv"
    clients.write_text(_CLIENTS, encoding="utf-8")
    lines = (f"HARBOR,Server {n:05},host-{n:05}.harbor.example\n" for n in range(count))
    servers.write_text("client,name,hostname\n" + "".join(lines), encoding="utf-8")
    run(folder, "init", "--email", "olga@bench.example", "--name", "Olga")
    run(folder, "imports", "run", "--kind", "clients", str(clients))
    asked = ("imports", "run", "--kind", "assets", str(servers))
    for name, words in (
        ("rehearsed", (*asked, "--dry-run")),
        ("brought in", asked),
        ("taken back", ("imports", "undo", "2")),
    ):
        peak, cpu = run(folder, *words)
        print(
            f"{count:>7,} servers {name:<11} {peak:>5.0f} MiB at most   {cpu:>6.1f} CPU s",
            flush=True,
        )


def run(folder: Path, *words: str) -> tuple[float, float]:
    """Run one command in the installation's surroundings; its peak memory in MiB and its CPU seconds."""
    program = [sys.executable, "-m", "groundrules.cli.main", *words]
    with subprocess.Popen(
        program, env=own_books(str(folder)), stdout=subprocess.DEVNULL
    ) as started:
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        message = f"groundrules {' '.join(words)} ended with {started.returncode}"
        raise SystemExit(message)
    return used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

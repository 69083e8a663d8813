"""What everyday operations cost the server, in CPU milliseconds each: to be set beside another product's.

Run: `.venv/bin/python -m benchmarks.operation_cost [--count 100] [--entries 20,200] [--invoices 100] [--folder FOLDER]`

The method, so that anybody can repeat it against another product on the same machine:

1. The server program runs as a process of its own with a fresh database (SQLite here; set it as the product is meant to
   be used). One client program beside it sends requests one after the other, one connection each, and waits for each
   answer. Whatever is prepared (bodies, signatures) is made before the clock starts.
2. The cost of an operation is the CPU time the server's processes spent, in their own code and in the kernel (utime and
   stime of /proc/PID/stat, workers and the database server included where they are processes), between just before the
   first request and just after the last answer, divided by the operations. What is put off until later is run to its
   end by hand and added. Five requests go before, unmeasured.
3. Only answers that say it was done and is durable count; anything else ends the measurement.

The operations: a *check-in* is an agent's report without news (one line of a log that is known). *Change ingest* is one
package upgrade of a batch of 1,000, from the request to the claim in the books. A *time entry* is recorded through the
REST interface by token, decided by the agreement, charged and audited; the cost depends on how much of the client is on
record, so it is measured twice. *Reading* is a page of 50 time entries. An *invoice* has 21 lines and is made with its
electronic data and its PDF. Wall times are printed beside, for comparison only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from subprocess import run

from benchmarks.receive_speed import (
    NIGHT,
    batches,
    cpu_seconds,
    enrolled,
    log_of,
    read_all,
    require_created,
    serving,
)
from benchmarks.receive_speed import ask as send
from tests.crash.installation import ROOT, Installation
from tests.sender import EVIDENCE

_WARM = 5
_DAY = datetime(2007, 3, 1, 17, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cost:
    """What one kind of operation cost."""

    name: str
    count: int
    cpu_ms: float
    wall_ms: float

    def line(self) -> str:
        """One row of the table."""
        return f"{self.name:<58} {self.count:>6} {self.cpu_ms:>10.2f} {self.wall_ms:>10.2f}"


@dataclass(frozen=True)
class Server:
    """A running server, and the token it is asked with."""

    port: int
    process: int
    token: str

    def ask(self, method: str, path: str, key: str = "", body: object = None) -> None:
        """One request; raises NotTakenIn unless it was done."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            told = answer.read()
        require_created(201 if answer.status == 200 else answer.status, told)

    def measure(self, name: str, first: int, count: int, act: Callable[[int], object]) -> Cost:
        """Do it a few times unmeasured, then on the clock."""
        for number in range(first, first + _WARM):
            act(number)
        cpu, wall = cpu_seconds(self.process), time.perf_counter()
        for number in range(first + _WARM, first + _WARM + count):
            act(number)
        took, waited = cpu_seconds(self.process) - cpu, time.perf_counter() - wall
        return Cost(name, count, took / count * 1000, waited / count * 1000)

    def record_time(self, number: int) -> None:
        """One time entry."""
        start = _DAY + timedelta(minutes=20 * number)
        body = {
            "client": "HARBOR",
            "asset": "SRV1",
            "started_at": start.isoformat(),
            "ended_at": (start + timedelta(minutes=15)).isoformat(),
            "issue": f"Case {number}",
        }
        self.ask("POST", "/api/v1/time-entries", f"entry-{number}", body)


def interface_costs(folder: Path, counts: list[int], reads: int) -> list[Cost]:
    """Time entries with so many on record, and reading them."""
    installation = Installation(folder)
    installation.run("tests.crash.programs.prepare", "1")
    token = installation.run("benchmarks.operation_books").strip()
    costs = []
    with serving(installation) as (port, process):
        server = Server(port, process, token)
        done = 0
        for on_record in counts:
            while done < on_record:
                server.record_time(done)
                done += 1
            name = f"time entry through the interface, {on_record} on record before"
            costs.append(server.measure(name, done, 20, server.record_time))
            done += 20 + _WARM
        page = "/api/v1/time-entries?limit=50"
        costs.append(
            server.measure("reading 50 time entries", 0, reads, lambda _n: server.ask("GET", page))
        )
        costs.append(
            server.measure("whoami", 0, reads, lambda _n: server.ask("GET", "/api/v1/whoami"))
        )
    return costs


def receiving_costs(folder: Path, name: str, count: int, size: int) -> Cost:
    """Batches of so many changes: accepted, and read into claims afterwards; the cost is of one change."""
    installation = Installation(folder)
    token = installation.run("tests.crash.programs.prepare", "1").strip()
    with serving(installation) as (port, process):
        sender = enrolled(port, token, 1)
        if size:
            sent = batches(sender, (count + _WARM) * size, size, 1 << 20)
        else:
            made = [
                sender.make(NIGHT + timedelta(minutes=n), log_of(0, 1))
                for n in range(count + _WARM)
            ]
            sent = [(batch, sender.headers(batch)) for batch in made]
        server = Server(port, process, "")

        def one(number: int) -> None:
            batch, headers = sent[number]
            require_created(*send(port, EVIDENCE, headers, batch.body))

        taken = server.measure(name, 0, count, one)
    cpu, wall = read_all(installation)
    share = (count + _WARM) * (size or 1)
    return Cost(
        name,
        count * (size or 1),
        taken.cpu_ms / (size or 1) + cpu / share * 1000,
        taken.wall_ms / (size or 1) + wall / share * 1000,
    )


def invoice_cost(count: int) -> Cost:
    """Invoices with data and PDF, by the product's own bench."""
    command = [sys.executable, "-m", "groundrules.cli.main", "bench", "invoices", "--json"]
    done = run(
        [*command, "--count", str(count)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    name = "invoice of 21 lines with electronic data and PDF"
    return Cost(
        name,
        told["documents"],
        told["cpu_seconds"] / told["documents"] * 1000,
        told["wall_seconds"] / told["documents"] * 1000,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="check-ins, batches and pages")
    parser.add_argument("--entries", default="20,200", help="time entries on record before")
    parser.add_argument("--invoices", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=None, help="on a real disk")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    on_record = [int(number) for number in chosen.entries.split(",")]
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        costs.append(receiving_costs(Path(folder), "check-in without news", chosen.count, 0))
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        few = max(chosen.count // 20, 2)
        costs.append(
            receiving_costs(Path(folder), "change ingest, one of 1,000 in a batch", few, 1000)
        )
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        costs += interface_costs(Path(folder), on_record, chosen.count)
    costs.append(invoice_cost(chosen.invoices))
    if chosen.json:
        print(json.dumps([vars(cost) for cost in costs], indent=2))
        return
    print(f"{'operation':<58} {'count':>6} {'CPU ms':>10} {'wall ms':>10}")
    for cost in costs:
        print(cost.line())


if __name__ == "__main__":
    main()

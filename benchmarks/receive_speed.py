"""How fast batches are accepted and durable, through HTTP into SQLite; and, apart from that, how fast they are read.

Run: `.venv/bin/python -m benchmarks.receive_speed [--runs 5] [--changes 20000] [--folder FOLDER]`

A change is one package upgrade as dpkg writes it: six lines. The real server program (waitress, the same application
and settings) runs as a process of its own; a client beside it sends batches that were made and signed before the clock
starts, one after the other, one connection each, and waits for each 201. Per core: changes per CPU second of the server
process (the kernel's work for it included). By the wall: changes per second as the client sees them. Each line is the
median of the runs with their range. The folder must lie on a real disk, or syncing costs nothing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.crash.installation import ROOT, Installation
from tests.crash.nursery import free_port
from tests.sender import ENROL, EVIDENCE, Batch, Sender

NIGHT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
SIZES = (100, 1000, 5000)
STATES = ("half-configured", "unpacked", "half-installed", "unpacked", "installed")
TICKS = os.sysconf("SC_CLK_TCK")
TARGET = 20_000


class NotTakenIn(RuntimeError):
    """The server answered something else than 201, so there is nothing to measure."""


def require_created(status: int, told: bytes) -> None:
    """Refuse to measure what was not taken in; raises NotTakenIn."""
    if status != http.client.CREATED:
        message = f"the server answered {status}: {told.decode(errors='replace')}"
        raise NotTakenIn(message)


@dataclass(frozen=True)
class Run:
    """What one run did: how many changes, and the server's CPU seconds and the wall seconds for them."""

    changes: int
    cpu: float
    wall: float


def log_of(first: int, count: int) -> bytes:
    """Write what dpkg writes for `count` upgrades."""
    lines = []
    for number in range(first, first + count):
        moment = (NIGHT + timedelta(seconds=number % (1 << 20))).strftime("%Y-%m-%d %H:%M:%S")
        name = f"lib{number % 977}-{number:x}:amd64"
        old, new = f"1.{number % 89}.{number % 7}-2", f"1.{number % 89}.{number % 7}-3+deb12u1"
        lines.append(f"{moment} upgrade {name} {old} {new}")
        lines.extend(f"{moment} status {state} {name} {new}" for state in STATES)
    return "".join(f"{line}\n" for line in lines).encode()


# A program that measures asks as fast as it is answered.
_UNLIMITED = {"GROUNDRULES_API_TOKEN_RATE": "1000000", "GROUNDRULES_API_ADDRESS_RATE": "1000000"}


@contextmanager
def serving(installation: Installation) -> Iterator[tuple[int, int]]:
    """Run the server program without its reading thread; give its port and process number."""
    port = free_port()
    program = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=6"]
    server = subprocess.Popen(
        [*program, "groundrules.config.wsgi:application"],
        env={**installation.environment, **_UNLIMITED},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def ask(port: int, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Send one request as a collector does."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def cpu_seconds(process: int) -> float:
    """Say how long a process has kept a core busy, in its own code and in the kernel."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def enrolled(port: int, token: str, seed: int) -> Sender:
    """Enrol a collector of its own key."""
    sender = Sender(key=Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    status, told = ask(port, ENROL, {}, json.dumps(sender.enrolment(token)).encode())
    require_created(status, told)
    said = json.loads(told)
    sender.agent, sender.stream = said["agent"], said["stream"]
    return sender


def batches(
    sender: Sender, changes: int, size: int, first: int
) -> list[tuple[Batch, dict[str, str]]]:
    """Make and sign as many batches as hold the changes."""
    made = [
        sender.make(NIGHT + timedelta(minutes=place), log_of(first + place * size, size))
        for place in range(changes // size)
    ]
    return [(batch, sender.headers(batch)) for batch in made]


def accepted(
    server: tuple[int, int], sent: Sequence[tuple[Batch, dict[str, str]]], size: int
) -> Run:
    """Send every batch and wait for each answer."""
    port, process = server
    cpu, wall = cpu_seconds(process), time.perf_counter()
    for batch, headers in sent:
        status, told = ask(port, EVIDENCE, headers, batch.body)
        require_created(status, told)
    return Run(len(sent) * size, cpu_seconds(process) - cpu, time.perf_counter() - wall)


def told(name: str, runs: Sequence[Run]) -> str:
    """Write one line of the table."""
    per_core = sorted(run.changes / run.cpu for run in runs)
    by_wall = statistics.median(run.changes / run.wall for run in runs)
    return (
        f"{name:<44} {statistics.median(per_core):>10,.0f} changes/s per core "
        f"({per_core[0]:,.0f} .. {per_core[-1]:,.0f}, {len(runs)} runs)   {by_wall:>9,.0f}/s by the wall"
    )


def read_all(installation: Installation) -> tuple[float, float]:
    """Read everything that waits in a program of its own; give its CPU and wall seconds without starting up."""
    out = installation.run("benchmarks.receive_reading")
    cpu, wall, _ = out.split(maxsplit=2)
    return float(cpu), float(wall)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--read", type=int, default=5_000, help="changes to read, each run")
    parser.add_argument("--folder", type=Path, default=None)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        _measure_accepting(chosen, Installation(Path(folder)))
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        _measure_reading(chosen, Installation(Path(folder)))


def _measure_accepting(chosen: argparse.Namespace, installation: Installation) -> None:
    tokens = installation.run("tests.crash.programs.prepare", str(len(SIZES) * (chosen.runs + 1)))
    fresh = enumerate(tokens.split(), start=1)
    with serving(installation) as server:
        for size in SIZES:
            runs: list[Run] = []
            for warm in range(chosen.runs + 1):
                seed, token = next(fresh)
                sender = enrolled(server[0], token, seed)
                sent = batches(sender, chosen.changes if warm else size * 2, size, seed << 20)
                runs.append(accepted(server, sent, size))
            length = len(sent[0][0].body)
            name = f"accepted and durable, {size} in a batch"
            print(told(name, runs[1:]), f"  ({length:,} bytes; target {TARGET:,})", flush=True)


def _measure_reading(chosen: argparse.Namespace, installation: Installation) -> None:
    tokens = installation.run("tests.crash.programs.prepare", str(chosen.runs)).split()
    runs = []
    for seed, token in enumerate(tokens, start=1):
        with serving(installation) as server:
            sender = enrolled(server[0], token, seed)
            accepted(server, batches(sender, chosen.read, 1000, seed << 20), 1000)
        runs.append(Run(chosen.read, *read_all(installation)))
    print(told("read into claims (waiting batches of 1000)", runs))


if __name__ == "__main__":
    main()

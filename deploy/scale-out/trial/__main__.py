"""Starts an installation of several nodes on this machine, loads it, kills a node of each kind, tells what was lost."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
PROGRAM = Path(__file__).resolve().parent

from database import Database, start_database  # noqa: E402 - the folder of the clone is named first
from load import UPGRADES, Load, hosts_of  # noqa: E402 - as above
from objects import Objects, start_objects  # noqa: E402 - as above
from processes import LOOPBACK, Family, free_ports, listens, wait_until  # noqa: E402 - as above

HOSTS = 4
WEB = 2
BETWEEN = 25


@dataclass
class Trial:
    """The installation under trial."""

    family: Family
    folder: Path
    database: Database
    objects: Objects
    ports: list[int]

    def environment(self, node: str) -> dict[str, str]:
        """What the programs of a node are told: everything that must last is elsewhere."""
        data = self.folder / node
        if not data.exists():
            data.mkdir()
            for shared in ("keys", "seal"):
                (self.folder / "shared" / shared).mkdir(parents=True, exist_ok=True)
                (data / shared).symlink_to(self.folder / "shared" / shared)
        return {
            "GROUNDRULES_DATA": str(data),
            "GROUNDRULES_SECRET_KEY": "only-for-this-trial",
            "GROUNDRULES_DATABASE_URL": self.database.url,
            "GROUNDRULES_EVIDENCE_URL": self.objects.url("evidence"),
            "GROUNDRULES_SEGMENTS_URL": self.objects.url("segments"),
            "GROUNDRULES_MAIL": "null",
            "PYTHONPATH": str(ROOT),
        }

    def serve(self, number: int) -> None:
        """Start a web node; its worker thread is a worker like any other."""
        self.family.start(
            f"web-{number}",
            [sys.executable, "-m", "groundrules.cli.main", "serve", "--port", str(self.ports[number])],
            self.environment(f"web{number}"),
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        """Run a part of books.py to its end."""
        return self._run([PROGRAM / "books.py", *arguments])

    def work_off(self) -> None:
        """Read what still waits."""
        self._run(["-m", "groundrules.cli.main", "worker", "--once"])

    def _run(self, arguments: list[str | Path]) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], check=False, capture_output=True, text=True,
            env={**os.environ, **self.environment("last")},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        return done.stdout


def main() -> None:
    """Do it."""
    asked = argparse.ArgumentParser(description=__doc__, prog="deploy/scale-out/try-it")
    asked.add_argument("--clients", type=int, default=100)
    asked.add_argument("--assets", type=int, default=10_000, help="servers of all clients together")
    asked.add_argument(
        "--events", type=int, default=100_000_000, help="made, by 500,000 (at least so for each)"
    )
    asked.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="groundrules-trial-"))
    folder.chmod(0o755)
    family = Family(folder)
    trial = None
    try:
        trial = _started(family, folder)
        _tried(trial, given)
    finally:
        if trial is not None:
            trial.database.stop()
        family.stop()
        if given.keep:
            print(f"Logs and data are kept in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _started(family: Family, folder: Path) -> Trial:
    began = time.monotonic()
    database = start_database(family, folder / "database")
    try:
        objects = start_objects(family, folder / "objects")
    except BaseException:
        database.stop()
        raise
    print(
        f"Started in {time.monotonic() - began:.0f} s: 3 etcd, 3 PostgreSQL under Patroni (writes wait for a second "
        "server), 3 nodes of S3-compatible storage (three copies of everything)."
    )
    return Trial(family, folder, database, objects, free_ports(WEB))


def _tried(trial: Trial, given: argparse.Namespace) -> None:
    tokens = trial.run("begin", str(given.clients), str(given.assets), str(HOSTS)).split()
    print(f"{given.clients} clients with {given.assets:,} servers are in the books.")
    filled = json.loads(trial.run("fill", str(given.events)))
    rate = filled["events"] / filled["cpu_seconds"]
    print(
        f"{filled['events']:,} events in {filled['segments']} segments: {filled['bytes'] / filled['events']:.1f} bytes "
        f"an event, {filled['seconds']} s ({filled['cpu_seconds']} CPU s of the writer, {rate:,.0f} a CPU second)."
    )
    for number in range(WEB):
        trial.serve(number)
    for port in trial.ports:
        wait_until(lambda port=port: listens(port), 60, "a web node")
    load = hosts_of(tokens, trial.ports)
    load.start()
    _kill_one_of_each(trial, load)
    load.stop()
    _judge(trial, load)
    _ask_everything(trial, filled)


def _kill_one_of_each(trial: Trial, load: Load) -> None:
    """A node of each kind dies under load, one after the other, and the ones that can come back do."""
    time.sleep(BETWEEN)
    first = trial.database.primary()
    if first is None:
        raise SystemExit("no PostgreSQL takes writes before anything was killed")
    moment = _killed("the PostgreSQL that takes writes", lambda: trial.database.kill(first))
    took = wait_until(
        lambda: trial.database.primary() not in {None, first}, 60, "another PostgreSQL"
    )
    print(f"  another took over after {took:.1f} s")
    trial.database.start(first)
    time.sleep(BETWEEN)
    print(f"  longest time without an acknowledgement: {load.silence_after(moment):.1f} s")
    wait_until(lambda: trial.database.standbys() == 1, 120, "a second PostgreSQL")
    moment = _killed("a web node (with its worker)", lambda: trial.family.kill("web-0"))
    time.sleep(BETWEEN)
    print(f"  longest time without an acknowledgement: {load.silence_after(moment):.1f} s")
    trial.serve(0)
    wait_until(lambda: listens(trial.ports[0]), 60, "the web node")
    moment = _killed("a node of the storage", lambda: trial.objects.kill(1))
    time.sleep(BETWEEN)
    print(f"  longest time without an acknowledgement: {load.silence_after(moment):.1f} s")


def _killed(what: str, kill: Callable[[], None]) -> float:
    moment = time.monotonic()
    kill()
    print(f"Killed {what}.", flush=True)
    return moment


def _judge(trial: Trial, load: Load) -> None:
    """Hold what the books and the storage have against what the hosts were told."""
    trial.work_off()
    told = json.loads(trial.run("tell"))
    kept = {(agent, sequence): digest for agent, sequence, digest, _ in told["batches"]}
    lost = [
        (one.sender.agent, sequence)
        for one in load.hosts
        for sequence, digest in one.acknowledged.items()
        if kept.get((one.sender.agent, sequence)) != digest
    ]
    doubled = len(told["batches"]) - len(kept)
    unread = len(kept) * UPGRADES - told["changes_differently"]
    refused, failed = (
        sum(getattr(one, how) for one in load.hosts) for how in ("refused", "failed")
    )
    print(
        f"{load.acknowledged():,} batches were acknowledged to {len(load.hosts)} hosts; {refused} were refused in "
        f"words and {failed} got no answer, and were sent again."
    )
    twice = told["changes"] - told["changes_differently"]
    print(
        f"Lost: {len(lost)}. Twice: {doubled}. Waiting: {told['pending']}. "
        f"Changes read: {told['changes_differently']:,}, missing: {unread}, twice: {twice}."
    )
    if lost or doubled or unread or told["pending"] or twice:
        raise SystemExit(1)


def _ask_everything(trial: Trial, filled: dict[str, object]) -> None:
    """One question over all segments, with a node of the storage gone, and then with a worker killed in the middle."""
    [port] = free_ports(1)
    environment, dask = trial.environment("last"), Path(sys.executable).parent / "dask"
    here = ["--host", LOOPBACK, "--no-dashboard"]
    trial.family.start("scheduler", [dask, "scheduler", *here, "--port", str(port)], environment)
    wait_until(lambda: listens(port), 60, "the scheduler")
    address = f"tcp://{LOOPBACK}:{port}"
    for number in range(2):
        scratch = ["--local-directory", str(trial.folder / f"dask{number}")]
        worker = [dask, "worker", address, *here, "--nthreads", "1", "--no-nanny", *scratch]
        trial.family.start(f"dask-{number}", worker, environment)
    for killing in (False, True):
        told = _asked(trial, address, environment, killing=killing)
        right = "exactly what was written" if told["types"] == filled["types"] else "NOT as written"
        how = "one of two workers killed on the way" if killing else "by two workers"
        print(
            f"All events by type, {told['segments']} segments of all clients, {how}: {right}, {told['seconds']} s."
        )
        if told["types"] != filled["types"]:
            raise SystemExit(1)


def _asked(
    trial: Trial, address: str, environment: dict[str, str], *, killing: bool
) -> dict[str, object]:
    asking = subprocess.Popen(
        [sys.executable, PROGRAM / "ask.py", address, trial.objects.url("segments")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    lines = []
    for line in asking.stdout or ():
        lines.append(line)
        if killing and len(lines) == 1:
            trial.family.kill("dask-1")
    if asking.wait():
        raise SystemExit("the question was not answered")
    answer: dict[str, object] = json.loads(lines[-1])
    return answer


if __name__ == "__main__":
    main()

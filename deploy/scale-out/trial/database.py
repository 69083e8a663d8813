"""Three PostgreSQL servers under Patroni, which keeps who is first in three etcd members; writes go to two at once."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from processes import LOOPBACK, Family, free_ports, wait_until

ROOT = Path(__file__).resolve().parents[3]
OWNER = "postgres"
NODES = 3
SETTINGS = """
scope: groundrules
name: {name}
restapi: {{listen: '127.0.0.1:{rest}', connect_address: '127.0.0.1:{rest}'}}
etcd3: {{hosts: {etcd}}}
bootstrap:
  dcs:
    ttl: 10
    loop_wait: 2
    retry_timeout: 4
    maximum_lag_on_failover: 0
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, shared_buffers: 256MB, wal_keep_size: 512MB, max_wal_size: 2GB}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, data-checksums]
postgresql:
  listen: '127.0.0.1:{port}'
  connect_address: '127.0.0.1:{port}'
  data_dir: {folder}/data
  bin_dir: {programs}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: ''}}
  pg_hba: ['host replication all 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 scram-sha-256']
  authentication:
    superuser: {{username: groundrules, password: {password}}}
    replication: {{username: standby, password: {password}}}
    rewind: {{username: rewinder, password: {password}}}
"""


@dataclass
class Database:
    """The cluster: ports of its servers and of Patroni's own interface, in the order of the nodes."""

    family: Family
    folder: Path
    password: str
    ports: list[int]
    rest: list[int]

    @property
    def url(self) -> str:
        """What Groundrules is told: every server, of which the one that takes writes is used."""
        servers = ",".join(f"{LOOPBACK}:{port}" for port in self.ports)
        return f"postgresql://groundrules:{self.password}@{servers}/postgres?target_session_attrs=read-write&connect_timeout=3"

    def primary(self) -> int | None:
        """Say which node is the one that takes writes now, if any is."""
        for number in range(NODES):
            with suppress(OSError):
                told = _asked(self.rest[number], "patroni")
                if told.get("role") == "master" and told.get("state") == "running":
                    return number
        return None

    def standbys(self) -> int:
        """Count the servers that follow and are up to date enough to take over without losing anything."""
        with suppress(OSError):
            members = _asked(self.rest[self.primary() or 0], "cluster")["members"]
            return sum(
                one["role"] == "sync_standby" and one["state"] in {"running", "streaming"}
                for one in members
            )
        return 0

    def kill(self, number: int) -> None:
        """End a node: Patroni and its PostgreSQL, which leads a group of its own."""
        file = self.folder / f"node{number}" / "data" / "postmaster.pid"
        postmaster = int(file.read_text().split("\n", 1)[0])
        if f"patroni-{number}" in self.family.members:
            self.family.kill(f"patroni-{number}")
        for process in [postmaster, *_children(postmaster)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def start(self, number: int) -> None:
        """Start a node; one that was killed rewinds and follows."""
        (self.folder / f"node{number}" / "data" / "postmaster.pid").unlink(missing_ok=True)
        self.family.start(
            f"patroni-{number}", ["patroni", self.folder / f"node{number}.yml"], owner=OWNER
        )

    def stop(self) -> None:
        """End every node, also a PostgreSQL whose Patroni is gone."""
        for number in range(NODES):
            with suppress(OSError, ValueError, KeyError):
                self.kill(number)


def start_database(family: Family, folder: Path) -> Database:
    """Start etcd and the three servers; gives the cluster when one takes writes and another follows at once."""
    folder.mkdir()
    clients = _start_etcd(family, folder)
    made = Database(family, folder, secrets.token_hex(12), free_ports(NODES), free_ports(NODES))
    programs = subprocess.run(
        [ROOT / "scripts" / "postgres-programs"], check=True, capture_output=True, text=True
    ).stdout.strip()
    for number in range(NODES):
        home = folder / f"node{number}"
        home.mkdir(mode=0o700)
        settings = folder / f"node{number}.yml"
        settings.write_text(
            SETTINGS.format(
                name=f"node{number}",
                rest=made.rest[number],
                etcd=json.dumps([f"{LOOPBACK}:{port}" for port in clients]),
                port=made.ports[number],
                folder=home,
                programs=programs,
                password=made.password,
            )
        )
        if os.geteuid() == 0:
            shutil.chown(home, OWNER, OWNER)
            shutil.chown(settings, OWNER, OWNER)
        settings.chmod(0o600)
        made.start(number)
    wait_until(lambda: made.primary() is not None and made.standbys() == 1, 120, "the database")
    return made


def _start_etcd(family: Family, folder: Path) -> list[int]:
    clients, peers = free_ports(NODES), free_ports(NODES)
    cluster = ",".join(f"etcd{n}=http://{LOOPBACK}:{peers[n]}" for n in range(NODES))
    for number in range(NODES):
        family.start(
            f"etcd-{number}",
            [
                *("etcd", "--name", f"etcd{number}", "--data-dir", folder / f"etcd{number}"),
                *("--listen-client-urls", f"http://{LOOPBACK}:{clients[number]}"),
                *("--advertise-client-urls", f"http://{LOOPBACK}:{clients[number]}"),
                *("--listen-peer-urls", f"http://{LOOPBACK}:{peers[number]}"),
                *("--initial-advertise-peer-urls", f"http://{LOOPBACK}:{peers[number]}"),
                *("--initial-cluster", cluster, "--initial-cluster-token", "trial"),
            ],
        )
    return clients


def _asked(port: int, what: str) -> dict[str, object]:
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/{what}", timeout=3) as answer:
        return json.loads(answer.read())


def _children(process: int) -> list[int]:
    told = subprocess.run(
        ["pgrep", "--parent", str(process)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in told.stdout.split()]

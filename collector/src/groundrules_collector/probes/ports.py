"""Listening ports and the program and account that own them, from /proc alone."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="ports",
    version="1",
    kinds=("port",),
    collects="listening TCP sockets and bound UDP sockets below the ephemeral range, with program name and owner uid",
    never="connections of clients, process ids (they change at every restart), command lines, environments",
    columns=(
        ("key", "protocol address:port"),
        ("process", "program name as the kernel has it; empty when the owner cannot be seen"),
        ("uid", "numeric owner of the socket"),
    ),
)
TABLES = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
NEEDED_FIELDS = 10


def items(view: HostView) -> Iterator[Item]:
    """This function will yield each listening address once."""
    owners = _owners(view)
    ephemeral = int((view.text("/proc/sys/net/ipv4/ip_local_port_range").split() or ["32768"])[0])
    seen: set[str] = set()
    for table, listening in TABLES.items():
        for line in view.lines(f"/proc/net/{table}"):
            fields = line.split()
            if len(fields) < NEEDED_FIELDS or fields[3] != listening:
                continue
            address, port = packed_address(fields[1])
            key = f"{table[:3]} {address}:{port}"
            if key in seen or (table.startswith("udp") and port >= ephemeral):
                continue
            seen.add(key)
            yield Item("port", key, {"process": owners.get(fields[9], ""), "uid": fields[7]})


def packed_address(packed: str) -> tuple[str, int]:
    """This function will read an address and port as /proc/net writes them."""
    host, _, port = packed.partition(":")
    words = [bytes.fromhex(host[at : at + 8]) for at in range(0, len(host), 8)]
    raw = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    address = ipaddress.ip_address(raw)
    return (f"[{address}]" if address.version == 6 else str(address)), int(port, 16)  # noqa: PLR2004 - IP version


def _owners(view: HostView) -> dict[str, str]:
    owners: dict[str, str] = {}
    for process in view.path("/proc").glob("[0-9]*"):
        try:
            targets = [target for _, target in open_files(process)]
            name = (process / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            # The process ended meanwhile, or belongs to somebody else: its ports stay listed, without a name.
            continue
        for target in targets:
            if target.startswith("socket:["):
                owners.setdefault(target[8:-1], name)
    return owners


def open_files(process: Path) -> Iterator[tuple[str, str]]:
    """This function will yield each open descriptor of a process and what it leads to.

    One that was closed while we looked is passed over: the process's others are still there.
    """
    for entry in (process / "fd").iterdir():
        try:
            yield entry.name, str(entry.readlink())
        except FileNotFoundError:
            continue


PROBE = SnapshotProbe(SPEC, items)

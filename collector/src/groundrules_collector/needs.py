"""What an application needs, seen while it is healthy: files and sockets its processes hold open, from /proc alone.

Asked for by a person, never by itself. Nothing is traced, stopped or changed: /proc is looked at again and again for a
while, so what is opened and closed between two looks is missed, and the report says how often it looked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from groundrules_collector.host import HostView
from groundrules_collector.needs_packages import owners_of
from groundrules_collector.probes.ports import TABLES, open_files, packed_address

FORMAT = 1
MOST_FILES = 2000
_NOT_FILES = ("/proc/", "/dev/", "/sys/", "/memfd:", "anon_inode:", "pipe:", "socket:")
_COMPILED = re.compile(
    r"^(?P<folder>.*)/__pycache__/(?P<module>[^/]+)\.[a-z]+-\d+(\.opt-\d)?\.pyc$"
)
_ACCESS_MODE, _WRITE_ONLY = 0o3, 0o1
_ESTABLISHED = "01"
_THIS_HOST = frozenset({"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"})
_SOCKET_FIELDS = 10
_UNIX_FIELDS = 8


class NothingToWatch(ValueError):
    """No process on this host is of the application that was named."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose processes are looked at: a process id, a service unit, or a program's name as the kernel has it."""

    pid: int = 0
    unit: str = ""
    process: str = ""

    @property
    def sentence(self) -> str:
        """What was named, for messages and the report."""
        if self.pid:
            return f"process {self.pid}"
        return f"unit {self.unit}" if self.unit else f"program {self.process}"


@dataclass(slots=True)
class Seen:
    """Everything seen so far: files read, programs run, and the peers of its connections."""

    looks: int = 0
    files: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)
    processes: set[str] = field(default_factory=set)
    problems: set[str] = field(default_factory=set)


def watch(view: HostView, wanted: Wanted, *, looks: int, pause: Callable[[], None]) -> Seen:
    """This function will look `looks` times, pausing between; raises NothingToWatch when nothing is there at first."""
    seen = Seen()
    for look in range(looks):
        pids = family(view, wanted)
        if not pids and not look:
            message = f"no process here is of {wanted.sentence}; is it running?"
            raise NothingToWatch(message)
        inodes = {inode for pid in pids for inode in _look_at(view.path(f"/proc/{pid}"), seen)}
        seen.peers |= _peers(view, inodes)
        seen.looks += 1
        if look + 1 < looks:
            pause()
    return seen


def family(view: HostView, wanted: Wanted) -> frozenset[int]:
    """This function will find the processes that were named, and everything they started."""
    parents: dict[int, int] = {}
    named: set[int] = set()
    for folder in view.path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            parents[pid] = int(_stat(folder)[1])
            if _is_wanted(folder, pid, wanted):
                named.add(pid)
        except OSError:
            continue  # The process ended while we looked: it is no longer there to be seen.
    while True:
        more = {pid for pid, parent in parents.items() if parent in named} - named
        if not more:
            return frozenset(named - {os.getpid()})
        named |= more


def _is_wanted(folder: Path, pid: int, wanted: Wanted) -> bool:
    if wanted.pid:
        return pid == wanted.pid
    if wanted.unit:
        unit = wanted.unit if "." in wanted.unit else f"{wanted.unit}.service"
        return any(line.endswith(f"/{unit}") for line in _text(folder / "cgroup").splitlines())
    return _text(folder / "comm").strip() == wanted.process


def _stat(folder: Path) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold blanks and brackets: state, parent, …"""
    return _text(folder / "stat").rpartition(")")[2].split()


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _look_at(process: Path, seen: Seen) -> set[str]:
    """Note a process's open and mapped files; returns the inodes of its sockets."""
    inodes: set[str] = set()
    try:
        seen.processes.add(_text(process / "comm").strip())
        seen.programs.add(str((process / "exe").readlink()))
        mapped = {
            line.split(maxsplit=5)[5]
            for line in _text(process / "maps").splitlines()
            if "/" in line
        }
        _note_files(mapped, seen)
        for descriptor, target in open_files(process):
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
            elif not _writes_only(process, descriptor):
                _note_files({target}, seen)
    except PermissionError:
        seen.problems.add("the files of some processes can't be seen; run this as root")
    except OSError:
        return inodes  # The process ended while we looked: what was seen of it stays.
    return inodes


def _writes_only(process: Path, descriptor: str) -> bool:
    """A log that is only written is not needed to run."""
    try:
        told = _text(process / "fdinfo" / descriptor)
    except FileNotFoundError:
        return True  # It was closed meanwhile, before anybody could tell what it was for.
    for line in told.splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & _ACCESS_MODE == _WRITE_ONLY
    return False


def _note_files(paths: set[str], seen: Seen) -> None:
    for path in paths:
        if not path.startswith("/") or path.startswith(_NOT_FILES) or path.endswith("(deleted)"):
            continue
        if len(seen.files) >= MOST_FILES:
            seen.problems.add(f"more than {MOST_FILES} files; the rest are left out")
            return
        seen.files.add(source_of(path))


def source_of(path: str) -> str:
    """This function will name the source a compiled Python file stands for; packages list the source, not the copy."""
    found = _COMPILED.match(path)
    return f"{found['folder']}/{found['module']}.py" if found else path


def _peers(view: HostView, inodes: set[str]) -> set[str]:
    """Where our connections lead: the program that listens on this host, or the address elsewhere.

    A connection that came in to a port of ours is a client's, and nothing we need.
    """
    listeners: dict[str, str] = {}
    ours: set[tuple[str, str]] = set()
    for table in ("tcp", "tcp6"):
        for fields in (line.split() for line in view.lines(f"/proc/net/{table}")):
            if len(fields) < _SOCKET_FIELDS:
                continue
            if fields[3] == TABLES["tcp"]:
                listeners[_port(fields[1])] = fields[9]
            elif fields[3] == _ESTABLISHED and fields[9] in inodes:
                ours.add((fields[1], fields[2]))
    served = {port for port, inode in listeners.items() if inode in inodes}
    outward = {far for near, far in ours if _port(near) not in served}
    programs = _programs_by_inode(view) if inodes else {}
    others = {port: inode for port, inode in listeners.items() if port not in served}
    led = {_peer(far, others, programs) for far in outward}
    return (led | _local_peers(view, inodes, programs)) - {""}


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def _peer(address: str, listeners: dict[str, str], programs: dict[str, str]) -> str:
    host, port = packed_address(address)
    if host in _THIS_HOST:
        return programs.get(listeners.get(_port(address), ""), "")
    return f"{host}:{port}"


def _local_peers(view: HostView, inodes: set[str], programs: dict[str, str]) -> set[str]:
    """The programs at the other end of our Unix sockets, as `ss` pairs them; none where it isn't there."""
    answer = view.answer("ss", "-xnH") or b""
    found: set[str] = set()
    for line in answer.decode("utf-8", "replace").splitlines():
        fields = line.split()
        if len(fields) >= _UNIX_FIELDS and fields[5] in inodes and fields[7] not in inodes:
            found.add(programs.get(fields[7], ""))
    return found - {""}


def _programs_by_inode(view: HostView) -> dict[str, str]:
    """Which program holds each socket of the host."""
    programs: dict[str, str] = {}
    for process in view.path("/proc").glob("[0-9]*"):
        try:
            program = str((process / "exe").readlink())
            targets = [target for _, target in open_files(process)]
        except OSError:
            continue  # The process ended, or is somebody else's and can't be seen: its sockets stay unnamed.
        programs |= {t[8:-1]: program for t in targets if t.startswith("socket:[")}
    return programs


def components(view: HostView, seen: Seen) -> dict[str, str]:
    """This function will name each component that was seen, by package where one owns it, and how it was seen."""
    owners = owners_of(view, seen.files | seen.programs | seen.peers)
    found: dict[str, str] = {}
    for path in sorted(seen.peers):
        found.setdefault(owners.get(path, path), f"connected to {path}")
    for path in sorted(seen.programs):
        found.setdefault(owners.get(path, path), f"ran {path}")
    for path in sorted(seen.files):
        found.setdefault(owners.get(path, path), f"held {path} open")
    return found

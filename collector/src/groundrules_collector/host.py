"""The host as probes see it: a tree of files below a root, and (on the live host only) commands that just read.

With `--root` a probe looks at a copied tree, so that every probe can be tested without touching the machine.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from groundrules_collector.cursors import Cursors
from groundrules_wire import Host

CHUNK = 1 << 16
COMMAND_SECONDS = 60
DIGEST_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HostView:
    """Where to look and what was asked for; `problems` gathers what could not be read, as sentences.

    `cursors` remember how far each log was read (None: whole files), `tree_index` where digests of `trees` are kept,
    `programs` is a search path of programs that stand in for the host's own, `postgresql` and `mysql` the clients'
    commands where they are not found by themselves.
    """

    root: Path
    config_files: tuple[str, ...] = ()
    auth_logs: tuple[str, ...] = ()
    journal_after: str = ""
    part_limit: int = 96_000_000
    problems: list[str] = field(default_factory=list)
    trees: tuple[str, ...] = ()
    tree_index: Path | None = None
    cursors: Cursors | None = None
    programs: str = ""
    postgresql: tuple[str, ...] = ()
    mysql: tuple[str, ...] = ()

    @property
    def may_ask(self) -> bool:
        """True where commands may be asked: on the running host, or of the programs named to stand in for its own."""
        return self.is_live or bool(self.programs)

    @property
    def is_live(self) -> bool:
        """True on the running host itself, and not on a copied tree."""
        return self.root == Path("/")

    def path(self, absolute: str) -> Path:
        """This function will find a path of the host below the root."""
        return self.root / absolute.lstrip("/")

    def shown(self, path: Path) -> str:
        """This function will write a path the way the host itself knows it."""
        return "/" + str(path.relative_to(self.root))

    def text(self, absolute: str) -> str:
        """This function will read a small file; a missing one is empty, an unreadable one is recorded as a problem."""
        try:
            return self.path(absolute).read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            self.unreadable(absolute, error)
            return ""

    def lines(self, absolute: str) -> Iterator[str]:
        """This function will yield the lines of a text file one by one, in bounded memory."""
        try:
            with self.path(absolute).open(encoding="utf-8", errors="replace") as file:
                yield from (line.rstrip("\n") for line in file)
        except FileNotFoundError:
            return
        except OSError as error:
            self.unreadable(absolute, error)

    def files(self, pattern: str) -> list[Path]:
        """This function will list the regular files that match an absolute pattern, in name order."""
        found: list[Path] = []
        for path in sorted(self.root.glob(pattern.lstrip("/"))):
            try:
                if path.is_file():
                    found.append(path)
            except OSError as error:
                self.unreadable(self.shown(path), error)
        return found

    def unreadable(self, where: str, error: OSError) -> None:
        """This function will record that something on the host is there but could not be read."""
        self.problems.append(f"{where}: {error.strerror or error}")

    def long_answer(self, *command: str) -> Callable[[], Iterator[bytes]] | None:
        """This function will run a command that only reads, keep its output out of memory, and offer it in chunks.

        None when the command isn't there, fails, or says nothing.
        """
        if not self.may_ask:
            return None
        output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the chunks are wanted, without a name
        try:
            done = self._run(command, stdout=output)
        except (OSError, subprocess.SubprocessError):
            output.close()
            return None
        if done.returncode != 0 or not output.seek(0, os.SEEK_END):
            output.close()
            return None
        return partial(_chunks, output)

    def answer(self, *command: str, user: str = "", whatever_exit: bool = False) -> bytes | None:
        """This function will run a command that only reads and return its output; None when it isn't there or fails.

        `user` runs it as another account of the host (without a login session); `whatever_exit` takes the output of
        programs that tell something else than failure by their exit (smartctl).
        """
        if not self.may_ask:
            return None
        try:
            done = self._run(command, stdout=subprocess.PIPE, user=user)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout if whatever_exit or done.returncode == 0 else None

    def _run(
        self, command: tuple[str, ...], *, stdout: BinaryIO | int, user: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        account = pwd.getpwnam(user) if user and os.geteuid() == 0 else None
        path = self.programs or os.environ.get("PATH", os.defpath)
        return subprocess.run(
            (shutil.which(command[0], path=path) or command[0], *command[1:]),
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "PATH": path, "LC_ALL": "C"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
        )


def _chunks(output: BinaryIO) -> Iterator[bytes]:
    with output:
        output.seek(0)
        while chunk := output.read(CHUNK):
            yield chunk


def digest_of(path: Path, limit: int = DIGEST_LIMIT) -> str:
    """This function will hash a file in chunks; raises OSError when it cannot, or when it is larger than the limit."""
    if path.stat().st_size > limit:
        message = f"larger than {limit >> 20} MiB, not hashed"
        raise OSError(message)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_at(path: Path) -> datetime:
    """This function will return the inode change time, which no program can set back without moving the clock."""
    return datetime.fromtimestamp(path.lstat().st_ctime, UTC).replace(microsecond=0)


def mode_and_owner(path: Path) -> dict[str, str]:
    """This function will describe permissions and numeric owner of a file."""
    status = path.stat()
    return {
        "mode": f"{stat.S_IMODE(status.st_mode):04o}",
        "owner": f"{status.st_uid}:{status.st_gid}",
    }


def identity(view: HostView) -> Host:
    """This function will say which machine this is; the machine id itself stays there, only its digest travels."""
    machine = view.text("/etc/machine-id").strip()
    name = view.text("/proc/sys/kernel/hostname") if view.is_live else view.text("/etc/hostname")
    return Host(
        name=name.strip() or "unknown",
        machine=hashlib.sha256(f"groundrules-evidence:{machine}".encode()).hexdigest()
        if machine
        else "",
        boot=view.text("/proc/sys/kernel/random/boot_id").strip().replace("-", ""),
        architecture=_architecture(view),
        system=_system(view),
    )


def zone_of(view: HostView) -> str:
    """This function will name the host's IANA zone; empty when the host does not say (a copied /etc/localtime)."""
    localtime = view.path("/etc/localtime")
    if localtime.is_symlink():
        _, found, zone = str(localtime.readlink()).partition("zoneinfo/")
        if found:
            return zone
    written = view.text("/etc/timezone").strip()
    if written:
        return written
    return "" if localtime.exists() else "UTC"


def _architecture(view: HostView) -> str:
    package = ""
    for line in view.lines("/var/lib/dpkg/status"):
        if line.startswith("Package: "):
            package = line[9:]
        elif package == "dpkg" and line.startswith("Architecture: "):
            return line[14:].strip()
    return os.uname().machine if view.is_live else ""


def _system(view: HostView) -> str:
    for line in view.lines("/etc/os-release"):
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip().strip('"')
    return ""

"""The trial's programs: started with a log each, killed as a power cut would, and none left behind."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"


class NeverReady(RuntimeError):
    """Something of the trial did not come up in time."""


@dataclass
class Family:
    """Every program of one trial; each leads a group of its own, so that its children die with it."""

    folder: Path
    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        owner: str = "",
    ) -> None:
        """Start a program, as another user where one is named; what it says goes to `<name>.log`."""
        account = pwd.getpwnam(owner) if owner and os.geteuid() == 0 else None
        with (self.folder / f"{name}.log").open("ab") as log:
            self.members[name] = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                cwd="/" if account else None,
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

    def kill(self, name: str) -> None:
        """End a program and its children at once, without a word to them."""
        with suppress(ProcessLookupError):
            os.killpg(self.members[name].pid, signal.SIGKILL)
        self.members.pop(name).wait()

    def stop(self) -> None:
        """End everything that still runs."""
        for name in list(self.members):
            self.kill(name)


def free_ports(count: int) -> list[int]:
    """Find ports of loopback nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def wait_until(question: Callable[[], bool], seconds: float, what: str) -> float:
    """Ask again and again until it is so; give the seconds it took; raises NeverReady."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with suppress(OSError):
            if question():
                return time.monotonic() - began
        time.sleep(0.1)
    message = f"{what} was not ready after {seconds} s; its log is in the trial's folder"
    raise NeverReady(message)


def listens(port: int) -> bool:
    """Say whether somebody takes connections."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0

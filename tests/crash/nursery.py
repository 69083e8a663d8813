"""Servers that are started at once and killed without warning, as often as a test likes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.crash.installation import ROOT, Installation
from tests.loopback import free_port
from tests.patience import until

_LOOK_AGAIN_SECONDS = 0.01


@dataclass(slots=True)
class Nursery:
    """The parent of all servers of one test."""

    installation: Installation
    program: subprocess.Popen[str]
    port: int = field(default_factory=free_port)
    server: int = 0

    def start(self) -> None:
        """This function will start a server and wait until it listens; raises NeverHappened."""
        assert not self.server, "the server before this one still runs; kill it first"
        self.server = int(self._ask(f"start {self.port}"))
        until(self._listens, self._log, _LOOK_AGAIN_SECONDS)

    def kill(self) -> None:
        """This function will end the server as a power cut would end the program: at once, without a word."""
        if self.server:
            os.kill(self.server, signal.SIGKILL)
            self._ask(f"wait {self.server}")
            self.server = 0

    def _log(self) -> str:
        log = (self.installation.data / "server.log").read_text("utf-8", "replace")
        return f"the server never listened: {log[-2000:]}"

    def _ask(self, line: str) -> str:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().strip()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def nursery(installation: Installation) -> Iterator[Nursery]:
    """This function will load the server program once, and leave no process behind."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.programs.nursery"],
        env=dict(installation.environment),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    servers = Nursery(installation, program)
    try:
        yield servers
    finally:
        servers.kill()
        program.communicate()

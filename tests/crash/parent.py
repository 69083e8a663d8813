"""Programs of one installation that start at once: each is a process of its own, forked where all is loaded already.

What starts by itself loads for a second before it does anything, and these tests start programs again and again.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO

from tests.crash.installation import ROOT, Installation

# What programs complain of goes where the tests' own does.
_COMPLAINTS = 2


@dataclass(frozen=True, slots=True)
class Program:
    """A process that runs; what it prints is read line by line."""

    parent: Parent
    pid: int
    stdout: IO[str]

    def kill(self) -> None:
        """This function will end it at once, without a word, also when it has ended."""
        os.kill(self.pid, signal.SIGKILL)

    def ends(self) -> int:
        """This function will wait for its end, and say how it ended: below zero by which signal."""
        self.stdout.close()
        return self.parent.ask(["wait", str(self.pid)])


@dataclass(frozen=True, slots=True)
class Parent:
    """The process they are forked from."""

    line: socket.socket

    def run(self, module: str, *arguments: str) -> str:
        """This function will run a program to its end and return what it printed."""
        with TemporaryFile("w+") as printed, TemporaryFile("w+") as complained:
            pid = self.ask([module, *arguments], printed.fileno(), complained.fileno())
            ended = self.ask(["wait", str(pid)])
            printed.seek(0)
            complained.seek(0)
            assert ended == 0, complained.read()
            return printed.read()

    def start(self, module: str, *arguments: str) -> Program:
        """This function will start a program."""
        reads, writes = os.pipe()
        pid = self.ask([module, *arguments], writes, _COMPLAINTS)
        os.close(writes)
        return Program(self, pid, os.fdopen(reads))

    def ask(self, line: list[str], *files: int) -> int:
        """This function will hand over a message with files, and return the number that is answered."""
        socket.send_fds(self.line, [json.dumps(line).encode()], files)
        answer = self.line.recv(32)
        assert answer, f"the parent of all programs ended before {line}"
        return int(answer)


@contextmanager
def parent_of(installation: Installation) -> Iterator[Installation]:
    """This function will load an installation's programs once, and leave no process behind.

    They are given the environment of this moment.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            program = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.programs.parent", str(theirs.fileno())],
                env=dict(installation.environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        try:
            yield replace(installation, parent=Parent(ours))
        finally:
            ours.close()
            program.wait()

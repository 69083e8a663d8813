"""The way one of our people gets a shell on a client's server: OpenSSH's client, a key that lives as long as it.

The terminal is theirs: nothing that is typed or shown passes through us, and so none of it is kept.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from groundrules.core.remote import WORK_ACCOUNT
from groundrules.gateways.ansible import lay_pass
from groundrules.gateways.gate import Pass, Way

_CONNECT_SECONDS = 10
NO_WAY_IN = 255
"""What OpenSSH's client ends with when it did not get in, or lost the connection."""


class SshMissing(RuntimeError):
    """OpenSSH's client is not installed here."""


class ShellDoor(Protocol):
    """Gives a person a shell on a host."""

    def enter(self, way: Way, held: Pass, command: str = "") -> int:
        """This function will return what the shell, or the one command, ended with; raises SshMissing."""


@dataclass
class NullShellDoor:
    """Reaches no host: remembers who went where, and ends with `ends`."""

    ends: int = 0
    entered: list[tuple[str, str]] = field(default_factory=list)

    def enter(self, way: Way, held: Pass, command: str = "") -> int:  # noqa: ARG002 - the protocol's words
        """This function will come back at once."""
        self.entered.append((way.address, command))
        return self.ends


@dataclass(frozen=True, slots=True)
class SshShellDoor:
    """Enters by OpenSSH's client; `through` are words to run it with, such as those that enter a network."""

    through: tuple[str, ...] = ()

    def enter(self, way: Way, held: Pass, command: str = "") -> int:
        """This function will hand the terminal to ssh until the shell ends; raises SshMissing."""
        with tempfile.TemporaryDirectory(prefix="groundrules-shell-") as folder:
            words = (*self.through, *_words(Path(folder), way, held, command))
            try:
                # A fixed program; no shell of ours reads the one command, which goes to the server as one word.
                return subprocess.run(words, check=False).returncode  # noqa: S603
            except FileNotFoundError as missing:
                message = f"{missing.filename} is not installed here; install openssh-client"
                raise SshMissing(message) from missing


def _words(folder: Path, way: Way, held: Pass, command: str) -> tuple[str, ...]:
    key, certificate, known = lay_pass(folder, "shell", way, held)
    options = (
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "ForwardAgent=no",
        f"IdentityFile={key}",
        f"CertificateFile={certificate}",
        f"UserKnownHostsFile={known}",
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlias=shell",
        "StrictHostKeyChecking=yes",
        f"ConnectTimeout={_CONNECT_SECONDS}",
        "ServerAliveInterval=15",
        "ControlPath=none",
        "LogLevel=ERROR",
    )
    said = tuple(word for option in options for word in ("-o", option))
    asked = (command,) if command else ()
    place = f"{WORK_ACCOUNT}@{way.address}"
    return ("ssh", "-F", "/dev/null", "-p", str(way.port), *said, place, *asked)

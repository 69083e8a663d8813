"""The way to a host's gate: one SSH call with a certificate of a few minutes, one answer of KEY=VALUE lines.

OpenSSH's own client does the talking. The host must show the key that was recorded for it, and no other identity,
agent or configuration of the account we run under is used.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from groundrules.core.vendors.gate import HostSays

CONTROL = "groundrules-gate"
_CONNECT_SECONDS = 10
_CALL_SECONDS = 60


class GateUnreachable(RuntimeError):
    """The host could not be reached, let us not in, or showed another host key."""


class GateRefused(RuntimeError):
    """The host's gate answered that it will not, or could not, do what was asked."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a host is reached: its address, and the host key it must show."""

    address: str
    port: int
    host_key: str


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets Groundrules in for one call: a private key in OpenSSH form and its certificate."""

    private_key: bytes = field(repr=False)
    certificate: str


@dataclass(frozen=True, slots=True)
class GateReply:
    """What came back: the lines as facts, and the bytes where bytes were asked for."""

    says: HostSays
    content: bytes = b""


class GateDoor(Protocol):
    """Reaches hosts' gates."""

    def call(self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b"") -> GateReply:
        """This function will say words to a gate; raises GateUnreachable or GateRefused."""


class NullGateDoor:
    """Reaches no host: answers every call as a willing host would, from what it was told before."""

    def __init__(self) -> None:
        self.windows: dict[tuple[str, str], str] = {}
        self.calls: list[tuple[str, ...]] = []
        self.recordings: dict[str, bytes] = {}

    def call(self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b"") -> GateReply:  # noqa: ARG002 - the protocol's words
        """This function will answer from memory."""
        self.calls.append((way.address, *words))
        if words[0] == "recordings":
            return GateReply(HostSays(), self.recordings.get(words[1], b""))
        if words[0] == "open":
            self.windows[way.address, words[2]] = words[1]
        if words[0] == "close":
            self.windows.pop((way.address, words[2]), None)
        is_open = (
            self.windows.get((way.address, words[-1 if words[0] != "open" else 2])) is not None
        )
        facts = {
            "listed": "yes" if is_open else "no",
            "locked": "no" if is_open else "yes",
            "processes": "0",
            "marked": "0",
            "left_running": "0",
            "others": "",
        }
        return GateReply(HostSays(facts))


@dataclass(frozen=True, slots=True)
class SshGateDoor:
    """Reaches gates by OpenSSH's client; `through` are words to run it with, such as those that enter a network."""

    through: tuple[str, ...] = ()

    def call(self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b"") -> GateReply:
        """This function will say words to a gate over one connection; raises GateUnreachable or GateRefused."""
        with tempfile.TemporaryDirectory(prefix="groundrules-gate-") as folder:
            command = (*self.through, *_command(Path(folder), way, held), *words)
            try:
                done = subprocess.run(  # noqa: S603 - words are a list, checked before, and no shell reads them
                    command, input=sent, capture_output=True, check=False, timeout=_CALL_SECONDS
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                message = f"{way.address} did not answer: {error}"
                raise GateUnreachable(message) from error
        return _reply(way, done)


def _reply(way: Way, done: subprocess.CompletedProcess[bytes]) -> GateReply:
    says = HostSays(_facts(done.stdout))
    if done.returncode == 0:
        return GateReply(says, done.stdout)
    told = says.facts.get("refused") or says.facts.get("failed") or says.facts.get("wrong")
    if told:
        message = f"{way.address} answered: {told}"
        raise GateRefused(message)
    last = done.stderr.decode(errors="replace").strip().splitlines()
    message = f"{way.address} was not reached: {last[-1] if last else f'ssh ended with {done.returncode}'}"
    raise GateUnreachable(message)


def _facts(stdout: bytes) -> dict[str, str]:
    lines = stdout[:65536].decode(errors="replace").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _command(folder: Path, way: Way, held: Pass) -> tuple[str, ...]:
    identity, certificate, known = folder / "key", folder / "key-cert.pub", folder / "known_hosts"
    identity.touch(mode=0o600)
    identity.write_bytes(held.private_key)
    certificate.write_text(held.certificate + "\n")
    known.write_text(f"gate {way.host_key}\n")
    options = (
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        f"IdentityFile={identity}",
        f"CertificateFile={certificate}",
        f"UserKnownHostsFile={known}",
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlias=gate",
        "StrictHostKeyChecking=yes",
        f"ConnectTimeout={_CONNECT_SECONDS}",
        "ServerAliveInterval=5",
        "ServerAliveCountMax=3",
        "ControlPath=none",
    )
    said = tuple(word for option in options for word in ("-o", option))
    return ("ssh", "-F", "/dev/null", "-T", "-p", str(way.port), *said, f"{CONTROL}@{way.address}")

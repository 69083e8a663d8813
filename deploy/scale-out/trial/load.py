"""Hosts that send evidence without pause to whichever server answers, and remember what was acknowledged when."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from processes import LOOPBACK

from tests.sender import ENROL, EVIDENCE, Batch, Sender, package_log

NIGHT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
UPGRADES = 3
PAUSE = 0.2


@dataclass
class Host:
    """One host: it keeps a batch until it is told that it was taken in, and then makes the next."""

    number: int
    ports: list[int]
    sender: Sender
    acknowledged: dict[int, str] = field(default_factory=dict)
    moments: list[float] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    waiting: Batch | None = None

    def enrol(self, token: str) -> None:
        """Make itself known."""
        body = json.dumps(self.sender.enrolment(token)).encode()
        status, told = self._ask(self.ports[0], "POST", ENROL, {}, body)
        if status >= 300:
            message = f"the enrolment was refused: {told}"
            raise RuntimeError(message)
        self.sender.agent, self.sender.stream = told["agent"], told["stream"]

    def send(self, stop: threading.Event) -> None:
        """Send until told to stop; a server that does not answer is left for the other one."""
        turn = self.number
        while not stop.is_set():
            if self.waiting is None:
                self.waiting = self._make()
            try:
                status, _ = self._ask(
                    self.ports[turn % len(self.ports)], "POST", EVIDENCE,
                    self.sender.headers(self.waiting), self.waiting.body,
                )  # fmt: skip
            except (OSError, http.client.HTTPException):
                status = 0
            if status in {200, 201}:
                self.acknowledged[self.waiting.sequence] = self.waiting.digest
                self.moments.append(time.monotonic())
                self.waiting = None
                continue
            self.refused += status != 0
            self.failed += status == 0
            turn += 1
            stop.wait(PAUSE)

    def _make(self) -> Batch:
        number = len(self.sender.made)
        at = NIGHT + timedelta(minutes=number)
        return self.sender.make(at, package_log(at, UPGRADES, f"h{self.number}-{number}-"))

    def _ask(
        self, port: int, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str]]:
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=10)) as connection:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


@dataclass
class Load:
    """All hosts at once."""

    hosts: list[Host]
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let every host send."""
        self.threads = [
            threading.Thread(target=one.send, args=[self.stopped]) for one in self.hosts
        ]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Let them finish what they are at."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def acknowledged(self) -> int:
        """Count what was acknowledged to all of them."""
        return sum(len(one.acknowledged) for one in self.hosts)

    def silence_after(self, moment: float) -> float:
        """Give the longest time after a moment in which no host was acknowledged anything, in seconds."""
        later = sorted(at for one in self.hosts for at in one.moments if at >= moment)
        return max((b - a for a, b in zip([moment, *later], later, strict=False)), default=0.0)


def hosts_of(tokens: list[str], ports: list[int]) -> Load:
    """Make a host for each token, with a key of its own, and enrol it."""
    hosts = []
    for number, token in enumerate(tokens):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32)
        one = Host(number, ports, Sender(key=key))
        one.enrol(token)
        hosts.append(one)
    return Load(hosts)

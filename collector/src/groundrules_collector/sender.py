"""Hands waiting batches to the server in order, and never forgets one before the server says it is safe.

Every answer of the protocol has its rule here. Silence and "later" are met with waiting, twice as long each time up to
five minutes and never in step with other agents; refusals wait for a human and are tried again once in a while.
"""

from __future__ import annotations

import http
import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from groundrules_collector.agent import Agent
from groundrules_collector.client import Answer, Server, Unreachable
from groundrules_collector.spool import Batch, Spool
from groundrules_collector.state import recall, remember
from groundrules_wire import Manifest, read_manifest

FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
FOR_A_HUMAN = 900.0
TAKEN = {http.HTTPStatus.OK, http.HTTPStatus.CREATED}
LATER = {http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE}
REFUSALS = {
    http.HTTPStatus.UNAUTHORIZED: "the server does not know this agent or its key; enrol again",
    http.HTTPStatus.FORBIDDEN: "this agent was revoked; ask whoever runs the server",
}
UNFIT = {
    http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the server takes no batch of this size",
    http.HTTPStatus.UNPROCESSABLE_ENTITY: "the server cannot take this envelope",
}


@dataclass(slots=True)
class Backoff:
    """How long to wait after failures in a row: doubled each time, with jitter, until something succeeds."""

    first: float = FIRST_WAIT
    longest: float = LONGEST_WAIT
    failures: int = 0
    dice: random.Random = field(default_factory=random.SystemRandom)

    def next(self) -> float:
        """This function will return the next wait in seconds, between half of the doubled time and all of it."""
        full = min(self.longest, self.first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        return full * self.dice.uniform(0.5, 1.0)

    def reset(self) -> None:
        """This function will begin anew after a success."""
        self.failures = 0


@dataclass(slots=True)
class Sender:
    """One agent's way to its server. `plain` is a manifest of this host, for batches that must be given up."""

    spool: Spool
    agent: Agent
    server: Server
    say: Callable[[str], None]
    plain: Manifest
    backoff: Backoff = field(default_factory=Backoff)
    is_aligned: bool = False
    trouble: str = ""

    def step(self) -> float | None:
        """This function will do the next thing; returns seconds to wait, 0 to go on, None when nothing waits."""
        try:
            if not self.is_aligned:
                return self._align()
            batch = self.spool.oldest_waiting()
            if batch is None:
                return None
            answer = self.server.send(self.agent, batch, self.spool.body(batch))
            return self._heard(batch, answer)
        except (Unreachable, sqlite3.OperationalError) as error:
            return self._wait(str(error), self.backoff.next())

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """This function will go on until told to stop; `wake` says that something new waits."""
        while not stop.is_set():
            wake.clear()
            pause = self.step()
            if pause is None:
                wake.wait(60.0)
            elif pause:
                stop.wait(pause)

    def _heard(self, batch: Batch, answer: Answer) -> float:
        if answer.status in TAKEN:
            return self._taken(batch, answer)
        if answer.status == http.HTTPStatus.CONFLICT:
            return self._conflict(answer)
        if answer.status in UNFIT:
            return self._unfit(batch, answer, UNFIT[http.HTTPStatus(answer.status)])
        return self._refused(answer)

    def _unfit(self, batch: Batch, answer: Answer, reason: str) -> float:
        """Puts an envelope that says what is missing in the place of one the server will never take."""
        if not read_manifest(self.spool.body(batch).read_bytes()).parts:
            # That one says it already: the fault is not in what it carries.
            return self._wait(f"{reason} ({answer.words})", FOR_A_HUMAN)
        self.say(f"batch {batch.sequence}: {reason} ({answer.words}); its bytes are kept in held/")
        self.spool.give_up({batch.sequence}, reason, self.plain)
        return 0.0

    def _refused(self, answer: Answer) -> float:
        if answer.status in LATER:
            wait = max(self.backoff.next(), answer.retry_after or 0.0)
            return self._wait(f"the server asks to wait: {answer.words}", wait)
        reason = REFUSALS.get(http.HTTPStatus(answer.status)) if answer.status in REFUSALS else None
        if reason:
            return self._wait(f"{reason} ({answer.words})", FOR_A_HUMAN)
        return self._wait(f"the server answered {answer.words}", self.backoff.next())

    def _taken(self, batch: Batch, answer: Answer) -> float:
        if answer.told.get("digest") != batch.digest:
            said = f"batch {batch.sequence}: the server says it took {answer.told.get('digest')}, not {batch.digest}"
            return self._wait(said, FOR_A_HUMAN)
        self.spool.mark_sent(batch.sequence)
        remember(self.spool.database, "acknowledged_at", str(answer.told.get("received_at", "")))
        self._well()
        return 0.0

    def _align(self) -> float:
        """Asks where the stream stands before anything is sent: the last answer may have been lost on the way."""
        answer = self.server.position(self.agent)
        if answer.status != http.HTTPStatus.OK:
            return self._refused(answer)
        return self._place(answer)

    def _conflict(self, answer: Answer) -> float:
        if answer.told.get("code") == "gap":
            return self._place(answer)
        return self._fork("the server has another history of this stream")

    def _place(self, answer: Answer) -> float:
        """Brings the spool in line with what the server says comes next."""
        next_sequence, previous = (
            answer.told.get("next_sequence"),
            answer.told.get("previous") or "",
        )
        if not isinstance(next_sequence, int) or not isinstance(previous, str):
            return self._wait(f"the server's position cannot be read: {answer.words}", FOR_A_HUMAN)
        last = self.spool.at(next_sequence - 1)
        waiting = self.spool.oldest_waiting()
        if last is None and next_sequence > 1 and self._has_begun():
            return self._fork(f"the server is at batch {next_sequence}, which this host never made")
        if last is not None and last.digest != previous:
            return self._fork(f"batch {last.sequence} is another one on the server")
        if waiting is not None and next_sequence < waiting.sequence:
            said = f"the server lost batches {next_sequence} to {waiting.sequence - 1}, which it had acknowledged"
            return self._wait(f"{said}; enrol this host again", FOR_A_HUMAN)
        if last is not None:
            self.spool.mark_sent(last.sequence)
        elif next_sequence > 1:
            remember(self.spool.database, "base", f"{next_sequence} {previous}")
        self.is_aligned = True
        self._well()
        return 0.0

    def _has_begun(self) -> bool:
        return self.spool.last() is not None

    def _fork(self, said: str) -> float:
        self.is_aligned = False
        return self._wait(f"{said}; nothing more is sent, enrol this host again", FOR_A_HUMAN)

    def _wait(self, said: str, seconds: float) -> float:
        if said != self.trouble:
            self.say(said)
            with suppress(
                sqlite3.OperationalError
            ):  # On a full disk it has been said all the same.
                remember(self.spool.database, "trouble", said)
        self.trouble = said
        return seconds

    def _well(self) -> None:
        self.backoff.reset()
        if self.trouble or recall(self.spool.database, "trouble"):
            self.trouble = ""
            remember(self.spool.database, "trouble", "")

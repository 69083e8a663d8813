"""How a collector is doing, from its state alone: who it is, what waits, when the server last acknowledged a batch."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from groundrules_collector.agent import load_agent
from groundrules_collector.settings import Settings
from groundrules_collector.spool import Spool
from groundrules_collector.state import StateFolder, StateInUse, recall


@dataclass(frozen=True, slots=True)
class Status:
    """One collector's state; times are ISO 8601, empty when there was none, lengths in bytes."""

    server: str
    agent: str
    stream: str
    running: bool
    newest_batch: int
    collected_at: str
    waiting_batches: int
    waiting_bytes: int
    acknowledged_at: str
    trouble: str


def status(folder: StateFolder, settings: Settings) -> Status:
    """This function will read the state without touching it; raises NotEnrolled."""
    agent = load_agent(folder)
    with closing(folder.connect()) as database:
        spool = Spool(folder, database, settings.spool_limit)
        last = spool.last()
        waiting, length = spool.waiting()
        return Status(
            server=agent.server,
            agent=agent.agent,
            stream=agent.stream,
            running=_is_running(folder),
            newest_batch=last.sequence if last else 0,
            collected_at=last.collected_at if last else "",
            waiting_batches=waiting,
            waiting_bytes=length,
            acknowledged_at=recall(database, "acknowledged_at"),
            trouble=recall(database, "trouble"),
        )


def _is_running(folder: StateFolder) -> bool:
    try:
        with folder.locked():
            return False
    except StateInUse:
        return True

"""A collector under a test's own clock: looks when told to, at a small host, into a real spool."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groundrules_collector.clock import Moment
from groundrules_collector.cycle import Recorder
from groundrules_collector.host import HostView
from groundrules_collector.settings import Settings
from groundrules_collector.spool import Batch, Spool
from groundrules_collector.state import StateFolder
from groundrules_wire import Envelope, Fact, unpack

START = datetime(2026, 3, 5, 18, tzinfo=UTC)


@dataclass(slots=True)
class Clocks:
    """Two clocks that go when told to, together or apart."""

    wall: datetime = START
    since_boot: float = 1000.0
    boot: str = "boot-1"

    def read(self) -> Moment:
        """This function will read both, and let a millisecond pass: no two readings are the same."""
        self.go(0.001)
        return Moment(self.wall.isoformat(), self.since_boot, self.boot)

    def go(self, seconds: float) -> None:
        """This function will let time pass."""
        self.wall += timedelta(seconds=seconds)
        self.since_boot += seconds

    def jump(self, seconds: float) -> None:
        """This function will set the wall clock."""
        self.wall += timedelta(seconds=seconds)


@dataclass(slots=True)
class Rig:
    """One collector with its clocks, its state folder and what it said."""

    host: Path
    state: Path
    settings: Settings = field(default_factory=lambda: Settings(heartbeat=300))
    programs: str = ""
    clocks: Clocks = field(default_factory=Clocks)
    said: list[str] = field(default_factory=list)

    def recorder(self) -> Recorder:
        """This function will start a collector, as after a restart."""
        folder = StateFolder(self.state)
        folder.prepare()
        view = HostView(
            self.host,
            programs=self.programs,
            trees=self.settings.trees,
            tree_index=folder.tree_index,
            part_limit=self.settings.batch_limit,
            postgresql=self.settings.postgresql,
            mysql=self.settings.mysql,
        )
        spool = Spool(folder, folder.connect(), self.settings.spool_limit)
        return Recorder(view, spool, self.settings, self.clocks.read, self.said.append)


def opened(recorder: Recorder, batch: Batch | None) -> Envelope:
    """This function will open a batch of the spool."""
    assert batch is not None
    return unpack(recorder.spool.body(batch).read_bytes())


def facts(envelope: Envelope, name: str) -> list[Fact]:
    """This function will pick the facts of one name."""
    return [fact for fact in envelope.manifest.facts if fact.name == name]


def program(folder: Path, name: str, script: str) -> None:
    """This function will write a small program that stands in for one of the host's."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)

"""One round of collection: run every probe into a spool, then write the envelope whole or not at all.

Memory stays bounded: payloads go through a temporary file beside the output, never through a list.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from groundrules_collector import __version__
from groundrules_collector.gather import (
    Round,
    add_listing,
    encoded,
    guarded,
    listing,
    run_logs,
    utc_now,
    write_whole,
)
from groundrules_collector.host import HostView, identity, zone_of
from groundrules_collector.probe import SnapshotProbe
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_wire import Manifest, envelope_digest


class OutputRefused(OSError):
    """The envelope cannot be written where it was asked for; nothing was left behind."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The host's envelope before this one: its sequence number and digest (0 and empty for the first)."""

    sequence: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """How a round ended: the manifest that was written, its digest, and whether anything is missing."""

    manifest: Manifest
    digest: str

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that could not be read, probe failures first."""
        return (
            *self.manifest.errors,
            *(error for part in self.manifest.parts for error in part.errors),
        )


def collect(
    view: HostView,
    output: Path,
    previous: Previous,
    say: Callable[[str], None],
    now: Callable[[], datetime] = utc_now,
) -> Collected:
    """This function will run every probe and write one envelope to `output`; raises OutputRefused."""
    try:
        with tempfile.TemporaryFile(dir=output.parent) as spool:
            gathered = Round(view, spool, say, now)
            _run_all(gathered)
            manifest = _manifest(gathered, previous)
            write_whole(output, encoded(manifest, spool))
    except OSError as error:
        message = (
            f"{output}: {error.strerror or error}; name a folder that exists and can be written"
        )
        raise OutputRefused(message) from error
    return Collected(manifest, envelope_digest(manifest))


def _run_all(gathered: Round) -> None:
    for snapshot in SNAPSHOT_PROBES:
        gathered.say(f"{snapshot.spec.name} …")
        guarded(gathered, snapshot.spec, partial(_run_snapshot, gathered, snapshot))
    for log in LOG_PROBES:
        gathered.say(f"{log.spec.name} …")
        guarded(gathered, log.spec, partial(run_logs, gathered, log))


def _run_snapshot(gathered: Round, probe: SnapshotProbe) -> None:
    taken_at = gathered.now().isoformat()
    add_listing(gathered, listing(gathered.view, probe), taken_at)


def software() -> str:
    """This function will name the collector and the Python it runs on, with versions."""
    return f"groundrules-collector/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"


def _manifest(gathered: Round, previous: Previous) -> Manifest:
    zone = zone_of(gathered.view)
    if not zone:
        gathered.errors.append(
            "the host does not name its time zone; give it when the envelope is received"
        )
    return Manifest(
        host=identity(gathered.view),
        zone=zone,
        collected_at=gathered.now().isoformat(),
        collector=software(),
        sequence=previous.sequence + 1,
        previous=previous.digest,
        parts=tuple(gathered.parts),
        errors=tuple(gathered.errors),
        facts=tuple(gathered.facts),
    )

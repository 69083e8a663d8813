"""What a probe is: a spec that says what it collects and what never, and a function that yields it.

Snapshot probes yield items and become one JSON lines document each; log probes yield raw files, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules_collector.host import HostView


@dataclass(frozen=True, slots=True)
class Spec:
    """A probe's own description: `kinds` it lists, what it collects, what it never does, and its columns."""

    name: str
    version: str
    collects: str
    never: str
    kinds: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the host; the words of `kind` are those of the server's own item kinds."""

    kind: str
    key: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    dated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """One raw piece: where it was found, which reader it is for, and its bytes in chunks."""

    source: str
    format: str
    chunks: Callable[[], Iterator[bytes]]
    encoding: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotProbe:
    """A probe whose answer is a list of items."""

    spec: Spec
    items: Callable[[HostView], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class LogProbe:
    """A probe whose answer is raw bytes."""

    spec: Spec
    logs: Callable[[HostView], Iterator[Log]]

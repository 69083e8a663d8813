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
    """A probe's own description: `kinds` it lists, what it collects, what it never does, and its columns.

    `every` is how often the running collector looks, in cycles: 1 each time, 60 once an hour at one cycle a minute.
    """

    name: str
    version: str
    collects: str
    never: str
    kinds: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    every: int = 1


class NotLookedAt(Exception):
    """What the probe lists is not on this host, or cannot be asked for now; the message says which and why.

    The snapshot then names no kind, because a list that was not made is not an empty one.
    """


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the host; the words of `kind` are those of the server's own item kinds."""

    kind: str
    key: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    dated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """One raw piece: where it was found, which reader it is for, and its bytes in chunks.

    A piece of a growing log says which file it is of (`origin`) and that it covers bytes `start` up to `end`.
    """

    source: str
    format: str
    chunks: Callable[[], Iterator[bytes]]
    encoding: str = ""
    notes: tuple[str, ...] = ()
    origin: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SnapshotProbe:
    """A probe whose answer is a list of items; `items` raises NotLookedAt when there is nothing to list.

    `mark` is a cheap text that stays the same as long as the items do (empty: no telling without listing them, None: do
    not look this time).
    """

    spec: Spec
    items: Callable[[HostView], Iterator[Item]]
    mark: Callable[[HostView], str | None] | None = None


@dataclass(frozen=True, slots=True)
class LogProbe:
    """A probe whose answer is raw bytes."""

    spec: Spec
    logs: Callable[[HostView], Iterator[Log]]

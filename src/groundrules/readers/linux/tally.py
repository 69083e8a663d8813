"""The running count of one reading: every record is known, unknown or damaged, and they add up to what was there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.evidence import (
    Citation,
    Damage,
    Gap,
    Observation,
    Reading,
    Session,
    SessionEnd,
    Snapshot,
)
from groundrules.readers.context import ReadingContext


@dataclass(slots=True)
class Tally:
    """Gathers what one reader finds; `reader` is `name/version` and goes into every citation."""

    reader: str
    context: ReadingContext
    by_type: Counter[str] = field(default_factory=Counter)
    not_understood: Counter[str] = field(default_factory=Counter)
    damages: list[Damage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    ends: list[SessionEnd] = field(default_factory=list)

    def cite(self, record: int | str) -> Citation:
        """This function will cite one record of the evidence being read."""
        return Citation(self.context.evidence, str(record), self.reader)

    def known(self, kind: str) -> None:
        """This function will count a record that was understood."""
        self.by_type[kind] += 1

    def unknown(self, kind: str) -> None:
        """This function will count a record that could be read but is of no kind known here."""
        self.by_type[kind] += 1
        self.not_understood[kind] += 1

    def damage(self, where: str, problem: str) -> None:
        """This function will keep a record that could not be read, with its place and the reason."""
        self.damages.append(Damage(where, problem))

    def ended(self, tie: str, at: datetime, record: int | str) -> None:
        """This function will keep the end of a login that began before this evidence; an empty tie ends all of them."""
        self.ends.append(SessionEnd(self.context.asset, tie, at, self.cite(record)))

    def reading(self) -> Reading:
        """This function will return what was found, in time order."""
        return Reading(
            reader=self.reader,
            records=self.by_type.total(),
            sessions=tuple(
                sorted(self.sessions, key=lambda session: (session.started, session.id))
            ),
            observations=tuple(sorted(self.observations, key=lambda seen: seen.at)),
            snapshots=tuple(self.snapshots),
            gaps=tuple(self.gaps),
            damaged=tuple(self.damages),
            by_type=dict(self.by_type),
            unknown=dict(self.not_understood),
            hosts=tuple(sorted(self.hosts)),
            ends=tuple(sorted(self.ends, key=lambda end: (end.at, end.tie))),
        )


def numbered_lines(raw: bytes) -> list[tuple[int, str]]:
    """This function will split text evidence into lines numbered from 1; bytes that are not UTF-8 become U+FFFD."""
    lines = raw.decode("utf-8", "replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [(number, line.removesuffix("\r")) for number, line in enumerate(lines, 1)]

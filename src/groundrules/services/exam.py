"""Identity exams: for each change a file shows, at which level who is known, and why; without keeping anything.

The same readers, changes and attribution as in production, with an empty register: nothing says whose an account is,
so the exam shows what the evidence alone carries. Needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.attribution.answers import Attribution, Level
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.weigh import weigh_all
from groundrules.core.changes import Change, from_observations
from groundrules.core.parties import Party, PartyKind
from groundrules.readers.envelope import combine
from groundrules.services.inspection import read_file

_PROVIDER = Party(PartyKind.PROVIDER, "provider", "the provider")


@dataclass(frozen=True, slots=True)
class Examined:
    """One change of a file: what and when, the level and word of who, whom the record names, and why."""

    file: str
    record: str
    change: str
    earliest: datetime
    latest: datetime
    level: str
    strength: str
    who: str
    session: str
    why: tuple[str, ...]


def examine(
    raw: bytes, name: str, *, at: datetime, named: str = "", zone: str = "UTC"
) -> tuple[Examined, ...]:
    """This function will say of each change in a file who is known to have made it; raises NotReadable."""
    _, readings = read_file(raw, name, at=at, named=named, zone=zone)
    history = combine(readings)
    changes = from_observations(history.observations)
    context = AttributionContext(
        zone=zone, provider=_PROVIDER, sessions=history.sessions, gaps=history.gaps
    )
    found = zip(changes, weigh_all(changes, context), strict=True)
    return tuple(_row(name, change, attribution) for change, attribution in found)


def _row(name: str, change: Change, found: Attribution) -> Examined:
    return Examined(
        file=name,
        record=", ".join(dict.fromkeys(c.record for c in change.citations if c.record)),
        change=change.sentence,
        earliest=change.interval.not_before,
        latest=change.interval.not_after,
        level=found.level.value,
        strength=found.strength.value,
        who=_who(change, found),
        session="" if found.session is None else str(found.session),
        why=tuple(reason.sentence for reason in found.reasons),
    )


def _who(change: Change, found: Attribution) -> str:
    """The account the record names; a tool's name where that is all it has; nothing otherwise."""
    if found.account and found.level in {Level.L1, Level.L2}:
        return found.account
    tool = change.actor.process or change.actor.account
    return f"nobody (the tool {tool})" if tool else "nobody"

"""The timeline of an evidence pack: sessions, changes with who they are attributed to, and gaps, in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.renderers.pack_text import TimelineRow
from groundrules.services.pack_contents import Contents, citations_of


def timeline_of(contents: Contents, numbers: Mapping[str, int]) -> tuple[TimelineRow, ...]:
    """This function will tell what happened, oldest first; `numbers` are the records' places in the log by digest."""
    rows = [*_sessions(contents), *_changes(contents), *_gaps(contents)]
    ordered = sorted(rows, key=lambda one: (one[0], one[1].pk))
    return tuple(
        TimelineRow(when, kind, says, _records(row, numbers))
        for _, row, when, kind, says in ordered
    )


_Told = tuple[datetime, books.Change | books.Session | books.Gap, str, str, str]


def _sessions(contents: Contents) -> Iterator[_Told]:
    for row in contents.sessions:
        origin = f" from {row.source_address}" if row.source_address else ""
        ended = f"until {_when(row.ended_at)}" if row.ended_at else "and no end was seen"
        says = f"{row.account} was logged in on {row.asset.code}{origin}, {ended} ({row.ref})"
        yield row.started_at, row, _when(row.started_at), "login", says


def _changes(contents: Contents) -> Iterator[_Told]:
    standing = {
        one.ref: one
        for one in books.Attribution.objects.of_client(contents.client)
        .current()
        .filter(ref__in=[row.ref for row in contents.changes])
    }
    for row in contents.changes:
        says = f"{row.sentence} ({row.ref}){_attributed(standing.get(row.ref))}"
        yield row.not_before, row, _between(row.not_before, row.not_after), "change", says


def _gaps(contents: Contents) -> Iterator[_Told]:
    for row in contents.gaps:
        says = f"{row.kind} on {row.asset.code} ({row.source}): {row.says}"
        when = _between(row.not_before, row.not_after)
        yield row.not_before, row, when, "evidence is missing", says


def _attributed(row: books.Attribution | None) -> str:
    """Who did it, in words no stronger than the evidence: a party is named only when the record allows it."""
    if row is None:
        return ""
    if not row.names_party:
        return ". By whom: unknown, or not known well enough to name anyone."
    party = row.to_core().party
    name = (party.name or party.id) if party else row.account
    return f". By whom: {name}, {row.strength} (account {row.account or 'not told'})."


def _records(
    row: books.Change | books.Session | books.Gap, numbers: Mapping[str, int]
) -> tuple[int, ...]:
    cited = {citation.evidence for citation in citations_of(row)}
    return tuple(sorted(numbers[digest] for digest in cited if digest in numbers))


def _when(moment: datetime) -> str:
    return utc(moment).strftime("%Y-%m-%d %H:%M:%S")


def _between(start: datetime, end: datetime) -> str:
    return _when(start) if start == end else f"{_when(start)} to {_when(end)}"

"""What one file leaves open and another one closes: logins that end in a later piece of a log, holes that are filled.

Nothing is edited: a session whose end has come is superseded, and so is a gap whose records were handed in after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from operator import or_

from django.db.models import Q

from groundrules.core.evidence import (
    UNKNOWN_BOOT,
    Covered,
    Gap,
    Reading,
    Session,
    SessionEnd,
    Stretch,
    is_ended_by,
    logon_of,
    place_of,
    process_of,
)
from groundrules.core.periods import Interval
from groundrules.readers.gaps import BETWEEN, coalesce, numbering_gaps
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services.filing import Filing

_AT_MOST = 2000
_TIES_AT_ONCE = 100


def ended_sessions(
    sessions: Iterable[Session], ends: Sequence[SessionEnd], asset: books.Asset
) -> tuple[Session, ...]:
    """This function will return sessions with the ends that other pieces of their logs tell, whichever came first.

    `sessions` and `ends` are new; those on record are looked up. A session that nothing ends is returned as it is
    when it is new, and not at all when it is on record.
    """
    new: dict[str, Session] = {session.id: session for session in sessions}
    waiting = {row.ref: row.to_core() for row in _open_on_record(ends, asset)}
    found: dict[str, Session] = dict(new)
    candidates = [*new.values(), *(one for ref, one in waiting.items() if ref not in new)]
    known = (*ends, *_ends_on_record([s for s in new.values() if s.ended is None], asset))
    for session, end in _matched(candidates, known):
        citations = dict.fromkeys((*session.citations, end.citation))
        found[session.id] = replace(session, ended=end.at, citations=tuple(citations))
    return tuple(found.values())


def _matched(
    sessions: Sequence[Session], ends: Iterable[SessionEnd]
) -> Iterable[tuple[Session, SessionEnd]]:
    """Each open session with the first end after it; a place given out again belongs to its latest login."""
    ordered = sorted(ends, key=lambda end: (end.at, end.tie))
    for session in sessions:
        end = next((one for one in ordered if is_ended_by(session, one)), None)
        if end is not None and not _given_out_again(session, end, sessions):
            yield session, end


def _given_out_again(session: Session, end: SessionEnd, sessions: Sequence[Session]) -> bool:
    if end.is_of_all:
        return False
    mark = _given(session)
    return any(
        mark and mark == _given(other)
        for other in sessions
        if session.started < other.started <= end.at
    )


def _given(session: Session) -> object:
    """What a host gives to one login at a time: a process number, a place, or a LogonId."""
    place = place_of(session)
    return process_of(place) or place or logon_of(session.key)


def _open_on_record(ends: Sequence[SessionEnd], asset: books.Asset) -> list[books.Session]:
    if not ends:
        return []
    begun = asset.sessions.current().filter(started_at__lte=max(end.at for end in ends))
    still_open = begun.filter(ended_at__isnull=True)
    found: dict[int, books.Session] = {}
    if any(end.is_of_all for end in ends):
        # A restart also stands before an end that was told by a file that knew nothing of it.
        loose = Q(ended_at__isnull=True) | Q(payload__contains=f"|{UNKNOWN_BOOT}")
        begun = begun.filter(loose).order_by("-started_at", "-pk")
        found |= {row.pk: row for row in begun[:_AT_MOST]}
    ties = sorted({end.tie for end in ends if not end.is_of_all})
    for batch in _batched(ties):
        rows = still_open.filter(reduce(or_, (_named_by(tie, asset) for tie in batch)))
        found |= {row.pk: row for row in rows.order_by("-started_at", "-pk")[:_AT_MOST]}
    return sorted(found.values(), key=lambda row: (row.started_at, row.pk), reverse=True)


def _named_by(tie: str, asset: books.Asset) -> Q:
    named = Q(ref__startswith=f"{asset.code}|{tie}|") | Q(payload__contains=tie)
    if process_of(tie):
        # The login may stand under the place another of its traces names (`pts/0:1234` for `sshd:1234`).
        return named | Q(ref__contains=f":{process_of(tie)}|")
    logon = logon_of(tie)
    if logon is None:
        return named
    host, number = logon
    # Under another boot's name: the file that told of the login did not see the start, or this one did not.
    return named | (Q(payload__contains=f'"{host}|') & Q(payload__contains=f'|{number}"'))


def _ends_on_record(sessions: Sequence[Session], asset: books.Asset) -> list[SessionEnd]:
    if not sessions:
        return []
    ends = asset.session_ends.current().filter(
        ended_at__gte=min(session.started for session in sessions)
    )
    hosts = {logon[0] for s in sessions if (logon := logon_of(s.key)) is not None}
    ties = {name for s in sessions for name in (place_of(s), s.key) if name}
    ties |= {"", *(f"{host}|" for host in hosts)}
    given = {mark for s in sessions if (mark := _given(s))}
    told = ends.values_list("tie", flat=True).distinct()
    ties |= {tie for tie in told.iterator() if (process_of(tie) or logon_of(tie)) in given}
    return [
        row.to_core()
        for batch in _batched(sorted(ties))
        for row in ends.filter(tie__in=batch).order_by("ended_at", "pk")[:_AT_MOST]
    ]


def _batched(ties: Sequence[str]) -> Iterator[list[str]]:
    """A database takes only so many names in one question."""
    rest = iter(ties)
    while piece := list(islice(rest, _TIES_AT_ONCE)):
        yield piece


def gaps_between_files(readings: Iterable[Reading], filing: Filing) -> tuple[Gap, ...]:
    """This function will add what was read to what has been covered so far, and return the gaps that show now.

    Among them is what supersedes a gap that was found before and has been filled since.
    """
    by_source: dict[tuple[str, str], list[Stretch]] = {}
    for reading in readings:
        for one in reading.stretches:
            by_source.setdefault((one.asset, one.source), []).append(one)
    return tuple(
        gap
        for (asset, source), stretches in sorted(by_source.items())
        for gap in _along_source(asset, source, stretches, filing)
    )


def _along_source(
    code: str, source: str, stretches: list[Stretch], filing: Filing
) -> tuple[Gap, ...]:
    asset = books.Asset.objects.get(client=filing.client, code=code)
    row, _ = books.SourceCoverage.objects.select_for_update().get_or_create(
        asset=asset, source=source[:255], defaults={"payload": dump(Covered())}
    )
    joined = coalesce((*row.to_core(), *stretches))
    row.payload = dump(Covered(joined))
    row.save(update_fields=["payload"])
    found = {gap.id: gap for gap in numbering_gaps(joined)}
    return (*found.values(), *_filled(asset, source, set(found)))


def _filled(asset: books.Asset, source: str, standing: set[str]) -> tuple[Gap, ...]:
    before = asset.gaps.current().filter(source=source[:255], payload__contains=BETWEEN)
    gone = (row.to_core() for row in before.order_by("pk") if row.ref not in standing)
    return tuple(_closed(gap) for gap in gone if gap.interval.not_after > gap.interval.not_before)


def _closed(gap: Gap) -> Gap:
    """A point instead of a span: nothing is missing there any more."""
    at = gap.interval.not_before
    says = f"since handed in, at least in part: {gap.says}"
    return replace(gap, interval=Interval(at, at), says=says)

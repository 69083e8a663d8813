"""What one file leaves open and another one closes: logins that end in a later piece of a log, holes that are filled.

Nothing is edited: a session whose end has come is superseded, and so is a gap whose records were handed in after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Q

from groundrules.core.evidence import (
    Covered,
    Gap,
    Reading,
    Session,
    SessionEnd,
    Stretch,
    is_ended_by,
    place_of,
)
from groundrules.core.periods import Interval
from groundrules.readers.gaps import BETWEEN, coalesce, numbering_gaps
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services.filing import Filing

_AT_MOST = 2000


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
    place = place_of(session)
    return bool(end.tie) and any(
        place and place_of(other) == place and session.started < other.started <= end.at
        for other in sessions
    )


def _open_on_record(ends: Sequence[SessionEnd], asset: books.Asset) -> Iterable[books.Session]:
    if not ends:
        return ()
    open_ones = asset.sessions.current().filter(
        ended_at__isnull=True, started_at__lte=max(end.at for end in ends)
    )
    if all(end.tie for end in ends):
        named = Q()
        for tie in {end.tie for end in ends}:
            named |= Q(ref__startswith=f"{asset.code}|{tie}|") | Q(payload__contains=tie)
        open_ones = open_ones.filter(named)
    return open_ones.order_by("-started_at", "-pk")[:_AT_MOST]


def _ends_on_record(sessions: Sequence[Session], asset: books.Asset) -> list[SessionEnd]:
    if not sessions:
        return []
    ties = {name for s in sessions for name in (place_of(s), s.key) if name} | {""}
    rows = asset.session_ends.current().filter(
        tie__in=ties, ended_at__gte=min(session.started for session in sessions)
    )
    return [row.to_core() for row in rows.order_by("ended_at", "pk")[:_AT_MOST]]


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

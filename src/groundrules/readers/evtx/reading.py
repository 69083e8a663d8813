"""From records to a reading: count every one, walk each log in order of record number, dispatch, then tie up ends."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from groundrules.core.evidence import KNOWN_BOOT, GapKind, Observation, Reading, Session, Stretch
from groundrules.core.periods import Interval
from groundrules.readers.evtx import host, installer, sql_audit, sql_server, terminal
from groundrules.readers.evtx.chunks import Salvage
from groundrules.readers.evtx.claims import Claims, Source, session_of, span
from groundrules.readers.evtx.identity import is_service_identity
from groundrules.readers.evtx.intake import Intake
from groundrules.readers.evtx.records import Record
from groundrules.readers.evtx.table import SECURITY_START

# The start messages of one boot lie within this time; two of one kind are always two boots.
ONE_BOOT = timedelta(minutes=5)
# Two records of one operation (7045 and 4697, 1033 and 11707) lie within this time.
ONE_OPERATION = timedelta(seconds=60)


def reading_of(intake: Intake, salvage: Salvage, source: Source) -> Reading:
    """This function will make the reading of everything taken in."""
    claims = Claims(source)
    channels = intake.by_channel()
    logs = [log for by_host in channels.values() for log in _logs_of(by_host)]
    _mark_boots(logs, claims)
    for log in logs:
        _walk(log, salvage, claims)
    _report_loss_without_records(logs, salvage, claims)
    observations = _once_per_operation(_named(claims))
    return Reading(
        reader=source.reader,
        records=intake.records,
        sessions=_sessions(claims),
        observations=tuple(observations),
        gaps=tuple(sorted(claims.gaps, key=lambda gap: (gap.interval.not_before, gap.source))),
        damaged=tuple(salvage.damaged),
        by_type=intake.by_type,
        unknown=intake.unknown,
        hosts=tuple(sorted(intake.hosts)),
        stretches=tuple(_stretch(log, len(channels[log[0].channel]) > 1, claims) for log in logs),
        ends=tuple(claims.ends),
    )


def _stretch(log: list[Record], several_hosts: bool, claims: Claims) -> Stretch:  # noqa: FBT001 - one flag, and only here
    """This function will say which records of a log this evidence covers; a channel of several hosts names the host."""
    first, last = log[0], log[-1]
    return Stretch(
        asset=claims.source.asset,
        source=f"{first.channel} of {first.host}" if several_hosts else first.channel,
        first=first.number,
        last=last.number,
        began=first.at,
        ended=last.at,
        citation=claims.cite(first),
    )


def _logs_of(by_host: list[list[Record]]) -> list[list[Record]]:
    """This function will order a channel by record number; one forwarded from several hosts is taken apart.

    A renamed host goes on counting in the same log; only hosts that use the same numbers are different machines.
    """
    if len(by_host) > 1 and not _share_numbers(by_host):
        by_host = [[record for records in by_host for record in records]]
    return [_in_order(records) for records in by_host]


def _in_order(records: list[Record]) -> list[Record]:
    """This function will sort records by number; most logs are in order, which is quickly seen."""
    numbers = _numbers_of(records)
    if numbers == sorted(numbers):
        return records
    return sorted(records, key=attrgetter("number"))


def _share_numbers(by_host: list[list[Record]]) -> bool:
    """This function will say whether two hosts use the same number; most often their ranges lie apart."""
    ranges = sorted((min(numbers), max(numbers)) for numbers in map(_numbers_of, by_host))
    if all(low[1] < high[0] for low, high in pairwise(ranges)):
        return False
    numbers = [set(_numbers_of(records)) for records in by_host]
    return sum(map(len, numbers)) > len(set[int]().union(*numbers))


def _numbers_of(records: list[Record]) -> list[int]:
    return [record.number for record in records]


def _mark_boots(logs: list[list[Record]], claims: Claims) -> None:
    """This function will name every boot by the time of the first message of its start, across logs."""
    starts = [record for log in logs for record in log if record.kind.starts]
    kinds: set[tuple[str, int]] = set()
    first: datetime | None = None
    name = ""
    for record in sorted(starts, key=attrgetter("at")):
        kind = (record.source, record.event_id)
        if first is None or kind in kinds or record.at - first > ONE_BOOT:
            first, kinds, name = record.at, set(), f"{KNOWN_BOOT}{record.at:%Y%m%dT%H%M%SZ}"
            claims.boot_starts.append((record.at, name))
        kinds.add(kind)
        claims.boot_marks[(record.channel, record.number)] = name


def _walk(log: list[Record], salvage: Salvage, claims: Claims) -> None:
    """This function will pass one log's records to their handlers in order, noting numbers that are missing."""
    claims.stream_boot = claims.unknown_boot
    claims.stream_tells_boots = any(
        record.kind.starts and (record.source, record.event_id) == SECURITY_START for record in log
    )
    claims.previous_at = claims.stopping = claims.before_start = None
    claims.log_boot = ""
    lost = sorted(salvage.lost)
    previous: Record | None = None
    expected = log[0].number
    for record in log:
        number = record.number
        if number != expected and previous is not None:
            if record.repeats(previous):
                continue
            if number > expected:
                _note_missing(previous, record, lost, claims)
        handle = record.kind.handle
        if handle is not None:
            claims.previous_at = previous.at if previous is not None else None
            handle(record, claims)
            record.close()
        previous, expected = record, number + 1
    installer.unfinished(claims)
    if previous is not None:
        host.close_audit_gaps(previous.at, claims)
        _note_suspect(log, salvage, claims)


def _note_missing(before: Record, after: Record, lost: list[int], claims: Claims) -> None:
    """This function will keep a hole in the record numbers: damaged records of this file, or records not in it."""
    claims.processes.clear()  # A start or an end may be among what is missing.
    low, high = before.number + 1, after.number - 1
    place = bisect_left(lost, low)
    damaged = place < len(lost) and lost[place] <= high
    kind = GapKind.RECORDS_DAMAGED if damaged else GapKind.RECORDS_MISSING
    numbers = f"record {low}" if low == high else f"records {low} to {high}"
    absent = f"{'is' if low == high else 'are'} not in this evidence"
    says = f"{numbers} of {after.channel} {'could not be read' if damaged else absent}"
    claims.gap(kind, span(before.at, after.at), after.channel, says, claims.cite(after))


def _note_suspect(log: list[Record], salvage: Salvage, claims: Claims) -> None:
    """This function will keep the span of records whose chunk does not match its checksum."""
    for low, high in salvage.suspect:
        inside = [record for record in log if low <= record.number <= high]
        if inside:
            times = [record.at for record in inside]
            says = f"records {low} to {high} of {inside[0].channel} do not match their checksum"
            claims.gap(
                GapKind.RECORDS_DAMAGED,
                Interval(min(times), max(times)),
                inside[0].channel,
                says,
                None,
            )


def _report_loss_without_records(
    logs: list[list[Record]], salvage: Salvage, claims: Claims
) -> None:
    """This function will keep damage at the end of a log, behind the last record that could be read."""
    last = max((log[-1] for log in logs if log), key=attrgetter("number"), default=None)
    if last is None or not salvage.lost or max(salvage.lost) <= last.number:
        return
    says = f"records {last.number + 1} to {max(salvage.lost)} of {last.channel} could not be read, nor anything later"
    claims.gap(
        GapKind.RECORDS_DAMAGED, Interval.exactly(last.at), last.channel, says, claims.cite(last)
    )


def _named(claims: Claims) -> list[Observation]:
    """This function will give every actor its account (where only the SID was written) and its session's own key."""
    named = []
    for seen in claims.observations:
        actor = seen.actor
        key = claims.aliases.get(actor.session_key, actor.session_key)
        if key in claims.database:
            login = sql_audit.login_at(claims.database[key], seen.at)
            key = login.key if login is not None else key
        account = actor.account or claims.accounts.get(actor.identifier, "")
        named.append(
            seen
            if (key, account) == (actor.session_key, actor.account)
            else replace(seen, actor=replace(actor, session_key=key, account=account))
        )
    return named


def _once_per_operation(observations: list[Observation]) -> list[Observation]:
    """This function will join records that tell of one operation: the one that says most stays and cites the others.

    The order stays that of the logs: record numbers, not times, which can run backwards.
    """
    kept: list[Observation] = []
    places: dict[str, list[int]] = defaultdict(list)
    for seen in observations:
        same = places[seen.correlation] if seen.correlation else []
        place = next((at for at in same if _are_close(seen, kept[at])), None)
        if place is None:
            same.append(len(kept))
            kept.append(seen)
            continue
        more, less = sorted((kept[place], seen), key=_says, reverse=True)
        cited = dict.fromkeys((*more.supporting, less.citation, *less.supporting))
        kept[place] = replace(more, supporting=tuple(cited))
    return kept


def _are_close(one: Observation, other: Observation) -> bool:
    """This function will say whether two observations were written at nearly the same time."""
    written = one.recorded_at or one.at, other.recorded_at or other.at
    return abs(written[0] - written[1]) <= ONE_OPERATION


def _says(seen: Observation) -> tuple[bool, bool, bool, int]:
    """This function will rank how much an observation says: the login, a person, what was before or after, words."""
    is_person = bool(seen.actor.identifier) and not is_service_identity(seen.actor.identifier)
    return (
        bool(seen.actor.session_key),
        is_person,
        bool(seen.before or seen.after),
        len(seen.summary),
    )


def _sessions(claims: Claims) -> tuple[Session, ...]:
    """This function will finish all sessions, each login once, in order of their start."""
    alone = terminal.unmatched_sessions(claims)
    logins = [*claims.logins.values(), *alone, *sql_server.database_sessions(claims)]
    sessions = (session_of(login, claims.source, claims.accounts) for login in logins)
    return tuple(sorted(sessions, key=lambda session: (session.started, session.id)))

"""One operation seen by several sources becomes one observation, one login seen by several one session.

dpkg.log knows the second and not who; apt knows who asked and only the transaction's span. Joined, the time is the
package manager's own and the account is the one that asked, with both records cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from groundrules.core.evidence import (
    Citation,
    ItemKind,
    Observation,
    Session,
    SessionKind,
    logon_of,
    place_of,
    process_of,
)

DPKG = "dpkg-log/"
APT = "apt-history/"
UNFINISHED_TRANSACTION = timedelta(hours=1)
CLOCK_TRUNCATION = timedelta(seconds=1)
LOGIN_STEPS = timedelta(seconds=120)
# Windows writes a login at a screen to the Security log and, a little later, to that of Terminal Services.
SCREEN_STEPS = timedelta(seconds=60)
TERMINAL = "|terminal "
AT_A_SCREEN = frozenset({SessionKind.REMOTE, SessionKind.CONSOLE})
_LATEST = 8


def join_package_history(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """This function will merge dpkg.log and apt history into one observation per operation, in time order.

    The merged one has dpkg's time, versions and citation, apt's account, command line and transaction (`correlation`),
    and cites apt as supporting. The same record collected twice counts once. What has no partner is returned as it is.
    """
    distinct = _distinct(observations)
    timed = [seen for seen in distinct if _is_from(seen, DPKG)]
    asked = [seen for seen in distinct if _is_from(seen, APT)]
    rest = [seen for seen in distinct if not _is_from(seen, DPKG) and not _is_from(seen, APT)]
    by_change: dict[tuple[str, ...], list[Observation]] = {}
    for seen in timed:
        by_change.setdefault(_change(seen), []).append(seen)
    joined: list[Observation] = []
    for request in asked:
        partner = _partner(request, by_change.get(_change(request), []))
        joined.append(request if partner is None else _joined(partner, request))
        if partner is not None:
            by_change[_change(request)].remove(partner)
    alone = [seen for group in by_change.values() for seen in group]
    return tuple(sorted([*joined, *alone, *rest], key=lambda seen: (seen.at, seen.key)))


def _distinct(observations: Iterable[Observation]) -> list[Observation]:
    """Keeps one of each record; the fullest, because a log collected mid-way did not know the end yet."""
    kept: dict[tuple[object, ...], Observation] = {}
    for seen in observations:
        earlier = kept.get(_operation(seen))
        if earlier is None or _fullness(seen) > _fullness(earlier):
            kept[_operation(seen)] = seen
    return list(kept.values())


def _fullness(seen: Observation) -> tuple[bool, bool, int]:
    return (seen.succeeded, seen.recorded_at is not None, len(seen.supporting))


def _operation(seen: Observation) -> tuple[object, ...]:
    source = seen.citation.reader.partition("/")[0]
    return (
        source,
        seen.asset,
        seen.kind,
        seen.key,
        seen.action,
        seen.at,
        seen.before,
        seen.after,
        seen.actor,
    )


def _is_from(seen: Observation, reader: str) -> bool:
    return seen.kind is ItemKind.PACKAGE and seen.citation.reader.startswith(reader)


def _change(seen: Observation) -> tuple[str, ...]:
    return (seen.asset, seen.key, seen.action, seen.before or "", seen.after or "")


def _partner(request: Observation, candidates: Sequence[Observation]) -> Observation | None:
    """Finds the operation inside the transaction's span; the first one when a package was handled twice in it."""
    end = request.recorded_at or request.at + UNFINISHED_TRANSACTION
    inside = [
        seen
        for seen in candidates
        if request.at - CLOCK_TRUNCATION <= seen.at <= end + CLOCK_TRUNCATION
    ]
    return min(inside, key=lambda seen: seen.at, default=None)


def _joined(timed: Observation, request: Observation) -> Observation:
    return replace(
        timed,
        actor=request.actor,
        summary=request.summary,
        correlation=request.correlation,
        supporting=(*timed.supporting, request.citation),
    )


def join_sessions(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """This function will merge the traces one login left in several sources, in time order.

    Same id: the same record collected again. Same account, address and process number within two minutes: sshd's
    message and its wtmp record, or the journal's copy of it. A key that ties exactly (`host|boot|ses`) wins. On
    Windows: the same LogonId at the same instant (a log exported twice), or an account's terminal session and logon.
    """
    joined: list[Session] = []
    known: dict[tuple[str, ...], list[int]] = {}
    for session in sorted(sessions, key=lambda each: (each.started, each.id)):
        places = (at for name in names_of(session) for at in known.get(name, ())[-_LATEST:])
        place = next((at for at in places if is_same_login(joined[at], session)), None)
        if place is None:
            place = len(joined)
            joined.append(session)
        else:
            joined[place] = merged(joined[place], session)
        for name in names_of(session):
            known.setdefault(name, []).append(place)
    return tuple(sorted(joined, key=lambda each: (each.started, each.id)))


def names_of(session: Session) -> tuple[tuple[str, ...], ...]:
    """This function will return what another trace of the same login would share with it.

    That is its id, its exact key, account and process number, host and LogonId, or the account at a screen.
    """
    process = (session.asset, session.account, process_of(place_of(session)))
    on_windows = logon_of(session.key) is not None or TERMINAL in session.key
    at_a_screen = session.account if on_windows and session.kind in AT_A_SCREEN else ""
    names = (
        ("id", session.id),
        ("key", session.key),
        ("process", *process),
        ("logon", *(logon_of(session.key) or ("",))),
        ("screen", session.asset, at_a_screen.casefold()),
    )
    return tuple(name for name in names if name[-1])


def is_same_login(one: Session, other: Session) -> bool:
    """This function will say whether two sessions are traces that one login left."""
    if one.id == other.id or (one.key and one.key == other.key):
        return True
    if one.asset != other.asset:
        return False
    if logon_of(one.key) is not None and logon_of(one.key) == logon_of(other.key):
        return one.started == other.started
    if (TERMINAL in one.key) != (TERMINAL in other.key):
        return _is_same_at_screen(one, other)
    near = abs(other.started - one.started) <= LOGIN_STEPS
    same_process = process_of(place_of(one)) == process_of(place_of(other)) != ""
    return near and one.account == other.account and same_process and _addresses_agree(one, other)


def _is_same_at_screen(one: Session, other: Session) -> bool:
    on_windows = logon_of(one.key) is not None or logon_of(other.key) is not None
    at_screens = one.kind in AT_A_SCREEN and other.kind in AT_A_SCREEN
    same_account = one.account.casefold() == other.account.casefold()
    near = abs(other.started - one.started) <= SCREEN_STEPS
    return on_windows and at_screens and same_account and near and _addresses_agree(one, other)


def _addresses_agree(one: Session, other: Session) -> bool:
    return (
        not one.source_address
        or not other.source_address
        or one.source_address == other.source_address
    )


def merged(one: Session, other: Session) -> Session:
    """This function will make one session of two traces; the one that ties better gives its id and key."""
    ended: list[datetime] = [end for end in (one.ended, other.ended) if end is not None]
    first, second = (other, one) if _rank(other) > _rank(one) else (one, other)
    citations: dict[Citation, None] = dict.fromkeys((*first.citations, *second.citations))
    return replace(
        first,
        started=min(one.started, other.started),
        ended=max(ended) if ended else None,
        kind=first.kind if first.kind is not SessionKind.UNKNOWN else second.kind,
        identifier=first.identifier or second.identifier,
        source_address=first.source_address or second.source_address,
        credential=first.credential or second.credential,
        citations=tuple(citations),
    )


def _rank(session: Session) -> tuple[bool, bool]:
    """Prefers the trace that ties exactly (its key is not one of place and time), then one that names a credential."""
    _, _, rest = session.id.partition("|")
    names_place = session.key.endswith(rest) if rest else TERMINAL in session.key
    return (bool(session.key) and not names_place, bool(session.credential))

"""Traces of one login that came in several receptions: the session on record is superseded by one that has them all.

auth.log may come today and wtmp tomorrow, or a Windows log be exported twice. Each is read alone; here the new sessions
are held against those on record, by the same rule that joins the traces inside one reception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from groundrules.core.evidence import Session
from groundrules.readers.linux.history import LOGIN_STEPS, is_same_login, merged, names_of
from groundrules.records import models as books

_REFS_AT_ONCE = 400
_NEAR = timedelta(seconds=1) + LOGIN_STEPS


def with_earlier_traces(sessions: Sequence[Session], asset: books.Asset) -> tuple[Session, ...]:
    """This function will return new sessions, each under the id of the one on record that is the same login.

    A session that is on record under its own id stays what it is: that is the same record read again.
    """
    own = _on_record_by_id([session.id for session in sessions], asset)
    earlier = _Earlier(_on_record_near(sessions, asset))
    told: dict[str, Session] = {}
    for session in sessions:
        known = None if session.id in own else earlier.trace_of(session)
        stands_as = session.id if known is None else known.id
        so_far = told.get(stands_as, known)
        told[stands_as] = (
            session if so_far is None else replace(merged(so_far, session), id=stands_as)
        )
    return tuple(told.values())


class _Earlier:
    """Sessions on record by what another trace of the same login would share with them."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        self._by_name: dict[tuple[str, ...], list[Session]] = {}
        for session in sessions:
            for name in names_of(session):
                self._by_name.setdefault(name, []).append(session)

    def trace_of(self, session: Session) -> Session | None:
        """This function will return the session on record that is the same login, the nearest if there are several."""
        same = [
            one
            for name in names_of(session)
            for one in self._by_name.get(name, ())
            if is_same_login(one, session)
        ]
        return min(same, key=lambda one: (abs(one.started - session.started), one.id), default=None)


def _on_record_by_id(refs: Sequence[str], asset: books.Asset) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(refs), _REFS_AT_ONCE):
        some = refs[start : start + _REFS_AT_ONCE]
        rows = asset.sessions.current().filter(ref__in=some)
        found.update(rows.values_list("ref", flat=True))
    return found


def _on_record_near(sessions: Sequence[Session], asset: books.Asset) -> Iterable[Session]:
    if not sessions:
        return ()
    begun = [session.started for session in sessions]
    rows = asset.sessions.current().filter(
        started_at__range=(min(begun) - _NEAR, max(begun) + _NEAR)
    )
    accounts = {session.account for session in sessions}
    if len(accounts) <= _REFS_AT_ONCE:
        rows = rows.filter(account__in=accounts)
    return (row.to_core() for row in rows.order_by("started_at", "pk").iterator())

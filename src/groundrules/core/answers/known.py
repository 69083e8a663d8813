"""What was known at an instant: a world without what happened, was found or was written down later.

Answers about the past stay what they were: a change found on Friday does not reach into Thursday's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from groundrules.core.changes import Change
from groundrules.core.disputes import Dispute
from groundrules.core.evidence import Session
from groundrules.core.lifecycle.answers import InvoiceStanding, Notice
from groundrules.core.periods import utc
from groundrules.core.vendors import AccessWindow, LetterOfAgency
from groundrules.core.work import Request, TimeEntry
from groundrules.core.world import World

_Fact = TypeVar("_Fact")


def as_known(world: World, at: datetime) -> World:
    """This function will return the world as it was known at an instant (aware)."""
    moment = utc(at)
    return replace(
        world,
        changes=_known(world.changes, lambda c: change_known_at(world, c), moment),
        sessions=_sessions(world, moment),
        gaps=_known(world.gaps, lambda g: g.interval.not_before, moment),
        health_checks=_known(world.health_checks, lambda c: c.at, moment),
        incidents=_known(world.incidents, lambda i: i.opened_at, moment),
        own_runs=_known(world.own_runs, lambda r: r.period.start, moment),
        recoveries=_known(world.recoveries, lambda r: r.failed_at, moment),
        drills=_known(world.drills, lambda d: d.ended, moment),
        replays=_known(world.replays, lambda r: r.at, moment),
        third_party_attempts=_known(world.third_party_attempts, lambda a: a.at, moment),
        work=_known(world.work, work_known_at, moment),
        requests=_requests(world.requests, moment),
        overrides=_known(world.overrides, lambda o: o.at, moment),
        messages=_known(world.messages, lambda m: m.at, moment),
        lifecycle=_known(world.lifecycle, lambda e: e.recorded_at, moment),
        condition_records=_known(world.condition_records, lambda r: r.at, moment),
        acceptances=_known(world.acceptances, lambda a: a.at, moment),
        letters_of_agency=tuple(_letter(letter, moment) for letter in world.letters_of_agency),
        windows=_windows(world.windows, moment),
        notices=_notices(world.notices, moment),
        invoices=_invoices(world.invoices, moment),
        fees_billed=_known(world.fees_billed, lambda f: f.at, moment),
        counts=_known(world.counts, lambda c: c.known_at, moment),
        blocks=_known(world.blocks, lambda b: b.known_at, moment),
        documents=_known(world.documents, lambda d: d.at, moment),
        reply_invitations=_known(world.reply_invitations, lambda r: r.invited_at, moment),
        disputes=_disputes(world.disputes, moment),
    )


def change_known_at(world: World, change: Change) -> datetime:
    """This function will say when a change was known: when it was discovered, or else when it had happened."""
    return world.discovered.get(change.id, change.interval.not_after)


def work_known_at(entry: TimeEntry) -> datetime:
    """This function will say when a time entry was known: when it was written down, or else when the work ended."""
    return entry.recorded_at or entry.period.end or entry.period.start


def _known(
    facts: Iterable[_Fact], known_at: Callable[[_Fact], datetime], at: datetime
) -> tuple[_Fact, ...]:
    return tuple(fact for fact in facts if utc(known_at(fact)) <= at)


def _later(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and utc(moment) > at


def _sessions(world: World, at: datetime) -> tuple[Session, ...]:
    """A session that had not ended yet is known without its end."""
    known = _known(world.sessions, lambda s: world.discovered.get(s.id, s.started), at)
    return tuple(replace(s, ended=None) if _later(s.ended, at) else s for s in known)


def _requests(requests: tuple[Request, ...], at: datetime) -> tuple[Request, ...]:
    known = _known(requests, lambda request: request.at, at)
    return tuple(
        replace(r, ratification=None) if r.ratification and _later(r.ratification.at, at) else r
        for r in known
    )


def _letter(letter: LetterOfAgency, at: datetime) -> LetterOfAgency:
    return replace(letter, steps=tuple(step for step in letter.steps if utc(step.at) <= at))


def _windows(windows: tuple[AccessWindow, ...], at: datetime) -> tuple[AccessWindow, ...]:
    known = _known(windows, _window_known_at, at)
    return tuple(
        replace(
            window,
            approved_at=None if _later(window.approved_at, at) else window.approved_at,
            denied_at=None if _later(window.denied_at, at) else window.denied_at,
            ended_at=None if _later(window.ended_at, at) else window.ended_at,
        )
        for window in known
    )


def _window_known_at(window: AccessWindow) -> datetime:
    return window.requested_at or window.recorded_at or window.approved_at or window.period.start


def _notices(notices: tuple[Notice, ...], at: datetime) -> tuple[Notice, ...]:
    known = _known(notices, lambda notice: notice.sent_at, at)
    return tuple(
        replace(
            notice,
            receipt_at=None if _later(notice.receipt_at, at) else notice.receipt_at,
            bounced_at=None if _later(notice.bounced_at, at) else notice.bounced_at,
        )
        for notice in known
    )


def _invoices(invoices: tuple[InvoiceStanding, ...], at: datetime) -> tuple[InvoiceStanding, ...]:
    known = _known(invoices, lambda invoice: invoice.issued_at, at)
    return tuple(replace(i, paid_at=None) if _later(i.paid_at, at) else i for i in known)


def _disputes(disputes: tuple[Dispute, ...], at: datetime) -> tuple[Dispute, ...]:
    known = _known(disputes, lambda dispute: dispute.at, at)
    return tuple(
        replace(d, answer=None) if d.answer and _later(d.answer.at, at) else d for d in known
    )

"""What is due in a server's life, applied when its instant has come: notice running, suspension, the way back, return.

One client, one transaction: the entries, the cancelled windows and the drafts that go with them are written together
or not at all, so a program killed half-way leaves nothing half done and the next turn does it whole. What is in the
book is foreseen no longer, so another turn, another program or a clock that was set back finds nothing left to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.answers.model import Answers
from groundrules.core.calendars import zone_label
from groundrules.core.ids import LetterId
from groundrules.core.invoices.fees import fee_month_of
from groundrules.core.letters.answers import LetterKind
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    EntryKind,
    LifecycleEntry,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.timeline import binding_version, state_at
from groundrules.core.periods import local_date, utc
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import access, audit, invoices, letters, lifecycle
from groundrules.services.actor import Actor
from groundrules.services.gate.windows import WindowOver
from groundrules.services.turns import take_turn
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_LOG = logging.getLogger(__name__)
# The clauses act, not a person: people acted when they sent the notice and when they met the conditions.
CLAUSES = Actor("groundrules", Role.OWNER)
_OFF = (EntryKind.SUSPENDED.value, EntryKind.REINSTATEMENT_BEGUN.value)
_LETTERS = frozenset(
    {
        LetterKind.SUSPENSION,
        LetterKind.RELATIONSHIP_CONTINUES,
        LetterKind.REINSTATEMENT,
        LetterKind.WITHDRAWAL,
    }
)
_DONE = frozenset({ConditionBucket.MET, ConditionBucket.WAIVED})


@dataclass(frozen=True, slots=True)
class Applied:
    """What one turn wrote for one client, in words; empty when nothing was due."""

    client: books.Client
    says: tuple[str, ...]


def apply_due(*, at: datetime) -> tuple[Applied, ...]:
    """This function will apply everything that is due by `at` for every client with a server in question."""
    turns = (apply_for(client, at=at) for client in _in_question(at))
    return tuple(turn for turn in turns if turn.says)


def apply_for(client: books.Client, *, at: datetime) -> Applied:
    """This function will apply what is due for one client; one without an agreement has nothing due."""
    with transaction.atomic():
        take_turn(client)
        try:
            answers = answer_for(client, at)
        except (NoAgreement, NoProvider) as missing:
            _LOG.warning("nothing can be due for %s: %s", client.code, missing)
            return Applied(client, ())
        says = [*_entries(answers, client, at), *_begun(answers, client, at)]
        says += _ticks(answers, client, at)
        # The letters are written from the books with the entries in them.
        says += _drafts(answer_for(client, at) if says else answers, client, at)
    return Applied(client, tuple(says))


def _in_question(at: datetime) -> Iterable[books.Client]:
    """Clients with a notice nothing came of yet, a server that is off, or a suspension taken back without a letter."""
    entries = books.LifecycleEntry.objects.current().filter(recorded_at__lte=at)
    last = entries.filter(asset=OuterRef("pk")).order_by("-effective_at", "-pk").values("kind")[:1]
    since = entries.filter(asset=OuterRef("pk")).order_by("-effective_at", "-pk")
    standing = books.Asset.objects.annotate(
        last=Subquery(last), entered=Subquery(since.values("recorded_at")[:1])
    )
    taken_back = books.LetterDraft.objects.filter(
        asset=OuterRef("pk"),
        kind=LetterKind.WITHDRAWAL.value,
        drafted_at__gte=OuterRef("entered"),
    )
    off = standing.filter(
        Q(last__in=_OFF) | Q(last=EntryKind.SUSPENSION_VOIDED.value) & ~Exists(taken_back)
    )
    came_of_it = entries.filter(
        asset=OuterRef("asset"),
        effective_at__gte=OuterRef("sent_at"),
        kind__in=[EntryKind.SUSPENDED.value, EntryKind.NOTICE_CURED.value],
    )
    sent = books.Notice.objects.current().filter(sent_at__lte=at)
    running = sent.exclude(Exists(came_of_it))
    return books.Client.objects.filter(
        Q(pk__in=off.values("client")) | Q(pk__in=running.values("client"))
    ).order_by("pk")


def _entries(answers: Answers, client: books.Client, at: datetime) -> list[str]:
    due = [
        e for e in answers.foreseen if utc(e.effective_at) <= utc(at) and not _is_written(e, client)
    ]
    says = []
    for entry in sorted(due, key=lambda e: utc(e.effective_at)):
        lifecycle.record_entry(_as_applied(entry, client, at), client=client, actor=CLAUSES, at=at)
        when = zone_label(entry.effective_at, client.zone)
        says.append(f"{entry.asset}: {entry.kind.value} from {when}")
        if entry.kind is EntryKind.SUSPENDED:
            says += _cancel_windows(answers, entry, client, at)
    return says


def _is_written(entry: LifecycleEntry, client: books.Client) -> bool:
    """Whether the book holds it, also when it was recorded later than a clock that was set back says now."""
    rows = books.LifecycleEntry.objects.of_client(client).current()
    return rows.filter(
        asset__code=entry.asset, kind=entry.kind.value, effective_at=entry.effective_at
    ).exists()


def _as_applied(entry: LifecycleEntry, client: books.Client, at: datetime) -> LifecycleEntry:
    """The entry as it is written: known from now, with the letter that told of it."""
    return replace(entry, recorded_at=at, letter=_letter_for(entry, client))


_TOLD_BY = {
    EntryKind.NOTICE_GIVEN: ("notice",),
    EntryKind.SUSPENDED: ("suspension", "notice"),
    EntryKind.REINSTATED: ("reinstatement",),
}


def _letter_for(entry: LifecycleEntry, client: books.Client) -> LetterId | None:
    for kind in _TOLD_BY.get(entry.kind, ()):
        sent = books.Letter.objects.filter(client=client, asset__code=entry.asset, kind=kind)
        found = sent.order_by("-sent_at").first()
        if found is not None:
            return LetterId(found.ref)
    return None


def _cancel_windows(
    answers: Answers, entry: LifecycleEntry, client: books.Client, at: datetime
) -> list[str]:
    """Approved windows end with the coverage they were approved under; one that ended meanwhile is left."""
    meant = {
        window
        for notice in answers.notices
        if notice.effects is not None
        and notice.notice.asset == entry.asset
        and notice.effects.from_at == utc(entry.effective_at)
        for window in notice.effects.windows_cancelled
    }
    says = []
    for window in sorted(meant):
        try:
            reason = f"{entry.asset} is no longer under managed service; ask again for a new window"
            access.end_early(window, reason, client=client, actor=CLAUSES, at=at)
        except WindowOver:
            continue
        says.append(f"{entry.asset}: window {window} cancelled")
    return says


def _begun(answers: Answers, client: books.Client, at: datetime) -> list[str]:
    """A suspended server with its first condition met is on the way back; it stays hourly until it is covered."""
    says = []
    for answer in answers.reinstatements:
        state = state_at(answers.states_of(answer.asset), at)
        done = sum(status.bucket in _DONE for status in answer.conditions)
        rows = (
            books.LifecycleEntry.objects.of_client(client)
            .current()
            .filter(
                asset__code=answer.asset,
                kind=EntryKind.REINSTATEMENT_BEGUN.value,
                effective_at__gte=state.period.start,
            )
        )
        if state.state is not CoverageState.SUSPENDED or not done or rows.exists():
            continue
        reason = "The first of its conditions is met"
        begun = LifecycleEntry(
            answer.asset, EntryKind.REINSTATEMENT_BEGUN, at, at, state.clause, CLAUSES.label, reason
        )
        lifecycle.record_entry(begun, client=client, actor=CLAUSES, at=at)
        says.append(f"{answer.asset}: reinstatement begun, {reason}")
    return says


def _ticks(answers: Answers, client: books.Client, at: datetime) -> list[str]:
    """Each condition that met itself since the server went off is noted once, with its proof."""
    says = []
    for answer in answers.reinstatements:
        for status in answer.conditions:
            if status.bucket is not ConditionBucket.MET or status.met_at is None:
                continue
            subject = f"{answer.asset}/{status.terms.id}@{status.met_at.isoformat()}"
            verb = "lifecycle.condition_met"
            if books.AuditEntry.objects.filter(client=client, verb=verb, subject=subject).exists():
                continue
            entry = audit.Entry(verb, subject, f"{status.terms.says} {status.sentence}", client)
            audit.record(entry, actor=CLAUSES, at=at)
            says.append(f"{answer.asset}: {status.terms.id} is met")
    return says


def _drafts(answers: Answers, client: books.Client, at: datetime) -> list[str]:
    """The letters that go with what is due, and the invoice of a return; what is drafted already says nothing."""
    before = set(books.LetterDraft.objects.filter(client=client).values_list("ref", "digest"))
    says = []
    for letter in answers.letters:
        if letter.kind in _LETTERS:
            row = letters.keep_draft(letter, client=client, actor=CLAUSES, at=at)
            if (row.ref, row.digest) not in before:
                says.append(f"{row.ref} drafted: {row.subject}")
    returns = [r for r in answers.reinstatements if r.effective_at is not None]
    return says + [said for answer in returns for said in _invoice(answers, answer, client, at)]


def _invoice(
    answers: Answers, answer: ReinstatementAnswer, client: books.Client, at: datetime
) -> list[str]:
    assert answer.effective_at is not None  # noqa: S101 - asked only about returns
    version = binding_version(answers.world.agreement, answer.effective_at)
    if version is None:
        return []
    day: date = local_date(client.zone, answer.effective_at)
    month = fee_month_of(day, version.fees.billing_day)
    asked = books.DocumentPeriod.objects.of_client(client)
    if asked.filter(first__lte=day, end__gt=day).exists():
        return []
    invoices.ask_for(client=client, first=month.start, end=month.end, actor=CLAUSES, at=at)
    return [f"{answer.asset}: the invoice of its return is drafted, {month.start} to {month.end}"]

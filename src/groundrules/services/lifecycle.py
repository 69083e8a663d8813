"""An asset's coverage on record: notices and receipts, suspension, proof of conditions, return, and voiding.

What follows from a notice or from met conditions is the core's answer; these verbs write it into the book as people
act on it, and refuse with the core's own reason when it does not follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.answers.model import Answers
from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, ConditionId, TechnicianId
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionRecord,
    EntryKind,
    LifecycleEntry,
    Notice,
)
from groundrules.core.lifecycle.conditions import WaiverRefused, waive
from groundrules.core.lifecycle.transitions import Step, take_step
from groundrules.core.money import Money
from groundrules.core.parties import Technician
from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for, load_world

_DONE = frozenset({ConditionBucket.MET, ConditionBucket.WAIVED})
_SUSPENDING = frozenset({EntryKind.NOTICE_GIVEN, EntryKind.SUSPENDED})


class NothingToSuspend(ValueError):
    """No notice on record leads to a suspension of the asset; the message says why not."""


class NothingToReinstate(ValueError):
    """The asset's conditions are not all met, or it is not suspended; the message lists what is open."""


class ConditionDone(ValueError):
    """The condition is met or let go already; the message says how, so that nobody pays for it twice."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts on an asset's coverage, and why; both are written into the book."""

    by: str
    reason: str


def give_notice(
    notice: Notice, *, client: books.Client, actor: Actor, at: datetime
) -> books.Notice:
    """This function will record a notice that was sent about one asset; owners only."""
    require(actor)
    says = f"notice about {notice.asset} sent to {notice.to}"
    row: books.Notice = enter(notice, "lifecycle.give_notice", says, Filing(client, actor, at)).row
    return row


def record_receipt(
    row: books.Notice, *, receipt_at: datetime, actor: Actor, at: datetime
) -> books.Notice:
    """This function will record the receipt of a notice; one that had come back arrived when it was sent again."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        last = _last(row)
        received = replace(last.to_core(), receipt_at=receipt_at, bounced_at=None)
        return _enter_notice(received, last, f"receipt for {row.ref}", actor, at)


def record_bounce(
    row: books.Notice, *, bounced_at: datetime, actor: Actor, at: datetime
) -> books.Notice:
    """This function will record that a notice came back undelivered."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        last = _last(row)
        bounced = replace(last.to_core(), bounced_at=bounced_at)
        return _enter_notice(bounced, last, f"{row.ref} came back", actor, at)


def _last(row: books.Notice) -> books.Notice:
    """The notice as it stands: its receipt and its return may be noted at the same moment."""
    rows = books.Notice.objects.of_client(take_turn(row.client)).current()
    return rows.get(ref=row.ref)


def record_condition(
    record: ConditionRecord, *, client: books.Client, actor: Actor, at: datetime
) -> books.ConditionRecord:
    """This function will record proof of a reinstatement condition, or an owner's waiver with its price."""
    require(actor, *(() if record.waived else (Role.TECHNICIAN,)))
    says = f"condition {record.condition}: {record.proof}"
    filing = Filing(client, actor, at)
    row: books.ConditionRecord = enter(record, "lifecycle.record_condition", says, filing).row
    return row


def prove(
    record: ConditionRecord, *, client: books.Client, actor: Actor, at: datetime
) -> books.ConditionRecord:
    """This function will record a person's proof that a condition is met; raises ConditionDone when it is already."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        _refuse_done(record, take_turn(client), at)
        return record_condition(record, client=client, actor=actor, at=at)


def _refuse_done(record: ConditionRecord, client: books.Client, at: datetime) -> None:
    answers = (r for r in answer_for(client, at).reinstatements if r.asset == record.asset)
    for status in (s for answer in answers for s in answer.conditions):
        if status.terms.id == record.condition and status.bucket in _DONE:
            message = f"{record.asset}: {record.condition} is done already. {status.sentence}"
            raise ConditionDone(message)


@dataclass(frozen=True, slots=True)
class LetGo:
    """A condition an owner lets go for one server: why, and what it costs as typed."""

    condition: ConditionId
    asset: AssetId
    reason: str
    price: str


def let_go(
    waived: LetGo, *, client: books.Client, actor: Actor, at: datetime
) -> books.ConditionRecord:
    """This function will let a condition go for one server: an exception with an owner, a reason and its price.

    Raises NotAllowed, ConditionDone, or the core's WaiverRefused when reason or price is missing or no amount of money.
    """
    require(actor)
    price = waived.price.strip()
    try:
        costs = Money.of(price, client.currency) if price else None
    except (ArithmeticError, ValueError) as unreadable:
        message = f"what letting a condition go costs is an amount of {client.currency}, like 0.00, not '{price}'"
        raise WaiverRefused(message) from unreadable
    owner = Technician(TechnicianId(actor.label), actor.label, role=actor.role.value)
    record = waive(waived.condition, at, owner, waived.reason.strip(), costs)
    with transaction.atomic():
        about = replace(record, asset=waived.asset)
        _refuse_done(about, take_turn(client), at)
        return record_condition(about, client=client, actor=actor, at=at)


def suspend(
    *, client: books.Client, asset: AssetId, person: Person, actor: Actor, at: datetime
) -> tuple[books.LifecycleEntry, ...]:
    """This function will write the suspension that follows from the notices on record; owners only.

    Raises NothingToSuspend with the core's reason when none follows: no receipt, nothing proven, no clause.
    """
    require(actor)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        following = _foreseen(answers, asset, _SUSPENDING)
        if not any(entry.kind is EntryKind.SUSPENDED for entry in following):
            before = _written_before(answers, asset, EntryKind.SUSPENDED)
            raise NothingToSuspend(before or _why_no_suspension(answers, asset))
        return _adopt(following, client, person, actor, at)


def reinstate(
    *, client: books.Client, asset: AssetId, person: Person, actor: Actor, at: datetime
) -> tuple[books.LifecycleEntry, ...]:
    """This function will write the return that follows from met conditions; owners only.

    Raises NothingToReinstate, listing exactly the conditions that are open.
    """
    require(actor)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        following = _foreseen(answers, asset, frozenset({EntryKind.REINSTATED}))
        if not following:
            before = _written_before(answers, asset, EntryKind.REINSTATED)
            raise NothingToReinstate(before or _why_no_return(answers, asset))
        return _adopt(following, client, person, actor, at)


def take(
    kind: EntryKind, step: Step, *, client: books.Client, actor: Actor, at: datetime
) -> books.LifecycleEntry:
    """This function will take any other step (void, cure, terminate); owners only. Raises TransitionRefused."""
    require(actor)
    with transaction.atomic():
        take_turn(client)
        world = load_world(client, at)
        entry = take_step(kind, replace(step, recorded_at=at), world.lifecycle, world.agreement)
        return _enter_entry(entry, client, actor, at)


def record_entry(
    entry: LifecycleEntry, *, client: books.Client, actor: Actor, at: datetime
) -> books.LifecycleEntry:
    """This function will write an entry that a person decided outside these verbs (taken over from elsewhere)."""
    require(actor)
    return _enter_entry(entry, client, actor, at)


def void(*, client: books.Client, step: Step, actor: Actor, at: datetime) -> books.LifecycleEntry:
    """This function will void a suspension that was wrong, from the instant it began; owners only."""
    return take(EntryKind.SUSPENSION_VOIDED, step, client=client, actor=actor, at=at)


def adopt_foreseen(
    answers: Answers,
    asset: AssetId,
    kind: EntryKind,
    person: Person,
    client: books.Client,
    actor: Actor,
) -> tuple[books.LifecycleEntry, ...]:
    """This function will write what the answers foresee of one kind for a server and that has taken effect by then."""
    found = _foreseen(answers, asset, frozenset({kind}))
    due = tuple(entry for entry in found if entry.effective_at <= answers.at)
    return _adopt(due, client, person, actor, answers.at)


def _foreseen(
    answers: Answers, asset: AssetId, kinds: frozenset[EntryKind]
) -> tuple[LifecycleEntry, ...]:
    return tuple(e for e in answers.foreseen if e.asset == asset and e.kind in kinds)


def _adopt(
    entries: tuple[LifecycleEntry, ...],
    client: books.Client,
    person: Person,
    actor: Actor,
    at: datetime,
) -> tuple[books.LifecycleEntry, ...]:
    with transaction.atomic():
        return tuple(_enter_entry(_by(entry, person), client, actor, at) for entry in entries)


def _by(entry: LifecycleEntry, person: Person) -> LifecycleEntry:
    return replace(entry, by=person.by, reason=f"{person.reason} ({entry.reason})")


def _written_before(answers: Answers, asset: AssetId, kind: EntryKind) -> str:
    """Who was first, where the book's last word on the server is what was to be written; empty where it is not."""
    own = [e for e in answers.world.lifecycle if e.asset == asset]
    last = max(own, key=lambda e: (utc(e.recorded_at), utc(e.effective_at)), default=None)
    if last is None or last.kind is not kind:
        return ""
    when = zone_label(last.effective_at, answers.world.client.zone)
    return f"{asset} is {kind.value} already, from {when}: {last.by} was first"


def _why_no_suspension(answers: Answers, asset: AssetId) -> str:
    about = {notice.notice.id for notice in answers.notices if notice.notice.asset == asset}
    reasons = [refusal.sentence for refusal in answers.refusals if refusal.about in about]
    why = " ".join(reasons) or "no notice about it is on record"
    return f"{asset} cannot be suspended: {why}"


def _why_no_return(answers: Answers, asset: AssetId) -> str:
    for answer in answers.reinstatements:
        if answer.asset == asset:
            still = "; ".join(s.terms.says for s in answer.conditions if s.terms.id in answer.open)
            return f"{asset} cannot come back yet. Open: {still}"
    return f"{asset} is not suspended, so there is nothing to reinstate"


def _enter_notice(
    notice: Notice, row: books.Notice, says: str, actor: Actor, at: datetime
) -> books.Notice:
    filing = Filing(row.client, actor, at)
    new: books.Notice = enter(notice, "lifecycle.notice_delivery", says, filing).row
    return new


def _enter_entry(
    entry: LifecycleEntry, client: books.Client, actor: Actor, at: datetime
) -> books.LifecycleEntry:
    says = (
        f"{entry.asset}: {entry.kind.value} from {entry.effective_at.isoformat()} ({entry.reason})"
    )
    verb = f"lifecycle.{entry.kind.value.replace(' ', '_')}"
    row: books.LifecycleEntry = enter(entry, verb, says, Filing(client, actor, at)).row
    return row

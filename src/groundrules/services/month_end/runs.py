"""Runs: opened once for a month, and where each client stands in one, read from the newest of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Max

from groundrules.core.ids import ClientId
from groundrules.core.money import Money
from groundrules.core.month_end import Answered, Doubt, Doubts, unanswered
from groundrules.core.periods import local_date
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import load
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.month_end.accounting import doubt_of, newest_steps, not_handed_over

HOLD_HOURS = 24
LONGEST_HOLD_HOURS = 744
_DECEMBER = 12


class MonthNotOver(ValueError):
    """A month is billed when it is over."""


class HoldRefused(ValueError):
    """Approved invoices are held for some hours, a month at most."""


class UnknownRun(LookupError):
    """There is no billing run of that name."""


class StandingMoved(ValueError):
    """Somebody else took a step with the client since it was looked at."""


class Step(StrEnum):
    """What was done for a client."""

    COLLECTED = "collected"
    APPROVED = "approved"
    SENT_BACK = "sent back"
    ISSUED = "issued"
    FAILED = "failed"


class Stage(StrEnum):
    """Where a client stands."""

    TO_COLLECT = "to collect"
    DOUBTFUL = "doubtful"
    CLEAN = "clean"
    HELD = "held"
    DUE = "due to go out"
    ISSUED = "issued"
    NOTHING = "nothing to bill"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """One client in a run: stage, sums before tax, doubts nobody answered, and when it goes out.

    `tax` is None while nothing settles it.
    """

    client: books.Client
    stage: Stage
    total: Money
    value: Money
    open_doubts: tuple[Doubt, ...]
    step: books.BillingStep | None
    goes_out_at: datetime | None = None
    tax: Money | None = None

    @property
    def to_pay(self) -> Money | None:
        """What the client is to pay, tax included; None while the tax is not settled."""
        return self.total + self.tax if self.tax is not None else None

    @property
    def at_stake(self) -> int:
        """Minor units at stake in the open doubts, each counted at its size."""
        return sum(abs(d.at_stake.minor) for d in self.open_doubts if d.at_stake is not None)


@dataclass(frozen=True, slots=True)
class Stuck:
    """Documents that did not reach accounting for one cause, and what they come to with tax."""

    form: str
    says: str
    documents: tuple[str, ...]
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A run as it stands: every client, by name."""

    run: books.BillingRun
    clients: tuple[ClientStanding, ...]
    accounting: tuple[books.AccountingStep, ...] = ()

    @property
    def doubtful(self) -> tuple[ClientStanding, ...]:
        """Every client with a draft to look at, the most at stake first; what accounting lacks is told by its cause."""
        return tuple(sorted(self.of(Stage.DOUBTFUL), key=lambda c: -c.at_stake))

    @property
    def stuck(self) -> tuple[Stuck, ...]:
        """What did not reach accounting and nobody set aside: by form and cause, the most money first."""
        keys = {d.key for one in self.clients for d in one.open_doubts}
        failed = [step for step in self.accounting if _key_of(step) in keys]
        causes = dict.fromkeys((step.form, step.says) for step in failed)
        found = [_stuck(cause, failed) for cause in causes]
        return tuple(sorted(found, key=lambda s: -sum(m.minor for m in s.sums)))

    def of(self, *stages: Stage) -> tuple[ClientStanding, ...]:
        """This function will list the clients at some stages."""
        return tuple(c for c in self.clients if c.stage in stages)

    def sum_of(self, *stages: Stage) -> tuple[Money, ...]:
        """This function will add up the totals before tax of clients at some stages, one sum for each currency."""
        return _sums(one.total for one in self.of(*stages))

    def to_pay_of(self, *stages: Stage) -> tuple[Money, ...]:
        """This function will add up what clients at some stages are to pay, as far as their tax is settled."""
        return _sums(one.to_pay for one in self.of(*stages) if one.to_pay is not None)


def _key_of(step: books.AccountingStep) -> str:
    return doubt_of(step).key if step.step == books.AccountingStep.FAILED else ""


def _stuck(cause: tuple[str, str], failed: list[books.AccountingStep]) -> Stuck:
    rows = [step.document for step in failed if (step.form, step.says) == cause]
    sums = _sums(Money(row.total_minor, row.currency) for row in rows)
    return Stuck(*cause, tuple(row.ref for row in rows), sums)


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(sums[currency] for currency in sorted(sums))


def open_run(
    first: date, *, actor: Actor, at: datetime, hold_hours: int = HOLD_HOURS
) -> books.BillingRun:
    """This function will open the run of a month, or return the one that is open.

    Raises MonthNotOver or HoldRefused.
    """
    require(actor, Role.ACCOUNTANT)
    first = first.replace(day=1)
    _check_run(first, hold_hours, local_date("UTC", at))
    end = _next_month(first)
    with transaction.atomic():
        known = books.BillingRun.objects.filter(first=first).first()
        if known is not None:
            return known
        run = books.BillingRun.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            ref=f"RUN-{first:%Y-%m}",
            first=first,
            end=end,
            hold_hours=hold_hours,
        )
        says = f"billing run of {first:%Y-%m} opened; approved invoices are held {hold_hours} h"
        audit.record(audit.Entry("month_end.open", run.ref, says), actor=actor, at=at)
    return run


def _check_run(first: date, hold_hours: int, today: date) -> None:
    if not 0 <= hold_hours <= LONGEST_HOLD_HOURS:
        message = (
            f"a hold of {hold_hours} hours can't be; choose 0 to {LONGEST_HOLD_HOURS}, a month"
        )
        raise HoldRefused(message)
    if first > today:  # Also the last month there is, which has no next one.
        message = f"{first:%Y-%m} has not begun; its run can be opened on its last day"
        raise MonthNotOver(message)
    opens = _next_month(first) - timedelta(days=1)
    if today < opens:
        message = f"{first:%Y-%m} is not over; its run can be opened on {opens}"
        raise MonthNotOver(message)


def _next_month(first: date) -> date:
    return date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)


def find_run(ref: str) -> books.BillingRun:
    """This function will return a run by its name, or the newest for an empty one; raises UnknownRun."""
    rows = books.BillingRun.objects.order_by("-first")
    run = rows.filter(ref=ref).first() if ref else rows.first()
    if run is None:
        known = ", ".join(rows.values_list("ref", flat=True)[:6]) or "none; open one first"
        message = f"there is no billing run {ref or 'yet'}; known are {known}"
        raise UnknownRun(message)
    return run


def billed_clients() -> list[books.Client]:
    """This function will list the clients that have an agreement, by name."""
    rows = books.Client.objects.filter(agreements__versions__published_at__isnull=False)
    return list(rows.distinct().order_by("name", "pk"))


def last_steps(run: books.BillingRun) -> dict[int, books.BillingStep]:
    """This function will return the newest step of each client, by the client's primary key."""
    newest = run.steps.values("client").annotate(newest=Max("pk")).values("newest")
    return {step.client_id: step for step in books.BillingStep.objects.filter(pk__in=newest)}


def refuse_moved(last: books.BillingStep) -> None:
    """This function will refuse to build on a step that is not its client's newest any more; raises StandingMoved.

    Call it inside the transaction that writes the next one.
    """
    newest = newest_step(last.run, last.client)
    if newest is not None and newest.pk != last.pk:
        message = (
            f"{last.client.name} was {newest.step} by {newest.recorded_by} meanwhile; look again"
        )
        raise StandingMoved(message)


def newest_step(run: books.BillingRun, client: books.Client) -> books.BillingStep | None:
    """This function will return a client's last step; until the transaction ends nobody else takes one in the run."""
    held = books.BillingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    return held.steps.filter(client=client).order_by("-pk").first()


def standing_of(run: books.BillingRun, *, at: datetime) -> Standing:
    """This function will say where every client stands in a run at an instant."""
    steps = last_steps(run)
    answers: dict[int, list[Answered]] = {}
    for row in run.answers.filter(recorded_at__lte=at).order_by("pk"):
        answered = Answered(row.key, row.reason, row.until, row.at_stake_minor)
        answers.setdefault(row.client_id, []).append(answered)
    accounting = newest_steps(run)
    failed = not_handed_over(accounting)
    return Standing(
        run,
        tuple(
            _client_standing(
                run,
                client,
                steps.get(client.pk),
                _Seen(answers.get(client.pk, []), failed.get(client.pk, []), at),
            )
            for client in billed_clients()
        ),
        accounting,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of a client besides its newest step: answers, what accounting did not get, and when it is asked."""

    answers: list[Answered]
    not_exported: list[Doubt]
    at: datetime


def _client_standing(
    run: books.BillingRun,
    client: books.Client,
    step: books.BillingStep | None,
    seen: _Seen,
) -> ClientStanding:
    """Where one client stands, from its newest step and the answers to its doubts."""
    zero = Money.zero(client.currency)
    if step is None:
        return ClientStanding(client, Stage.TO_COLLECT, zero, zero, (), None)
    found = load(Doubts, step.doubts).items if step.doubts else ()
    doubts = (*(found if step.step == Step.COLLECTED else ()), *seen.not_exported)
    left = unanswered(doubts, seen.answers, seen.at.astimezone(UTC).date())
    goes_out = (
        step.recorded_at + timedelta(hours=run.hold_hours) if step.step == Step.APPROVED else None
    )
    return ClientStanding(
        client,
        _stage(step, left, goes_out, seen.at),
        Money(step.total_minor, step.currency),
        Money(step.value_minor, step.currency),
        left,
        step,
        goes_out,
        Money(step.tax_minor, step.currency) if step.tax_minor is not None else None,
    )


def _stage(
    step: books.BillingStep, left: tuple[Doubt, ...], goes_out: datetime | None, at: datetime
) -> Stage:
    if step.step == Step.COLLECTED and not step.drafts and not left:
        return Stage.NOTHING
    if goes_out is not None:
        return Stage.DUE if goes_out <= at else Stage.HELD
    stages = {
        Step.COLLECTED.value: Stage.DOUBTFUL if left else Stage.CLEAN,
        Step.SENT_BACK.value: Stage.TO_COLLECT,
        Step.ISSUED.value: Stage.ISSUED,
        Step.FAILED.value: Stage.FAILED,
    }
    return stages[step.step]


def client_of(code: str) -> books.Client:
    """This function will return a client's card by its code."""
    return books.Client.objects.get(code=ClientId(code))

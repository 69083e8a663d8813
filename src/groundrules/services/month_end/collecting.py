"""Collecting: a client's month is answered and posted, its documents drafted, and what is doubtful about them noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import fee_on, priced_at
from groundrules.core.answers.documents import not_sent_yet
from groundrules.core.answers.model import Answers
from groundrules.core.evidence import GapKind
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, price_of_seconds
from groundrules.core.month_end import (
    Doubts,
    Drafts,
    ExceptionMade,
    Login,
    MonthFacts,
    NotedTime,
    doubts,
    rises_of,
)
from groundrules.core.parties import PartyKind
from groundrules.core.periods import Period, local_date, start_of_local_day
from groundrules.core.work import TimeEntry
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import digest_of, dump
from groundrules.services.actor import Actor, require
from groundrules.services.case_import import file_answers
from groundrules.services.invoices import ask_for
from groundrules.services.month_end.approving import send_back
from groundrules.services.month_end.before import fees_before, tax_on
from groundrules.services.month_end.orders import order_problem
from groundrules.services.month_end.runs import (
    ClientStanding,
    Step,
    billed_clients,
    last_steps,
    newest_step,
)
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for

_EARLIER = 6
_JUST_BEFORE = timedelta(microseconds=1)


def collect_all(
    run: books.BillingRun,
    *,
    actor: Actor,
    now: Callable[[], datetime],
    go_on: Callable[[books.Client], bool] = lambda _: True,
) -> int:
    """This function will collect every client that is to be collected; returns how many.

    `go_on` is told each client that is done and may stop the rest, which a later call takes up again.
    """
    require(actor, Role.ACCOUNTANT)
    done = 0
    for client in to_collect(run):
        collect(run, client, actor=actor, at=now())
        done += 1
        if not go_on(client):
            break
    return done


def to_collect(run: books.BillingRun) -> list[books.Client]:
    """This function will list the clients that are still to be collected, or again."""
    steps = last_steps(run)
    return [
        client
        for client in billed_clients()
        if client.pk not in steps or steps[client.pk].step == Step.SENT_BACK
    ]


def collect(
    run: books.BillingRun, client: books.Client, *, actor: Actor, at: datetime
) -> books.BillingStep:
    """This function will answer one client's month into the books, draft what is due, and note what is doubtful.

    What somebody else collected meanwhile is returned as it is.
    """
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        take_turn(client)
        newest = newest_step(run, client)
        if newest is not None and newest.step != Step.SENT_BACK:
            return newest
        ask_for(client=client, first=run.first, end=run.end, actor=actor, at=at)
        answers = answer_for(client, at)
        file_answers(client, answers, actor=actor, at=at)
        due = not_sent_yet(answers.money.invoices, answers.world.documents)
        drafts = Drafts(tuple(d for d in due if d.period_end <= run.end))
        tax, problem = tax_on(client, drafts.items, at)
        found = Doubts(doubts(_facts(run, client, answers, (drafts.items, problem))))
        text = dump(drafts) if drafts.items else ""
        return books.BillingStep.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            run=run,
            client=client,
            step=Step.COLLECTED.value,
            says=f"documents: {len(drafts.items)}, exceptions: {len(found.items)}",
            drafts=text,
            doubts=dump(found) if found.items else "",
            total_minor=drafts.total(client.currency).minor,
            tax_minor=tax.minor if tax is not None else None,
            value_minor=drafts.value_uncharged(client.currency).minor,
            currency=client.currency,
            digest=digest_of(text) if text else "",
        )


def collect_again(
    run: books.BillingRun, standing: ClientStanding, *, actor: Actor, at: datetime
) -> books.BillingStep:
    """This function will take a draft or an approval back and collect the client anew, both or neither.

    Raises NothingCollected for what went out already.
    """
    with transaction.atomic():
        send_back(standing, actor=actor, at=at)
        return collect(run, standing.client, actor=actor, at=at)


def _facts(
    run: books.BillingRun,
    client: books.Client,
    answers: Answers,
    drafted: tuple[tuple[InvoiceDraft, ...], str],
) -> MonthFacts:
    drafts, tax_problem = drafted
    world, zone = answers.world, client.zone
    month = Period(start_of_local_day(zone, run.first), start_of_local_day(zone, run.end))
    last = world.agreement.versions[-1]
    ends = last.in_force.end
    return MonthFacts(
        first=run.first,
        end=run.end,
        drafts=drafts,
        open_lines=tuple(
            line for line in answers.money.open_lines if run.first <= line.service_day < run.end
        ),
        entries=tuple(
            _noted(e, world.agreement) for e in world.work if month.contains(e.period.start)
        ),
        exceptions=_exceptions(client, month),
        logins=login_doubts(client, answers, month),
        unlisted=not_listed(answers, month, run.end - timedelta(days=1)),
        earlier=_earlier(client),
        agreement_ends=local_date(zone, ends - _JUST_BEFORE) if ends is not None else None,
        tax_problem=tax_problem,
        order_problem=order_problem(client, run.end),
        stale=_stale(answers, month),
        rises=rises_of(last, drafts, run.end),
        fees_before=fees_before(client, drafts),
        disputes=world.disputes,
    )


def _noted(entry: TimeEntry, agreement: Agreement) -> NotedTime:
    hourly = _priced(agreement, entry.period.start).rates.hourly
    return NotedTime(
        entry.id,
        entry.technician,
        entry.period.seconds,
        bool(entry.note.strip()),
        value=price_of_seconds(hourly, entry.period.seconds),
        period=entry.period,
        asset=entry.asset,
        issue=entry.issue,
    )


def _priced(agreement: Agreement, at: datetime) -> AgreementVersion:
    """The version in force at an instant, or else the newest, with the hourly price it had then."""
    return binding_version(agreement, at) or priced_at(agreement.versions[-1], at)


def _exceptions(client: books.Client, month: Period) -> tuple[ExceptionMade, ...]:
    rows = books.Override.objects.of_client(client).current().filter(lifted=False)
    inside = rows.filter(entry__started_at__gte=month.start, entry__started_at__lt=month.end)
    return tuple(
        ExceptionMade(row.to_core().entry, row.reason, Money(row.difference_minor, row.currency))
        for row in inside.order_by("pk")
    )


def login_doubts(client: books.Client, answers: Answers, month: Period) -> tuple[Login, ...]:
    """This function will list our own people's ended logins that no time entry on the same server overlaps.

    Not those that were set aside; each with its value at the price of its moment.
    """
    world = answers.world
    own = [
        a
        for a in world.accounts
        if a.party.kind is PartyKind.PROVIDER and a.person and not a.shared
    ]
    aside = set(
        books.SessionSetAside.objects.filter(session__client=client).values_list(
            "session__ref", flat=True
        )
    )
    found = []
    for session in world.sessions:
        if session.ended is None or session.id in aside or not month.contains(session.started):
            continue
        who = next(
            (a for a in own if a.names(session.account, session.asset, session.started)), None
        )
        logged = any(
            e.asset == session.asset and e.period.overlaps(session.period) for e in world.work
        )
        if who is not None and not logged and session.period.end is not None:
            seconds = session.period.seconds
            hourly = _priced(world.agreement, session.started).rates.hourly
            value = price_of_seconds(hourly, seconds)
            found.append(Login(session.id, who.person, seconds, value))
    return tuple(found)


def not_listed(answers: Answers, month: Period, last: date) -> tuple[tuple[AssetId, Money], ...]:
    """This function will list servers that evidence or work of the month names and the agreement doesn't list.

    Each comes with the fee it would pay on the month's last day.
    """
    world = answers.world
    newest = world.agreement.versions[-1]
    at = start_of_local_day(world.client.zone, last)
    version = binding_version(world.agreement, at) or newest
    seen = {
        *(s.asset for s in world.sessions if month.contains(s.started)),
        *(c.asset for c in world.changes if month.contains(c.interval.not_after)),
        *(e.asset for e in world.work if e.asset is not None and month.contains(e.period.start)),
    }
    listed = version.assets | newest.assets
    return tuple(
        (a, fee_on(version, version.fees.for_asset(a), last)) for a in sorted(seen - listed)
    )


def _earlier(client: books.Client) -> tuple[Money, ...]:
    rows = books.Issued.objects.filter(client=client, kind=DocumentKind.INVOICE.value)
    newest = rows.order_by("-pk").values_list("total_minor", "currency")[:_EARLIER]
    return tuple(Money(minor, currency) for minor, currency in reversed(newest))


def _stale(answers: Answers, month: Period) -> tuple[str, ...]:
    silent = (
        gap.asset
        for gap in answers.world.gaps
        if gap.kind is GapKind.COLLECTOR_SILENT
        and gap.interval.not_before < (month.end or gap.interval.not_after)
        and gap.interval.not_after >= month.start
    )
    return tuple(sorted(set(silent)))

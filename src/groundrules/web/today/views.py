"""The first page after signing in: what needs this role now, each with a link that does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from groundrules.core.health import Level
from groundrules.core.money import Money
from groundrules.core.periods import days_label
from groundrules.core.reasons import counted
from groundrules.records.attributions import Attribution
from groundrules.records.client_reports import RelationshipDecision
from groundrules.records.conversations import IncomingMail, MailFiling
from groundrules.records.coverage import Decision, Override
from groundrules.records.disputes import Dispute
from groundrules.records.evidence import Gap, Quarantined
from groundrules.records.health import HealthLook, HealthSummary
from groundrules.records.incidents import Incident
from groundrules.records.invoices import Issued
from groundrules.records.letters import LetterDraft
from groundrules.records.operating import LongRun
from groundrules.records.parties import Asset, Provider
from groundrules.services.client_reports import owed
from groundrules.services.coverage_states import states_at
from groundrules.services.letters_late import suspension_letters_late
from groundrules.services.outgoing import in_trouble
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.refs import change_page, health_page, incident_page
from groundrules.web.times import minute
from groundrules.web.today.beginning import what_comes_first

_SHOWN = 6
# Worked out each hour; of what was not for longer, nobody knows.
_LATELY = timedelta(hours=2)
_KNOWN = tuple(level.value for level in Level if level is not Level.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do or know."""

    text: str
    href: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A question with its few items; `calm` is what it says when there is nothing."""

    title: str
    items: tuple[Item, ...]
    total: int
    calm: str
    more: str = ""


def _own_runs(email: str) -> Card:
    """What somebody started and a worker carries out: while it goes on, and until they saw how it ended."""
    rows = LongRun.objects.carried().of(email).filter(seen_at__isnull=True).order_by("-pk")
    items = tuple(
        Item(
            f"{r.what[:1].upper()}{r.what[1:]}: {r.state}",
            reverse("web:run", args=[r.pk]),
            r.problem or f"{r.says} {r.done}{f' of {r.goal}' if r.goal else ''}",
        )
        for r in rows[:_SHOWN]
    )
    return Card("Your long runs", items, len(items), "")


def _mail() -> Card:
    rows = IncomingMail.objects.standing(MailFiling.WAITING).order_by("pk")
    items = tuple(
        Item(r.subject or "(no subject)", reverse("web:mail", args=[r.pk]), r.sender)
        for r in rows[:_SHOWN]
    )
    return Card(
        "Mail nobody could place",
        items,
        rows.count(),
        "No mail waits to be placed.",
        reverse("web:conversations"),
    )


def _outgoing() -> Card:
    rows = in_trouble()
    items = tuple(
        Item(r.subject, reverse("web:conversations") + "#stuck", f"to {r.to}, {r.state}: {r.says}")
        for r in rows[:_SHOWN]
    )
    more = reverse("web:conversations") + "#stuck"
    return Card("Mails of ours that did not leave", items, len(rows), "Every mail left.", more)


def _late_letters() -> Card:
    found = suspension_letters_late(timezone.now())
    items = tuple(
        Item(
            f"{late.draft.client.name}: {late.draft.subject}",
            reverse("web:letter", args=[late.draft.ref]),
            f"{'is off since' if late.begun else 'will be off from'} "
            f"{minute(late.effective_at, late.draft.client.zone)}, and this letter has not left",
        )
        for late in found[:_SHOWN]
    )
    return Card(
        "Suspension letters that have not left",
        items,
        len(found),
        "Every suspension letter left in time.",
    )


def _letters() -> Card:
    rows = LetterDraft.objects.filter(state__in=[LetterDraft.DRAFTED, LetterDraft.HELD]).order_by(
        "-drafted_at"
    )
    items = tuple(
        Item(r.subject, reverse("web:letter", args=[r.ref]), f"{r.kind}, {r.state}")
        for r in rows[:_SHOWN]
    )
    return Card(
        "Letters waiting for you",
        items,
        rows.count(),
        "No letter is waiting.",
        reverse("web:letters"),
    )


def _decisions() -> Card:
    rows = (
        Decision.objects.current()
        .that_need_a_person()
        .select_related("client", "entry")
        .order_by("-entry__started_at")
    )
    items = tuple(
        Item(
            f"{r.client.name}: {r.entry.issue}",
            reverse("web:decision", args=[r.number]),
            minute(r.entry.started_at, r.client.zone),
        )
        for r in rows[:_SHOWN]
    )
    more = reverse("web:review")
    return Card(
        "Work that needs a person to decide", items, rows.count(), "Every entry is decided.", more
    )


def _disputes() -> Card:
    now = timezone.now()
    rows = Dispute.objects.waiting().select_related("client").order_by("answer_by", "pk")
    items = tuple(
        Item(
            f"{r.client.name}: {r.to_core().person} disputes {r.about}",
            reverse("web:dispute", args=[r.client.code, r.ref]),
            f"{'late: ' if r.answer_by <= now else ''}answer before {minute(r.answer_by, r.client.zone)}",
        )
        for r in rows[:_SHOWN]
    )
    more = reverse("web:disputes")
    return Card("Disputes to answer", items, rows.count(), "Nothing is disputed.", more)


def _exceptions() -> Card:
    rows = Override.objects.select_related("client", "entry").order_by("-decided_at", "-pk")
    items = tuple(
        Item(
            f"{r.client.name}: {r.entry.issue}, {Money(r.difference_minor, r.currency)}",
            f"{reverse('web:decisions')}?issue={quote(r.entry.issue)}",
            f"{'lifted' if r.lifted else 'made'} by {r.recorded_by}: {r.reason}",
        )
        for r in rows[:_SHOWN]
    )
    return Card(
        "Exceptions from the clauses", items, rows.count(), "No exception has been made.", ""
    )


def _states() -> Card:
    assets = list(Asset.objects.select_related("client").order_by("client__name", "name"))
    states = states_at(assets, timezone.now())
    off = [(a, states[a.pk]) for a in assets if a.pk in states and states[a.pk].state != "covered"]
    items = tuple(
        Item(
            f"{a.client.name}: {a.name} is {s.label.lower()}",
            reverse("web:server-standing", args=[a.client.code, a.code]),
            f"since {minute(s.since, a.zone or a.client.zone)}",
        )
        for a, s in off[:_SHOWN]
    )
    return Card(
        "Servers not fully covered",
        items,
        len(off),
        "Every server in an agreement is covered.",
        reverse("web:servers"),
    )


def _unnamed() -> Card:
    rows = (
        Attribution.objects.current()
        .filter(names_party=False)
        .select_related("change__asset__client")
        .order_by("-change__not_after")
    )
    items = tuple(
        Item(
            f"{r.change.asset.name}: {r.change.sentence}",
            change_page(r.change.asset.client.code, r.change.ref),
            minute(r.change.not_after, r.change.asset.zone or r.change.asset.client.zone),
        )
        for r in rows[:_SHOWN]
    )
    return Card(
        "Changes with nobody named",
        items,
        rows.count(),
        "Every change has a recorded or matched actor.",
    )


def _incidents() -> Card:
    rows = (
        Incident.objects.current()
        .filter(resolved_at__isnull=True)
        .select_related("asset__client")
        .order_by("-opened_at")
    )
    items = tuple(
        Item(
            f"{r.asset.name}: {r.title}",
            incident_page(r.asset.client.code, r.ref),
            minute(r.opened_at, r.asset.zone or r.asset.client.zone),
        )
        for r in rows[:_SHOWN]
    )
    return Card("Incidents still open", items, rows.count(), "No incident is open.")


def _health() -> Card:
    looks = HealthLook.objects.filter(healthy=False).select_related("application__asset__client")
    bad = [level.value for level in (Level.CRITICAL, Level.WARNING)]
    servers = HealthSummary.objects.filter(level__in=bad).select_related("asset__client")
    lately = timezone.now() - _LATELY
    unseen = Asset.objects.exclude(
        health_summary__level__in=_KNOWN, health_summary__due_at__gt=lately
    ).count()
    total = looks.count() + servers.count() + (1 if unseen else 0)
    items = [
        Item(
            f"{r.application.asset.name}: {r.application.name} is unhealthy",
            health_page(r.application.asset),
        )
        for r in looks.order_by("pk")[:_SHOWN]
    ]
    # "critical" comes before "warning" in the alphabet too.
    items += [
        Item(f"{r.asset.name}: {r.says.partition(chr(10))[0]}", health_page(r.asset), r.level)
        for r in servers.order_by("level", "pk")[:_SHOWN]
    ]
    if unseen:
        says = f"{counted(unseen, 'server')} whose parts nobody looked at lately"
        items = [
            *items[: _SHOWN - 1],
            Item(says, reverse("web:servers"), "not known, which is not good"),
        ]
    return Card(
        "Health",
        tuple(items[:_SHOWN]),
        total,
        "Nothing that was looked at is unwell or wearing out.",
        reverse("web:servers"),
    )


def _evidence() -> Card:
    quarantined = Quarantined.objects.count()
    gaps = Gap.objects.current().count()
    items = []
    if quarantined:
        items.append(
            Item(
                f"{counted(quarantined, 'piece')} of evidence did not verify",
                reverse("web:evidence") + "#kept-apart",
            )
        )
    if gaps:
        items.append(
            Item(
                f"{counted(gaps, 'gap')} in the evidence: less can be said of that time",
                reverse("web:evidence"),
            )
        )
    return Card(
        "Evidence",
        tuple(items),
        len(items),
        "All evidence verified, no gap known.",
        reverse("web:evidence"),
    )


def _invoices() -> Card:
    rows = Issued.objects.select_related("client").order_by("-issued_at")
    items = tuple(
        Item(
            f"{r.ref} {r.client.name}",
            reverse("web:invoice", args=[r.ref]),
            days_label(r.period_start, r.period_end),
        )
        for r in rows[:_SHOWN]
    )
    return Card("Issued last", items, rows.count(), "Nothing issued yet.", reverse("web:invoices"))


def _reviews() -> Card:
    today = timezone.now().date()
    rows = (
        RelationshipDecision.objects.filter(
            reviews__isnull=True, reviewed_by__isnull=True, review_date__lte=today
        )
        .select_related("client")
        .order_by("review_date", "pk")
    )
    items = tuple(
        Item(
            f"{r.client.name}: {r.choice}, {r.reason}",
            reverse("web:profit-client", args=[r.client.code]) + "#decide",
            f"to be looked at since {r.review_date}",
        )
        for r in rows[:_SHOWN]
    )
    calm = "No decision about a client is to be looked at again."
    return Card("Decisions to look at again", items, rows.count(), calm)


def _reports() -> Card:
    found = owed(timezone.now().date())
    items = tuple(
        Item(
            f"{one.client.name}: {one.first} to {one.end}",
            f"{reverse('web:client-report', args=[one.client.code])}?from={one.first}&to={one.end}",
            f"due {one.due}",
        )
        for one in found[:_SHOWN]
    )
    more = reverse("web:reports-owed")
    return Card(
        "Reports promised to clients", items, len(found), "No promised report is open.", more
    )


_CARDS = (
    ("letters", _late_letters),
    ("letters", _outgoing),
    ("letters", _letters),
    ("letters", _mail),
    ("work", _decisions),
    ("work", _exceptions),
    ("disputes", _disputes),
    ("servers", _states),
    ("servers", _unnamed),
    ("servers", _incidents),
    ("servers", _health),
    ("evidence", _evidence),
    ("invoices", _invoices),
    ("profit", _reviews),
    ("reports", _reports),
)


@area("today")
def today(request: HttpRequest) -> HttpResponse:
    """What needs the reader now; what is quiet is said in one line each."""
    cards = [_own_runs(actor_of(request).label)]
    cards += [make() for name, make in _CARDS if may_open(request, name)]
    provider = Provider.objects.order_by("pk").first()
    context = {
        "busy": [card for card in cards if card.items],
        "calm": [card for card in cards if card.calm and not card.items],
        "first": what_comes_first(request, provider),
        "now": minute(timezone.now(), provider.zone if provider else "UTC"),
    }
    return render(request, "web/today/today.html", context)

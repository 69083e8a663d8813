"""Loads the world of one client from its rows, as the books stood at an instant; and answers from it.

The same `World` a case file is read into, so that the database and a case file can only agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models as orm

from groundrules.core.agreements.terms import Agreement
from groundrules.core.answers.answer import answer
from groundrules.core.answers.model import Answers
from groundrules.core.disputes import Dispute
from groundrules.core.ids import AgreementId, ClientId, InvoiceId
from groundrules.core.vendors import ScorecardRule
from groundrules.core.world import SentDocument, World
from groundrules.records import models as books
from groundrules.records.asked_together import facts_known_at
from groundrules.records.book import Fact
from groundrules.services.engine import engine_version
from groundrules.services.letter_texts import own_texts
from groundrules.services.replayed import replayed_for

FACT_BOOKS: Mapping[str, type[Fact]] = {
    "letters_of_agency": books.LetterOfAgency,
    "acceptances": books.RulesAcceptance,
    "windows": books.AccessWindow,
    "freezes": books.Freeze,
    "sessions": books.Session,
    "changes": books.Change,
    "gaps": books.Gap,
    "health_checks": books.HealthCheck,
    "incidents": books.Incident,
    "own_runs": books.OwnRun,
    "recoveries": books.Recovery,
    "drills": books.RestoreDrill,
    "third_party_attempts": books.ThirdPartyAttempt,
    "work": books.TimeEntry,
    "requests": books.Request,
    "overrides": books.Override,
    "messages": books.Message,
    "notices": books.Notice,
    "lifecycle": books.LifecycleEntry,
    "condition_records": books.ConditionRecord,
    "invoices": books.InvoiceStanding,
    "fees_billed": books.FeeBilled,
    "counts": books.HeadCount,
    "blocks": books.BlockPurchase,
    "to_bill": books.DocumentPeriod,
    "reply_invitations": books.ReplyInvitation,
    "promises": books.Promise,
    "disputes": books.Dispute,
}


class NoProvider(LookupError):
    """The installation has no provider card yet."""


class NoAgreement(LookupError):
    """The client has no published agreement version at that instant, so nothing can be decided."""


def answer_for(client: books.Client, at: datetime) -> Answers:
    """This function will answer everything about a client as known at an instant; raises NoProvider or NoAgreement."""
    world = load_world(client, at)
    return answer(world, at, engine_version(world))


def answer_without_documents(client: books.Client, at: datetime) -> Answers:
    """This function will answer all but what is billed: no document is drafted, and few that went out are read again.

    Who did what, what is covered, states, conditions and what is known of vendors is the same; letters that tell what a
    document comes to lack it. Raises NoProvider or NoAgreement.
    """
    world = _load(client, at, only_relief=True)
    return answer(replace(world, to_bill=()), at, engine_version(world))


def load_world(client: books.Client, known_at: datetime) -> World:
    """This function will load a client's world from cards and from the books as they stood at an instant.

    Raises NoProvider or NoAgreement.
    """
    return _load(client, known_at, only_relief=False)


def _load(client: books.Client, known_at: datetime, *, only_relief: bool) -> World:
    facts = _books(client, known_at, FACT_BOOKS)
    return World(
        provider=provider_card().to_core(),
        client=client.to_core(),
        agreement=agreement_of(client, known_at),
        **_cards(client),
        **facts,
        scorecard_rule=_scorecard(client, known_at),
        discovered=_discovered(client, known_at),
        documents=_documents(client, known_at, facts["disputes"], only_relief=only_relief),
        replays=replayed_for(client, known_at),
        letter_texts=own_texts(known_at),
    )


def load_in_part(client: books.Client, known_at: datetime, wanted: Iterable[str]) -> World:
    """This function will load a client's cards and only those of its books that are named.

    Raises NoProvider or NoAgreement.
    """
    facts = _books(client, known_at, wanted)
    return World(
        provider=provider_card().to_core(),
        client=client.to_core(),
        agreement=agreement_of(client, known_at),
        **_cards(client),
        **facts,
        discovered=_discovered(client, known_at),
        replays=replayed_for(client, known_at),
    )


def _books(client: books.Client, known_at: datetime, wanted: Iterable[str]) -> dict[str, Any]:
    names = tuple(wanted)
    found = facts_known_at([FACT_BOOKS[name] for name in names], client.pk, known_at)
    return dict(zip(names, found, strict=True))


def agreement_of(client: books.Client, known_at: datetime) -> Agreement:
    """This function will return the client's agreement with the versions published by then; raises NoAgreement.

    Where books from before hold two, the first one stands: versions of both would bind at once, under the same numbers.
    """
    rows = list(
        books.AgreementVersion.objects.filter(agreement__client=client, published_at__lte=known_at)
        .select_related("agreement")
        .order_by("agreement", "version")
    )
    versions = tuple(row.to_core() for row in rows if row.agreement_id == rows[0].agreement_id)
    if not versions:
        message = f"{client.name} has no agreement published by {known_at.isoformat()}; publish a version first"
        raise NoAgreement(message)
    card = rows[0].agreement
    return Agreement(AgreementId(card.code), ClientId(client.code), card.title, versions)


def provider_card() -> books.Provider:
    """This function will return the provider's card; raises NoProvider."""
    card = books.Provider.objects.order_by("pk").first()
    if card is None:
        message = "this installation has no provider yet; add its card first"
        raise NoProvider(message)
    return card


def _cards(client: books.Client) -> dict[str, Any]:
    technicians = books.Technician.objects.prefetch_related("cost_rates").order_by("code")
    accounts = client.accounts.select_related("host").order_by("pk")
    applications = client.applications.select_related("asset", "vendor").order_by("code")
    return {
        "technicians": tuple(card.to_core() for card in technicians),
        "vendors": tuple(card.to_core() for card in books.Vendor.objects.order_by("code")),
        "accounts": tuple(card.to_core() for card in accounts),
        "assets": tuple(card.to_core() for card in client.assets.order_by("code")),
        "applications": tuple(card.to_core() for card in applications),
        "dependencies": tuple(card.to_core() for card in client.dependencies.order_by("pk")),
    }


def _documents(
    client: books.Client, known_at: datetime, disputes: Iterable[Dispute], *, only_relief: bool
) -> tuple[SentDocument, ...]:
    """What went out; or, where only relief is asked about, what was credited, its notes, and what is disputed."""
    rows = books.Issued.objects.filter(client=client, issued_at__lte=known_at)
    if only_relief:
        disputed = [dispute.document for dispute in disputes if dispute.document]
        credited = rows.filter(corrects__isnull=False).values("corrects")
        rows = rows.filter(
            orm.Q(corrects__isnull=False) | orm.Q(pk__in=credited) | orm.Q(ref__in=disputed)
        )
    found = rows.order_by("pk")
    return tuple(SentDocument(InvoiceId(row.ref), row.issued_at, row.to_core()) for row in found)


def _scorecard(client: books.Client, known_at: datetime) -> ScorecardRule:
    row = books.ScorecardRule.objects.of_client(client).known_at(known_at).first()
    return row.to_core() if row else ScorecardRule()


def _discovered(client: books.Client, known_at: datetime) -> dict[str, datetime]:
    """When a change or session entered the book, where that was after it happened."""
    origins = orm.Q(supersedes__isnull=True, recorded_at__lte=known_at)
    changes = books.Change.objects.of_client(client).filter(
        origins, recorded_at__gt=orm.F("not_after")
    )
    sessions = books.Session.objects.of_client(client).filter(
        origins, recorded_at__gt=orm.F("started_at")
    )
    found = [
        *changes.values_list("ref", "recorded_at"),
        *sessions.values_list("ref", "recorded_at"),
    ]
    return dict(found)

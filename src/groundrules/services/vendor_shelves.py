"""Shelves of vendor management and of an asset's coverage: permissions, notices, dated entries, proofs, billing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.core.disputes import Dispute
from groundrules.core.lifecycle.answers import (
    ConditionRecord,
    InvoiceStanding,
    LifecycleEntry,
    Notice,
)
from groundrules.core.orders import BlockPurchase, HeadCount
from groundrules.core.vendors import (
    AccessWindow,
    Freeze,
    LetterOfAgency,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.vendors.backups import BackupHours
from groundrules.core.vendors.rules import RulesOfEngagement
from groundrules.core.vendors.standing import StandingApproval
from groundrules.core.vendors.support import SupportContract
from groundrules.core.world import DocumentPeriod, FeeBilled, Promise, ReplyInvitation
from groundrules.records import models as books
from groundrules.services.index import CardIndex
from groundrules.services.shelf import Shelf, never, reference


def _letter_of_agency(value: LetterOfAgency, cards: CardIndex) -> Mapping[str, Any]:
    return {"vendor": cards.vendor(value.vendor)}


def _acceptance(value: RulesAcceptance, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "vendor": cards.vendor(value.vendor),
        "version": value.version,
        "accepted_at": value.at,
    }


def _rules(value: RulesOfEngagement, cards: CardIndex) -> Mapping[str, Any]:
    return {"vendor": cards.vendor(value.vendor), "version": value.version}


def _standing_approval(value: StandingApproval, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "vendor": cards.vendor(value.vendor),
        "starts_at": value.period.start,
        "ends_at": value.period.end,
    }


def _window(value: AccessWindow, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "vendor": cards.vendor(value.vendor) if value.vendor else None,
        "starts_at": value.period.start,
        "ends_at": value.period.end,
    }


def _freeze(value: Freeze | BackupHours, _cards: CardIndex) -> Mapping[str, Any]:
    return {"starts_at": value.period.start, "ends_at": value.period.end}


def _invitation(value: ReplyInvitation, cards: CardIndex) -> Mapping[str, Any]:
    return {"vendor": cards.vendor(value.vendor), "invited_at": value.invited_at}


def _lifecycle(value: LifecycleEntry, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "kind": value.kind.value,
        "effective_at": value.effective_at,
    }


def _notice(value: Notice, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "sent_at": value.sent_at,
        "receipt_at": value.receipt_at,
    }


def _promise(value: Promise, cards: CardIndex) -> Mapping[str, Any]:
    message = books.Message.objects.of_client(cards.client).current().get(ref=value.message)
    return {"message": message}


def _dispute(value: Dispute, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "subject": value.subject.value,
        "about": value.ref,
        "side": value.side.value,
        "contact": cards.contact(value.contact) if value.contact else None,
        "vendor": cards.vendor(value.vendor) if value.vendor else None,
        "opened_at": value.at,
        "answer_by": value.answer_by,
        "answered_at": value.answer.at if value.answer else None,
        "outcome": value.answer.outcome.value if value.answer else "",
        "held_minor": value.held.minor if value.held else None,
        "currency": value.held.currency if value.held else "",
    }


def _fee_billed(value: FeeBilled, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "month": value.month,
        "amount_minor": value.amount.minor,
        "currency": value.amount.currency,
    }


VENDOR_SHELVES: dict[type, Shelf] = {
    LetterOfAgency: Shelf(books.LetterOfAgency, lambda v: v.id, _letter_of_agency),
    RulesAcceptance: Shelf(
        books.RulesAcceptance,
        lambda v: reference(v.vendor, v.version, v.accepted_by, v.at),
        _acceptance,
        never,
    ),
    RulesOfEngagement: Shelf(
        books.RulesOfEngagement, lambda v: reference(v.vendor, v.version), _rules, never
    ),
    StandingApproval: Shelf(books.StandingApproval, lambda v: v.id, _standing_approval),
    AccessWindow: Shelf(books.AccessWindow, lambda v: v.id, _window),
    Freeze: Shelf(books.Freeze, lambda v: v.id, _freeze),
    BackupHours: Shelf(books.BackupHours, lambda v: v.id, _freeze),
    SupportContract: Shelf(
        books.SupportContract,
        lambda v: f"support-{v.vendor}",
        lambda v, cards: {"vendor": cards.vendor(v.vendor), "last_day": v.last_day},
    ),
    ScorecardRule: Shelf(books.ScorecardRule, lambda _: "scorecard", lambda _v, _cards: {}),
    ReplyInvitation: Shelf(
        books.ReplyInvitation, lambda v: reference(v.vendor, v.invited_at), _invitation
    ),
    LifecycleEntry: Shelf(
        books.LifecycleEntry,
        lambda v: reference(v.asset, v.kind.value, v.effective_at, v.recorded_at),
        _lifecycle,
        never,
    ),
    Notice: Shelf(books.Notice, lambda v: v.id, _notice),
    ConditionRecord: Shelf(
        books.ConditionRecord,
        lambda v: reference(v.condition, v.at),
        lambda v, _cards: {"condition": v.condition, "shown_at": v.at},
    ),
    FeeBilled: Shelf(
        books.FeeBilled, lambda v: reference(v.asset, v.month, v.at), _fee_billed, never
    ),
    InvoiceStanding: Shelf(
        books.InvoiceStanding,
        lambda v: v.invoice,
        lambda v, _cards: {"issued_at": v.issued_at, "paid_at": v.paid_at},
    ),
    Dispute: Shelf(books.Dispute, lambda v: v.id, _dispute),
    Promise: Shelf(books.Promise, lambda v: v.message, _promise),
    HeadCount: Shelf(
        books.HeadCount,
        lambda v: reference(v.unit.value, v.day),
        lambda v, _cards: {"unit": v.unit.value, "day": v.day, "count": v.count},
    ),
    BlockPurchase: Shelf(
        books.BlockPurchase,
        lambda v: v.id,
        lambda v, _cards: {
            "day": v.day,
            "minutes": v.minutes,
            "price_minor": v.price.minor,
            "currency": v.price.currency,
        },
    ),
    DocumentPeriod: Shelf(
        books.DocumentPeriod,
        lambda v: reference(v.first, v.end),
        lambda v, _cards: {"first": v.first, "end": v.end},
    ),
}

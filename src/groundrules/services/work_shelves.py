"""Shelves of what people did and said: time, requests, messages, incidents, recoveries, calls for help, moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.core.causation.answers import Incident
from groundrules.core.ids import IncidentId
from groundrules.core.recovery import Recovery
from groundrules.core.sites import AssetMove
from groundrules.core.work import Message, Request, ThirdPartyAttempt, TimeEntry
from groundrules.records import models as books
from groundrules.services.index import CardIndex, UnknownCard
from groundrules.services.shelf import Shelf, reference


def _time_entry(value: TimeEntry, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "technician": cards.technician(value.technician),
        "asset": cards.asset(value.asset) if value.asset else None,
        "issue": value.issue,
        "work_type": value.work_type.value,
        "started_at": value.period.start,
        "ended_at": value.period.end,
        "note": value.note,
    }


def _request(value: Request, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "contact": cards.contact(value.contact),
        "asked_at": value.at,
        "ratified_at": value.ratification.at if value.ratification else None,
    }


def _message(value: Message, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "contact": cards.contact(value.contact) if value.contact else None,
        "vendor": cards.vendor(value.vendor) if value.vendor else None,
        "asset": cards.asset(value.asset) if value.asset else None,
        "channel": value.channel.value,
        "sender": value.sender,
        "says": value.says,
        "sent_at": value.at,
        "inbound": value.inbound,
        "incident": _incident_row(value.incident, cards) if value.incident else None,
    }


def _incident_row(ref: IncidentId, cards: CardIndex) -> books.Incident:
    found = books.Incident.objects.of_client(cards.client).current().filter(ref=ref).first()
    if found is None:
        message = f"{cards.client.code} has no incident {ref}"
        raise UnknownCard(message)
    return found


def _incident(value: Incident, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "application": cards.application(value.application) if value.application else None,
        "title": value.title,
        "opened_at": value.opened_at,
        "resolved_at": value.resolved_at,
    }


def _recovery(value: Recovery, cards: CardIndex) -> Mapping[str, Any]:
    return {"asset": cards.asset(value.asset), "failed_at": value.failed_at}


def _asset_move(value: AssetMove, cards: CardIndex) -> Mapping[str, Any]:
    sites = {site.code: site for site in cards.client.sites.all()}
    return {
        "asset": cards.asset(value.asset),
        "number": value.number,
        "moved_at": value.at,
        "left": sites[value.left] if value.left else None,
        "reached": sites[value.reached] if value.reached else None,
    }


WORK_SHELVES: dict[type, Shelf] = {
    TimeEntry: Shelf(books.TimeEntry, lambda v: v.id, _time_entry),
    Request: Shelf(books.Request, lambda v: v.id, _request),
    Message: Shelf(books.Message, lambda v: v.id, _message),
    Incident: Shelf(books.Incident, lambda v: v.id, _incident),
    Recovery: Shelf(
        books.Recovery, lambda v: reference(v.incident, v.asset, v.failed_at), _recovery
    ),
    AssetMove: Shelf(books.AssetMove, lambda v: reference("MOV", v.asset, v.number), _asset_move),
    ThirdPartyAttempt: Shelf(
        books.ThirdPartyAttempt,
        lambda v: reference(v.party, v.at),
        lambda v, _cards: {"called_at": v.at},
    ),
}

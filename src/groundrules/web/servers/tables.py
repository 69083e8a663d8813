"""The tables of servers and of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from groundrules.core.evidence import ItemKind
from groundrules.core.lifecycle.shown import ShownState
from groundrules.core.periods import utc
from groundrules.records.attributions import Attribution
from groundrules.records.changes import Change
from groundrules.records.parties import Asset
from groundrules.services.coverage_states import states_at
from groundrules.web.tables.kit import Column, Filter, Table
from groundrules.web.times import clock, minute, when


def _zone(asset: Asset) -> str:
    return asset.zone or asset.client.zone


def _note_states(assets: Sequence[Asset]) -> None:
    states = states_at(assets, timezone.now())
    for asset in assets:
        vars(asset)["shown_state"] = states.get(asset.pk)


def _state(asset: Asset) -> str:
    state: ShownState | None = vars(asset).get("shown_state")
    return state.state.replace("_", " ") if state else "unknown"


def _since(asset: Asset) -> str:
    state: ShownState | None = vars(asset).get("shown_state")
    return minute(state.since, _zone(asset)) if state else ""


def _latest(asset: Asset) -> str:
    moment = getattr(asset, "latest_change", None)
    return clock(moment, _zone(asset)) if moment else ""


def _named(rows: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    return rows.filter(Q(name__icontains=text) | Q(code__icontains=text))


def _at_site(rows: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    return rows.filter(Q(site__name__icontains=text) | Q(site__code__iexact=text))


def _site_href(asset: Asset) -> str:
    return reverse("web:site", args=[asset.client.code, asset.site.code]) if asset.site else ""


SERVERS: Table[Asset] = Table(
    name="servers",
    columns=(
        Column(
            "server",
            "Server",
            lambda a: a.name,
            sort="name",
            link=lambda a: reverse("web:server", args=[a.client.code, a.code]),
        ),
        Column(
            "client",
            "Client",
            lambda a: a.client.name,
            sort="client__name",
            link=lambda a: reverse("web:client", args=[a.client.code]),
        ),
        Column("state", "Coverage now", _state, kind="state"),
        Column("since", "Since", _since, hidden=True),
        Column("latest", "Latest change", _latest, sort="latest_change"),
        Column("kind", "Kind", lambda a: a.kind, sort="kind"),
        Column(
            "site",
            "Site",
            lambda a: a.site.name if a.site else "",
            sort="site__name",
            link=_site_href,
            hidden=True,
        ),
        Column("zone", "Time zone", _zone, hidden=True),
        Column("os", "Operating system", lambda a: a.operating_system, hidden=True),
    ),
    filters=(
        Filter("name", "Server", _named),
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
        Filter("site", "Site", _at_site),
    ),
    order="name",
    empty="No server yet. Servers come with their client's agreement or from a file: Clients, New client or Bring in.",
    prepare=_note_states,
)


def _attribution(change: Change) -> Attribution | None:
    return next(iter(getattr(change, "current_attributions", ())), None)


def _account(change: Change) -> str:
    found = _attribution(change)
    return found.account if found else ""


def _strength(change: Change) -> str:
    found = _attribution(change)
    return found.strength if found else "unknown"


def _permission(change: Change) -> str:
    found = _attribution(change)
    return found.permission if found else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _from(rows: QuerySet[Change], text: str) -> QuerySet[Change]:
    moment = _moment(text)
    return rows.filter(not_after__gte=moment) if moment else rows.none()


def _before(rows: QuerySet[Change], text: str) -> QuerySet[Change]:
    moment = _moment(text)
    return rows.filter(not_before__lt=moment) if moment else rows.none()


CHANGES: Table[Change] = Table(
    name="changes",
    columns=(
        Column(
            "when",
            "When",
            lambda c: when(c.not_before, c.not_after, _zone(c.asset)),
            sort="not_after",
        ),
        Column(
            "what",
            "Change",
            lambda c: c.sentence,
            link=lambda c: reverse("web:change", args=[c.asset.client.code, c.ref]),
        ),
        Column("kind", "Kind", lambda c: c.kind, sort="kind"),
        Column("account", "Account", _account),
        Column("strength", "How known", _strength, kind="strength"),
        Column("permission", "Permission", _permission),
        Column("before", "Before", lambda c: c.before or "", hidden=True),
        Column("after", "After", lambda c: c.after or "", hidden=True),
        Column("ref", "Reference", lambda c: c.ref, hidden=True),
    ),
    filters=(
        Filter("component", "Component", lambda rows, text: rows.filter(component__icontains=text)),
        Filter(
            "kind",
            "Kind",
            lambda rows, text: rows.filter(kind=text),
            tuple((k.value, k.value) for k in ItemKind),
        ),
        Filter("account", "Account", lambda rows, text: rows.filter(actor_account__icontains=text)),
        Filter("from", "From", _from),
        Filter("to", "Before", _before),
    ),
    order="-not_after",
    empty="No change on record for this server.",
    star=lambda c: (c.asset.client.code, "change", c.ref),
)

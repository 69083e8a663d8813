"""Coverage states of servers: computed by the core from dated entries, a fixed number of queries for any number
of servers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.agreements.terms import Agreement as CoreAgreement
from groundrules.core.ids import AgreementId, AssetId, ClientId
from groundrules.core.lifecycle.answers import LifecycleEntry as CoreEntry
from groundrules.core.lifecycle.shown import ShownState, shown
from groundrules.core.lifecycle.timeline import spans_by_asset, state_at
from groundrules.records.agreements import Agreement
from groundrules.records.lifecycle import LifecycleEntry
from groundrules.records.parties import Asset


def agreement_of(row: Agreement) -> CoreAgreement:
    """This function will return an agreement with its published versions, oldest first."""
    versions = [v for v in row.versions.all() if v.published_at is not None]
    ordered = sorted(versions, key=lambda v: v.version)
    return CoreAgreement(
        AgreementId(row.code),
        ClientId(row.client.code),
        row.title,
        tuple(v.to_core() for v in ordered),
    )


def _entries_of(assets: Iterable[Asset]) -> dict[int, list[CoreEntry]]:
    entries: dict[int, list[CoreEntry]] = defaultdict(list)
    for row in LifecycleEntry.objects.current().filter(asset__in=[a.pk for a in assets]):
        entries[row.asset_id].append(row.to_core())
    return entries


def spans_of(assets: Iterable[Asset], known_at: datetime) -> dict[int, tuple[StateSpan, ...]]:
    """This function will return each asset's states over all time, by primary key; none where there is no agreement."""
    wanted = list(assets)
    entries = _entries_of(wanted)
    clients = {a.client_id for a in wanted}
    agreements = Agreement.objects.filter(client__in=clients).select_related("client")
    # Of two, which only books from before hold, the first published one stands, as everywhere.
    ordered = sorted(
        agreements.prefetch_related("versions"),
        key=lambda row: (any(v.published_at for v in row.versions.all()), -row.pk),
    )
    by_client: dict[int, list[Asset]] = defaultdict(list)
    for asset in wanted:
        by_client[asset.client_id].append(asset)
    found: dict[int, tuple[StateSpan, ...]] = {}
    for client, agreement in {row.client_id: agreement_of(row) for row in ordered}.items():
        own = {AssetId(asset.code): asset.pk for asset in by_client[client]}
        known = [entry for pk in own.values() for entry in entries.get(pk, ())]
        spans = spans_by_asset(own, known, agreement, known_at)
        found.update((own[code], states) for code, states in spans.items())
    return found


def states_at(assets: Iterable[Asset], at: datetime) -> dict[int, ShownState]:
    """This function will return each asset's state at an instant, as known at that instant."""
    return {pk: shown(state_at(spans, at)) for pk, spans in spans_of(assets, at).items()}


def state_of(asset: Asset, at: datetime) -> ShownState | None:
    """This function will return one asset's state at an instant, or None when it has no agreement at all."""
    return states_at([asset], at).get(asset.pk)

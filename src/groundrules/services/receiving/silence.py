"""What a stream does not cover, filed as gaps: silence, a stream begun anew, clocks that jumped, what collectors tell.

A gap that is still open grows on record hour by hour and is closed by the batch that ends it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery

from groundrules.core.evidence import Gap, GapKind
from groundrules.core.periods import NaiveTime, utc
from groundrules.core.streams import (
    Link,
    Told,
    began_anew,
    clock_steps,
    damaged,
    end_of_silence,
    has_grown,
    nothing_missed,
    silence,
    silence_id,
    told_gaps,
)
from groundrules.records.models import Agent, AgentKey, Batch, Role
from groundrules.records.models import Gap as GapRow
from groundrules.services.actor import Actor
from groundrules.services.agents import asset_id, label_of
from groundrules.services.filing import Filing, file_facts
from groundrules.services.receiving.links import link_of
from groundrules_wire import Fact, Manifest

_GROWS_BY = timedelta(hours=1)
# What a collector's facts about its own work mean; docs/reference/collector.md lists the facts.
_TOLD = {
    "audit-lost": GapKind.RECORDS_MISSING,
    "clock-jump": GapKind.CLOCK_STEP,
    "gap": GapKind.RECORDS_MISSING,
    "restart": GapKind.RESTART,
}
_COVERAGE = "coverage"
# A gap of this many seconds is a time when nobody looked; one without is something that was lost.
_NOBODY_LOOKED = "seconds"


def find_silent(at: datetime) -> tuple[GapRow, ...]:
    """This function will file a gap for every collector that should have been heard of by now; returns new rows.

    A collector whose key is revoked is not expected to send, and one that never sent has nothing to be missing after.
    Only those not heard of lately are looked into.
    """
    trusted = AgentKey.objects.standing().filter(revoked=False).values("agent")
    last = Batch.objects.filter(agent=OuterRef("pk"), stream=OuterRef("stream"))
    heard = Subquery(last.order_by("-sequence").values("recorded_at")[:1])
    agents = Agent.objects.filter(pk__in=trusted).annotate(heard=heard).filter(heard__isnull=False)
    quiet = agents.select_related("asset__client").order_by("pk")
    return tuple(
        row
        for agent in quiet
        if at - agent.heard > allowed(agent)
        for row in _file_silence(agent, at)
    )


def file_stream_gaps(batch: Batch, manifest: Manifest, actor: Actor, at: datetime) -> None:
    """This function will file what a batch says about the time before it; call it when the batch is read."""
    agent = batch.agent
    link = link_of(batch, asset_id(agent))
    before = _before(batch, link)
    gaps = [*clock_steps(before, link), *told_gaps(link, _told(manifest, link))]
    if before is not None:
        gaps.extend(_silence_before(before, link, agent, covered=_covers(manifest, before)))
    elif (old := _last_of_former_stream(agent)) is not None:
        gaps.append(began_anew(old, link))
    file_facts(gaps, Filing(agent.asset.client, actor, at))


def damage_gap(batch: Batch, problem: str, actor: Actor, at: datetime) -> None:
    """This function will file that a batch came whole but cannot be opened."""
    link = link_of(batch, asset_id(batch.agent))
    gap = damaged(_before(batch, link), link, problem)
    file_facts((gap,), Filing(batch.agent.asset.client, actor, at))


def _file_silence(agent: Agent, at: datetime) -> list[GapRow]:
    last = Batch.objects.last_of(agent)
    gap = silence(link_of(last, asset_id(agent)), at, allowed(agent)) if last else None
    if gap is None or _is_superseded_by_newer_stream(agent):
        return []
    known = _standing(agent, gap)
    if known is not None and not has_grown(known.to_core(), gap, _GROWS_BY):
        return []
    actor = Actor(label_of(agent), Role.TECHNICIAN)
    filed = file_facts((gap,), Filing(agent.asset.client, actor, at))
    return [one.row for one in filed if one.new]


def allowed(agent: Agent) -> timedelta:
    """This function will return for how long an agent may be quiet."""
    return timedelta(seconds=agent.heartbeat_seconds * settings.GROUNDRULES_SILENT_AFTER)


def _silence_before(before: Link, link: Link, agent: Agent, *, covered: bool) -> list[Gap]:
    gap = None if covered else end_of_silence(before, link, allowed(agent))
    if gap is not None:
        return [gap]
    was_open = GapRow.objects.current().filter(ref=silence_id(before), asset=agent.asset).exists()
    return [nothing_missed(before, link)] if was_open else []


def _covers(manifest: Manifest, before: Link) -> bool:
    """A collector that says it looked all the time since its last batch tells of each pause itself."""
    return any(
        fact.name == _COVERAGE
        and _instant(fact.first_at, datetime.max.replace(tzinfo=UTC)) <= before.collected_at
        for fact in manifest.facts
    )


def _standing(agent: Agent, gap: Gap) -> GapRow | None:
    return GapRow.objects.current().filter(asset=agent.asset, ref=gap.id).first()


def _before(batch: Batch, link: Link) -> Link | None:
    row = Batch.objects.filter(
        agent=batch.agent, stream=batch.stream, sequence=batch.sequence - 1
    ).first()
    return link_of(row, link.asset) if row else None


def _last_of_former_stream(agent: Agent) -> Link | None:
    older = Batch.objects.filter(agent__asset=agent.asset, agent__enrolled_at__lt=agent.enrolled_at)
    row = older.order_by("-recorded_at", "-pk").first()
    return link_of(row, asset_id(agent)) if row else None


def _is_superseded_by_newer_stream(agent: Agent) -> bool:
    """A host that enrolled anew sends in its new stream; the old one is not silent but over."""
    newer = Agent.objects.filter(asset=agent.asset, enrolled_at__gt=agent.enrolled_at)
    return newer.filter(batches__isnull=False).exists()


def _told(manifest: Manifest, link: Link) -> tuple[Told, ...]:
    return tuple(
        Told(
            _kind_of(fact),
            fact.name,
            _instant(fact.first_at, link.collected_at),
            _instant(fact.last_at, link.collected_at),
            fact.details,
        )
        for fact in manifest.facts
        if fact.name in _TOLD
    )


def _kind_of(fact: Fact) -> GapKind:
    if fact.name == "gap" and _NOBODY_LOOKED in fact.details:
        return GapKind.COLLECTOR_SILENT
    return _TOLD[fact.name]


def _instant(text: str, otherwise: datetime) -> datetime:
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError, NaiveTime):
        return otherwise

"""How servers and applications stand, from the books as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundrules.core.backups import BackupState
from groundrules.core.evidence import Snapshot as CoreSnapshot
from groundrules.core.health import (
    Found,
    HealthPlan,
    Level,
    Looked,
    PartState,
    Shown,
    Thresholds,
    part_states,
    shown_health,
    worst,
)
from groundrules.core.ids import AssetId
from groundrules.core.periods import utc
from groundrules.records.models import (
    Agent,
    Application,
    Asset,
    Batch,
    HealthCheck,
    HealthLook,
    Snapshot,
)
from groundrules.services.backups.showing import states_of
from groundrules.services.health.plans import plan_of

STALE = Thresholds().stale
# A collector tells each list at least once a day though nothing changed (its setting `retell`); twice that is too late.
_RETOLD = timedelta(days=2)
# Far enough back to see a disk wear out; each list that changed is one row.
_TREND = timedelta(days=90)
# The reader of what a collector lists; what other programs list is as old as their file.
_COLLECTED = "snapshot/"
_MOST_LOOKS = 400
_MOST_CHECKS = 200


@dataclass(frozen=True, slots=True)
class ApplicationHealth:
    """An application with its checks and how it stands; `problem` is why the newest look could not say anything.

    `found` is what the newest look found, by each check's own words; a check it did not ask is not in it.
    """

    application: Application
    plan: HealthPlan | None
    shown: Shown
    problem: str = ""
    found: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """A server's parts (the worst first), its applications, and its backups."""

    asset: Asset
    parts: tuple[PartState, ...]
    applications: tuple[ApplicationHealth, ...]
    backups: tuple[BackupState, ...] = ()

    @property
    def level(self) -> Level:
        """The worst of what is known; UNKNOWN when nothing is."""
        known = [p.level for p in self.parts] + [a.shown.level for a in self.applications]
        known += [b.level for b in self.backups]
        told = [level for level in known if level is not Level.UNKNOWN]
        return worst(told)


def looks_of(asset: Asset, at: datetime) -> tuple[Looked, ...]:
    """This function will return a server's snapshots of the last 90 days, each with until when it is known to hold."""
    rows = asset.snapshots.current().filter(taken_at__lte=at, taken_at__gte=at - _TREND)
    held = _heard_of(asset, at)
    newest = rows.order_by("-taken_at", "-pk")[:_MOST_LOOKS]
    return tuple(_looked(row, held) for row in newest)


def _looked(row: Snapshot, held: datetime | None) -> Looked:
    """A collector that went on sending went on looking; what it did not tell anew had not changed."""
    core = row.to_core()
    own = core.citation.reader.startswith(_COLLECTED)
    fresh = own and held is not None and utc(held) - utc(row.taken_at) <= _RETOLD
    return Looked(core, held if fresh and held is not None else core.taken_at)


def held_until(core: CoreSnapshot) -> datetime:
    """This function will say until when a list is taken to hold: its collector tells it anew within two days."""
    own = core.citation.reader.startswith(_COLLECTED)
    return core.taken_at + _RETOLD if own else core.taken_at


def _heard_of(asset: Asset, at: datetime) -> datetime | None:
    """When a collector of the server last looked, by its own batches."""
    agents = Agent.objects.filter(asset=asset)
    last = Batch.objects.filter(agent__in=agents, collected_at__lte=at)
    return last.order_by("-collected_at").values_list("collected_at", flat=True).first()


def application_health(application: Application, at: datetime) -> ApplicationHealth:
    """This function will say how an application stands at `at` (UTC)."""
    plan = plan_of(application)
    look = HealthLook.objects.filter(application=application).first()
    rows = HealthCheck.objects.current().filter(application=application, checked_at__lte=at)
    checks = tuple(row.to_core() for row in rows.order_by("-checked_at")[:_MOST_CHECKS])
    newest = look.to_core() if look else None
    shown = shown_health(plan, checks, newest, at)
    if look is None:
        return ApplicationHealth(application, plan, shown)
    found = look.newest_found().by_check
    return ApplicationHealth(application, plan, shown, look.problem, found)


def server_health(asset: Asset, at: datetime) -> ServerHealth:
    """This function will say how a server's parts, applications and backups stand at `at` (UTC)."""
    parts = part_states(AssetId(asset.code), looks_of(asset, at), at)
    applications = asset.applications.select_related("client", "asset").order_by("name")
    checked = tuple(application_health(one, at) for one in applications)
    return ServerHealth(asset, parts, checked, states_of(asset, at))

"""What a run leaves behind: each host's answers sealed, apt's own record read, our run closed, health looked at."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.periods import Period
from groundrules.core.remote import HostState, Restart
from groundrules.core.work import OwnRun
from groundrules.gateways.ansible import HostEvent
from groundrules.records import models as books
from groundrules.records.models import Application, Asset, HealthLook
from groundrules.services import health, seal
from groundrules.services.actor import Actor
from groundrules.services.case_import import answer_into_books
from groundrules.services.evidence import (
    AmbiguousHost,
    EvidenceQuarantined,
    Handed,
    HostZoneUnknown,
    UnknownHost,
    receive,
)
from groundrules.services.evidence_index import Arrival, index_file
from groundrules.services.filing import Filing, enter
from groundrules.services.remote.showing import NOT_KNOWN, UNWELL, WELL
from groundrules.services.world import NoAgreement, NoProvider
from groundrules_wire import Host, Manifest, pack, part_of

_LOG = logging.getLogger(__name__)
FORMAT = "own-run"
RECORDS = {"read apt's record": "apt-history", "read dpkg's record": "dpkg-log"}
_NEEDED, RESTART, _BACK = (
    "see whether a restart is needed",
    "restart",
    "see how it came back",
)
_ASKS = "restart needed"
When = tuple[Actor, datetime]


@dataclass
class Answered:
    """What one host answered in one attempt, and what that comes to."""

    state: HostState = HostState.RUNNING
    says: str = ""
    events: list[HostEvent] = field(default_factory=list)

    @property
    def restart(self) -> Restart:
        """What came of a restart, by what the host and the engine said."""
        told = {event.task: event for event in self.events}
        needed, back, deed = told.get(_NEEDED), told.get(_BACK), told.get(RESTART)
        boot, *asks = (needed.printed.split("\n") if needed else []) or [""]
        lines = {line.strip() for line in asks} - {""}
        boot_after, *stopped = (back.printed.split() if back else []) or [""]
        return Restart(
            needed=_ASKS in lines,
            done=deed is not None and deed.outcome == "ok",
            failed=deed.says if deed and deed.outcome != "ok" else "",
            boot=boot.strip(),
            boot_after=boot_after,
            took=deed.says if deed else "",
            not_started=tuple(unit for unit in stopped if unit not in lines),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What an attempt left: the digest of each host's answers, and how applications stood (host, standing, says)."""

    digests: Mapping[str, str]
    health: tuple[tuple[str, str, str], ...]


def finish(
    row: books.WorkPlan,
    answered: Mapping[str, Answered],
    runs: Mapping[str, OwnRun],
    when: When,
) -> Left:
    """This function will keep everything an attempt leaves behind, and look how applications are afterwards.

    What cannot be done without an agreement waits for one and is not lost: evidence and runs stand by themselves. The
    time it took is suggested to whoever ran it (`own_time`).
    """
    actor, ended = when
    assets = {asset.code: asset for asset in row.client.assets.filter(code__in=list(runs))}
    _close_runs(row, answered, runs, when)
    digests = {code: _keep(row, assets[code], answered[code], when) for code in runs}
    for code, asset in assets.items():
        _read_record(asset, answered[code], when)
    looked = _looked(list(assets.values()), ended)
    try:
        answer_into_books(row.client, actor=actor, at=ended)
    except (NoAgreement, NoProvider) as waiting:
        _LOG.info("decisions about %s wait: %s", row.ref, waiting)
    return Left(digests, (*_not_started(answered), *looked))


def _not_started(answered: Mapping[str, Answered]) -> tuple[tuple[str, str, str], ...]:
    """What ran before our restart and does not after it is unwell, whether or not an application has checks."""
    stopped = {code: one.restart.not_started for code, one in answered.items()}
    return tuple(
        (code, UNWELL, f"not started after the restart: {', '.join(units)}")
        for code, units in stopped.items()
        if units
    )


def _looked(assets: Sequence[Asset], at: datetime) -> tuple[tuple[str, str, str], ...]:
    """Each application with checks, as it was just looked at, and how the look before found it."""
    applications = Application.objects.filter(asset__in=assets).select_related("asset")
    before = dict(
        HealthLook.objects.filter(application__in=applications).values_list(
            "application", "healthy"
        )
    )
    watched = [one for one in applications if one.pk in before]
    looks = health.check_due(at=at, only=watched) if watched else ()
    found = {one.application.pk: one for one in looks}
    return tuple(
        (one.asset.code, *_health_words(one.name, found.get(one.pk), well_before=before[one.pk]))
        for one in watched
    )


def _health_words(
    name: str, one: health.Run | None, *, well_before: bool | None
) -> tuple[str, str]:
    """How an application stands after a run, and the sentence; what could not be told is never called well."""
    if one is None:
        return NOT_KNOWN, f"{name} is not known: another program was just looking at it"
    if one.check is None:
        return NOT_KNOWN, f"{name} is not known: {one.problem}"
    if one.check.healthy:
        return WELL, f"{name} is well" + ("; it was unwell before" if well_before is False else "")
    before = {True: "; it was well before", False: "; it was unwell before, too", None: ""}
    return UNWELL, f"{name} is unwell: {one.check.signature}{before[well_before]}"


def _close_runs(
    row: books.WorkPlan,
    answered: Mapping[str, Answered],
    runs: Mapping[str, OwnRun],
    when: When,
) -> None:
    """Ours, and every earlier one of this plan on these hosts that nobody closed: it ended by now at the latest."""
    actor, ended = when
    filing = Filing(row.client, actor, ended)
    for code, run in runs.items():
        restart = answered[code].restart.says
        came_of = f"{answered[code].state}; {restart}" if restart else answered[code].state
        whole = replace(run, period=_until(run, ended), says=f"{run.says} ({came_of})")
        enter(whole, "work.record_run", f"{run.id} ended on {code}", filing)
    left = (
        books.OwnRun.objects.of_client(row.client)
        .current()
        .filter(ref__startswith=f"{row.ref}.", ended_at=None, asset__code__in=list(runs))
    )
    for old in left:
        core = old.to_core()
        cut = replace(core, period=_until(core, ended), says=f"{core.says} (broken off)")
        enter(cut, "work.record_run", f"{old.ref} was broken off", filing)


def _until(run: OwnRun, ended: datetime) -> Period:
    return Period(run.period.start, ended) if ended > run.period.start else run.period


def _keep(row: books.WorkPlan, asset: Asset, answered: Answered, when: When) -> str:
    """Each host's answers, word for word, as raw evidence in the log of evidence."""
    actor, ended = when
    told = {
        "groundrules_own_run": 1,
        "plan": row.ref,
        "server": asset.code,
        "ended": answered.state,
        "answers": [
            {
                "at": event.at.isoformat(),
                "task": event.task,
                "outcome": event.outcome,
                "printed": event.printed,
                "says": event.says,
            }
            for event in answered.events
        ],
    }
    raw = json.dumps(told, sort_keys=True, indent=1).encode()
    name = f"{row.ref}-{asset.code}.json"
    with transaction.atomic():
        kept = index_file(Arrival(raw, name, FORMAT, asset, ended, actor.label, ended), None)
        seal.append((kept,), seal.UNCHAINED, actor=actor, at=ended)
    return kept.digest


def _read_record(asset: Asset, answered: Answered, when: When) -> None:
    """The package managers' own records, read like anybody's: changes come from them, not from what we meant to do.

    Both together, because apt knows who and for which run, and dpkg what was really done when apt ended in an error.
    """
    actor, ended = when
    printed = {
        e.task: e.printed.replace("\r\n", "\n") for e in answered.events if e.task in RECORDS
    }
    logs = {kind: printed[task].encode() for task, kind in RECORDS.items() if printed.get(task)}
    if not any(raw.strip() for raw in logs.values()):
        return
    manifest = Manifest(
        host=Host(asset.code),
        zone=asset.zone or asset.client.zone,
        collected_at=ended.isoformat(),
        parts=tuple(part_of(kind, kind, raw) for kind, raw in logs.items()),
    )
    raw = pack(manifest, list(logs.values()))
    handed = Handed(raw, f"{asset.code}-packages.grev", host=asset.code, client=asset.client.code)
    try:
        receive(handed, actor=actor, at=ended)
    except (EvidenceQuarantined, HostZoneUnknown, UnknownHost, AmbiguousHost) as problem:
        _LOG.warning("the record of packages of %s could not be read: %s", asset.code, problem)

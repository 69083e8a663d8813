"""The incidents of a made world: each story says what truly broke an application, and what innocently happened beside.

A story returns the recorded causes; the failure's check results, its repair and its truth are written here for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from groundrules.services.worlds.making.acts import (
    ACTORS,
    Act,
    Journal,
    failure_of,
    party_of,
    written,
)
from groundrules.services.worlds.making.estate import (
    TECHNICIANS,
    VENDORS,
    Estate,
    Part,
    Row,
    Software,
)
from groundrules.services.worlds.making.replaying import Failure

# How often removing a package at this distance breaks an application, in percent (measured on one Debian server).
_BY_DISTANCE = {1: 75, 2: 61, 3: 55, 4: 33}
_GENERIC = ("HTTP 500", "the application does not answer", "timeout", "")
_ELSEWHERE = {
    "disk": ("no space left on device", "I/O error on disk 0"),
    "certificate": ("the certificate has expired",),
    "outage": ("name resolution failed", "network is unreachable"),
    "plain": ("out of memory", "deadlock detected", "the application does not answer"),
}
_FAILS_TOO = 0.8
# How long slow harm waits: minutes on average, or at most so many hours.
_MINUTES, _HOURS = 10.0, 72.0
# After how many seconds on average people tell of a failure.
_TELLING = 9000.0
# How often an error that names a part for nothing, or for an act not on record, names one that nobody happened to
# change innocently just then. Somebody changes just that part about once in a month; checks are minutes to hours apart.
_SELDOM = 0.98
_FOR_ALL = frozenset({"disk", "outage"})
# What is still broken in a copy of the end state.
_STAYS = frozenset({"unrecorded change", "certificate"})
_KIND = {"disk": "disk", "certificate": "certificate", "outage": "provider outage"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One failure: which application, and its true onset between the last good check and the first failing one."""

    application: Software
    good: datetime
    onset: datetime
    bad: datetime

    def between(self, luck: Random) -> datetime:
        """This function will draw an instant after the last good check and before the failure."""
        span = max((self.onset - self.good).total_seconds() - 10, 1)
        return self.good + timedelta(seconds=5 + luck.random() * span * 0.98)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a story came to: the acts that did it, its kind, whose doing it was, and the error seen."""

    causes: tuple[Act, ...]
    kind: str
    party: str
    signature: str
    authority: str = ""
    fails_too: tuple[Software, ...] = ()
    innocent: Act | None = None
    misnamed: Part | None = None
    broken: Act | None = None
    waits: bool = False


class Stories:
    """Tells one world's incidents into a journal."""

    def __init__(self, estate: Estate, journal: Journal) -> None:
        self.estate, self.journal, self.luck = estate, journal, journal.luck
        self.checks: list[Row] = []
        self.incidents: list[Row] = []
        self.truth: list[Row] = []
        self.failures: list[Failure] = []
        polled = journal.profile.polled
        self._polled = frozenset(a.id for a in estate.applications if self.luck.random() < polled)
        plain = dict.fromkeys(("vendor", "technician", "patch", "client"), self._plain_change)
        self._tellers: Mapping[str, Callable[[Scene, str], Ending]] = {
            **plain,
            "latent": self._latent,
            "conjunctive": self._conjunctive,
            "masked": self._masked,
            "unrecorded": self._unrecorded,
        }

    def tell(self, number: int, day: datetime) -> None:
        """This function will let one incident happen on a day."""
        profile = self.journal.profile
        scene = self._scene(day)
        name = self.luck.choices(list(profile.stories), list(profile.stories.values()))[0]
        ending = self._tellers.get(name, self._no_cause)(scene, name)
        for _ in range(self._poisson(profile.busy)):
            besides = ending.misnamed if self.luck.random() < _SELDOM else None
            self._innocent(scene.application, scene.between(self.luck), besides)
        if self.luck.random() < profile.gaps:
            start = scene.good + (scene.onset - scene.good) / 2
            self.journal.lose_records(scene.application.server, start, scene.bad)
        self._check(scene, ending)
        self._write(f"INC-{number}", scene, ending)

    def background(self, day: datetime) -> None:
        """This function will let ordinary work be done on a day, by anybody, on anything."""
        for _ in range(self._poisson(self.journal.profile.background)):
            at = day + timedelta(minutes=self.luck.randint(0, 24 * 60 - 1))
            self._innocent(self.luck.choice(self.estate.applications), at)

    def _poisson(self, mean: float) -> int:
        count, left = 0, self.luck.expovariate(1)
        while left < mean:
            count, left = count + 1, left + self.luck.expovariate(1)
        return count

    def _scene(self, day: datetime) -> Scene:
        luck = self.luck
        every = timedelta(minutes=luck.choice(self.journal.profile.checks))
        good = day + timedelta(minutes=luck.randint(60, 20 * 60))
        return Scene(
            luck.choice(self.estate.applications),
            good,
            good + every * luck.uniform(0.3, 0.97),
            good + every,
        )

    def _innocent(self, application: Software, at: datetime, besides: Part | None = None) -> Act:
        """Half of it touches something needed, harmlessly; the rest touches nothing an application needs."""
        luck = self.luck
        who = luck.choice((*VENDORS, *TECHNICIANS, *ACTORS["patch"], *ACTORS["client"]))
        parts = [part for part, _ in application.needs if part != besides]
        if parts and luck.random() < 1 / 2:
            return self.journal.act(luck.choice(parts), at, who, harmful=False)
        spare = [p for p in self.estate.unneeded if p.server == application.server]
        return self.journal.act(luck.choice(spare), at, who, harmful=False)

    def _broken_part(self, application: Software) -> Part:
        parts = [part for part, _ in application.needs]
        weights = [_BY_DISTANCE.get(distance, 12) for _, distance in application.needs]
        return self.luck.choices(parts, weights)[0]

    def _signature(self, part: Part) -> str:
        if self.luck.random() < self.journal.profile.telling:
            return failure_of(part)
        return self.luck.choice(_GENERIC)

    def _by(self, causes: tuple[Act, ...]) -> Ending:
        last = causes[-1]
        return Ending(
            causes, "change", party_of(last.actor), self._signature(last.part), last.allowed
        )

    def _plain_change(self, scene: Scene, name: str) -> Ending:
        actor = self.luck.choice(ACTORS[name])
        part = self._broken_part(scene.application)
        return self._by((self.journal.act(part, self._felt_in(scene), actor, harmful=True),))

    def _felt_in(self, scene: Scene) -> datetime:
        """When an act was done that broke the scene's application: half of the slow ones are felt minutes later, as
        what was open or kept in memory runs out, half at the next use within three days.
        """
        if self.luck.random() >= self.journal.profile.slow:
            return scene.between(self.luck)
        soon = timedelta(minutes=self.luck.expovariate(1 / _MINUTES))
        late = timedelta(hours=self.luck.uniform(1, _HOURS))
        return scene.good - self.luck.choice((soon, late)) - timedelta(seconds=5)

    def _latent(self, scene: Scene, _name: str) -> Ending:
        """Harm that waits for a restart: checks go on passing for days."""
        at = scene.good - timedelta(hours=self.luck.randint(20, 70))
        actor = self.luck.choice((*VENDORS, *TECHNICIANS, *ACTORS["patch"]))
        act = self.journal.act(self._broken_part(scene.application), at, actor, harmful=True)
        self.journal.restart(scene.application.server, scene.onset - timedelta(minutes=3))
        return replace(self._by((act,)), waits=True)

    def _conjunctive(self, scene: Scene, _name: str) -> Ending:
        """Two changes of one party, harmless each alone; the second one completes it."""
        actor = self.luck.choice((*VENDORS, *TECHNICIANS))
        first, second = self._broken_part(scene.application), self._broken_part(scene.application)
        at = scene.good - timedelta(minutes=self.luck.randint(5, 300))
        one = self.journal.act(first, at, actor, harmful=True)
        other = self.journal.act(second, scene.between(self.luck), actor, harmful=True)
        return self._by((one, other))

    def _masked(self, scene: Scene, _name: str) -> Ending:
        """Broken by one, repaired by us, and broken again by another."""
        part = self._broken_part(scene.application)
        first = self.journal.act(
            part, scene.good - timedelta(hours=3), self.luck.choice(VENDORS), harmful=True
        )
        self.journal.undo(first, scene.good - timedelta(hours=1))
        return self._plain_change(scene, self.luck.choice(("vendor", "technician")))

    def _unrecorded(self, scene: Scene, _name: str) -> Ending:
        """A change did it, and no record shows it."""
        actor = self.luck.choice((*VENDORS, *TECHNICIANS))
        part = self._broken_part(scene.application)
        act = self.journal.act(part, scene.between(self.luck), actor, harmful=True, recorded=False)
        trap = self._perhaps_trap(scene, part)
        return Ending(
            (),
            "unrecorded change",
            party_of(actor),
            self._signature(act.part),
            fails_too=self.estate.who_needs(part),
            innocent=trap,
            misnamed=part,
            broken=act,
        )

    def _no_cause(self, scene: Scene, name: str) -> Ending:
        """No change did it. In a trap an innocent vendor changes something needed just before."""
        trap = self._perhaps_trap(scene)
        touched = None if trap is None else trap.part
        if name in _KIND and self.luck.random() < self.journal.profile.noticed:
            self.journal.trouble(scene.application.server, name, scene.between(self.luck))
        signature = self.luck.choice((*_ELSEWHERE[name], *_GENERIC))
        others = [part for part, _ in scene.application.needs if part != touched]
        misnamed = None
        if name == "plain" and others and self.luck.random() < 1 / 3:
            misnamed = self.luck.choice(others)
            signature = failure_of(misnamed)
        here = scene.application.server
        beside = tuple(a for a in self.estate.applications if a.server == here)
        return Ending(
            (),
            _KIND.get(name, "unknown"),
            "nobody",
            signature,
            fails_too=beside if name in _FOR_ALL else (),
            innocent=trap,
            misnamed=misnamed,
        )

    def _perhaps_trap(self, scene: Scene, besides: Part | None = None) -> Act | None:
        if self.luck.random() >= self.journal.profile.traps:
            return None
        vendor = self.luck.choice(VENDORS)
        parts = [part for part, _ in scene.application.needs if part != besides]
        if not parts:
            return None
        part = self.luck.choice(parts)
        return self.journal.act(part, scene.between(self.luck), vendor, harmful=False)

    def _check(self, scene: Scene, ending: Ending) -> None:
        """Checks of the failed application, of those that need the same, and of those that do not."""
        touched = {act.part for act in ending.causes[-1:]}
        failing = {a for part in touched for a in self.estate.who_needs(part)} | {*ending.fails_too}
        healed = self._repair(scene, ending)
        for application in self.estate.applications:
            fails = application == scene.application or (
                application in failing and self.luck.random() < _FAILS_TOO
            )
            step = scene.bad - scene.good
            for ticks in (6, 3, 2, 1):
                self._checked(application, scene.bad - step * ticks, "", healthy=True)
            self._checked(application, scene.bad, ending.signature, healthy=not fails)
            self._checked(application, scene.bad + step, ending.signature, healthy=not fails)
            self._checked(application, healed, "", healthy=True)

    def _repair(self, scene: Scene, ending: Ending) -> datetime:
        """Most of what changes broke is put right on record; people also try, and undo innocents, in vain or not."""
        repaired = (
            scene.bad + (scene.bad - scene.good) + timedelta(minutes=self.luck.randint(20, 200))
        )
        self._put_right(ending, repaired - timedelta(minutes=4))
        if self.luck.random() < self.journal.profile.tried:
            trying = scene.bad + (repaired - scene.bad) * self.luck.uniform(0.1, 0.9)
            part = self.luck.choice([part for part, _ in scene.application.needs])
            self.journal.act(part, trying, self.luck.choice(TECHNICIANS), harmful=False)
        if ending.innocent is not None and self.luck.random() < self.journal.profile.put_back:
            in_vain = scene.bad + (scene.bad - scene.good) / 2
            healing = repaired - timedelta(minutes=4)
            self.journal.undo(ending.innocent, self.luck.choice((in_vain, healing)))
        return repaired

    def _put_right(self, ending: Ending, at: datetime) -> None:
        if not ending.causes:
            self._mend_unrecorded(ending, at)
            return
        if self.luck.random() < 1 / 2:
            self.journal.undo(ending.causes[-1], at)
        elif self.luck.random() < self.journal.profile.mended:
            self.journal.mend(ending.causes[-1], at)

    def _mend_unrecorded(self, ending: Ending, at: datetime) -> None:
        """What no record shows to be broken is repaired on record like anything else."""
        repaired = (1 + self.journal.profile.mended) / 2
        if ending.broken is not None and self.luck.random() < repaired:
            self.journal.mend(ending.broken, at)

    def _checked(
        self, application: Software, at: datetime, signature: str, *, healthy: bool
    ) -> None:
        if application.id not in self._polled:
            return
        row: Row = {"id": f"HC-{len(self.checks) + 1}", "application": application.id}
        row |= {"at": written(at), "healthy": healthy}
        self.checks.append(row | ({} if healthy or not signature else {"signature": signature}))

    def _told_of(self, scene: Scene) -> datetime:
        """People tell of what is not checked, hours after it began."""
        if scene.application.id in self._polled:
            return scene.bad + timedelta(minutes=self.luck.randint(0, 90))
        return scene.onset + timedelta(seconds=60 + self.luck.expovariate(1 / _TELLING))

    def _write(self, ref: str, scene: Scene, ending: Ending) -> None:
        row: Row = {"id": ref, "title": f"{scene.application.id} stopped working"}
        row |= {"asset": scene.application.server, "application": scene.application.id}
        row |= {"opened_at": written(self._told_of(scene))}
        self.incidents.append(row | ({"signature": ending.signature} if ending.signature else {}))
        self.failures.append(
            Failure(
                ref,
                scene.application,
                scene.bad,
                ending.signature,
                ending.causes,
                generic=ending.signature in _GENERIC,
                stays=bool(ending.causes) or ending.kind in _STAYS,
                waits=ending.waits,
            )
        )
        truth: Row = {"incident": ref, "kind": ending.kind, "party": ending.party}
        if ending.causes:
            truth |= {"changes": [act.ref for act in ending.causes], "authority": ending.authority}
        self.truth.append(truth)

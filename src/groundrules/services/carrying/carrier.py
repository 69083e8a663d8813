"""One worker's hand: it takes the most urgent run, does step after step, and says how it ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, connection, transaction

from groundrules.records.models import LongRun
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying.kinds import KINDS
from groundrules.services.carrying.leases import (
    MOST_ATTEMPTS,
    Queued,
    claim,
    fail,
    give_back,
    more_urgent,
    pause_after,
)
from groundrules.services.long_runs.steps import Kind, Step, Work
from groundrules.services.long_runs.task import CARRIER
from groundrules.services.who import NobodyToActAs, acting

_LOG = logging.getLogger(__name__)
# SQLite lets one program write at a time, and whoever waits for that asks every tenth of a second at least: this long
# a breath lets everybody in between two steps.
_BREATH_SECONDS = 0.11
_SAYS = 200
_BEAT_SECONDS = 2.0
_STARTS_AGAIN = "waits for the worker to start again"
_MORE_URGENT = "waits for something more urgent"


class LeaseLost(RuntimeError):
    """Another worker has the run by now, or it ended: this one leaves it."""


class GivesBack(RuntimeError):
    """The run has to wait: the worker stops, or something more urgent came."""


class StopAsked(RuntimeError):
    """Somebody asked the run to stop while a step that takes long went on."""


class UnknownKind(LookupError):
    """The run is of a kind this version does not know."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A worker: its name, its clock, and whether it goes on."""

    name: str
    clock: Callable[[], datetime]
    goes_on: Callable[[], bool] = lambda: True
    breath: float = _BREATH_SECONDS
    beats: dict[int, float] = field(default_factory=dict)

    def carry_next(self) -> bool:
        """This function will carry the most urgent run until it ends or has to wait, and say whether there was one."""
        task = claim(self.name, self.clock())
        if task is None:
            return False
        token = CARRIER.set(partial(self._carry, task=task))
        try:
            self._run(task)
        finally:
            CARRIER.reset(token)
        return True

    def _run(self, task: Queued) -> None:
        arguments = task.args_kwargs
        try:
            task.task.call(*arguments["args"], **arguments["kwargs"])
        except LeaseLost as lost:
            _LOG.warning("%s", lost)
        except GivesBack as why:
            self._wait(task, str(why))
        except (OperationalError, InterfaceError):
            raise  # The database is away: what is held here is given back as soon as it answers.
        except Exception as problem:  # noqa: BLE001 - whatever stops a run, it ends in a sentence and the next one goes on
            self._went_wrong(task, problem)
        else:
            task.set_successful(None)

    def _carry(self, number: int, *, task: Queued) -> None:
        run = LongRun.objects.filter(pk=number, task=str(task.pk)).first()
        if run is None or run.ended_at is not None:
            return
        if run.kind not in KINDS:
            message = f"no worker of this version knows how to {run.what} (kind {run.kind})"
            raise UnknownKind(message)
        work = KINDS[run.kind].begin(run, _actor(run))
        while not self._step(run, work):
            if not self.goes_on():
                raise GivesBack("waits for the worker to start again")
            if more_urgent(task.priority):
                raise GivesBack("waits for something more urgent")
            if connection.vendor == "sqlite":
                time.sleep(self.breath)

    def _step(self, seen: LongRun, work: Work) -> bool:
        """Does one step and keeps it with its place; says whether it was the last."""
        prepared = None
        if not seen.stop_asked_by:
            with suppress(StopAsked):
                prepared = work.prepare(seen.place, self.clock(), partial(self._told, seen))
        with transaction.atomic():
            run = LongRun.objects.select_for_update().get(pk=seen.pk)
            if run.holder != self.name or run.task != seen.task or run.ended_at is not None:
                message = f"{run.what} is no longer this worker's; it is left alone"
                raise LeaseLost(message)
            at = self.clock()
            if run.stop_asked_by:
                step = work.back_out(run.place, run.stop_asked_by, at)
            else:
                step = work.step(run.place, prepared, at)
            _note(run, step, at)
        seen.place, seen.stop_asked_by = run.place, run.stop_asked_by
        return bool(step.over)

    def _told(self, seen: LongRun, done: int, says: str) -> None:
        """Notes how far a step is that takes long, and ends it where it may not go on."""
        if time.monotonic() - self.beats.get(seen.pk, 0.0) < _BEAT_SECONDS:
            return
        self.beats[seen.pk] = time.monotonic()
        rows = LongRun.objects.going_on().filter(pk=seen.pk, holder=self.name)
        if not rows.update(done=done, says=says[:_SAYS], beat_at=self.clock()):
            message = f"{seen.what} is no longer this worker's; it is left alone"
            raise LeaseLost(message)
        if rows.exclude(stop_asked_by="").exists():
            raise StopAsked
        if not self.goes_on():
            raise GivesBack(_STARTS_AGAIN)

    def _wait(self, task: Queued, why: str) -> None:
        with transaction.atomic():
            run = self._held(task)
            if run is not None:
                run.attempts = 0
                run.save(update_fields=["attempts"])
                give_back(run, self.clock(), says=why)

    def _went_wrong(self, task: Queued, problem: Exception) -> None:
        with transaction.atomic():
            run = self._held(task)
            if run is None:
                return
            if isinstance(problem, _refusals(run)):
                fail(run, str(problem), self.clock())
                return
            _LOG.error("%s went wrong (attempt %d)", run, run.attempts, exc_info=problem)
            told = f"{type(problem).__name__}: {problem}"
            if run.attempts >= MOST_ATTEMPTS:
                says = f"it went wrong {run.attempts} times at the same step and is not tried again by itself ({told})"
                fail(run, says, self.clock())
                return
            says = f"went wrong, and is tried again ({told})"[:_SAYS]
            give_back(run, self.clock(), says=says, pause=pause_after(run.attempts + 1))

    def _held(self, task: Queued) -> LongRun | None:
        rows = LongRun.objects.going_on().select_for_update()
        return rows.filter(task=str(task.pk), holder=self.name).first()


def _note(run: LongRun, step: Step, at: datetime) -> None:
    run.place, run.done, run.says = dict(step.place), step.done, step.says[:_SAYS]
    run.goal = step.goal if step.goal is not None else run.goal
    # What a run's own step ends has nowhere to go on from; what broke has.
    run.came = {**run.came, **step.came, **({"final": True} if step.over else {})}
    # The first attempt at the next step has begun.
    run.beat_at, run.attempts = at, 1
    if step.over:
        run.outcome, run.problem, run.ended_at, run.holder = step.over, step.problem, at, ""
    run.save()


def _actor(run: LongRun) -> Actor:
    """Who asked for it, with the role they have now: who was let go meanwhile gets nothing done any more."""
    return acting(run.by)


def _refusals(run: LongRun) -> tuple[type[Exception], ...]:
    kind: Kind | None = KINDS.get(run.kind)
    return (NotAllowed, NobodyToActAs, UnknownKind, *(kind.refusals if kind else ()))

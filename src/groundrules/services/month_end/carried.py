"""Collecting and issuing by a worker, a client at a time: each is a transaction with a key of its own.

So a worker that takes over begins with the next client, and what one that was slow did meanwhile is found done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from groundrules.core.reasons import counted
from groundrules.records import models as books
from groundrules.records.models import LongRun, Role
from groundrules.services.actor import Actor, require
from groundrules.services.long_runs import Tell, Wanted, ask
from groundrules.services.long_runs.steps import Kind, Place, Step, Work, stays
from groundrules.services.long_runs.task import LATER
from groundrules.services.month_end.collecting import collect, to_collect
from groundrules.services.month_end.issuing import issue_one
from groundrules.services.month_end.runs import (
    ClientStanding,
    Stage,
    UnknownRun,
    find_run,
    standing_of,
)
from groundrules.services.month_end.runs import Step as Taken
from groundrules.services.month_end.watched import STAYS
from groundrules.services.world import NoAgreement, NoProvider

KIND = "month-end"


def collect_later(run: books.BillingRun, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker collect what is still to be collected; a second press gets the same long run."""
    return _later(run, "collect", actor, at)


def issue_later(run: books.BillingRun, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker issue what is due; a second press gets the same long run."""
    return _later(run, "issue", actor, at)


def going_on(run: books.BillingRun) -> LongRun | None:
    """This function will return the long run that works on a billing run now, if one does."""
    rows = LongRun.objects.going_on().filter(kind=KIND, asked__ref=run.ref)
    return rows.order_by("pk").first()


def _later(run: books.BillingRun, do: str, actor: Actor, at: datetime) -> LongRun:
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        # Two presses at once take turns at the run's row.
        books.BillingRun.objects.select_for_update().get(pk=run.pk)
        there = LongRun.objects.going_on().filter(kind=KIND, asked__ref=run.ref, asked__do=do)
        found = there.order_by("pk").first()
        if found is not None:
            return found
        asked = {"ref": run.ref, "do": do}
        return ask(Wanted(KIND, f"{do} {run.ref}", asked, LATER), actor=actor, at=at)


def _begin(run: LongRun, actor: Actor) -> Work:
    require(actor, Role.ACCOUNTANT)
    kinds: Mapping[str, Callable[[books.BillingRun, Actor], Work]] = {
        "collect": Collecting,
        "issue": Issuing,
    }
    return kinds[run.asked["do"]](find_run(run.asked["ref"]), actor)


class Collecting:
    """A client after the other is collected."""

    def __init__(self, run: books.BillingRun, actor: Actor) -> None:
        self._run, self._actor = run, actor
        self._left = to_collect(run)

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will collect the next client, and say how many were."""
        del tell, place
        if not self._left:
            return 0
        collect(self._run, self._left[0], actor=self._actor, at=at)
        del self._left[0]
        return 1

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will note how many are done."""
        del at
        done = place.get("done", 0) + (1 if prepared else 0)
        over = "" if self._left else LongRun.DONE
        return Step({"done": done}, done, "clients collected", done + len(self._left), over)

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will keep what was collected."""
        del at
        return stays(place, by, done=place.get("done", 0), kept=STAYS)


class Issuing:
    """What is due goes out, a client after the other; one that can't is noted, and not tried twice in one long run."""

    def __init__(self, run: books.BillingRun, actor: Actor) -> None:
        self._run, self._actor = run, actor
        self._left: list[ClientStanding] | None = None

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will issue the documents of the next client, and return the step that was noted."""
        del tell
        if self._left is None:
            due = standing_of(self._run, at=at).of(Stage.DUE, Stage.FAILED)
            self._left = [one for one in due if one.client.pk not in place.get("failed", ())]
        if not self._left:
            return None
        taken = issue_one(self._run, self._left[0], actor=self._actor, at=at)
        del self._left[0]
        return taken

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will note what went out, and for whom nothing could."""
        del at
        done, failed = place.get("done", 0), list(place.get("failed", ()))
        if isinstance(prepared, books.BillingStep):
            done += len(prepared.documents)
            failed += [prepared.client_id] if prepared.step == Taken.FAILED else []
        left = len(self._left or ())
        could_not = f", for {counted(len(failed), 'client')} nothing could be" if failed else ""
        says = f"{counted(done, 'document')} issued{could_not}, {counted(left, 'client')} to go"
        over = "" if left else LongRun.DONE
        return Step({"done": done, "failed": failed}, done, says, over=over)

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will keep what went out: a document that was issued is corrected, never taken back."""
        del at
        return stays(place, by, done=place.get("done", 0), kept=STAYS)


CARRIED = Kind(_begin, (UnknownRun, NoAgreement, NoProvider))

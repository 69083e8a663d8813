"""Every report that is owed, given by a worker with the draft of its mail, one after the other. It sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from groundrules.core.reasons import counted
from groundrules.records import models as books
from groundrules.records.models import LongRun, Role
from groundrules.renderers.typesetting import DocumentNotRendered
from groundrules.services.actor import Actor, require
from groundrules.services.client_reports import ReportRefused, give, owed
from groundrules.services.long_runs import Tell, Wanted, ask
from groundrules.services.long_runs.steps import Kind, Place, Step, Work, stays
from groundrules.services.long_runs.task import LATER
from groundrules.services.report_mail import mail, recipient_of
from groundrules.services.world import NoAgreement, NoProvider

KIND = "reports"
_REFUSALS = (ReportRefused, NoAgreement, NoProvider, DocumentNotRendered)
_ROLES = (Role.ACCOUNTANT, Role.TECHNICIAN)


class NothingOwed(ValueError):
    """Every promised report was given."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """One report to give."""

    client: books.Client
    first: date
    end: date


def give_owed_later(*, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker give every report that is owed now and draft its mail; a second press joins in.

    Raises NotAllowed and NothingOwed.
    """
    require(actor, *_ROLES)
    with transaction.atomic():
        # Two presses at once take turns at the provider's row.
        list(books.Provider.objects.select_for_update().order_by("pk")[:1])
        there = LongRun.objects.going_on().filter(kind=KIND).order_by("pk").first()
        if there is not None and there.by == actor.label:
            return there
        found = owed(at.date())
        if not found:
            message = "no promised report is open; see who was promised one: groundrules report due"
            raise NothingOwed(message)
        periods = [[one.client.pk, one.first.isoformat(), one.end.isoformat()] for one in found]
        what = f"give {counted(len(found), 'report')}"
        return ask(Wanted(KIND, what, {"periods": periods}, LATER), actor=actor, at=at)


def _begin(run: LongRun, actor: Actor) -> Work:
    require(actor, *_ROLES)
    return Giving(run, actor)


class Giving:
    """A report after the other: frozen once for its period, with the draft of the mail that brings it."""

    def __init__(self, run: LongRun, actor: Actor) -> None:
        self._periods, self._actor = run.asked["periods"], actor

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will give the next report, or return why it can't be given."""
        del tell
        number, first, end = self._periods[place.get("next", 0)]
        client = books.Client.objects.filter(pk=number).first()
        if client is None:
            return "its client is gone"
        try:
            _give(
                _Owed(client, date.fromisoformat(first), date.fromisoformat(end)), self._actor, at
            )
        except _REFUSALS as refused:
            return f"{client.name}: {refused}"
        return ""

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will note what was given, and why others were not."""
        del at
        done, goal = place.get("next", 0) + 1, len(self._periods)
        stay = [*place.get("stay", ()), *([str(prepared)] if prepared else [])]
        over = LongRun.DONE if done == goal else ""
        says = "reports looked at"
        if over:
            says = f"{counted(done - len(stay), 'report')} given, their mails are drafts to be read"
        return Step({"next": done, "stay": stay}, done, says, goal, over, came={"stay": stay})

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will keep what was given: a report that was given stands."""
        del at
        kept = "reports that were given stay given"
        return stays(place, by, done=place.get("next", 0), kept=kept)


def _give(one: _Owed, actor: Actor, at: datetime) -> None:
    """Where a worker was cut off between the report and its mail, the mail alone is left to do."""
    recipient_of(one.client, at)
    rows = books.ReportGiven.objects.filter(client=one.client, first=one.first, end=one.end)
    given = rows.first() or give(one.client, one.first, one.end, actor=actor, at=at)
    mail(given, actor=actor, at=at)


CARRIED = Kind(_begin)

"""A file rehearsed, and brought in, by a worker: row after row, a few in each transaction.

What is stopped, or meets a row at fault on the way, is taken back card by card. Time and patches are entries of books:
those that were recorded stay, are decided, and are found again when the same file is brought in once more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from groundrules.core.reasons import counted
from groundrules.records import models as books
from groundrules.records.models import ImportBatch, LongRun, WaitingImport
from groundrules.services.actor import Actor, require
from groundrules.services.imports.rehearsing import STEP_SECONDS, Rehearsal, told
from groundrules.services.imports.running import (
    ImportRefused,
    Row,
    Source,
    answer,
    begin_batch,
    bringing,
    note_cards,
    note_kept,
    rows_of,
    try_row,
)
from groundrules.services.imports.undoing import Undone, in_turn, note_undone, take_away
from groundrules.services.imports.waiting import NothingWaits, source_of
from groundrules.services.long_runs import Tell
from groundrules.services.long_runs.steps import Place, Step, Work

REFUSALS = (ImportRefused, NothingWaits)
_NOTHING = "nothing of it was kept"
_STAYING = 10


def begin(run: LongRun, actor: Actor) -> Work:
    """This function will take a waiting file in hand. Owners only; raises NothingWaits and ImportRefused."""
    require(actor)
    return BringingIn(run, actor)


class BringingIn:
    """A waiting file on its way: rehearsed first where that is asked, then brought in where that is asked."""

    def __init__(self, run: LongRun, actor: Actor) -> None:
        self._actor, self._asked = actor, run.asked
        file = _file(run.asked["file"])
        if file.run_id != run.pk:
            message = f"{file.name} was taken up anew since; look at its page"
            raise NothingWaits(message)
        self._source: Source = source_of(file)
        self._rehearsal: Rehearsal | None = None
        self._rows: list[Row] = []

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will read the file, once for each worker that has it in hand."""
        del at, tell
        if self._asked["rehearse"] and not place:
            self._rehearsal = self._rehearsal or Rehearsal(self._source, self._actor)
        elif not self._rows:
            self._rows = rows_of(self._source)
        return None

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will try, bring in, take back or decide the next few."""
        del prepared
        if self._asked["rehearse"] and not place:
            return self._rehearse(at)
        phase = place.get("phase", "rows")
        if phase == "back":
            return self._take_back(place, at)
        return self._answer(place, at) if phase == "answers" else self._bring(place, at)

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will take what was brought in away again, a few cards at a time."""
        if "batch" not in place:
            problem = f"{by} stopped it; {_NOTHING}"
            return Step(place, 0, "stopped", over=LongRun.STOPPED, problem=problem)
        if place["phase"] == "rows":
            place = {**place, "phase": "back", "why": f"{by} stopped it", "end": LongRun.STOPPED}
        return self.step(place, None, at)

    def _rehearse(self, at: datetime) -> Step:
        found = self._rehearsal
        if found is None:
            message = "the file was not read before it is rehearsed"
            raise RuntimeError(message)
        found.try_piece(at)
        done, goal = len(found.came), len(found.rows)
        if not found.is_over:
            return Step({}, done, "rows rehearsed", goal)
        file = _file(self._asked["file"])
        file.rehearsal, file.rehearsed_at = [told(one) for one in found.came], at
        file.save(update_fields=["rehearsal", "rehearsed_at"])
        if not self._asked["keep"]:
            says = f"{counted(done, 'row')} rehearsed, {found.faults} at fault"
            return Step({}, done, says, goal, LongRun.DONE, came={"faults": found.faults})
        if found.faults and not self._asked["without_errors"]:
            rows = counted(found.faults, "row is", "rows are")
            problem = f"{rows} at fault, so {_NOTHING}; mend the file or its mapping"
            return Step({}, done, "rows rehearsed", goal, LongRun.FAILED, problem)
        return Step({"phase": "rows", "row": 0}, 0, "rows brought in", goal)

    def _bring(self, place: Place, at: datetime) -> Step:
        run = bringing(self._source, self._actor, at)
        number, until = place.get("row", 0), time.monotonic() + STEP_SECONDS
        batch = _batch(place) or begin_batch(self._source, run)
        counts, why = Counter(batch.counts), ""
        while number < len(self._rows) and not why:
            came = try_row(self._rows[number], run)
            counts[came.action] += 1
            number += 1
            if came.action == "error" and not self._asked["without_errors"]:
                why = f"{came.kind} row {came.number} is at fault by now: {came.says}"
            if time.monotonic() > until:
                break
        note_cards(batch, run)
        batch.counts = dict(counts)
        batch.save(update_fields=["counts"])
        worked = sorted({*place.get("worked", ()), *run.worked})
        phase = "back" if why else "answers" if number >= len(self._rows) else "rows"
        onward = {"phase": phase, "row": number, "batch": batch.pk, "worked": worked}
        if why:
            onward |= {"why": why, "end": LongRun.FAILED}
        came_to = {"batch": batch.pk}
        return Step(onward, number, "rows brought in", len(self._rows), came=came_to)

    def _take_back(self, place: Place, at: datetime) -> Step:
        batch, until = _known_batch(place), time.monotonic() + STEP_SECONDS
        gone, stay = place.get("gone", 0), list(place.get("stay", ()))
        cards = batch.cards.order_by("-pk")
        left = list(cards.filter(pk__lt=place["card"]) if "card" in place else cards)
        card = place.get("card", 0)
        for some in in_turn(left):
            told = take_away(some, self._actor, at)
            stay += [why for why in told if why]
            gone, card = gone + told.count(""), some[-1].pk
            if time.monotonic() > until and some[-1] != left[-1]:
                onward = {**place, "gone": gone, "stay": stay, "card": card}
                return Step(onward, gone, "cards taken away", gone + len(left))
        note_undone(batch, Undone(gone, tuple(stay)), self._actor, at)
        onward = {**place, "phase": "answers", "gone": gone, "stay": stay}
        return Step(onward, gone, "cards taken away", came={"stay": stay[:_STAYING]})

    def _answer(self, place: Place, at: datetime) -> Step:
        """Decides the work of one client after the other, and then ends the run as it has to end."""
        worked = list(place.get("worked", ()))
        if worked:
            for client in books.Client.objects.filter(pk=worked[0]):
                answer(client, self._actor, at)
        if len(worked) > 1:
            onward = {**place, "worked": worked[1:]}
            return Step(onward, len(worked) - 1, "clients whose work is still to be decided")
        batch = _known_batch(place)
        end = place.get("end", LongRun.DONE)
        if end == LongRun.DONE:
            note_kept(batch, self._actor, at)
            WaitingImport.objects.filter(pk=self._asked["file"]).delete()
        else:
            WaitingImport.objects.filter(pk=self._asked["file"]).update(rehearsed_at=None)
        says = f"{batch.counts.get('add', 0)} of {sum(batch.counts.values())} rows added"
        return Step(
            {**place, "worked": []},
            sum(batch.counts.values()),
            says,
            over=end,
            problem=_ending(place, batch),
        )


def _ending(place: Place, batch: ImportBatch) -> str:
    """What a run that was taken back leaves behind."""
    if place.get("end", LongRun.DONE) == LongRun.DONE:
        return ""
    gone, stay = place.get("gone", 0), len(place.get("stay", ()))
    told_of = f"{place['why']}; taken away again: {counted(gone, 'card')}, staying: {stay}"
    entries = batch.counts.get("add", 0) - gone - stay
    stays = counted(entries, "entry of time or patches stays", "entries of time or patches stay")
    kept = f"; {stays} on record" if entries > 0 else ""
    return f"{told_of}{kept}"


def _batch(place: Place) -> ImportBatch | None:
    return (
        ImportBatch.objects.select_for_update().get(pk=place["batch"]) if "batch" in place else None
    )


def _known_batch(place: Mapping[str, Any]) -> ImportBatch:
    return ImportBatch.objects.select_for_update().get(pk=place["batch"])


def _file(number: int) -> WaitingImport:
    row = WaitingImport.objects.filter(pk=number).first()
    if row is None:
        message = "the file was put away meanwhile; hand it in again"
        raise NothingWaits(message)
    return row

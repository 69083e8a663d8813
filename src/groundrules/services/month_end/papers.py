"""The PDFs of a month's documents in one zip, as they were issued, made by a worker to be fetched."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

from groundrules.core.reasons import counted
from groundrules.records import models as books
from groundrules.records.models import LongRun, Role
from groundrules.services.actor import Actor, require
from groundrules.services.long_runs import NOTHING_KEPT, Tell, Wanted, ask
from groundrules.services.long_runs.steps import Kind, Place, Step, Work, stays
from groundrules.services.long_runs.task import LATER
from groundrules.services.made_files import DOCUMENTS, UNFINISHED, folder_for_files, place_of
from groundrules.services.month_end.runs import UnknownRun, find_run, last_steps


class NothingIssued(ValueError):
    """No document of the month has gone out yet."""


def papers_later(run: books.BillingRun, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker put the PDFs of a month into one zip; raises NotAllowed and NothingIssued."""
    require(actor, Role.ACCOUNTANT)
    refs = sorted(ref for step in last_steps(run).values() for ref in step.documents)
    if not refs:
        message = f"nothing of {run.ref} has gone out yet; issue it first"
        raise NothingIssued(message)
    what = f"PDFs of {run.ref} ({counted(len(refs), 'document')})"
    return ask(Wanted(DOCUMENTS, what, {"ref": run.ref, "refs": refs}, LATER), actor=actor, at=at)


def _begin(run: LongRun, actor: Actor) -> Work:
    require(actor, Role.ACCOUNTANT)
    return Packing(run, find_run(run.asked["ref"]))


class Packing:
    """All PDFs in one piece: a zip that gets its name when it is whole, or none."""

    def __init__(self, run: LongRun, of: books.BillingRun) -> None:
        self._run, self._of = run, of

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will pack what was issued, byte for byte, and return the file."""
        del place, at
        name = f"{self._of.ref}-documents-{self._run.pk}.zip"
        beside = folder_for_files() / f"{UNFINISHED}{name}"
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        try:
            _pack(beside, self._run.asked["refs"], tell)
            return beside.rename(folder_for_files() / name)
        finally:
            beside.unlink(missing_ok=True)

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will note where the file lies."""
        del at
        if not isinstance(prepared, Path):
            message = "no file was made"
            raise TypeError(message)
        done = len(self._run.asked["refs"])
        says = f"{counted(done, 'document')}, {prepared.stat().st_size:,} bytes as zip"
        return Step(place, done, says, done, LongRun.DONE, came=place_of(prepared))

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will keep nothing."""
        del at
        return stays(place, by, done=0, kept=NOTHING_KEPT)


def _pack(file: Path, refs: list[str], tell: Tell) -> None:
    """A PDF is packed already, so it is stored as it is; one document in memory at a time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for number, ref in enumerate(refs, start=1):
            row = books.Issued.objects.select_related("pdf").get(ref=ref)
            if row.pdf is not None:
                packed.writestr(f"{ref}.pdf", bytes(row.pdf.content))
            tell(number, "documents packed")


CARRIED = Kind(_begin, (UnknownRun,))

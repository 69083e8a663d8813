"""Cases: read a world from a file, answer everything, and compare with what its author expects. Needs no database.

The only service that may run without Django: a case is answered by the core alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from groundrules.core.answers.answer import answer
from groundrules.core.answers.model import Answers
from groundrules.readers.case_file.case import Case, Question
from groundrules.readers.case_file.instants import read_instant
from groundrules.readers.case_file.load import read_case
from groundrules.readers.case_file.places import BadValue, CaseFileRefused, Place, Scalar
from groundrules.readers.case_file.schema import case_file_schema
from groundrules.renderers.answers_json import answers_as_data, to_text
from groundrules.renderers.story import tell
from groundrules.renderers.story_text import paragraph, point
from groundrules.services.case_checks import compare
from groundrules.services.case_compare import Mismatch
from groundrules.services.case_evidence import EvidenceUnreadable, ReadFile, add_evidence
from groundrules.services.engine import engine_version
from groundrules.services.zones import pin_zones


class CaseRefused(ValueError):
    """A case file can't be read or answered; the message lists every problem with file, line and column."""


class NothingAsked(CaseRefused):
    """A case file is sound and asks nothing, as a base for others does."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answers, what was not as expected, and how many statements were compared."""

    question: Question
    answers: Answers
    mismatches: tuple[Mismatch, ...]
    compared: int


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case with everything that was answered."""

    case: Case
    answered: tuple[Answered, ...]
    files: tuple[ReadFile, ...] = ()

    @property
    def as_expected(self) -> bool:
        """True when nothing the author stated came out otherwise, and whoever states something had it compared."""
        return not any(a.mismatches or _compared_nothing(a) for a in self.answered)


@dataclass(frozen=True, slots=True)
class CaseChecked:
    """A case file that can be read, in one sentence."""

    case: Case
    sentence: str


def _compared_nothing(answered: Answered) -> bool:
    return answered.question.expect is not None and not answered.compared


def schema() -> dict[str, object]:
    """This function will return the JSON Schema of the case-file format."""
    return case_file_schema()


def check_case(raw: bytes, path: Path) -> CaseChecked:
    """This function will read a case file with its bases and evidence; raises CaseRefused when anything is wrong."""
    case, _files = _with_evidence(_read(raw, path), path)
    world = case.world
    said = (
        f"{path.name} is a case file: {len(world.assets)} assets, {len(world.vendors)} vendors, "
        f"{len(world.agreement.versions)} agreement versions, {len(world.changes)} changes, "
        f"{len(world.work)} time entries, {len(case.questions)} questions."
    )
    return CaseChecked(case, said)


def read_whole(raw: bytes, path: Path) -> Case:
    """This function will read a case with its bases and its raw evidence; raises CaseRefused.

    One that asks nothing raises NothingAsked.
    """
    case, _files = _with_evidence(_read(raw, path), path)
    _require_questions(case)
    return case


def run_case(raw: bytes, path: Path, *, at: str = "") -> CaseOutcome:
    """This function will answer a case at every instant it asks about, or at `at` alone (then nothing is compared).

    `path` is where the case lies: bases and evidence files are found beside it. Raises CaseRefused.
    """
    case, files = _with_evidence(_read(raw, path), path)
    questions = (Question(_instant(at, case.zone)),) if at else case.questions
    if not at:
        _require_questions(case)
    return CaseOutcome(case, tuple(_answer(case, question) for question in questions), files)


def _require_questions(case: Case) -> None:
    if not case.questions:
        place = Place(case.file, 1, 1)
        raise NothingAsked(
            f"{place}: nothing is asked; add `at`: the instant to answer from, or give --at"
        )


def _answer(case: Case, question: Question) -> Answered:
    answers = answer(case.world, question.at, engine_version(case.world))
    if question.expect is None:
        return Answered(question, answers, (), 0)
    mismatches, compared = compare(question.expect, answers)
    return Answered(question, answers, mismatches, compared)


def _read(raw: bytes, path: Path) -> Case:
    pin_zones()
    try:
        return read_case(raw, path.name, lambda name: (path.parent / name).read_bytes())
    except CaseFileRefused as refused:
        raise CaseRefused(str(refused)) from refused


def _with_evidence(case: Case, path: Path) -> tuple[Case, tuple[ReadFile, ...]]:
    try:
        world, files = add_evidence(
            case.world, case.evidence, lambda name: (path.parent / name).read_bytes()
        )
    except EvidenceUnreadable as refused:
        place = case.evidence_places[case.evidence.index(refused.source)]
        raise CaseRefused(f"{place}: {refused}") from refused
    return replace(case, world=world), files


def _instant(text: str, zone: str) -> datetime:
    try:
        return read_instant(Scalar(Place("--at", 1, 1), text), zone)
    except BadValue as bad:
        raise CaseRefused(str(bad)) from bad


def as_json(outcome: CaseOutcome) -> str:
    """This function will write an outcome as stable JSON."""
    data = {
        "case": outcome.case.title,
        "file": outcome.case.file,
        "as_expected": outcome.as_expected,
        "evidence": [file.sentence for file in outcome.files],
        "questions": [
            {
                "mismatches": [
                    {"where": m.where, "expected": m.expected, "found": m.found}
                    for m in a.mismatches
                ],
                "compared": a.compared,
                "answers": answers_as_data(a.answers),
            }
            for a in outcome.answered
        ],
    }
    return to_text(data)


def as_story(outcome: CaseOutcome) -> str:
    """This function will tell an outcome as a story to read, ending in what was not as expected."""
    title = outcome.case.title
    parts = [f"{title}\n{'=' * len(title)}", paragraph(outcome.case.story)]
    parts.append("\n".join(point(file.sentence) for file in outcome.files))
    for number, answered in enumerate(outcome.answered, start=1):
        several = len(outcome.answered) > 1
        heading = f"Question {number} of {len(outcome.answered)}: " if several else ""
        parts.append(tell(answered.answers, f"{heading}{answered.question.says}".strip()))
        parts.append(_verdict(answered))
    return "\n\n".join(part for part in parts if part)


def _verdict(answered: Answered) -> str:
    if answered.question.expect is None:
        return "Nothing was expected, so nothing was compared."
    if answered.mismatches:
        listed = "\n".join(str(mismatch) for mismatch in answered.mismatches)
        count = len(answered.mismatches)
        return f"NOT AS EXPECTED: {count} of {answered.compared} statements\n{listed}"
    if _compared_nothing(answered):
        return "NOT AS EXPECTED: `expect` states nothing that could be compared."
    return f"As expected: all {answered.compared} statements of the case."

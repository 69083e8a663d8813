from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.agreements.facts import (
    DIMENSIONS,
    Asked,
    CoverageState,
    Outcome,
    Severity,
    StateSpan,
    Stems,
    WorkCause,
    all_cells,
)
from groundrules.core.agreements.matching import (
    CAUSES_BY_CHANGE,
    FULL_EVIDENCE,
    NO_EVIDENCE,
    CauseEvidence,
)
from groundrules.core.agreements.table import decision_table
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import CoverageDecision, Flip, Segment
from groundrules.core.coverage.columns import ImpossibleCell, coded_table, decide_cells, encode
from groundrules.core.coverage.decide import decide
from groundrules.core.coverage.facts_of_work import (
    AskedSpan,
    CauseFact,
    SeverityFact,
    StemsFact,
    WorkFacts,
)
from groundrules.core.coverage.flips import EVIDENCE
from groundrules.core.ids import AssetId, ChangeId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.work import TimeEntry, WorkPlace, WorkType
from tests.core.coverage.working import ENGINE, LONG_AFTER
from tests.core.harbor import (
    SRV1,
    TECHNICIAN_A,
    V1,
    HarborTerms,
    harbor_agreement,
    harbor_version,
)

# Clock changes, holidays, the change of version, the night before the agreement, odd zones.
ZONES = ["America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Dublin"]
MOMENTS = [
    datetime(2007, 3, 11, 9, tzinfo=UTC),
    datetime(2007, 11, 4, 8, tzinfo=UTC),
    datetime(2007, 3, 20, 6, tzinfo=UTC),
    datetime(2006, 12, 31, 20, tzinfo=UTC),
    datetime(2007, 2, 16, 23, tzinfo=UTC),
    datetime(2007, 3, 24, 15, tzinfo=UTC),
]

TABLES = {version: decision_table(harbor_version(version)) for version in (1, 2)}
EVIDENCES = [
    CauseEvidence(change=change, actor=actor) for change in (False, True) for actor in (False, True)
]
CODED = {version: coded_table(table) for version, table in TABLES.items()}


def _cause(cause: WorkCause, evidence: CauseEvidence) -> CauseFact:
    changes = (ChangeId("CHG-1"),) if evidence.change else ()
    vendor = V1 if cause.value.startswith("vendor") else None
    return CauseFact(cause, changes, vendor, established=evidence.actor)


@st.composite
def cut_points(draw: st.DrawFn, period: Period) -> list[Period]:
    """Some consecutive periods that cover (more than) the given one."""
    seconds = draw(st.lists(st.integers(1, period.seconds), max_size=3, unique=True))
    wide = Period(period.start - timedelta(days=1), period.start + timedelta(days=9))
    return list(wide.split_at(period.start + timedelta(seconds=s) for s in seconds))


@st.composite
def works(draw: st.DrawFn) -> WorkFacts:
    """Any work, at awkward times, with any facts."""
    start = draw(st.sampled_from(MOMENTS)) + timedelta(seconds=draw(st.integers(-90000, 90000)))
    period = Period(start, start + timedelta(seconds=draw(st.integers(1, 200000))))
    entry = TimeEntry(
        TimeEntryId("TIM-1"),
        TECHNICIAN_A.id,
        period,
        "issue",
        draw(st.sampled_from(WorkType)),
        draw(st.sampled_from([SRV1, AssetId("SRV9")])),
    )
    states = tuple(
        StateSpan(SRV1, draw(st.sampled_from(CoverageState)), part)
        for part in draw(cut_points(period))
    )
    asked = tuple(
        AskedSpan(part, draw(st.sampled_from(Asked)), sentence="This is who asked.")
        for part in draw(cut_points(period))
    )
    evidence = CauseEvidence(change=draw(st.booleans()), actor=draw(st.booleans()))
    cause = _cause(draw(st.sampled_from(WorkCause)), evidence)
    severity = SeverityFact(draw(st.sampled_from(Severity)))
    stems = StemsFact(draw(st.sampled_from(Stems)))
    return WorkFacts(entry, TECHNICIAN_A, states, cause, asked, severity, stems)


def _decide(work: WorkFacts, zone: str = ZONES[0]) -> CoverageDecision:
    return decide(work, harbor_agreement(HarborTerms(zone=zone)), LONG_AFTER, ENGINE)


class TestSegments:
    @given(works(), st.sampled_from(ZONES))
    def test_tile_the_entry_exactly(self, work: WorkFacts, zone: str) -> None:
        """No second is lost or counted twice, also across clock changes."""
        segments = _decide(work, zone).segments

        assert segments[0].period.start == work.entry.period.start
        assert segments[-1].period.end == work.entry.period.end
        for before, after in pairwise(segments):
            assert before.period.end == after.period.start
        assert sum(s.seconds for s in segments) == work.entry.period.seconds

    @given(works(), st.sampled_from(ZONES))
    def test_are_never_worth_less_than_nothing(self, work: WorkFacts, zone: str) -> None:
        """Value and forgone value are not negative, and no more is forgone than the work is worth."""
        for segment in _decide(work, zone).segments:
            assert 0 <= segment.forgone.minor <= segment.value.minor

    @given(works())
    def test_never_bill_what_lacks_evidence(self, work: WorkFacts) -> None:
        """Whatever is missing sends the segment to a person, and only that does."""
        for segment in _decide(work).segments:
            assert (segment.outcome is Outcome.NEEDS_PERSON) == bool(segment.missing)

    @given(works())
    def test_always_say_why(self, work: WorkFacts) -> None:
        """Every reason and every remark is a whole sentence."""
        for segment in _decide(work).segments:
            sentences = [reason.sentence for reason in segment.reasons]
            sentences += [note.sentence for note in segment.not_used]
            sentences += [flip.sentence for flip in segment.flips]
            assert all(said[0].isupper() or said[0].isdigit() for said in sentences)
            assert all(said.endswith(".") for said in sentences)


def _with(work: WorkFacts, segment: Segment, fact: str, value: str) -> WorkFacts:
    """The work of one segment alone, with one fact otherwise."""
    cell = segment.cell
    entry = replace(work.entry, period=segment.period)
    alone = replace(
        work,
        entry=entry,
        states=(StateSpan(SRV1, cell.state, segment.period),),
        asked=(AskedSpan(segment.period, cell.asked),),
    )
    if fact == EVIDENCE:
        return replace(alone, cause=_cause(cell.cause, CauseEvidence(change=True, actor=True)))
    if fact == "state":
        state = CoverageState(value)
        return replace(alone, states=(StateSpan(SRV1, state, segment.period),))
    if fact == "asked":
        return replace(alone, asked=(AskedSpan(segment.period, Asked(value)),))
    if fact == "work_type":
        return replace(alone, entry=replace(entry, work_type=WorkType(value)))
    if fact == "severity":
        return replace(alone, severity=SeverityFact(Severity(value)))
    if fact == "place":
        return replace(alone, entry=replace(entry, place=WorkPlace(value)))
    if fact == "stems":
        return replace(alone, stems=StemsFact(Stems(value)))
    cause = WorkCause(value)
    known = cause in CAUSES_BY_CHANGE
    return replace(alone, cause=_cause(cause, CauseEvidence(change=known, actor=known)))


def _listed(work: WorkFacts) -> WorkFacts:
    return replace(work, entry=replace(work.entry, asset=SRV1))


def _all_flips(work: WorkFacts, segment: Segment) -> set[tuple[str, str, str, str]]:
    """What re-deciding with every other value of every fact but the hours gives."""
    found = set()
    for fact, values in DIMENSIONS.items():
        for value in values:
            if fact == "band" or value == getattr(segment.cell, fact):
                continue
            (other,) = _decide(_with(work, segment, fact, value)).segments
            if (other.outcome, other.clause) != (segment.outcome, segment.clause):
                found.add((fact, value.value, other.outcome.value, str(other.clause)))
    return found


def _told(flips: tuple[Flip, ...]) -> set[tuple[str, str, str, str]]:
    return {
        (flip.fact, str(flip.value), flip.outcome.value, str(flip.clause))
        for flip in flips
        if flip.fact not in {"band", EVIDENCE}
    }


class TestFlips:
    @given(works().map(_listed))
    def test_are_exactly_what_deciding_again_gives(self, work: WorkFacts) -> None:
        """Each told flip comes true, and none is left out."""
        for segment in _decide(work).segments:
            if segment.agreement_version:
                assert _told(segment.flips) == _all_flips(work, segment)

    @given(works().map(_listed))
    def test_of_evidence_come_true(self, work: WorkFacts) -> None:
        """Establishing the alleged cause gives the outcome that was told."""
        for segment in _decide(work).segments:
            for flip in (f for f in segment.flips if f.fact == EVIDENCE):
                (other,) = _decide(_with(work, segment, EVIDENCE, flip.value)).segments
                assert (other.outcome, other.clause) == (flip.outcome, flip.clause)

    @given(st.sampled_from(WorkType), st.sampled_from(Asked), st.sampled_from(WorkCause))
    def test_of_hours_come_true(self, kind: WorkType, asked: Asked, cause: WorkCause) -> None:
        """The same work at ten in the morning and ten in the evening answer for each other."""
        day, night = (
            self._at(hour, kind, asked, cause) for hour in (18, 30)
        )  # 10:00 and 22:00 PST

        for one, other in ((day, night), (night, day)):
            told = [(f.outcome, f.clause) for f in one.flips if f.fact == "band"]
            same = (one.outcome, one.clause) == (other.outcome, other.clause)
            assert told == ([] if same else [(other.outcome, other.clause)])

    def _at(self, hour: int, kind: WorkType, asked: Asked, cause: WorkCause) -> Segment:
        start = datetime(2007, 2, 21, tzinfo=UTC) + timedelta(hours=hour)
        period = Period(start, start + timedelta(hours=1))
        entry = TimeEntry(TimeEntryId("T"), TECHNICIAN_A.id, period, "", kind, SRV1)
        fact = _cause(cause, CauseEvidence(change=True, actor=True))
        work = WorkFacts(entry, TECHNICIAN_A, (), fact, (AskedSpan(period, asked),))
        (segment,) = _decide(work).segments
        return segment


class TestColumns:
    @given(works().map(_listed))
    def test_answer_as_the_rows_do(self, work: WorkFacts) -> None:
        """The array of a version gives each segment's own outcome and clause."""
        evidence = CauseEvidence(
            change=bool(work.cause.changes),
            actor=work.cause.established and work.cause.cause in CAUSES_BY_CHANGE,
        )
        for segment in _decide(work).segments:
            if segment.agreement_version:
                table = CODED[segment.agreement_version]
                answers = decide_cells([encode(segment.cell, evidence)], table)
                assert answers.row(0, table) == (segment.outcome, segment.clause)

    @pytest.mark.parametrize("evidence", EVIDENCES, ids=str)
    def test_know_what_is_on_record_about_the_cause(self, evidence: CauseEvidence) -> None:
        """Clause 6.2 bills only with a change and its maker on record, in columns as in rows."""
        start = datetime(2007, 4, 10, 16, tzinfo=UTC)
        period = Period(start, start + timedelta(hours=1))
        entry = TimeEntry(TimeEntryId("T"), TECHNICIAN_A.id, period, "", WorkType.REMEDIATION, SRV1)
        cause = _cause(WorkCause.VENDOR_UNAPPROVED_CHANGE, evidence)

        (segment,) = _decide(WorkFacts(entry, TECHNICIAN_A, (), cause)).segments
        answers = decide_cells([encode(segment.cell, evidence)], CODED[2])

        billed = Outcome.BILLABLE if evidence == FULL_EVIDENCE else Outcome.NEEDS_PERSON
        assert answers.row(0, CODED[2]) == (segment.outcome, segment.clause) == (billed, "6.2")

    def test_give_every_cell_its_own_code(self) -> None:
        """No two combinations share a code."""
        cells = all_cells(frozenset(HoursBand))

        codes = {encode(cell, known) for cell in cells for known in EVIDENCES}

        assert len(codes) == len(cells) * len(EVIDENCES)
        assert max(codes) < len(CODED[1].outcomes)

    def test_refuse_a_cell_the_calendar_never_produces(self) -> None:
        """Harbor prices no weekend apart, so a weekend cell was encoded with another calendar."""
        cells = all_cells(frozenset({HoursBand.WEEKEND}))

        with pytest.raises(ImpossibleCell, match="row 0 lies in an hours band"):
            decide_cells([encode(cells[0], NO_EVIDENCE)], CODED[1])

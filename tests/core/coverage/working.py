"""Building work for coverage tests in the words of the scenarios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan, WorkCause
from groundrules.core.agreements.terms import Agreement, RatificationTerms
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion, Segment
from groundrules.core.coverage.decide import decide
from groundrules.core.coverage.facts_of_work import (
    ROUTINE,
    AskedSpan,
    CauseFact,
    WorkFacts,
    asked_spans,
)
from groundrules.core.ids import AssetId, ChangeId, ClauseNumber, MessageId, RequestId, TimeEntryId
from groundrules.core.money import Money, total
from groundrules.core.parties import Technician
from groundrules.core.periods import Period
from groundrules.core.work import Ratification, Request, TimeEntry, WorkType
from tests.core.harbor import (
    CONSULTANT,
    DESK,
    PAT,
    SRV1,
    TECHNICIAN_A,
    V1,
    harbor_agreement,
    harbor_calendar,
    site,
)

ENGINE = EngineVersion(rules="rules", tzdata="2026f")
LONG_AFTER = site("2027-01-01 00:00")
CONTACTS = (PAT, DESK, CONSULTANT)
RATIFICATION = RatificationTerms(ClauseNumber("4.2"))

HARDWARE = CauseFact(
    WorkCause.HARDWARE, sentence="The drive array itself failed.", established=True
)
ROGUE = CauseFact(
    WorkCause.VENDOR_UNAPPROVED_CHANGE,
    (ChangeId("CHG-1"),),
    V1,
    "Rogue removed .NET Framework 2.0 without approval.",
    established=True,
)
FALLOUT = CauseFact(WorkCause.UNKNOWN, sentence="It was logged as recovery fallout.")


@dataclass(frozen=True, slots=True)
class Job:
    """What happened, by the site's clock."""

    start: str
    end: str
    work_type: WorkType = WorkType.REMEDIATION
    asset: AssetId | None = SRV1
    zone: str = "America/Los_Angeles"
    end_fold: int = 0

    def entry(self) -> TimeEntry:
        """This method will write the time entry."""
        period = Period(site(self.start, self.zone), site(self.end, self.zone, fold=self.end_fold))
        return TimeEntry(
            TimeEntryId("TIM-1"), TECHNICIAN_A.id, period, "array", self.work_type, self.asset
        )


def asks(who: str, wall: str, says: str = "keep going tonight") -> Request:
    """This function will write a request by `pat` or `desk`."""
    contact = {"pat": PAT, "desk": DESK}[who]
    return Request(RequestId("REQ-1"), contact.id, site(wall), says, MessageId("MSG-1"))


def ratified(request: Request, wall: str, who: str = "pat") -> Request:
    """This function will let someone take a request over."""
    contact = {"pat": PAT, "desk": DESK}[who]
    given = Ratification(contact.id, site(wall), MessageId("MSG-2"))
    return replace(request, ratification=given)


def asked(job: Job, request: Request | None, at: datetime = LONG_AFTER) -> tuple[AskedSpan, ...]:
    """This function will say who had asked for a job under Harbor's own terms."""
    return asked_spans(request, CONTACTS, RATIFICATION, harbor_calendar(), job.entry(), at)


def facts(
    job: Job,
    request: Request | None = None,
    cause: CauseFact = ROUTINE,
    at: datetime = LONG_AFTER,
) -> WorkFacts:
    """This function will gather what is known about a job on a covered server."""
    return WorkFacts(job.entry(), TECHNICIAN_A, (), cause, asked(job, request, at))


def in_state(work: WorkFacts, *spans: StateSpan) -> WorkFacts:
    """This function will put the server's states on record."""
    return replace(work, states=spans)


def span(state: CoverageState, start: str, end: str | None = None) -> StateSpan:
    """This function will write one state of SRV1."""
    period = Period(site(start), site(end) if end else None)
    return StateSpan(SRV1, state, period, ClauseNumber("6.3"))


def decided(
    work: WorkFacts, agreement: Agreement | None = None, at: datetime = LONG_AFTER
) -> CoverageDecision:
    """This function will decide under Harbor's agreement."""
    return decide(work, agreement or harbor_agreement(), at, ENGINE)


def without_rates(technician: Technician) -> Technician:
    """This function will forget what a technician costs."""
    return replace(technician, cost_rates=())


def worth(segments: tuple[Segment, ...]) -> Money:
    """This function will add what segments are worth."""
    return total([segment.value for segment in segments], segments[0].value.currency)


def minutes(segments: tuple[Segment, ...]) -> int:
    """This function will add the minutes of segments."""
    return sum(segment.seconds for segment in segments) // 60

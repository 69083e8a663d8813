"""Work at Harbor Dental as the scenarios tell it, decided by the real coverage decision, for the tests above it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from groundrules.core.agreements.facts import StateSpan, WorkCause
from groundrules.core.agreements.terms import Agreement
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import decide
from groundrules.core.coverage.facts_of_work import (
    ROUTINE,
    CauseFact,
    SeverityFact,
    StemsFact,
    WorkFacts,
    asked_spans,
)
from groundrules.core.ids import AssetId, ChangeId, ContactId, MessageId, RequestId, TimeEntryId
from groundrules.core.parties import Contact, Technician
from groundrules.core.periods import Period, local_instant
from groundrules.core.work import Request, TimeEntry, WorkPlace, WorkType
from tests.core.harbor import (
    CONSULTANT,
    DESK,
    PAT,
    SITE_ZONE,
    SRV1,
    TECHNICIAN_A,
    V1,
    harbor_agreement,
    harbor_version,
)

ENGINE = EngineVersion(rules="test", tzdata="2026.6")
LATER = datetime(2027, 1, 1, tzinfo=UTC)
AGREEMENT = harbor_agreement()

V1_BROKE_IT = CauseFact(
    WorkCause.VENDOR_UNAPPROVED_CHANGE,
    (ChangeId("CHG-1"),),
    V1,
    "Rogue removed .NET 2.0 outside any window.",
    established=True,
)


def site(text: str, zone: str = SITE_ZONE, fold: int = 0) -> datetime:
    """This function will read a wall time at the site: `2007-02-20 22:35`."""
    return local_instant(zone, datetime.strptime(text, "%Y-%m-%d %H:%M").replace(fold=fold))  # noqa: DTZ007 - wall time, its zone is added here


@dataclass(frozen=True, slots=True)
class Job:
    """One stretch of work to be decided; by default by technician A on SRV1, routine, asked for by nobody."""

    start: datetime
    end: datetime
    id: str = "TE-1"
    issue: str = "drive array"
    asset: AssetId | None = SRV1
    technician: Technician = TECHNICIAN_A
    work_type: WorkType = WorkType.MAINTENANCE
    asked_at: datetime | None = None
    asked_by: Contact = PAT
    cause: CauseFact = ROUTINE
    states: tuple[StateSpan, ...] = ()
    severity: SeverityFact = field(default=SeverityFact())
    stems: StemsFact = field(default=StemsFact())
    place: WorkPlace = WorkPlace.REMOTE

    @property
    def entry(self) -> TimeEntry:
        """The time entry of the job."""
        return TimeEntry(
            id=TimeEntryId(self.id),
            technician=self.technician.id,
            period=Period(self.start, self.end),
            issue=self.issue,
            work_type=self.work_type,
            asset=self.asset,
            request=RequestId("REQ-1") if self.asked_at else None,
            place=self.place,
        )


def pat_asks(start: str, end: str, **changes: object) -> Job:
    """This function will build a job that Pat had asked for before it began."""
    begun = site(start)
    job = Job(begun, site(end), asked_at=begun - timedelta(hours=1))
    return replace(job, **changes)  # type: ignore[arg-type]  # the fields of a Job, by name


def decided(job: Job, agreement: Agreement = AGREEMENT, at: datetime = LATER) -> CoverageDecision:
    """This function will decide a job under an agreement, as known at `at`."""
    version = agreement.versions[0]
    request = _request(job)
    contacts = (PAT, DESK, CONSULTANT)
    asked = asked_spans(request, contacts, version.ratification, version.calendar, job.entry, at)
    facts = WorkFacts(
        job.entry,
        job.technician,
        job.states,
        job.cause,
        asked,
        job.severity,
        job.stems,
        job.asked_at if job.asked_at is not None and job.asked_at <= job.start else None,
    )
    return decide(facts, agreement, at, ENGINE)


def _request(job: Job) -> Request | None:
    if job.asked_at is None:
        return None
    return Request(
        RequestId("REQ-1"),
        ContactId(job.asked_by.id),
        job.asked_at,
        "keep going tonight",
        MessageId("MSG-1640"),
        job.issue,
    )


VERSION_1 = harbor_version(1)
VERSION_2 = harbor_version(2)

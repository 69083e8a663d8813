"""Work: who did what when for which asset and issue, who asked for it, and what people said.

A time entry keeps the exact instants. Rounding belongs to rating. Requests and messages are evidence: an after-hours
charge cites one, and a person without authority can ask but not commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.ids import (
    AssetId,
    ContactId,
    IncidentId,
    MessageId,
    RequestId,
    TechnicianId,
    TimeEntryId,
    VendorId,
)
from groundrules.core.periods import Period


class WorkType(StrEnum):
    """The kinds of work an agreement distinguishes."""

    MAINTENANCE = "maintenance"
    REMEDIATION = "remediation"
    PROJECT = "project"
    ADD_MOVE_CHANGE = "add_move_change"
    INSPECTION = "inspection"


class WorkPlace(StrEnum):
    """Where work is done. The way there and back, from door to door, is time of its own."""

    REMOTE = "remote"
    ON_SITE = "on_site"
    TRAVEL = "travel"


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """One span of work by one technician. `issue` groups entries for rounding. `asset` None must be allocated first.

    `request` is the request this work answers; `incident` the incident it repairs; `minutes_only` keeps a duration
    that was logged without clock times (its period then starts at the opening of business on the day).
    """

    id: TimeEntryId
    technician: TechnicianId
    period: Period
    issue: str
    work_type: WorkType = WorkType.MAINTENANCE
    asset: AssetId | None = None
    incident: IncidentId | None = None
    request: RequestId | None = None
    note: str = ""
    proactive: bool = False
    recorded_at: datetime | None = None
    place: WorkPlace = WorkPlace.REMOTE


@dataclass(frozen=True, slots=True)
class Ratification:
    """An authorised contact took over an unauthorised request as the client's own."""

    contact: ContactId
    at: datetime
    message: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Someone asked for work to be done outside business hours; `message` is the evidence."""

    id: RequestId
    contact: ContactId
    at: datetime
    says: str
    message: MessageId | None = None
    issue: str = ""
    ratification: Ratification | None = None


class Channel(StrEnum):
    """How a message reached us or left us."""

    EMAIL = "email"
    CALL = "call"
    PORTAL = "portal"
    MEETING = "meeting"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Message:
    """A call or mail, logged word for word or as a summary. Logging one never changes coverage, rates or conditions.

    `incident` is the case it belongs to, where somebody said so.
    """

    id: MessageId
    at: datetime
    channel: Channel
    sender: str
    says: str
    contact: ContactId | None = None
    vendor: VendorId | None = None
    asset: AssetId | None = None
    inbound: bool = True
    incident: IncidentId | None = None


@dataclass(frozen=True, slots=True)
class ThirdPartyAttempt:
    """A call to a maker or vendor for help during an incident, and how it ended. `returned_at` gives the case
    back to us. Without `incident` it counts for each one that was open then.
    """

    party: str
    at: datetime
    outcome: str
    returned_at: datetime | None = None
    incident: IncidentId | None = None


@dataclass(frozen=True, slots=True)
class OwnRun:
    """Something we ourselves did to an asset: a patch run, a recovery, a job. A suspect like any other.

    `accounts` are the accounts it acts as; `components` empty means it may touch anything.
    """

    id: str
    asset: AssetId
    period: Period
    kind: str
    accounts: frozenset[str] = frozenset()
    components: frozenset[str] = frozenset()
    says: str = ""

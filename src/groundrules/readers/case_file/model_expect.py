"""The answers an author may state in a case file: what is left out is not compared, what is stated must be so.

A list marked complete names everything there is: an answer that is not in it is a mismatch too. Texts marked
`contains` need to be part of the answer's text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from groundrules.core.agreements.facts import Outcome, WorkCause
from groundrules.core.attribution.answers import Level, Strength
from groundrules.core.calendars import HoursBand
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.ids import (
    ChangeId,
    ClauseNumber,
    IncidentId,
    SessionId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.letters.answers import LetterKind
from groundrules.core.money import Money
from groundrules.core.vendors import Permission
from groundrules.readers.case_file.expect_marks import COMPLETE, CONTAINS, KEY
from groundrules.readers.case_file.model_expect_documents import (
    ExpectedAttempt,
    ExpectedClock,
    ExpectedCommitment,
    ExpectedConversation,
    ExpectedInvoice,
    ExpectedLetter,
    ExpectedLetterOfAgency,
    ExpectedNotice,
    ExpectedProfit,
    ExpectedReadiness,
    ExpectedRecovery,
    ExpectedRefusal,
    ExpectedReinstatement,
    ExpectedState,
    ExpectedValue,
    ExpectedVendor,
    ExpectedWindow,
)
from groundrules.readers.case_file.shapes import Minutes, Whose


@dataclass(frozen=True, slots=True)
class ExpectedHypothesis:
    """One candidate that stays listed: whether it was rejected, and words of the reason why."""

    label: str = field(metadata=KEY)
    rejected: bool | None = None
    because: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedAttribution:
    """Who made a change. `party: nobody` says that none may be named."""

    change: ChangeId = field(metadata=KEY)
    party: Whose | None = None
    strength: Strength | None = None
    level: Level | None = None
    grade: str | None = None
    account: str | None = None
    session: SessionId | None = None
    permission: Permission | None = None
    alternatives: tuple[ExpectedHypothesis, ...] | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedRejection:
    """A change that was considered as the cause and rejected, and words of the reason why."""

    change: ChangeId = field(metadata=KEY)
    rejected: bool | None = None
    because: str | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedCause:
    """What explains an incident: exactly these changes, and how far that is proven."""

    incident: IncidentId = field(metadata=KEY)
    verdict: CauseVerdict | None = None
    changes: tuple[ChangeId, ...] | None = None
    hardware: str | None = None
    considered: tuple[ExpectedRejection, ...] | None = None
    beside: tuple[ExpectedHypothesis, ...] | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedPart:
    """A stretch of a time entry in which every fact is constant; `time` is exact."""

    start: datetime = field(metadata={**KEY, "case_file_key": "from"})
    end: datetime | None = field(default=None, metadata={"case_file_key": "to"})
    outcome: Outcome | None = None
    clause: ClauseNumber | None = None
    band: HoursBand | None = None
    cause: WorkCause | None = None
    time: Minutes | None = None
    value: Money | None = None
    forgone: Money | None = None
    agreement_version: int | None = None
    because: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)
    would_change: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedDecision:
    """The decision on a time entry: its parts (all of them), what it cost us, and how often it was superseded."""

    entry: TimeEntryId = field(metadata=KEY)
    parts: tuple[ExpectedPart, ...] | None = field(default=None, metadata=COMPLETE)
    outcome: Outcome | None = None
    clause: ClauseNumber | None = None
    cost: Money | None = None
    forgone: Money | None = None
    caused_by: tuple[ChangeId, ...] | None = None
    caused_by_vendor: Whose | None = None
    superseded: int | None = None
    before: Outcome | None = None
    counted_as_loss: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedCharge:
    """What is charged for one rounding unit; `time` after rounding. `cites` is the message or request behind it."""

    entries: tuple[TimeEntryId, ...] = field(metadata=KEY)
    amount: Money = field(metadata=KEY)
    time: Minutes | None = None
    worked: Minutes | None = None
    hourly: Money | None = None
    clause: ClauseNumber | None = None
    technician: TechnicianId | None = None
    day: date | None = None
    cites: str | None = None
    working: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedUncharged:
    """Work shown at its value and 0.00; `time` is exact."""

    entry: TimeEntryId = field(metadata=KEY)
    value: Money = field(metadata=KEY)
    covered: bool | None = None
    time: Minutes | None = None
    clause: ClauseNumber | None = None
    loss: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedWaiting:
    """Work that needs a person before it can be charged or shown."""

    entry: TimeEntryId = field(metadata=KEY)
    at_stake: Money | None = None
    time: Minutes | None = None
    missing: tuple[str, ...] | None = field(default=None, metadata=CONTAINS)


@dataclass(frozen=True, slots=True)
class ExpectedOtherRule:
    """What the same work would come to under another rounding rule."""

    name: str = field(metadata=KEY)
    amount: Money | None = None
    time: Minutes | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    """Everything an author may expect at one instant."""

    attributions: tuple[ExpectedAttribution, ...] | None = None
    causes: tuple[ExpectedCause, ...] | None = None
    readiness: tuple[ExpectedReadiness, ...] | None = None
    decisions: tuple[ExpectedDecision, ...] | None = None
    charges: tuple[ExpectedCharge, ...] | None = field(default=None, metadata=COMPLETE)
    charged: Money | None = None
    uncharged: tuple[ExpectedUncharged, ...] | None = field(default=None, metadata=COMPLETE)
    value_uncharged: Money | None = None
    waiting: tuple[ExpectedWaiting, ...] | None = field(default=None, metadata=COMPLETE)
    other_rules: tuple[ExpectedOtherRule, ...] | None = None
    states: tuple[ExpectedState, ...] | None = None
    notices: tuple[ExpectedNotice, ...] | None = None
    reinstatements: tuple[ExpectedReinstatement, ...] | None = None
    invoices: tuple[ExpectedInvoice, ...] | None = None
    letters: tuple[ExpectedLetter, ...] | None = None
    no_letters: tuple[LetterKind, ...] | None = None
    refusals: tuple[ExpectedRefusal, ...] | None = None
    recoveries: tuple[ExpectedRecovery, ...] | None = None
    letters_of_agency: tuple[ExpectedLetterOfAgency, ...] | None = None
    windows: tuple[ExpectedWindow, ...] | None = None
    vendors: tuple[ExpectedVendor, ...] | None = None
    conversations: tuple[ExpectedConversation, ...] | None = None
    commitments: tuple[ExpectedCommitment, ...] | None = field(default=None, metadata=COMPLETE)
    clocks: tuple[ExpectedClock, ...] | None = None
    attempts: tuple[ExpectedAttempt, ...] | None = None
    value: tuple[ExpectedValue, ...] | None = None
    profit: tuple[ExpectedProfit, ...] | None = None

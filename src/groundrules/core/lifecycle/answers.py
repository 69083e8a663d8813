"""The values of the per-server lifecycle: dated entries, notices, and reinstatement conditions with their proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from groundrules.core.agreements.terms import ConditionTerms
from groundrules.core.ids import (
    AssetId,
    ChangeId,
    ClauseNumber,
    ConditionId,
    InvoiceId,
    LetterId,
    NoticeId,
)
from groundrules.core.money import Money
from groundrules.core.reasons import FactRef
from groundrules.core.work import Channel


class EntryKind(StrEnum):
    """The dated entries from which an asset's coverage state is computed; none is ever edited or removed."""

    NOTICE_GIVEN = "notice given"
    NOTICE_CURED = "notice cured"
    SUSPENDED = "suspended"
    REINSTATEMENT_BEGUN = "reinstatement begun"
    REINSTATED = "reinstated"
    SUSPENSION_VOIDED = "suspension voided"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class LifecycleEntry:
    """One dated entry: what happened to an asset's coverage, effective when, recorded when, by whom, and why."""

    asset: AssetId
    kind: EntryKind
    effective_at: datetime
    recorded_at: datetime
    clause: ClauseNumber | None = None
    by: str = ""
    reason: str = ""
    letter: LetterId | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice sent to the client about one asset. `receipt_at` is the delivery receipt; `bounced_at` a bounce.

    `agreed_to` is the address agreed for notices when it was sent, where the client has another one since.
    """

    id: NoticeId
    asset: AssetId
    sent_at: datetime
    channel: Channel
    to: str
    breach_of: ClauseNumber
    receipt_at: datetime | None = None
    bounced_at: datetime | None = None
    changes: tuple[ChangeId, ...] = ()
    agreed_to: str = ""


@dataclass(frozen=True, slots=True)
class NoticeArithmetic:
    """When a notice counts as received and when the suspension takes effect, or why it can't; each step in words."""

    deemed_received: date | None
    last_notice_day: date | None
    effective_at: datetime | None
    refusal: str
    steps: tuple[str, ...]


class ConditionBucket(StrEnum):
    """Where a reinstatement condition stands (ux job e)."""

    PAST_DUE = "past_due"
    CURRENTLY_DUE = "currently_due"
    PENDING_VERIFICATION = "pending_verification"
    MET = "met"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    """Something on record about a condition: proof it was met, the owner's waiver with its reason and price, or by
    when it was agreed to be done (`due_at`, without proof).

    `asset` None speaks of every asset that is off then.
    """

    condition: ConditionId
    at: datetime
    by: str
    proof: str
    waived: bool = False
    price: Money | None = None
    asset: AssetId | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """Whether one invoice for the suspension period is settled; `paid_at` None while it is open."""

    invoice: InvoiceId
    issued_at: datetime
    paid_at: datetime | None = None


def condition_ref(asset: AssetId, condition: ConditionId) -> str:
    """This function will refer to a server's condition: an agreement asks the same of each server that is off."""
    return f"{asset}/{condition}"


@dataclass(frozen=True, slots=True)
class ConditionStatus:
    """One reinstatement condition as of an instant: bucket, when met or due, and the proof or what is still missing."""

    terms: ConditionTerms
    bucket: ConditionBucket
    met_at: datetime | None
    sentence: str
    facts: tuple[FactRef, ...] = ()
    due_at: datetime | None = None

    @property
    def told(self) -> str:
        """What stands on record, as the client reads it: what letting a condition go costs us is not told."""
        if self.bucket is not ConditionBucket.WAIVED:
            return self.sentence
        why = " ".join(fact.says.rstrip(".") for fact in self.facts if fact.kind == "waiver")
        return f"We let this go: {why}."


@dataclass(frozen=True, slots=True)
class ReinstatementAnswer:
    """What still stands between an asset and coverage. `effective_at` is set only when nothing does."""

    asset: AssetId
    conditions: tuple[ConditionStatus, ...]
    open: tuple[ConditionId, ...]
    effective_at: datetime | None
    sentence: str

"""The dated records of vendor management: letters of agency, accepted rules, access windows, freezes, scoring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, FreezeId, LetterOfAgencyId, VendorId, WindowId
from groundrules.core.parties import same_account_name
from groundrules.core.periods import Period


class LetterOfAgencyStep(StrEnum):
    """The dated steps of a letter of agency, in the order they normally happen (reference: domain 3.1)."""

    DRAFTED = "drafted"
    SENT_FOR_SIGNATURE = "sent for signature"
    SIGNED = "signed"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    CALL_MADE = "call made"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step of a letter of agency, when it happened, and what came of it (a call's outcome, why it was revoked)."""

    step: LetterOfAgencyStep
    at: datetime
    says: str = ""


@dataclass(frozen=True, slots=True)
class LetterOfAgency:
    """The client's signed permission for the provider to deal with a vendor; `months` of validity from delivery."""

    id: LetterOfAgencyId
    vendor: VendorId
    steps: tuple[DatedStep, ...] = ()
    months: int = 12
    file_name: str = ""
    file_digest: str = ""
    signed_by: str = ""
    assets: frozenset[AssetId] = frozenset()
    follow_up_business_days: int = 2
    reminder_days: int = 30


@dataclass(frozen=True, slots=True)
class RulesAcceptance:
    """A named person at a vendor accepted one version of the rules of engagement at an instant.

    `agreement` is the version of the client's agreement in force then (`MSA-HARBOR v2`), empty where that is not said.
    """

    vendor: VendorId
    version: int
    accepted_by: str
    at: datetime
    agreement: str = ""


class ChangeRequestType(StrEnum):
    """ITIL change types."""

    STANDARD = "standard"
    NORMAL = "normal"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class AccessWindow:
    """A planned access of one vendor (or of ourselves) to one asset; it permits only once approved.

    `recorded_at` is when the approval entered the book: one recorded after the change is shown as such. `kinds`
    empty means any kind of component; `accounts` empty means any account of the party. `requested_at` when the
    request came in.
    """

    id: WindowId
    asset: AssetId
    period: Period
    vendor: VendorId | None = None
    type: ChangeRequestType = ChangeRequestType.NORMAL
    kinds: frozenset[ItemKind] = frozenset()
    accounts: frozenset[str] = frozenset()
    requested_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str = ""
    recorded_at: datetime | None = None
    denied_at: datetime | None = None
    reason: str = ""
    backup_confirmed: bool = False
    ended_at: datetime | None = None


def admits(window: AccessWindow, names: Iterable[str]) -> bool:
    """This function will say whether a window is for a login by these names; one that lists none is for all."""
    seen = tuple(names)
    return not window.accounts or any(
        same_account_name(listed, name) for listed in window.accounts for name in seen
    )


@dataclass(frozen=True, slots=True)
class Freeze:
    """A period in which normal changes are refused (ITIL blackout)."""

    id: FreezeId
    period: Period
    assets: frozenset[AssetId] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScorecardRule:
    """How a vendor is scored (all parameters of the provider's policy; scenario 8 shows one setting)."""

    starts_at: int = 100
    per_confirmed_change: int = 15
    per_out_of_window_session: int = 5
    per_cleanup_hour: int = 1
    replacement_below: int = 40
    reply_business_days: int = 5


class Permission(StrEnum):
    """Three-valued: was the change within what had been allowed, over the whole of its interval?"""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class PermissionAnswer:
    """Whether something was allowed, which window says so, and why; `approved_afterwards` flags a retroactive
    approval.
    """

    permission: Permission
    window: WindowId | None = None
    sentences: tuple[str, ...] = field(default=())
    approved_afterwards: bool = False

"""The values a whole answer is made of: each another room's own value, nothing summed up or rounded again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.causation.readiness import ReadinessGap, ReadinessView, readiness_gaps
from groundrules.core.conversations import Commitment, Logged
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.explanation.answers import Explanation
from groundrules.core.ids import AssetId, BlockId, TimeEntryId, VendorId, WindowId
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.further_lines import Target
from groundrules.core.invoices.tax import Taxed
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.lifecycle.answers import (
    LifecycleEntry,
    Notice,
    NoticeArithmetic,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.suspension import SuspensionEffects, SuspensionGround
from groundrules.core.profitability import Profitability
from groundrules.core.rating.answers import Charge, OpenLine, RatingTrace, UnchargedLine
from groundrules.core.rating.blocks import Prepaid
from groundrules.core.sla import Clock
from groundrules.core.value import ValueReport
from groundrules.core.vendors import (
    ApprovalAnswer,
    Deviation,
    LetterOfAgencyStatus,
    ReplacementOffer,
    Scorecard,
    Tally,
)
from groundrules.core.world import ReportPeriod, World


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was asked for and refused: about which record, by which named refusal, and why."""

    about: str
    refusal: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DecisionHistory:
    """Every decision on one time entry that said something new, oldest first; the last one is in force."""

    entry: TimeEntryId
    decisions: tuple[CoverageDecision, ...]

    @property
    def in_force(self) -> CoverageDecision:
        """The decision that counts."""
        return self.decisions[-1]

    @property
    def superseded(self) -> tuple[CoverageDecision, ...]:
        """What was decided before, and stays visible."""
        return self.decisions[:-1]


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """What one notice comes to: its arithmetic, what it may rest on, and what changes if it takes effect."""

    notice: Notice
    arithmetic: NoticeArithmetic
    ground: SuspensionGround | None
    effects: SuspensionEffects | None


@dataclass(frozen=True, slots=True)
class WindowAnswer:
    """One access window: whether it may be approved now, and how the visits departed from it."""

    window: WindowId
    approval: ApprovalAnswer
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class VendorAnswer:
    """One vendor: what is counted about it, its score, and whether a replacement letter may be offered."""

    vendor: VendorId
    tally: Tally
    card: Scorecard
    offer: ReplacementOffer


@dataclass(frozen=True, slots=True)
class BlockBalance:
    """What is left of a block of prepaid hours, in minutes; a part that rolled over is listed apart.

    Where it `has_expired`, what is left was never used and pays for nothing any more.
    """

    block: BlockId
    opens: datetime
    expires: datetime | None
    minutes: Fraction
    left: Fraction
    has_expired: bool = False


@dataclass(frozen=True, slots=True)
class MoneyAnswer:
    """What the decisions in force come to: charges, work shown at 0.00, work that waits, and drafted documents.

    `prepaid` is what blocks of hours paid for; `targets` what caps and service credits take off a month; `taxes` how
    each of `invoices` is taxed, empty where the world has no tax rules.
    """

    charges: tuple[Charge, ...]
    uncharged: tuple[UnchargedLine, ...]
    open_lines: tuple[OpenLine, ...]
    trace: RatingTrace | None
    invoices: tuple[InvoiceDraft, ...]
    prepaid: tuple[Prepaid, ...] = ()
    targets: tuple[Target, ...] = ()
    blocks: tuple[BlockBalance, ...] = ()
    taxes: tuple[Taxed, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What a period was worth to the client, and what the provider earned in it (None without a target to compare)."""

    period: ReportPeriod
    value: ValueReport
    profit: Profitability | None


@dataclass(frozen=True)
class Answers:
    """Everything a world says at one instant. `world` is the world as it was known then."""

    at: datetime
    zone: str
    engine: EngineVersion
    world: World
    attributions: tuple[Attribution, ...]
    causes: tuple[CauseAnswer, ...]
    explanations: tuple[Explanation, ...]
    states: tuple[StateSpan, ...]
    foreseen: tuple[LifecycleEntry, ...]
    decisions: tuple[DecisionHistory, ...]
    money: MoneyAnswer
    notices: tuple[NoticeAnswer, ...]
    reinstatements: tuple[ReinstatementAnswer, ...]
    letters: tuple[LetterDraft, ...]
    letters_of_agency: tuple[LetterOfAgencyStatus, ...]
    windows: tuple[WindowAnswer, ...]
    vendors: tuple[VendorAnswer, ...]
    conversations: tuple[Logged, ...]
    commitments: tuple[Commitment, ...]
    clocks: tuple[Clock, ...]
    reports: tuple[ReportAnswer, ...]
    refusals: tuple[Refusal, ...]

    def states_of(self, asset: AssetId) -> tuple[StateSpan, ...]:
        """This function will return the coverage states of one asset, in time order."""
        return tuple(self._by_asset.get(asset, ()))

    @cached_property
    def readiness(self) -> tuple[ReadinessGap, ...]:
        """What could not be proven today for want of evidence; looked for when it is asked, server by server."""
        known = self.world
        return readiness_gaps(
            ReadinessView(
                assets=known.assets,
                accounts=known.accounts,
                vendors=known.vendors,
                applications=known.applications,
                sessions=known.sessions,
                changes=known.changes,
                gaps=known.gaps,
            )
        )

    @cached_property
    def _by_asset(self) -> dict[AssetId, list[StateSpan]]:
        """The states by asset: a report asks about every one of thousands."""
        found: dict[AssetId, list[StateSpan]] = {}
        for span in self.states:
            found.setdefault(span.asset, []).append(span)
        return found

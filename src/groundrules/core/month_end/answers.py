"""The values of month end: doubts, the facts they come from, and what was said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from groundrules.core.disputes import Dispute
from groundrules.core.ids import AssetId, TimeEntryId
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.money import Money, total
from groundrules.core.periods import Period
from groundrules.core.rating.answers import OpenLine


class DoubtKind(StrEnum):
    """What can be doubtful about a month's invoice, dearest kinds first."""

    NO_TAX = "tax not settled"
    NO_ORDER = "purchase order missing"
    NO_AGREEMENT = "agreement not in force"
    NOT_EXPORTED = "not handed to accounting"
    NEEDS_PERSON = "needs a person"
    DISPUTED = "disputed"
    TWICE = "possibly twice"
    NOT_BILLED = "server seen, not on the agreement"
    FAR_OFF = "far from the median"
    UNLOGGED = "login not logged"
    EXCEPTION = "exception made"
    PRICE_RISE = "price rise"
    PRORATED = "fee prorated"
    CORRECTION = "credit note"
    LATE = "late for a closed month"
    NEGATIVE = "nothing to pay, or less"
    NO_NOTE = "time without a note"
    STALE = "evidence incomplete"


# Without these an invoice can not be issued at all, so a reason does not settle them.
BLOCKING = frozenset({DoubtKind.NO_TAX, DoubtKind.NO_ORDER})


_ACCEPTED = frozenset(
    {
        DoubtKind.FAR_OFF,
        DoubtKind.EXCEPTION,
        DoubtKind.PRICE_RISE,
        DoubtKind.PRORATED,
        DoubtKind.CORRECTION,
        DoubtKind.LATE,
        DoubtKind.NEGATIVE,
        DoubtKind.STALE,
    }
)


class Owner(StrEnum):
    """Who has to look."""

    OWNER = "owner"
    ACCOUNTANT = "accountant"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at. `subject` tells it from others of its kind; `at_stake` is None where no sum is known.

    `action` is what to do by default; `page` names the record it opens (kind and reference).
    """

    kind: DoubtKind
    subject: str
    says: str
    owner: Owner
    action: str
    at_stake: Money | None = None
    who: str = ""
    page: tuple[str, str] = ("", "")

    @property
    def key(self) -> str:
        """What settles or sets aside exactly this doubt."""
        return f"{self.kind.value}|{self.subject}"

    @property
    def is_accepted_by_default(self) -> bool:
        """True where the default is to let it stand, so that one press settles it; elsewhere something must be done."""
        return self.kind in _ACCEPTED

    @property
    def is_in_the_draft(self) -> bool:
        """True where the cause's end shows once the draft is collected again; what went out is not drafted anew."""
        return self.kind is not DoubtKind.NOT_EXPORTED

    @property
    def blocks(self) -> bool:
        """True where the invoice can not be issued before the cause is gone."""
        return self.kind in BLOCKING


@dataclass(frozen=True, slots=True)
class NotedTime:
    """A time entry of the month: who worked how long, what it is worth at the agreed rate, and if it has a note."""

    entry: TimeEntryId
    technician: str
    seconds: int
    has_note: bool
    value: Money | None = None
    period: Period | None = None
    asset: AssetId | None = None
    issue: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionMade:
    """An exception of the month: on which entry, why, and what it changed."""

    entry: TimeEntryId
    reason: str
    difference: Money


@dataclass(frozen=True, slots=True)
class Login:
    """A login of ours that nobody wrote down as time; `value` is what it would be worth."""

    ref: str
    who: str
    seconds: int
    value: Money


@dataclass(frozen=True, slots=True)
class Rise:
    """A yearly rise of the fees: by how much, by which clause, what it adds to a month, and if it is billed now."""

    day: date
    percent: Fraction
    clause: str
    monthly: Money
    is_billed: bool


@dataclass(frozen=True, slots=True)
class FeeBefore:
    """What earlier documents already charged for a server and a month, credits taken off, and the newest's number."""

    asset: AssetId
    month: date
    amount: Money
    document: str


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything one client's month is doubted from. `earlier` are totals of earlier invoices, newest last.

    `unlisted` are servers seen in evidence and on no agreement, with the fee a listed one pays; `tax_problem` and
    `order_problem` say why it can not be issued; `stale` which evidence is missing. `far_off` is the share beyond which
    a total is far from the median. `rises` are those this invoice shows first or that come soon.
    `agreement_ends` is the last day it is in force.
    """

    first: date
    end: date
    drafts: tuple[InvoiceDraft, ...]
    open_lines: tuple[OpenLine, ...] = ()
    entries: tuple[NotedTime, ...] = ()
    exceptions: tuple[ExceptionMade, ...] = ()
    logins: tuple[Login, ...] = ()
    unlisted: tuple[tuple[AssetId, Money], ...] = ()
    earlier: tuple[Money, ...] = ()
    agreement_ends: date | None = None
    tax_problem: str = ""
    order_problem: str = ""
    stale: tuple[str, ...] = ()
    far_off: Fraction = Fraction(1, 4)
    rises: tuple[Rise, ...] = ()
    fees_before: tuple[FeeBefore, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody said about a doubt: settled (`until` None), or set aside until a day; always with a reason.

    `at_stake_minor` is what was at stake then, None where no sum was known.
    """

    key: str
    reason: str
    until: date | None = None
    at_stake_minor: int | None = None

    def counts_on(self, today: date) -> bool:
        """This function will say whether the answer still stands on a day."""
        return self.until is None or today < self.until

    def is_about(self, doubt: Doubt) -> bool:
        """This function will say whether a doubt is the one answered, with no more at stake than was looked at."""
        if self.key != doubt.key:
            return False
        if doubt.at_stake is None:
            return True
        then, now = self.at_stake_minor, doubt.at_stake.minor
        return then is not None and (0 <= now <= then or then <= now <= 0)


def unanswered(
    found: Iterable[Doubt], answers: Iterable[Answered], today: date
) -> tuple[Doubt, ...]:
    """This function will list the doubts nobody has answered for today; a blocking one no reason answers.

    A doubt of which more is at stake than when it was answered is asked about again.
    """
    standing: defaultdict[str, list[Answered]] = defaultdict(list)
    for answer in answers:
        if answer.counts_on(today):
            standing[answer.key].append(answer)
    return tuple(d for d in found if d.blocks or not any(a.is_about(d) for a in standing[d.key]))


@dataclass(frozen=True, slots=True)
class Doubts:
    """Doubts as they are kept with a step of a run."""

    items: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafted documents as they are kept with a step of a run; once approved they are what goes out."""

    items: tuple[InvoiceDraft, ...] = ()

    def total(self, currency: str) -> Money:
        """This method will add up what is to be paid, credit notes taken off."""
        return total([draft.total for draft in self.items], currency)

    def value_uncharged(self, currency: str) -> Money:
        """This method will add up the value of work shown at 0.00."""
        return total([draft.value_uncharged for draft in self.items], currency)

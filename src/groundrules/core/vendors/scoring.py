"""A vendor's score with its working shown, and when it offers (never sends) a replacement letter.

Only established changes count: recorded or matched, confirmed and unapproved. What is undetermined is listed and
costs nothing. The numbers are parameters of the provider's policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from groundrules.core.calendars import Calendar
from groundrules.core.periods import local_date
from groundrules.core.reasons import counted
from groundrules.core.vendors.model import ScorecardRule

_SECONDS_AN_HOUR = 3600
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted about one vendor: confirmed unapproved changes, stray sessions, exact cleanup seconds.

    `disputed` facts are listed and cost nothing until their dispute is answered.
    """

    confirmed_changes: int = 0
    undetermined_changes: int = 0
    out_of_window_sessions: int = 0
    cleanup_seconds: int = 0
    disputed: int = 0


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """One line of the working: what was counted, how often, and the points it added (negative) or not."""

    says: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A vendor's score, to two decimals for reading; `below_threshold` compares the exact value."""

    score: Decimal
    steps: tuple[ScoreStep, ...]
    below_threshold: bool


@dataclass(frozen=True, slots=True)
class RightOfReply:
    """The vendor was invited to answer the facts at an instant; `replied_at` when it did."""

    invited_at: datetime
    replied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplacementOffer:
    """Whether a replacement letter may be offered to the owner now; `from_day` is the first local day it may."""

    offered: bool
    from_day: date | None
    sentence: str


def scorecard(rule: ScorecardRule, tally: Tally) -> Scorecard:
    """This function will score a vendor: start, minus changes, stray sessions and cleanup hours, each shown."""
    hours = Fraction(tally.cleanup_seconds, _SECONDS_AN_HOUR)
    changes, sessions = tally.confirmed_changes, tally.out_of_window_sessions
    lines = (
        (
            counted(changes, "confirmed unapproved change"),
            rule.per_confirmed_change,
            Fraction(changes),
        ),
        (
            counted(sessions, "session out of window", "sessions out of window"),
            rule.per_out_of_window_session,
            Fraction(sessions),
        ),
        (
            f"{_readable(hours)} {'hour' if hours == 1 else 'hours'} of cleanup",
            rule.per_cleanup_hour,
            hours,
        ),
    )
    exact = rule.starts_at - sum((each * count for _, each, count in lines), Fraction(0))
    steps = (
        ScoreStep("Start", Decimal(rule.starts_at)),
        *(
            ScoreStep(f"{says} at {counted(each, 'point')}", _readable(-each * count))
            for says, each, count in lines
        ),
        ScoreStep(_not_counted(tally.undetermined_changes), Decimal(0)),
        *_disputed(tally.disputed),
    )
    return Scorecard(_readable(exact), steps, below_threshold=exact < rule.replacement_below)


def _not_counted(undetermined: int) -> str:
    verb = "does" if undetermined == 1 else "do"
    return f"{counted(undetermined, 'undetermined change')} {verb} not count"


def _disputed(facts: int) -> tuple[ScoreStep, ...]:
    if not facts:
        return ()
    verb = "does" if facts == 1 else "do"
    says = f"{counted(facts, 'disputed fact')} {verb} not count until answered"
    return (ScoreStep(says, Decimal(0)),)


def offers_replacement(
    card: Scorecard,
    rule: ScorecardRule,
    reply: RightOfReply | None,
    at: datetime,
    calendar: Calendar,
) -> ReplacementOffer:
    """This function will say whether a replacement letter may be offered at `at`; a person decides and sends it.

    Only below the threshold, and only after the vendor's full right of reply in business days has passed.
    """
    if not card.below_threshold:
        says = f"The score {card.score} is not below {rule.replacement_below}."
        return ReplacementOffer(offered=False, from_day=None, sentence=says)
    if reply is None:
        says = "The vendor has not been invited to reply yet."
        return ReplacementOffer(offered=False, from_day=None, sentence=says)
    invited = local_date(calendar.zone, reply.invited_at)
    last = calendar.next_business_day(invited, rule.reply_business_days)
    first = last + timedelta(days=1)
    if local_date(calendar.zone, at) <= last:
        says = f"The vendor may reply through {last}."
        return ReplacementOffer(offered=False, from_day=first, sentence=says)
    heard = "after its reply" if reply.replied_at is not None else "without a reply"
    says = (
        f"The score {card.score} is below {rule.replacement_below}, "
        f"and the time to reply ended {last} {heard}."
    )
    return ReplacementOffer(offered=True, from_day=first, sentence=says)


def _readable(exact: Fraction) -> Decimal:
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)
    return rounded.normalize() if rounded != rounded.to_integral() else rounded.quantize(Decimal(1))

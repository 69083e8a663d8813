"""How well a period is known. Where too little is, a number is refused with the reason, never shown with a warning."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.profitability.facts import percent


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of a period, in seconds: worked, without a cost rate, on no server of the agreement, and logins
    of our own that nobody wrote down as time. `days` is how long there are fees or work.
    """

    seconds: int
    uncosted_seconds: int
    unattributed_seconds: int
    unlogged_seconds: int
    days: int
    has_revenue: bool

    @property
    def costed_share(self) -> Fraction:
        """The share of the worked time that has a cost rate; one when nothing was worked."""
        return _share(self.seconds - self.uncosted_seconds, self.seconds)

    @property
    def logged_share(self) -> Fraction:
        """The share of time on the client's servers that was written down; one when there was none."""
        return _share(self.seconds, self.seconds + self.unlogged_seconds)


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(1)


def refusals(quality: Quality, least_share: Fraction, least_days: int) -> tuple[str, ...]:
    """This function will say why no number should be shown for a period; empty when one may."""
    if not quality.seconds and not quality.has_revenue:
        return ("Nothing was worked or billed in this period.",)
    found: list[str] = []
    if quality.days < least_days:
        found.append(
            f"Only {quality.days} days of work and fees are on record; {least_days} are needed."
        )
    if quality.costed_share < least_share:
        found.append(
            f"No cost rate is on record for {duration_words(quality.uncosted_seconds)} of "
            f"{duration_words(quality.seconds)} worked ({percent(quality.costed_share)} costed, "
            f"{percent(least_share)} needed). State what the hour costs."
        )
    if quality.logged_share < least_share:
        found.append(
            f"Logins of our own over {duration_words(quality.unlogged_seconds)} were not written down as time "
            f"({percent(quality.logged_share)} logged, {percent(least_share)} needed). Log them or set them aside."
        )
    return tuple(found)

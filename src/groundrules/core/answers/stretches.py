"""A decision in the stretches people speak of: neighbouring segments with one verdict, read as one.

Nothing is decided again; a segment boundary that changed neither verdict nor price (the instant of a request, say) is
only not shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.money import Money, price_of_seconds, total
from groundrules.core.periods import Period


@dataclass(frozen=True, slots=True)
class Stretch:
    """Segments that follow one another with the same verdict, price, local day and cause."""

    segments: tuple[Segment, ...]

    @property
    def period(self) -> Period:
        """From the first segment's start to the last one's end."""
        return Period(self.segments[0].period.start, self.segments[-1].period.end)

    @property
    def first(self) -> Segment:
        """The first segment: verdict, clause, price and cause are the same in all."""
        return self.segments[0]

    @property
    def seconds(self) -> int:
        """Exact seconds worked."""
        return sum(segment.seconds for segment in self.segments)

    @property
    def value(self) -> Money:
        """What the whole stretch is worth, rounded once."""
        return price_of_seconds(self.first.hourly, self.seconds)

    @property
    def forgone(self) -> Money:
        """What is not charged though a vendor caused the work."""
        return total([s.forgone for s in self.segments], self.first.forgone.currency)

    @property
    def because(self) -> tuple[str, ...]:
        """The sentences behind the verdict, each once."""
        said = (reason.sentence for segment in self.segments for reason in segment.reasons)
        return tuple(dict.fromkeys(said))


def stretches(decision: CoverageDecision) -> tuple[Stretch, ...]:
    """This function will return a decision's stretches, in time order."""
    grouped: list[list[Segment]] = []
    for segment in decision.segments:
        last = grouped[-1][-1] if grouped else None
        if last and _verdict(last) == _verdict(segment) and last.period.end == segment.period.start:
            grouped[-1].append(segment)
        else:
            grouped.append([segment])
    return tuple(Stretch(tuple(segments)) for segments in grouped)


def _verdict(segment: Segment) -> tuple[object, ...]:
    return (
        segment.outcome,
        segment.clause,
        segment.hourly,
        segment.local_day,
        segment.cell.cause,
        segment.agreement_version,
    )

"""What would change our mind, in sentences: the evidence that would clear, establish or separate what remains."""

from __future__ import annotations

from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.case import Case
from groundrules.core.causation.consider import Considered
from groundrules.core.periods import Order

TEST_ON_A_COPY = "A test on a copy"


def would_change(
    case: Case, verdict: CauseVerdict, remaining: tuple[Considered, ...]
) -> tuple[str, ...]:
    """This function will say which evidence would change the verdict."""
    if case.incident.hardware:
        return (
            f"Evidence that {case.incident.hardware} worked at the time would reopen the question.",
        )
    if verdict is CauseVerdict.LIKELY_CHANGE:
        return _of_likely(case, remaining)
    if verdict is CauseVerdict.CANDIDATES:
        return _of_candidates(case, len(remaining))
    return _of_unknown(case)


def _of_likely(case: Case, remaining: tuple[Considered, ...]) -> tuple[str, ...]:
    made = max(c.change.interval.not_after for c in remaining)
    since, until = (
        zone_label(m, case.context.zone) for m in (made, case.bracket.interval.not_after)
    )
    what = "; ".join(sorted(c.change.sentence for c in remaining))
    return (
        f"A passing check of {case.name} between {since} and {until} would speak against it ({what}).",
        f"{TEST_ON_A_COPY} would clear it if undoing it does not heal the failure, and prove it if it does.",
        "Another change of that time would make both candidates, if the error names it too or it took something away.",
    )


def _of_candidates(case: Case, count: int) -> tuple[str, ...]:
    lines = [
        f"A check of {case.name} between the changes would tell them apart.",
        f"{TEST_ON_A_COPY}, undoing one change at a time, would prove or clear each.",
    ]
    if count == 1:
        lines = [f"{TEST_ON_A_COPY}, undoing the change, would prove or clear it."]
    if not case.mapped:
        lines.insert(
            0, f"A record of what {case.name} depends on would rule out what it does not need."
        )
    if case.bracket.last_good is None:
        lines.insert(
            0,
            f"A good check of {case.name} before the failure would speak against the changes before it.",
        )
    return tuple(lines)


def _of_unknown(case: Case) -> tuple[str, ...]:
    onset = case.bracket.interval
    unlinked = sorted(
        {
            c.component
            for c in case.changes
            if c.asset == case.asset and c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
        }
    )
    lines = [
        f"A dependency of {case.name} on {component} would make its change a candidate."
        for component in unlinked
    ]
    return (*lines, "A change found between the last good check and the failure would be weighed.")

"""Missing evidence: which gaps lie over a change, and which of them leave too little to name a party.

A gap caps what it could have hidden. An event that names its own login stands when the gap is in another source;
one that needs the list of sessions to be complete (matched, inferred) does not survive any gap. A stepped clock
caps everything.
"""

from __future__ import annotations

from groundrules.core.attribution.answers import Strength
from groundrules.core.changes import Change
from groundrules.core.evidence import Gap, GapKind

# Neither hides who made an event that is there: a restart logs nothing, and an audit that was off wrote nothing.
_HARMLESS_TO_A_RECORD = frozenset({GapKind.RESTART, GapKind.AUDIT_OFF})


def gaps_over(change: Change, gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """This function will list the gaps on the change's asset that overlap the time it can have happened."""
    over = [g for g in gaps if g.asset == change.asset and _overlap(g, change)]
    return tuple(sorted(over, key=lambda g: (g.interval.not_before, g.kind.value, g.source, g.id)))


def capping(change: Change, gaps: tuple[Gap, ...], strength: Strength) -> tuple[Gap, ...]:
    """This function will list which overlapping gaps lower a verdict of that strength."""
    if strength is Strength.RECORDED:
        return tuple(g for g in gaps if _touches_record(g, change))
    if strength is Strength.UNKNOWN:
        return ()
    return tuple(g for g in gaps if g.kind not in _HARMLESS_TO_A_RECORD)


def hides_presence(gap: Gap) -> bool:
    """This function will say whether a gap may hide that somebody was there at all (an audit that was off doesn't)."""
    return gap.kind not in _HARMLESS_TO_A_RECORD


def _overlap(gap: Gap, change: Change) -> bool:
    mine, theirs = gap.interval, change.interval
    return mine.not_before <= theirs.not_after and theirs.not_before <= mine.not_after


def _touches_record(gap: Gap, change: Change) -> bool:
    """Whether the gap may lie in the very source of the event: yes unless both are known and differ."""
    if gap.kind in _HARMLESS_TO_A_RECORD:
        return False
    if gap.kind is GapKind.CLOCK_STEP or gap.citation is None or not change.citations:
        return True
    same_bytes = gap.citation.evidence in {c.evidence for c in change.citations}
    return same_bytes or _same_source(gap, change)


def _same_source(gap: Gap, change: Change) -> bool:
    source = gap.source.casefold().strip()
    if not source:
        return True
    written = " ".join(f"{c.reader} {c.record}" for c in change.citations).casefold()
    readers = {c.reader.casefold().split("/")[0] for c in change.citations if c.reader}
    return source in written or any(reader in source for reader in readers)

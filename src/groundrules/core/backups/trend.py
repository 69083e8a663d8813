"""How restores go over time: whether more work would be lost, or coming back takes longer, than it used to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median

from groundrules.core.backups.answers import RestoreDrill
from groundrules.core.backups.origins import counted_only
from groundrules.core.backups.remarks import spoken
from groundrules.core.periods import utc

_COMPARED = 5
_FEWEST = 2
# Half as much again, and more than a minute: less is how restores differ from day to day.
_WORSE = 1.5
_NOTABLE = timedelta(minutes=1)


def trend(drills: Sequence[RestoreDrill]) -> tuple[str, ...]:
    """This function will compare the newest proven restore of one backup with those before it, in sentences.

    Nothing is said before three were proven, of what stayed about the same, or of what is only reported.
    """
    told = (one for one in counted_only(drills) if one.passed)
    proven = sorted(told, key=lambda one: utc(one.ended))
    newest, before = proven[-1:], proven[:-1][-_COMPARED:]
    if not newest or len(before) < _FEWEST:
        return ()
    worse = (
        _worse("Coming back takes longer", newest[0], before, lambda one: one.took),
        _worse("More work would be lost", newest[0], before, lambda one: one.loss),
    )
    return tuple(said for said in worse if said)


def _worse(
    what: str,
    newest: RestoreDrill,
    before: Sequence[RestoreDrill],
    of: Callable[[RestoreDrill], timedelta | None],
) -> str:
    now = of(newest)
    earlier = [span for one in before if (span := of(one)) is not None]
    if now is None or len(earlier) < _FEWEST:
        return ""
    usual = timedelta(seconds=median(span.total_seconds() for span in earlier))
    if now <= usual * _WORSE or now - usual <= _NOTABLE:
        return ""
    return f"{what} than it did: {spoken(now)}, and {spoken(usual)} in the middle of the {len(earlier)} before."

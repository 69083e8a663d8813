"""Our own runs and recoveries as alternatives: over long before, touching nothing needed, or weighed by changes."""

from __future__ import annotations

from groundrules.core.attribution.timing import spoken
from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import Alternative
from groundrules.core.causation.case import Case
from groundrules.core.changes import Change, is_needed_by
from groundrules.core.periods import Period, utc
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun

_LEFT_OPEN = "causation: left open"


def alternatives(case: Case) -> tuple[Alternative, ...]:
    """This function will list the own runs and recoveries on the server near the failure, latest first."""
    runs = [(r.period, _of_run(r, case)) for r in case.context.own_runs if _near(r, case)]
    recoveries = [
        (_period(r), _of_recovery(r, case))
        for r in case.context.recoveries
        if r.asset == case.asset
        and r.incident != case.incident.id
        and utc(r.failed_at) < case.bracket.interval.not_after
    ]
    ordered = sorted(
        [*runs, *recoveries],
        key=lambda pair: (-pair[0].start.timestamp(), pair[1].kind, pair[1].label, pair[1].ref),
    )
    return tuple(alternative for _, alternative in ordered)


def left_open(listed: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    """This function will pick the alternatives that nothing ruled out and no recorded change represents."""
    return tuple(a for a in listed if any(r.rule == _LEFT_OPEN for r in a.reasons))


def _near(run: OwnRun, case: Case) -> bool:
    onset, context = case.bracket.interval, case.context
    early = run.period.end is not None and run.period.end < onset.not_before - context.horizon
    late = run.period.start > onset.not_after + context.aftermath
    return run.asset == case.asset and not early and not late


def _of_run(run: OwnRun, case: Case) -> Alternative:
    label = f"Our {run.kind} {run.id}"
    fact = FactRef("own run", run.id, run.says)
    rejection = _against_run(run, label, case)
    if rejection:
        return _alternative(
            fact, label, Reason("causation: own run", rejection, (fact,)), rejected=True
        )
    made = _changes_of(run, case)
    if made:
        facts = (fact, *(FactRef("change", c.id, c.sentence) for c in made))
        says = f"{label} was under way; what it changed is weighed as changes."
        return _alternative(fact, label, Reason("causation: own run", says, facts), rejected=False)
    says = f"{label} was under way before the failure, and no change of it is on record."
    return _alternative(fact, label, Reason(_LEFT_OPEN, says, (fact,)), rejected=False)


def _alternative(fact: FactRef, label: str, reason: Reason, *, rejected: bool) -> Alternative:
    return Alternative(fact.kind, fact.ref, label, rejected, (reason,))


def _against_run(run: OwnRun, label: str, case: Case) -> str:
    timing = _against_time(run.period, label, case)
    if timing:
        return timing
    if run.kind.casefold() in case.context.read_only:
        return f"{label} only reads."
    needed = any(is_needed_by(reach.component, c) for reach in case.reached for c in run.components)
    if run.components and case.mapped and not needed:
        touched = ", ".join(sorted(run.components))
        return f"{label} recorded touching only {touched}, which {case.name} does not depend on."
    return ""


def _against_time(period: Period, label: str, case: Case) -> str:
    onset, zone = case.bracket.interval, case.context.zone
    if period.start >= onset.not_after:
        when = zone_label(period.start, zone)
        wait = spoken(period.start - onset.not_after)
        return f"{label} began {when}, {wait} after the failure."
    if period.end is None or period.end > onset.not_before or case.bracket.last_good is None:
        return ""
    end = period.end
    passed = sum(utc(c.at) >= end for c in case.good)
    counted = "1 check" if passed == 1 else f"{passed} checks"
    when, length = zone_label(end, zone), spoken(onset.not_after - end)
    return f"{label} ended {when}, {length} before the failure; {counted} of {case.name} passed after it."


def _changes_of(run: OwnRun, case: Case) -> tuple[Change, ...]:
    found = [c for c in case.changes if c.asset == run.asset and _made_by(c, run)]
    return tuple(sorted(found, key=lambda c: (c.interval.not_before, c.component, c.id)))


def _made_by(change: Change, run: OwnRun) -> bool:
    if change.run:
        return change.run == run.id
    listed = not run.components or any(is_needed_by(c, change.component) for c in run.components)
    return listed and change.interval.lies_within(run.period)


def _period(recovery: Recovery) -> Period:
    """Until the last of it was written back, where that is known; people check longer than a restore writes."""
    start, end = utc(recovery.failed_at), recovery.restored_at or recovery.recovered_at
    return Period(start, utc(end) if end is not None and utc(end) > start else None)


def _of_recovery(recovery: Recovery, case: Case) -> Alternative:
    what = "recovery" if recovery.restored_at is None else "restore"
    label = f"The {what} of {recovery.asset} (incident {recovery.incident})"
    fact = FactRef("recovery", recovery.incident)
    rejection = _against_time(_period(recovery), label, case)
    if rejection:
        return _alternative(
            fact, label, Reason("causation: recovery", rejection, (fact,)), rejected=True
        )
    says = f"{label} was not followed by a passing check of {case.name} before the failure."
    return _alternative(fact, label, Reason(_LEFT_OPEN, says, (fact,)), rejected=False)

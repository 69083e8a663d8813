"""One change considered as the cause: its order to the failure, its path, and why it stays or goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import CauseHypothesis
from groundrules.core.causation.beside import neighbours
from groundrules.core.causation.case import Case
from groundrules.core.causation.clearing import LONGEST_WAIT, passed_over, passed_since, went_on
from groundrules.core.causation.clocks import clock_set
from groundrules.core.causation.controls import (
    Control,
    control_end,
    healed_by,
    is_spared,
    mended_by,
    reversal,
)
from groundrules.core.causation.deeds import shuts_out
from groundrules.core.causation.paths import Reach, best_path
from groundrules.core.causation.restarts import restart_since, restarted
from groundrules.core.causation.signatures import is_named
from groundrules.core.causation.troubles import is_trouble
from groundrules.core.causation.undoing import (
    UNSETTLED,
    brought_back,
    undone_before,
    undone_unsurely,
)
from groundrules.core.changes import Change, same_component
from groundrules.core.evidence import ItemKind
from groundrules.core.parties import DependencyGrade
from groundrules.core.periods import Order, utc
from groundrules.core.reasons import FactRef, Reason


@dataclass(frozen=True, slots=True)
class Considered:
    """A change with its hypothesis. `on_path` counts for a verdict; `doubted` keeps it from standing alone.

    What the failure's error names counts as well, doubted: the map may lack that dependency.
    """

    change: Change
    hypothesis: CauseHypothesis
    on_path: bool
    healthy_beside: bool
    failed_beside: bool
    spared: bool
    surely_before: bool
    restores: bool

    @property
    def rules(self) -> frozenset[str]:
        """The rules that gave its reasons."""
        return frozenset(reason.rule for reason in self.hypothesis.reasons)

    @property
    def doubted(self) -> bool:
        """True when something speaks against it that does not rule it out."""
        linked = bool(self.hypothesis.path) and self.on_path
        against = self.healthy_beside or self.restores or "causation: in vain" in self.rules
        return against or self.unsettled or not self.surely_before or not linked

    @property
    def unsettled(self) -> bool:
        """True when it was put back before the failure was seen, and that does not rule it out."""
        return bool(self.rules & UNSETTLED)

    @property
    def healed(self) -> bool:
        """True when it was put back, or put right otherwise, and the next check passed."""
        return bool(self.rules & {"causation: repair", "causation: mended"})

    @property
    def went_on(self) -> bool:
        """True when checks passed after it and do not clear it: what had it open or loaded may have gone on."""
        return bool(
            self.rules & {"causation: logged in", "causation: loaded", "causation: next use"}
        )

    @property
    def waited(self) -> bool:
        """True when checks passed after it that make it improbable without clearing it."""
        return "causation: waited" in self.rules

    @property
    def elsewhere(self) -> bool:
        """True when it was made on another server, and no recorded dependency leads there."""
        return "causation: elsewhere" in self.rules

    @property
    def stays(self) -> bool:
        """True when nothing ruled the change out."""
        return not self.hypothesis.rejected

    def remains(self, *, mapped: bool) -> bool:
        """This function will say whether the change may carry a verdict: with a map only what it leads to, and nothing
        that passing checks speak against, or that was made on another server to which nothing leads.
        """
        carries = self.stays and not self.waited and not self.elsewhere
        return carries and (self.on_path or not mapped)


def consider(change: Change, case: Case) -> Considered:
    """This function will weigh one change against one incident by deterministic rules, each giving a citable reason."""
    order = change.interval.order_to(case.bracket.interval)
    reach = best_path(change, case.reached)
    grade = _grade(change, reach, case)
    on_path = reach is not None and reach.grade is not DependencyGrade.SAME_HOST
    named = is_named(change, case)
    undone = reversal(change, case.siblings(change))
    needed = on_path or named or not (case.mapped or change.asset != case.asset)
    restored = brought_back(change, undone, case) is not None
    passed = () if restored else passed_over(change, order, case, needed=needed)
    against = _rejection(change, order, undone, passed, case)
    control = Control() if against else _control(change, undone, case)
    supporting = () if against else _repaired(change, undone, case)
    reasons = (
        _ordered(change, order, case),
        _pathed(change, reach, case),
        *against,
        *control.reasons,
        *_neighbours_well(change, control),
        *supporting,
        *(() if against else _while_it_stays(change, order, undone, passed, case)),
    )
    hypothesis = CauseHypothesis(
        change=change.id,
        order=order,
        path=() if reach is None else reach.path,
        grade=grade,
        rejected=bool(against),
        reasons=reasons,
        linked=on_path or (change.asset == case.asset and (named or not case.mapped)),
    )
    return Considered(
        change,
        hypothesis,
        on_path=on_path or named,
        healthy_beside=control.against,
        failed_beside=control.failed,
        spared=control.failed and is_spared(change, case.beside, case.asset, case.bracket.interval),
        surely_before=_surely_before(change, case),
        restores=_restores(change, case),
    )


def _while_it_stays(
    change: Change,
    order: Order,
    undone: Change | None,
    passed: tuple[Reason, ...],
    case: Case,
) -> tuple[Reason, ...]:
    """What else is to be said of a change that nothing rules out."""
    return (
        *clock_set(change, case),
        *undone_unsurely(change, undone, case),
        *_straddles(change, case),
        *_outlived(change, case),
        *_unnamed(change, case),
        *_again(change, case),
        *went_on(change, order, case),
        *(reason for reason in passed if reason.rule == "causation: waited"),
        *restart_since(change, case),
    )


def _repaired(change: Change, undone: Change | None, case: Case) -> tuple[Reason, ...]:
    """What followed when it was put back; where it was not, when what it touched was changed again."""
    told = case.bracket.interval, case.incident, case.context
    same = (c for c in case.siblings(change) if same_component(c.component, change.component))
    return healed_by(change, undone, *told) or mended_by(change, same, *told)


def _neighbours_well(change: Change, control: Control) -> tuple[Reason, ...]:
    if not control.against:
        return ()
    says = f"Whatever else needs {change.component} and was checked stayed healthy."
    return (_reason("neighbours well", says, change),)


def _control(change: Change, undone: Change | None, case: Case) -> Control:
    end = control_end(change, case.incident, undone, case.recovered)
    return neighbours(change, case, end)


def _grade(change: Change, reach: Reach | None, case: Case) -> DependencyGrade | None:
    if reach is not None:
        return reach.grade
    return DependencyGrade.SAME_HOST if change.asset == case.asset else None


def _surely_before(change: Change, case: Case) -> bool:
    """Made between the last good check and the first failing one, whatever its uncertainty and its clock's."""
    slack = case.context.slack if change.interval.is_exact else timedelta(0)
    inside = change.interval.not_before >= case.bracket.interval.not_before + slack
    before = change.interval.not_after + slack < case.bracket.interval.not_after
    return case.bracket.last_good is not None and inside and before


def _restores(change: Change, case: Case) -> bool:
    """A change that put something back is no likely cause by itself: with what it undid, nothing is different."""
    onset = case.bracket.interval
    lately = [
        c for c in case.siblings(change) if c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
    ]
    return any(reversal(c, (change,)) is not None for c in lately if c.id != change.id)


def _rejection(
    change: Change,
    order: Order,
    undone: Change | None,
    passed: tuple[Reason, ...],
    case: Case,
) -> tuple[Reason, ...]:
    if order is Order.CERTAINLY_AFTER:
        says = "It happened after the failure, so it can't be its cause."
        return (_reason("order", says, change),)
    if is_trouble(change):
        says = "Nobody's act: it is a failure by itself, and held against the changes as such."
        return (_reason("trouble", says, change),)
    put_back = undone is not None and bool(passed_since(undone, case))
    against = undone_before(change, undone, case, passed=put_back)
    return against or tuple(reason for reason in passed if reason.rule == "causation: cleared")


def _ordered(change: Change, order: Order, case: Case) -> Reason:
    onset, zone = case.bracket.interval, case.context.zone
    when = zone_label(change.interval.not_after, zone)
    dated = (
        f"at {when}"
        if change.interval.is_exact
        else (f"between {zone_label(change.interval.not_before, zone)} and {when}")
    )
    failed = zone_label(onset.not_after, zone)
    relation = "after" if order is Order.CERTAINLY_AFTER else "before"
    if order is not Order.CERTAINLY_AFTER and change.interval.not_after >= onset.not_after:
        relation = "before or after"
    says = f"{change.sentence} {dated}, {relation} the failure first seen {failed}."
    return _reason("order", says, change)


def _pathed(change: Change, reach: Reach | None, case: Case) -> Reason:
    if reach is not None:
        says = f"{' needs '.join(reach.path)} ({reach.grade.value})."
    elif change.asset == case.asset:
        says = f"It was made on the same server as {case.name}."
        if is_named(change, case):
            says = f'The error names it ("{case.error}"), though no dependency on it is on record.'
        elif case.mapped:
            says = f"No recorded dependency leads from {case.name} to {change.component}."
    else:
        there = f"It was made on {change.asset}; {case.name} runs on {case.asset}"
        says = f"{there}, and no recorded dependency leads there."
        return _reason("elsewhere", says, change)
    return _reason("path", says, change)


def _straddles(change: Change, case: Case) -> tuple[Reason, ...]:
    if change.interval.not_after < case.bracket.interval.not_after:
        return ()
    return (_reason("straddles", "It may have been made after the failure.", change),)


def _outlived(change: Change, case: Case) -> tuple[Reason, ...]:
    """If a change broke it, something put that right before it worked again; where changes are recorded, so is that."""
    if case.recovered is None or _put_right(change, case, case.recovered):
        return ()
    when = zone_label(case.recovered, case.context.zone)
    says = f"{case.name} passed a check {when}, and no record before it says that {change.component} was put right."
    return (_reason("outlived", says, change),)


def _unnamed(change: Change, case: Case) -> tuple[Reason, ...]:
    """Any failure looks like one whose error names nothing, so a copy can't tell this failure from another."""
    if case.error_names_something:
        says = f'The error ("{case.error}") names something else.'
        return () if is_named(change, case) else (_reason("another", says, change),)
    said = f'The error ("{case.error}") names nothing' if case.error else "No error is on record"
    says = f"{said}, so the same failure can't be told from another one on a copy."
    return (_reason("unnamed", says, change),)


def _again(change: Change, case: Case) -> tuple[Reason, ...]:
    """Who takes away what another took away before breaks nothing on the server, and everything on a copy.

    Of earlier ones only those count that may have waited as this one did.
    """
    onset = case.bracket.interval
    anew = restarted(case)
    early = anew or change.interval.order_to(onset) is Order.CERTAINLY_BEFORE
    counting = {Order.POSSIBLY_BEFORE} | ({Order.CERTAINLY_BEFORE} if early else set())
    others = [
        c
        for c in case.siblings(change)
        if c.id != change.id
        and same_component(c.component, change.component)
        and c.interval.order_to(onset) in counting
        and (anew or onset.not_after - c.interval.not_after <= LONGEST_WAIT)
    ]
    if not others:
        return ()
    says = f"{change.component} was changed more than once before the failure."
    return (_reason("again", says, change, *sorted(others, key=lambda c: c.id)),)


def _put_right(change: Change, case: Case, recovered: datetime) -> bool:
    """Touched again after the failure, restored with its server, or (a secret) told to the application's settings."""
    began = case.bracket.interval.not_after
    again = [c for c in case.siblings(change) if same_component(c.component, change.component)]
    if shuts_out(change):
        again += [
            c
            for c in case.changes
            if c.kind is ItemKind.CONFIG_FILE and best_path(c, case.reached) is not None
        ]
    touched = any(
        c.id != change.id and c.interval.not_after > began and c.interval.not_before <= recovered
        for c in again
    )
    return touched or any(
        r.asset == change.asset
        and r.recovered_at is not None
        and began < utc(r.recovered_at) <= recovered
        for r in case.context.recoveries
    )


def _reason(rule: str, sentence: str, *changes: Change) -> Reason:
    facts = tuple(FactRef("change", c.id, c.sentence) for c in changes)
    return Reason(f"causation: {rule}", sentence, facts)

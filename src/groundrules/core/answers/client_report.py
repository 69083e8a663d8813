"""The client's report of a period: in short, what was paid, what was covered at 0.00, what was done, and what is asked.

Page, PDF and mail are written from this one value. Every number carries the records it counts; what went wrong and what
is not known stand in it like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.model import Answers
from groundrules.core.answers.part_warnings import told_warnings
from groundrules.core.answers.restore_promises import (
    PromiseTold,
    broken_promises,
    proofs_not_owed,
    unproven_promises,
)
from groundrules.core.answers.silence import silence_told
from groundrules.core.backups import RestoreDrill, counted_only, reported_only
from groundrules.core.calendars import zone_label
from groundrules.core.evidence import Gap, GapKind
from groundrules.core.health import Warned
from groundrules.core.money import Money
from groundrules.core.periods import Period, local_date, start_of_local_day, utc
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.reported import ClientReport, Item, Outcome
from groundrules.core.value import ValueReport
from groundrules.core.vendors import Permission

_QUIET = "No failure, patch, restore or vendor's change is on record in this period."
_QUIET_BUT_UNSEEN = f"{_QUIET.removesuffix('.')}, but not all of it was seen."
# A recovery is counted by itself, and nobody planned a shell.
_NOT_PLANNED = frozenset({"recovery", "shell"})
# Where evidence is missing or can't be read; a restart or a corrected clock hides nothing.
_HOLES = frozenset(
    {
        GapKind.COLLECTOR_SILENT,
        GapKind.LOG_CLEARED,
        GapKind.RECORDS_MISSING,
        GapKind.RECORDS_DAMAGED,
        GapKind.AUDIT_OFF,
    }
)


def client_report(
    answers: Answers, value: ValueReport, first: date, end: date, warned: Iterable[Warned] = ()
) -> ClientReport:
    """This function will write the report of a period from everything that was answered and what health warned of."""
    zone = answers.world.client.zone
    month = Period(start_of_local_day(zone, first), start_of_local_day(zone, end))
    outcomes = (*_outcomes(answers, month), *_warnings(answers, month, warned))
    asks = _asks(answers, month)
    incomplete = _incomplete(answers, month)
    done = sum(len(o.items) for o in outcomes)
    name = answers.world.client.name
    return ClientReport(
        client=name,
        zone=zone,
        currency=answers.world.client.currency,
        first=first,
        end=end,
        subject=(
            f"{name}, {first} to {end}: {done} things on record, "
            f"{value.covered.amount} of work covered, {_asked(len(asks))}"
        ),
        short=_short(value, outcomes, asks, is_whole=not _holes(answers, month, _HOLES)),
        value=value,
        outcomes=outcomes,
        asks=asks,
        incomplete=incomplete,
    )


def _asked(count: int) -> str:
    return f"{count or 'nothing'} {'thing ' if count == 1 else 'things ' if count else ''}we need from you"


def _short(
    value: ValueReport, outcomes: tuple[Outcome, ...], asks: tuple[Item, ...], *, is_whole: bool
) -> tuple[str, ...]:
    """What is read in ninety seconds: the money, the covered hours, each outcome in a line, what is asked.

    A quiet period is called quiet only where all of it was seen.
    """
    told = [o.says for o in outcomes if o.items or o.not_counted]
    quiet = _QUIET if is_whole else _QUIET_BUT_UNSEEN
    lines = [*_money(value), *(told or (quiet,))]
    lines += [ask.says for ask in asks[:1]]
    return tuple(lines)


def _money(value: ValueReport) -> tuple[str, ...]:
    """Nothing against nothing is no comparison, and is not worded as one."""
    if value.is_empty:
        return (
            "No fee and no covered work of this period is on record, so there is nothing to compare.",
        )
    covered = (
        f"{duration_words(value.covered.seconds)} of work were covered: "
        f"worth {value.covered.amount}, charged {Money.zero(value.covered.amount.currency)}."
    )
    return value.sentence, value.upper_sentence, covered


def _outcomes(answers: Answers, month: Period) -> tuple[Outcome, ...]:
    return (
        _runs(answers, month),
        _restores(answers, month),
        _caught(answers, month),
        _incidents(answers, month),
    )


def _day(answers: Answers, moment: datetime) -> date:
    return local_date(answers.world.client.zone, moment)


def _inside(month: Period, moment: datetime) -> bool:
    return month.contains(utc(moment))


def _runs(answers: Answers, month: Period) -> Outcome:
    items = tuple(
        Item(
            "own run",
            run.id,
            _day(answers, run.period.start),
            f"{run.says or run.kind} on {run.asset}",
        )
        for run in answers.world.own_runs
        if run.kind not in _NOT_PLANNED and _inside(month, run.period.start)
    )
    patches = sum("patch" in i.says.lower() for i in items)
    return Outcome(
        "Patches and planned changes",
        f"{_count(len(items), 'planned change')} of ours, {_count(patches, 'patch run')} among them.",
        items,
    )


def _restores(answers: Answers, month: Period) -> Outcome:
    """Restores proven: how much was lost between the restore point and the failure, and how long it took.

    One that is not back, that nobody verified, or that is only reported proves nothing: it is named and not counted.
    """
    here = [r for r in answers.world.recoveries if _inside(month, r.failed_at)]
    tried = [d for d in answers.world.drills if _inside(month, d.began)]
    drilled, reported = counted_only(tried), [d for d in reported_only(tried) if d.passed]
    items = tuple(
        Item("incident", r.incident, _day(answers, r.failed_at), _proven(r, took))
        for r in here
        if (took := seconds_to_recover(r)) is not None and r.verified_by
    )
    rest = len(here) - len(items)
    proven = tuple(
        Item("restore_drill", d.name, _day(answers, d.began), _drilled(d))
        for d in drilled
        if d.passed
    )
    claimed = tuple(
        Item("restore_drill", d.name, _day(answers, d.began), f"{_drilled(d)}; not counted")
        for d in reported
    )
    late = unproven_promises(answers, month)
    broken = _told(answers, (*broken_promises(answers, here, drilled), *late))
    not_owed = _told(answers, proofs_not_owed(answers, month))
    failed = len(tried) - len(proven) - len(claimed)
    besides = f", {rest} not verified" if rest else ""
    besides += f", {_count(failed, 'restore drill')} failed" if failed else ""
    of_them = f", {len(proven)} of them in drills" if proven else ""
    besides += f", {len(claimed)} only reported by mail" if claimed else ""
    besides += f", {_count(len(broken), 'promise')} not kept" if broken else ""
    says = f"{_count(len(items) + len(proven), 'restore')} proven{of_them}{besides}."
    listed = (*items, *proven, *claimed, *broken, *not_owed)
    return Outcome("Restores proven", says, listed, rest + failed + len(claimed))


def _told(answers: Answers, promises: Iterable[PromiseTold]) -> tuple[Item, ...]:
    return tuple(Item(one.kind, one.ref, _day(answers, one.at), one.says) for one in promises)


def _drilled(drill: RestoreDrill) -> str:
    """A drill measures what a failure then would have cost; nobody lost anything."""
    took = f"back after {duration_words(int(drill.took.total_seconds()))}, {drill.origin.words}"
    if drill.loss is None:
        return f"{drill.asset}: drill of backup {drill.name}, {took}"
    window = duration_words(int(drill.loss.total_seconds()))
    return f"{drill.asset}: drill of backup {drill.name}, data-loss window {window}, {took}"


def _proven(recovery: Recovery, took: int) -> str:
    lost = duration_words(data_loss_seconds(recovery))
    records = f", {recovery.records_lost} records lost" if recovery.records_lost is not None else ""
    back = f"back after {duration_words(took)}, verified by {recovery.verified_by}"
    return f"{recovery.asset}: data-loss window {lost}{records}, {back}"


def _caught(answers: Answers, month: Period) -> Outcome:
    """Changes a vendor made outside every permission; only what is recorded or matched names anybody."""
    changes = {change.id: change for change in answers.world.changes}
    items = []
    for found in answers.attributions:
        change = changes[found.change]
        vendor = found.party is not None and found.party.kind.value == "vendor"
        outside = found.permission.permission is Permission.OUTSIDE
        if vendor and outside and found.names_party and _inside(month, change.interval.not_after):
            who = found.party.name or found.party.id if found.party else ""
            says = f"{change.sentence} on {change.asset}, by {who}, without permission ({found.strength.value})"
            items.append(Item("change", change.id, _day(answers, change.interval.not_after), says))
    return Outcome(
        "Vendor changes caught",
        f"{_count(len(items), 'change')} by vendors without permission caught.",
        tuple(items),
    )


def _incidents(answers: Answers, month: Period) -> Outcome:
    items = []
    for incident in answers.world.incidents:
        if not _inside(month, incident.opened_at):
            continue
        opened = zone_label(incident.opened_at, answers.world.client.zone)
        back = "not resolved yet"
        if incident.resolved_at is not None:
            took = int((utc(incident.resolved_at) - utc(incident.opened_at)).total_seconds())
            back = f"resolved after {duration_words(took)}"
        says = f"{incident.title} ({opened}), {back}"
        items.append(Item("incident", incident.id, _day(answers, incident.opened_at), says))
    return Outcome("Incidents", f"{_count(len(items), 'incident')}.", tuple(items))


def _warnings(answers: Answers, month: Period, warned: Iterable[Warned]) -> tuple[Outcome, ...]:
    """Parts that began to fail or to need something; no heading without any, as nobody may have looked."""
    told = told_warnings(warned, month, answers.world.client.zone)
    return tuple(
        Outcome(
            one.heading,
            one.says,
            tuple(Item("server", name, _day(answers, at), says) for name, at, says in one.lines),
        )
        for one in told
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _asks(answers: Answers, month: Period) -> tuple[Item, ...]:
    """What the client is asked: work that waits for an authorised word."""
    return tuple(
        Item(
            "time_entry",
            line.entry,
            line.service_day,
            f"{duration_words(line.seconds)} on {line.issue} wait for your word: {'; '.join(line.missing)}",
        )
        for line in answers.money.open_lines
        if _day(answers, month.start) <= line.service_day
        and (month.end is None or line.service_day < _day(answers, month.end))
    )


def _incomplete(answers: Answers, month: Period) -> tuple[str, ...]:
    """Where we did not see: numbers of those hours may be too small, and the report says so."""
    found = _holes(answers, month, frozenset({GapKind.COLLECTOR_SILENT}))
    return tuple(says for gap in found for says in silence_told(answers, gap))


def _holes(answers: Answers, month: Period, kinds: frozenset[GapKind]) -> tuple[Gap, ...]:
    return tuple(
        gap
        for gap in answers.world.gaps
        if gap.kind in kinds
        and gap.interval.not_after >= month.start
        and (month.end is None or gap.interval.not_before < month.end)
    )

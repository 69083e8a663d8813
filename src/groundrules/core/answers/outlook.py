"""What suspending one server changes, worked out before anything is sent: fee, work, clocks, windows, what goes on.

For a server under notice it is what the notice leads to; for a covered one, what a notice that arrived now would lead
to. A change that proves nothing is listed with its reason and can't be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.agreements.words import BAND_OF_WORK, spoken_list
from groundrules.core.answers.model import Answers, NoticeAnswer
from groundrules.core.answers.states import foreseen_notice, grouped
from groundrules.core.attribution.answers import Attribution
from groundrules.core.calendars import zone_label
from groundrules.core.changes import Change
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.invoices.fees import NoFeeAgreed, fee_month_of, fee_share
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.suspension import SuspensionEffects, why_left_out
from groundrules.core.lifecycle.timeline import binding_version, state_at, state_spans
from groundrules.core.parties import PartyKind
from groundrules.core.periods import local_date, utc
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import Permission


@dataclass(frozen=True, slots=True)
class Evidence:
    """One change a notice could rest on. `why_not` says why it can't, and is empty when it can."""

    change: Change
    attribution: Attribution
    why_not: str


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One thing that changes or goes on, in sentences, with the records they rest on."""

    topic: str
    sentences: tuple[str, ...]
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a suspension of one server comes to. `running` says that a notice on record leads to it.

    `refusal` says why no suspension can follow; then there are no effects.
    """

    asset: AssetId
    evidence: tuple[Evidence, ...]
    running: bool = False
    notice: NoticeAnswer | None = None
    effects: tuple[EffectLine, ...] = ()
    refusal: str = ""


def outlook(answers: Answers, asset: AssetId, changes: tuple[ChangeId, ...] = ()) -> Outlook:
    """This function will say what suspending a server comes to, resting on the changes named (all proven, if none)."""
    found = evidence_on(answers, asset)
    running = _running(answers, asset)
    if running is not None:
        effects = _effects(answers, running)
        return Outlook(asset, running=True, notice=running, effects=effects, evidence=found)
    refusal = _why_no_notice(answers, asset, found, changes)
    planned = None
    if not refusal:
        standing = grouped(answers.states)
        planned = foreseen_notice(
            answers.world, asset, answers.attributions, standing, answers.at, changes
        )
    if planned is None:
        return Outlook(asset, evidence=found, refusal=refusal or "No notice can be given now.")
    return Outlook(asset, notice=planned, effects=_effects(answers, planned), evidence=found)


def evidence_on(answers: Answers, asset: AssetId) -> tuple[Evidence, ...]:
    """This function will list a server's changes that others made, or that nobody knows who made, newest first.

    Our own work and what was done inside an approved window is no evidence against anybody.
    """
    made = {a.change: a for a in answers.attributions}
    found = [
        Evidence(change, made[change.id], why_left_out(made[change.id]))
        for change in answers.world.changes
        if change.asset == asset and _is_open_question(made[change.id])
    ]
    return tuple(
        sorted(found, key=lambda e: (e.change.interval.not_before, e.change.id), reverse=True)
    )


def _is_open_question(attribution: Attribution) -> bool:
    party = attribution.party
    own = party is not None and party.kind is PartyKind.PROVIDER
    return not own and attribution.permission.permission is not Permission.INSIDE


def _running(answers: Answers, asset: AssetId) -> NoticeAnswer | None:
    """The notice that leads to a suspension which has not begun: the newest, if the books foresee its suspension."""
    begins = {
        utc(entry.effective_at)
        for entry in (*answers.foreseen, *answers.world.lifecycle)
        if entry.asset == asset and entry.kind is EntryKind.SUSPENDED
    }
    leading = [
        notice
        for notice in answers.notices
        if notice.notice.asset == asset
        and notice.effects is not None
        and notice.arithmetic.effective_at in begins
        and notice.effects.from_at > answers.at
    ]
    state = state_at(answers.states_of(asset), answers.at).state
    return (
        max(leading, key=lambda n: utc(n.notice.sent_at))
        if leading and state is CoverageState.NOTICE
        else None
    )


def _why_no_notice(
    answers: Answers,
    asset: AssetId,
    found: tuple[Evidence, ...],
    changes: tuple[ChangeId, ...],
) -> str:
    version = binding_version(answers.world.agreement, answers.at)
    state = state_at(answers.states_of(asset), answers.at).state
    chosen = [e for e in found if not changes or e.change.id in changes]
    checks = (
        (
            version is None or version.suspension is None or version.notice is None,
            "The agreement in force has no clauses on notice and on suspending one server. Agree on them first.",
        ),
        (
            state is not CoverageState.COVERED,
            f"Notice can be given about a covered server only; this one is {state.value.replace('_', ' ')}.",
        ),
        (
            not any(not e.why_not for e in chosen),
            (
                "Nothing is proven: a suspension needs at least one change that is recorded or matched to a vendor "
                "and was not allowed. Collect evidence; do not write."
            ),
        ),
    )
    return next((sentence for stands, sentence in checks if stands), "")


def _effects(answers: Answers, notice: NoticeAnswer) -> tuple[EffectLine, ...]:
    changed = notice.effects
    assert changed is not None  # noqa: S101 - a notice that leads to a suspension has effects
    lines = (
        _fee(answers, changed),
        _rates(changed),
        _open_work(answers, changed),
        _clocks(answers, changed),
        _windows(answers, changed),
        _others(answers, changed),
        _goes_on(changed),
        _stops(changed),
    )
    return tuple(line for line in lines if line.sentences)


def _fee(answers: Answers, changed: SuspensionEffects) -> EffectLine:
    version = binding_version(answers.world.agreement, changed.from_at)
    if version is None or not version.fees.for_asset(changed.asset).minor:
        return EffectLine("Fee", ("No monthly fee is agreed for this server.",))
    if changed.fee_runs_on:
        return EffectLine("Fee", (changed.fee_sentence,))
    day = local_date(answers.zone, changed.from_at)
    month = fee_month_of(day, version.fees.billing_day)
    spans = state_spans(
        changed.asset, _as_if(answers, changed), answers.world.agreement, answers.at
    )
    try:
        share = fee_share(answers.world.agreement, changed.asset, spans, month)
    except NoFeeAgreed as missing:
        return EffectLine("Fee", (f"{str(missing).capitalize()}.",))
    return EffectLine(
        "Fee",
        (
            changed.fee_sentence,
            f"If it stays off to the end of the month that began {month.start}: {share.credit_working} comes back.",
        ),
    )


def _as_if(answers: Answers, changed: SuspensionEffects) -> Iterable[LifecycleEntry]:
    """The book, what follows from it, and the suspension as if it were recorded now."""
    off = LifecycleEntry(changed.asset, EntryKind.SUSPENDED, changed.from_at, answers.at)
    return (*answers.world.lifecycle, *answers.foreseen, off)


def _rates(changed: SuspensionEffects) -> EffectLine:
    said = tuple(
        f"{_capital(BAND_OF_WORK[band])}: {price} an hour." for band, price in changed.rates
    )
    return EffectLine("Work is hourly", said)


def _capital(words: str) -> str:
    """A Sunday keeps its own capital."""
    return words[:1].upper() + words[1:]


def _open_work(answers: Answers, changed: SuspensionEffects) -> EffectLine:
    still = [
        i
        for i in answers.world.incidents
        if i.asset == changed.asset
        and utc(i.opened_at) < changed.from_at
        and (i.resolved_at is None or utc(i.resolved_at) > changed.from_at)
    ]
    when = zone_label(changed.from_at, answers.zone)
    said = tuple(
        f"{i.id}, {i.title}: covered until {when}, hourly from then if it is still open."
        for i in still
    )
    split = f"Work that runs over {when} is split there to the minute."
    facts = tuple(FactRef("incident", i.id, i.title) for i in still)
    return EffectLine("Open work", (*said, split) if said else ("Nothing is open.", split), facts)


def _clocks(answers: Answers, changed: SuspensionEffects) -> EffectLine:
    on = {i.id: i for i in answers.world.incidents if i.asset == changed.asset}
    said = tuple(
        f"{c.incident}: {on[c.incident].title}. {c.sentence} It stops when the server is off."
        for c in answers.clocks
        if c.runs and c.incident in on
    )
    return EffectLine(
        "Promised times", (*said, "No promised time runs for this server while it is off.")
    )


def _windows(answers: Answers, changed: SuspensionEffects) -> EffectLine:
    cancelled = [w for w in answers.world.windows if w.id in changed.windows_cancelled]
    said = tuple(
        f"{w.id}, {zone_label(w.period.start, answers.zone)}, is cancelled, and its person is told."
        for w in cancelled
    )
    facts = tuple(FactRef("window", w.id) for w in cancelled)
    return EffectLine("Access windows", said or ("No approved window is touched.",), facts)


def _others(answers: Answers, changed: SuspensionEffects) -> EffectLine:
    names = {asset.id: asset.name for asset in answers.world.assets}
    stays = [names.get(asset, asset) for asset in changed.stays_covered]
    said = f"{spoken_list(stays)} {'stays' if len(stays) == 1 else 'stay'} covered."
    return EffectLine("Other servers", (said,) if stays else ())


def _goes_on(changed: SuspensionEffects) -> EffectLine:
    if not changed.continues:
        return EffectLine("Goes on", ())
    goes = "goes" if len(changed.continues) == 1 else "go"
    return EffectLine(
        "Goes on", (f"{_capital(spoken_list(changed.continues))} {goes} on as before.",)
    )


def _stops(changed: SuspensionEffects) -> EffectLine:
    """What the agreement lets rest while the server is off."""
    if not changed.stops:
        return EffectLine("Stops", ())
    rests = "rests" if changed.stops == ("monitoring",) else "rest"
    said = f"{_capital(spoken_list(changed.stops))} {rests} until the server is covered again."
    return EffectLine("Stops", (said, *filter(None, (changed.not_owed,))))

"""Weigh one change: who made it, how strongly that is known, what missing evidence caps, and what was permitted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groundrules.core.attribution.answers import Attribution, Strength
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.finding import Finding, find
from groundrules.core.attribution.gaps import capping
from groundrules.core.attribution.hypotheses import hypotheses
from groundrules.core.attribution.identity import aliases, login_of_actor, login_of_session
from groundrules.core.attribution.networks import origin
from groundrules.core.attribution.scene import Roster, Scene, look, roster
from groundrules.core.attribution.timing import widened
from groundrules.core.changes import Change
from groundrules.core.evidence import Actor, Gap
from groundrules.core.periods import Interval
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.vendors import Act, permission

_CAPPED = {Strength.RECORDED: Strength.INFERRED, Strength.MATCHED: Strength.INFERRED}


def weigh(change: Change, context: AttributionContext) -> Attribution:
    """This function will say who made a change, never more strongly than evidence carries, and who it was not.

    A party is named only by the event's own session key, an unshared account, an identifier one account's session
    ties, or a run on record (L1, L2), and only while no gap lies over that source. What was permitted is answered
    last, and has no part in who.
    """
    return _weigh(change, roster(context))


def weigh_all(changes: Iterable[Change], context: AttributionContext) -> tuple[Attribution, ...]:
    """This function will weigh many changes in the order given, preparing the context once."""
    listed = tuple(changes)
    ready = roster(context, listed)
    return tuple(_weigh(change, ready) for change in listed)


def _weigh(change: Change, ready: Roster) -> Attribution:
    context = ready.context
    change = _as_seen(change)
    scene = look(change, ready)
    found = find(scene)
    caps = capping(change, scene.gaps, found.strength)
    finding = _capped(found, caps)
    names = _names(scene, finding)
    time = _as_sure_as_clocks(change, context)
    act = Act(change.asset, change.kind, time, finding.account, finding.party, names)
    return Attribution(
        change=change.id,
        strength=finding.strength,
        level=finding.level,
        party=finding.party,
        account=finding.account,
        session=None if finding.session is None else finding.session.id,
        hypotheses=hypotheses(scene, finding),
        permission=permission(act, context.grants),
        reasons=(*finding.reasons, *_origin(finding, context), *_missing(scene, found, caps)),
        capped_by=tuple(gap.id for gap in caps),
    )


def _as_seen(change: Change) -> Change:
    """Two looks show whose a file or a port is, never who changed it: without a record of the act nobody is named."""
    return replace(change, actor=Actor()) if change.snapshot_only else change


def _as_sure_as_clocks(change: Change, context: AttributionContext) -> Interval:
    """An exact time may differ from the book's by `slack`: that near to a window's edge nobody can tell."""
    time = change.interval
    return widened(time, context.slack) if time.is_exact else time


def _names(scene: Scene, finding: Finding) -> frozenset[str]:
    r"""Every spelling of the login that made the change: a window for `v1` also admits `HARBOR\v1` and its SID."""
    told = login_of_actor(scene.change.actor, scene.change.asset)
    login = told if finding.session is None else login_of_session(finding.session)
    return aliases(login, scene.roster.accounts_on(login.host))


def _capped(finding: Finding, caps: tuple[Gap, ...]) -> Finding:
    if not caps:
        return finding
    lowered = _CAPPED.get(finding.strength, Strength.UNKNOWN)
    return replace(finding, strength=lowered, party=None, suspect=finding.party)


def _origin(finding: Finding, context: AttributionContext) -> tuple[Reason, ...]:
    if finding.session is None:
        return ()
    return origin(finding.session, finding.party, context.vendors)


def _missing(scene: Scene, found: Finding, caps: tuple[Gap, ...]) -> tuple[Reason, ...]:
    lowering = {gap.id for gap in caps}
    return tuple(
        Reason(
            "attribution: gap",
            f"{_says(gap)} {_meaning(found, lowers=gap.id in lowering)}",
            (FactRef("gap", gap.id, gap.says),),
        )
        for gap in scene.gaps
    )


def _meaning(found: Finding, *, lowers: bool) -> str:
    if lowers:
        return "This lowers the verdict."
    if found.strength in {Strength.RECORDED, Strength.MATCHED}:
        return "It does not hide this record."
    return "What it would have shown is not known."


def _says(gap: Gap) -> str:
    source = f" ({gap.source})" if gap.source else ""
    return f"Evidence of that time is incomplete: {gap.kind.value}{source}."

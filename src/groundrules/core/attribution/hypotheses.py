"""Every alternative, with the sentence why it stays or goes: other sessions, our runs, parties without a trace."""

from __future__ import annotations

from groundrules.core.attribution.answers import Hypothesis, Level, Strength
from groundrules.core.attribution.context import said
from groundrules.core.attribution.finding import Finding
from groundrules.core.attribution.gaps import hides_presence
from groundrules.core.attribution.identity import login_of_session
from groundrules.core.attribution.networks import origin
from groundrules.core.attribution.scene import Present, Running, Scene
from groundrules.core.attribution.timing import miss
from groundrules.core.parties import Party
from groundrules.core.reasons import FactRef, Reason, counted


def hypotheses(scene: Scene, finding: Finding) -> tuple[Hypothesis, ...]:
    """This function will list the named maker first, then open candidates, then everyone ruled out."""
    sessions = [
        _of_session(p, scene, finding) for p in scene.sessions if not _is_chosen(p, finding)
    ]
    runs = [_of_run(r, scene, finding) for r in scene.runs if r.run.id != finding.run]
    chosen = [_chosen(scene, finding)] if finding.account or finding.party else []
    listed = [*chosen, *sessions, *runs]
    traceless = _traceless(scene, listed, finding)
    everyone = [*listed, *traceless, *_further(scene)]
    return tuple(sorted(everyone, key=lambda h: h.rejected))


def _chosen(scene: Scene, finding: Finding) -> Hypothesis:
    party = finding.party or finding.suspect
    who = "" if party is None else said(party)
    account = finding.account and f"account {finding.account}"
    return Hypothesis(
        label=", ".join(filter(None, (who, account, finding.run and f"run {finding.run}"))),
        party=party,
        account=finding.account,
        strength=finding.strength,
        level=finding.level,
        session=None if finding.session is None else finding.session.id,
        own_run=finding.run,
        reasons=(*finding.reasons, *_origin(scene, finding)),
    )


def _origin(scene: Scene, finding: Finding) -> tuple[Reason, ...]:
    if finding.session is None:
        return ()
    return origin(finding.session, finding.party, scene.context.vendors)


def _is_chosen(present: Present, finding: Finding) -> bool:
    return finding.session is not None and present.session.id == finding.session.id


def _of_session(present: Present, scene: Scene, finding: Finding) -> Hypothesis:
    session, owner = present.session, present.owner
    rejection = _against_session(present, scene, finding)
    reason = Reason(
        "attribution: session",
        rejection or f"Session {session.id} of {session.account} was open at that time.",
        (FactRef("session", session.id),),
    )
    owned = () if rejection else (Reason("attribution: owner", owner.sentence),)
    who = f" of {said(owner.party)}" if owner.party else ""
    return Hypothesis(
        label=f"session {session.id}{who}, account {session.account}",
        party=owner.party,
        account=session.account,
        strength=Strength.UNKNOWN if rejection else _presence_strength(present, scene),
        level=Level.L5 if rejection else _presence_level(scene),
        session=session.id,
        rejected=bool(rejection),
        reasons=(reason, *owned, *origin(session, owner.party, scene.context.vendors)),
    )


def _against_session(present: Present, scene: Scene, finding: Finding) -> str:
    session, zone = present.session, scene.context.zone
    name = f"Session {session.id} of {session.account}"
    if not present.here:
        return f"{name} was on {session.asset}, not on {scene.change.asset}."
    if not present.open:
        return f"{name} {miss(scene.change.interval, present.period, zone)}."
    if not present.person:
        return f"{name} is a service's own login; nobody works in it."
    if (
        finding.conflict
        or finding.strength is Strength.UNKNOWN
        or finding.strength is Strength.INFERRED
    ):
        return ""
    if finding.session is None and finding.party is None and _same_account(present, finding):
        return ""
    return f"{name} was open at that time, but the record names {_named(finding)}."


def _same_account(present: Present, finding: Finding) -> bool:
    login = login_of_session(present.session)
    return finding.account.casefold() in {login.name.casefold(), login.identifier.casefold()}


def _named(finding: Finding) -> str:
    if finding.session is not None:
        return f"session {finding.session.id} of {finding.session.account}"
    return f"run {finding.run}" if finding.run else f"account {finding.account}"


def _presence_strength(present: Present, scene: Scene) -> Strength:
    sole = len(scene.candidates) + len(scene.running) == 1
    return Strength.INFERRED if sole and present.throughout else Strength.UNKNOWN


def _presence_level(scene: Scene) -> Level:
    return Level.L3 if len(scene.candidates) + len(scene.running) == 1 else Level.L4


def _of_run(running: Running, scene: Scene, finding: Finding) -> Hypothesis:
    run, provider = running.run, scene.context.provider
    rejection = _against_run(running, scene, finding)
    sentence = rejection or f"{_called(running)} was under way at that time."
    return Hypothesis(
        label=f"{said(provider)}, {run.kind} {run.id}",
        party=provider,
        account="",
        strength=Strength.UNKNOWN,
        level=Level.L5 if rejection else _presence_level(scene),
        own_run=run.id,
        rejected=bool(rejection),
        reasons=(Reason("attribution: run", sentence, (FactRef("own run", run.id, run.says),)),),
    )


def _called(running: Running) -> str:
    return f"Our {running.run.kind} {running.run.id}"


def _against_run(running: Running, scene: Scene, finding: Finding) -> str:
    run, zone = running.run, scene.context.zone
    if not running.here:
        return f"{_called(running)} was on {run.asset}, not on {scene.change.asset}."
    if not running.open:
        return f"{_called(running)} {miss(scene.change.interval, run.period, zone)}."
    if running.fits is False:
        touched = ", ".join(sorted(run.components))
        return f"{_called(running)} was under way, but recorded touching only {touched}."
    if finding.strength in {Strength.RECORDED, Strength.MATCHED} and finding.party is not None:
        return f"{_called(running)} was under way, but the record names {_named(finding)}."
    return ""


def _traceless(scene: Scene, listed: list[Hypothesis], finding: Finding) -> list[Hypothesis]:
    """Parties of which nothing was seen at that time; while evidence is missing they can't be ruled out, wherever else
    and whenever else they were seen.
    """
    named = finding.strength in {Strength.RECORDED, Strength.MATCHED} and finding.party is not None
    open_question = any(hides_presence(gap) for gap in scene.gaps) and not named
    seen = _there(scene, listed) if open_question else _listed(scene, listed)
    return [
        _absent(party, scene, open_question=open_question)
        for party in scene.roster.parties
        if _key(party) not in seen
    ]


def _listed(scene: Scene, listed: list[Hypothesis]) -> set[tuple[str, str]]:
    here = {_key(p.owner.party) for p in scene.sessions if p.here and p.owner.party}
    return here | {_key(h.party) for h in listed if h.party}


def _there(scene: Scene, listed: list[Hypothesis]) -> set[tuple[str, str]]:
    """Whoever is still a candidate, or was seen on this server at that very time and is ruled out by that record."""
    seen = {_key(h.party) for h in listed if h.party and not h.rejected}
    seen |= {_key(p.owner.party) for p in scene.sessions if p.here and p.open and p.owner.party}
    ours = any(r.here and r.open for r in scene.runs)
    return seen | ({_key(scene.context.provider)} if ours else set())


def _key(party: Party | None) -> tuple[str, str]:
    return ("", "") if party is None else (party.kind.value, party.id)


def _absent(party: Party, scene: Scene, *, open_question: bool) -> Hypothesis:
    sentence = f"No session, run or record of {said(party)} is known on {scene.change.asset} near that time."
    if open_question:
        sentence = (
            f"No session, run or record of {said(party)} is known on {scene.change.asset} at that time. Evidence of "
            "that time is missing, so this does not rule it out."
        )
    return Hypothesis(
        label=said(party),
        party=party,
        account="",
        strength=Strength.UNKNOWN,
        level=Level.L5,
        rejected=not open_question,
        reasons=(Reason("attribution: no trace", sentence),),
    )


def _further(scene: Scene) -> list[Hypothesis]:
    """Those who are counted and not listed, none of whom can have made the change."""
    here = f"on {scene.change.asset}"
    far = (
        f"{here} {_verb(scene.further, 'lies', 'lie')} further from the change; none was open then."
    )
    return [
        *_counted("session", scene.further, "other session", far),
        *_counted("session", scene.elsewhere, "more session", _away(scene.elsewhere, here)),
        *_counted("run", scene.runs_elsewhere, "more own run", _away(scene.runs_elsewhere, here)),
    ]


def _away(number: int, here: str) -> str:
    return f"{_verb(number, 'was', 'were')} open then on other servers, not {here}."


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _counted(rule: str, number: int, one: str, says: str) -> list[Hypothesis]:
    if not number:
        return []
    count = counted(number, one)
    return [
        Hypothesis(
            label=count,
            party=None,
            account="",
            strength=Strength.UNKNOWN,
            level=Level.L5,
            rejected=True,
            reasons=(Reason(f"attribution: {rule}", f"{count} {says}"),),
        )
    ]

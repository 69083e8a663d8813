"""How identity was established: the first of five ways that holds, from the event's own session key down to nothing.

L1 the event carries a session's key. L2 it names an account, or an identifier that one session ties to an account,
or a recorded own run. L3 exactly one session or run was there, L4 several, L5 none. Only L1 and L2 can name a
party.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundrules.core.attribution.answers import Level, Strength
from groundrules.core.attribution.certificates import certificate_of, certified, run_certified
from groundrules.core.attribution.context import said
from groundrules.core.attribution.identity import (
    Login,
    Owner,
    login_of_actor,
    login_of_session,
    owner_of,
    same_login,
    tied_by_register,
)
from groundrules.core.attribution.passing_on import passed_on
from groundrules.core.attribution.runs import bridged, names_run
from groundrules.core.attribution.scene import NOT_A_PERSON, Present, Running, Scene
from groundrules.core.attribution.timing import touches
from groundrules.core.changes.actors import is_service, is_service_account
from groundrules.core.evidence import Session
from groundrules.core.parties import Party
from groundrules.core.periods import Period
from groundrules.core.reasons import FactRef, Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """What identity evidence gives before gaps are weighed. `conflict` marks records that contradict each other;
    `suspect` is whom a capped verdict would have named (a candidate, no longer an answer).
    """

    strength: Strength
    level: Level
    party: Party | None
    account: str
    reasons: tuple[Reason, ...]
    session: Session | None = None
    run: str = ""
    shared: bool = False
    conflict: bool = False
    suspect: Party | None = None


def find(scene: Scene) -> Finding:
    """This function will return the strongest identity evidence for a change."""
    named = _by_named_run(scene)
    own = _by_session_key(scene) or _by_account(scene) or _by_identifier(scene)
    own = own and _by_our_certificate(scene, own)
    if named is not None and own is not None and own.party not in {None, named.party}:
        return _contradiction(
            scene, own, "The change is recorded under our run and under another login."
        )
    if named is not None and own is not None and own.party is not None:
        return replace(named, reasons=(*named.reasons, *own.reasons))
    return named or own or _by_system_run(scene) or _by_presence(scene)


def _by_named_run(scene: Scene) -> Finding | None:
    run = scene.roster.run_of.get(scene.change.run)
    if run is None or not names_run(scene.change, run) or run.asset != scene.change.asset:
        return None
    if not touches(scene.change.interval, run.period, scene.context.slack):
        return None
    provider = scene.context.provider
    reason = Reason(
        "attribution: run",
        f"The change is recorded as part of {run.kind} {run.id} of {said(provider)}.",
        (FactRef("own run", run.id, run.says),),
    )
    account = scene.change.actor.account
    return Finding(Strength.RECORDED, Level.L1, provider, account, (reason,), run=run.id)


def _by_session_key(scene: Scene) -> Finding | None:
    key = scene.change.actor.session_key
    known = scene.roster.sessions.on(scene.change.asset)
    opened = sorted(
        ((p, s) for p, s in known if key and key in {s.key, s.id}),
        key=lambda one: (one[1].started, one[1].id),
    )
    if not opened or all(is_service_account(s.account) for _, s in opened):
        return None
    session = opened[0][1]
    problem = _contradicted(scene, opened)
    if problem:
        return _contradiction(scene, None, problem)
    owner, history = _owner(scene, _known_login(scene, session), session)
    owner = certified(owner, session, scene.context.windows, scene.context.vendors)
    reason = Reason(
        "attribution: L1",
        f"The record carries the key of session {session.id}, opened by {session.account}.",
        (FactRef("change", scene.change.id), FactRef("session", session.id)),
    )
    return _of_owner(Strength.RECORDED, Level.L1, owner, (reason, *history), session)


def _by_our_certificate(scene: Scene, own: Finding) -> Finding:
    """The same finding, with the run of ours whose certificate opened the login it rests on."""
    session = own.session
    if session is None or own.conflict:
        return own
    ours = (run for _, run in scene.roster.runs.on(session.asset))
    run = run_certified(session, ours, scene.context.slack)
    if run is None:
        return own
    provider, (_, serial) = scene.context.provider, certificate_of(session)
    issued = f"The login was proven by certificate {serial}, made for our {run.kind} {run.id}"
    reason = Reason(
        "attribution: certificate", f"{issued}.", (FactRef("own run", run.id, run.says),)
    )
    if own.party is None and own.level is not Level.L1:
        return replace(own, reasons=(*own.reasons, reason))
    if own.party is not None and (own.party.kind, own.party.id) != (provider.kind, provider.id):
        problem = (
            f"{issued}, and account {own.account} is {said(own.party)}'s, so neither is named."
        )
        return _contradiction(scene, own, problem)
    return replace(own, party=provider, run=run.id, shared=False, reasons=(*own.reasons, reason))


def _owner(
    scene: Scene, login: Login, session: Session | None = None
) -> tuple[Owner, tuple[Reason, ...]]:
    """Whose a login was: by the register, unless its name was passed on since, or nobody worked in it."""
    accounts = scene.roster.accounts_on(scene.change.asset)
    owner = owner_of(login, scene.change.interval, accounts, scene.context.slack)
    asker = _asked_by(scene, login, session)
    if owner.party is not None and asker and not _is_of(owner, asker, scene):
        says = f"The login of {login.shown} was asked for in the login of {asker}, so neither is named."
        owner = replace(owner, party=None, sentence=says)
    if owner.party is not None and _is_unattended(scene, login, session):
        says = (
            f"Account {login.shown} was logged in for a stored job or a service only. Nobody works in such a login, "
            "and who set it up the record does not say."
        )
        owner = replace(owner, party=None, sentence=says)
    histories = scene.roster.histories.get(scene.change.asset, ())
    return passed_on(owner, scene.change, histories, accounts)


def _is_unattended(scene: Scene, login: Login, session: Session | None) -> bool:
    """The session is a job's or a service's; or, where the record names the account alone, all that were open are."""
    opened = [session] if session else _open_of(scene, login)
    return bool(opened) and all(s.kind in NOT_A_PERSON for s in opened)


def _asked_by(scene: Scene, login: Login, session: Session | None) -> str:
    """In whose login it was opened, where each that can be meant was opened from within another's."""
    opened = [session] if session else _open_of(scene, login)
    askers = sorted(s.asked_by for s in opened)
    return askers[0] if askers else ""


def _open_of(scene: Scene, login: Login) -> list[Session]:
    return [
        p.session
        for p in scene.sessions
        if p.here and p.open and same_login(login_of_session(p.session), login)
    ]


def _is_of(owner: Owner, account: str, scene: Scene) -> bool:
    """The account is the same party's: a technician may take up her own administrator's login."""
    accounts = scene.roster.accounts_on(scene.change.asset)
    other = owner_of(
        Login(account, "", scene.change.asset), scene.change.interval, accounts, scene.context.slack
    )
    mine, theirs = owner.party, other.party
    return (
        mine is not None and theirs is not None and (mine.kind, mine.id) == (theirs.kind, theirs.id)
    )


def _known_login(scene: Scene, session: Session) -> Login:
    """The session's login; the record may add the identifier the session lacks, when both are the same login."""
    login, told = login_of_session(session), login_of_actor(scene.change.actor, session.asset)
    if login.identifier or is_service(scene.change.actor) or not _is_one(scene, login, told):
        return login
    return replace(login, identifier=told.identifier)


def _is_one(scene: Scene, one: Login, other: Login) -> bool:
    """A record may hold the number of a login, and the session its name: the register says whether they are one."""
    register = scene.context.accounts
    return same_login(one, other) or tied_by_register(one, other, scene.change.interval, register)


def _contradicted(scene: Scene, opened: list[tuple[Period, Session]]) -> str:
    """Why a session key can't be relied on: several logins under it, not open then, or another name beside it.

    Open until its host's next restart, where no end was seen: a LogonId is given out anew after that.
    """
    first, slack = opened[0][1], scene.context.slack
    told = login_of_actor(scene.change.actor, first.asset)
    if not all(same_login(login_of_session(first), login_of_session(s)) for _, s in opened):
        return "Sessions of several accounts carry the key the record names."
    if not any(touches(scene.change.interval, period, slack) for period, _ in opened):
        return f"The record carries the key of session {first.id}, which was not open then."
    elevated = is_service(replace(scene.change.actor, session_key=""))
    if told.shown and not elevated and not _is_one(scene, login_of_session(first), told):
        return (
            f"The record names {told.shown}, and the session it names belongs to {first.account}."
        )
    return ""


def _by_account(scene: Scene) -> Finding | None:
    actor = scene.change.actor
    login = login_of_actor(actor, scene.change.asset)
    if not login.shown or is_service(actor):
        return None
    owner, history = _owner(scene, login)
    if not owner.known and login.identifier and not login.name:
        return None
    reason = Reason(
        "attribution: L2",
        f"The record itself names account {login.shown}.",
        (FactRef("change", scene.change.id),),
    )
    told = (reason, *history)
    return _of_owner(Strength.RECORDED, Level.L2, owner, told, _only_session(scene, login))


def _by_identifier(scene: Scene) -> Finding | None:
    """The record has an identifier nobody registered: sessions of that identifier tie it to an account's name."""
    actor = scene.change.actor
    if not actor.identifier or is_service(actor):
        return None
    ties = [p for p in scene.sessions if p.here and p.session.identifier == actor.identifier]
    names = {p.session.account.casefold() for p in ties}
    opened = [p for p in ties if p.open]
    if len(names) != 1 or not opened:
        return _unregistered(scene, ties)
    session = opened[0].session
    owner, history = _owner(scene, Login(session.account, "", session.asset), session)
    reason = Reason(
        "attribution: L2",
        f"The record names identifier {actor.identifier}, which session {session.id} ties to {session.account}.",
        (FactRef("change", scene.change.id), FactRef("session", session.id)),
    )
    only = session if len(opened) == 1 else None
    return _of_owner(Strength.MATCHED, Level.L2, owner, (reason, *history), only)


def _unregistered(scene: Scene, ties: list[Present]) -> Finding:
    identifier = scene.change.actor.identifier
    how = "ties to several accounts" if len(ties) > 1 else "no session open then ties to an account"
    reason = Reason(
        "attribution: L2",
        f"The record names identifier {identifier}, which {how}.",
        (FactRef("change", scene.change.id),),
    )
    return Finding(Strength.UNKNOWN, Level.L2, None, identifier, (reason,))


def _only_session(scene: Scene, login: Login) -> Session | None:
    opened = [p for p in scene.candidates if same_login(login_of_session(p.session), login)]
    return opened[0].session if len(opened) == 1 else None


def _of_owner(
    strength: Strength,
    level: Level,
    owner: Owner,
    reasons: tuple[Reason, ...],
    session: Session | None,
) -> Finding:
    registered = (FactRef("account", owner.account),) if owner.known else ()
    issued = (FactRef("window", owner.window),) if owner.window else ()
    owned = Reason("attribution: owner", owner.sentence, (*registered, *issued))
    return Finding(
        strength=strength,
        level=level,
        party=owner.party,
        account=owner.login.shown,
        reasons=(*reasons, owned),
        session=session,
        shared=owner.shared,
    )


def _by_system_run(scene: Scene) -> Finding | None:
    actor = scene.change.actor
    if not is_service(actor):
        return None
    alone = not scene.candidates
    tied = [
        r.run for r in scene.running if bridged(scene.change, r.run, scene.context, alone=alone)
    ]
    if not tied:
        return None
    provider, run = scene.context.provider, tied[0]
    reason = Reason(
        "attribution: run",
        f"{_tool(scene)} made the change, and {run.kind} {run.id} of {said(provider)} recorded working "
        f"with it on {scene.change.asset} at that time.",
        tuple(FactRef("own run", r.id, r.says) for r in tied),
    )
    return Finding(Strength.RECORDED, Level.L2, provider, actor.account, (reason,), run=run.id)


def _tool(scene: Scene) -> str:
    actor = scene.change.actor
    name = actor.account or actor.identifier or "The system"
    return f"{name} ({actor.process})" if actor.process and actor.process != name else name


def _by_presence(scene: Scene) -> Finding:
    there: list[Present | Running] = [*scene.candidates, *scene.running]
    level = Level.L5 if not there else Level.L3 if len(there) == 1 else Level.L4
    sure = level is Level.L3 and there[0].throughout
    strength = Strength.INFERRED if sure else Strength.UNKNOWN
    reasons = (*_silence(scene), _presence(scene, level))
    return Finding(strength, level, None, scene.change.actor.account, reasons)


def _silence(scene: Scene) -> tuple[Reason, ...]:
    actor, about = scene.change.actor, (FactRef("change", scene.change.id),)
    if is_service(actor):
        says = f"The record names {_tool(scene)}: a tool, not a person, and no run of ours is tied to it."
    elif scene.change.snapshot_only:
        says = "Only snapshots show the change; no record of it names anybody."
    else:
        says = "The record of the change names nobody."
    return (Reason("attribution: silent record", says, about),)


def _presence(scene: Scene, level: Level) -> Reason:
    count = len(scene.candidates) + len(scene.running)
    says = {
        Level.L5: f"No session or run on {scene.change.asset} was open at that time.",
        Level.L3: "Exactly one session or run was open at that time; being there is not proof.",
        Level.L4: f"{count} sessions or runs were open at that time; the evidence does not tell them apart. "
        f"Undetermined: {_either(scene)}.",
    }[level]
    facts = (
        *(FactRef("session", p.session.id) for p in scene.candidates),
        *(FactRef("own run", r.run.id) for r in scene.running),
    )
    return Reason(f"attribution: {level.value}", says, facts)


def _either(scene: Scene) -> str:
    """Who was there, in words: the party of an unshared account, otherwise the account."""
    present = {
        said(p.owner.party) if p.owner.party else f"account {p.session.account}"
        for p in scene.candidates
    }
    present |= {said(scene.context.provider) for _ in scene.running}
    return " or ".join(sorted(present))


def _contradiction(scene: Scene, own: Finding | None, problem: str) -> Finding:
    reason = Reason("attribution: contradiction", problem, (FactRef("change", scene.change.id),))
    return Finding(
        strength=Strength.UNKNOWN,
        level=Level.L4,
        party=None,
        account=scene.change.actor.account if own is None else own.account,
        reasons=(reason, *(own.reasons if own else ())),
        conflict=True,
    )

"""Whose login it was: from a name or identifier to the one party it belonged to, or the honest reason why not.

An identifier (SID, uid) outweighs a name: names are reused and renamed. An account that is shared, that two parties
hold, or that changed hands within the interval names itself and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from groundrules.core.attribution.context import said
from groundrules.core.evidence import Actor, Session
from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind, same_account_name
from groundrules.core.periods import Interval


@dataclass(frozen=True, slots=True)
class Login:
    """A login as seen on one host: the name and the identifier, either may be empty."""

    name: str
    identifier: str
    host: AssetId

    @property
    def shown(self) -> str:
        """The name people know, or the identifier when no name was seen."""
        return self.name or self.identifier


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a login was: `party` only when exactly one and unshared; `known` when the register lists it.

    `account` is the name the register has for it, `window` the access window whose certificate proved the login.
    """

    login: Login
    party: Party | None
    known: bool
    sentence: str
    shared: bool = False
    account: str = ""
    window: str = ""


def login_of_actor(actor: Actor, host: AssetId) -> Login:
    """This function will return the login a record names."""
    return Login(actor.account, actor.identifier, host)


def login_of_session(session: Session) -> Login:
    """This function will return the login of a session."""
    return Login(session.account, session.identifier, session.asset)


def same_login(one: Login, other: Login) -> bool:
    """This function will say whether two sightings on one host are one login; identifiers decide when both have one."""
    if one.host != other.host:
        return False
    if one.identifier and other.identifier:
        return one.identifier == other.identifier
    return same_account_name(one.name, other.name)


def tied_by_register(
    one: Login, other: Login, interval: Interval, accounts: Iterable[Account]
) -> bool:
    """This function will say whether the register ties a login seen by name alone to one seen by identifier alone.

    All that it has under that identifier at the time must go by that name: a number that two hold ties nobody.
    """
    named, numbered = (one, other) if other.identifier else (other, one)
    apart = not (named.identifier or numbered.name) and bool(named.name and numbered.identifier)
    if one.host != other.host or not apart:
        return False
    held = [
        a
        for a in accounts
        if a.identifier == numbered.identifier
        and a.host in {None, one.host}
        and _held(a, interval, whole=False)
    ]
    return bool(held) and all(same_account_name(a.name, named.name) for a in held)


def owner_of(
    login: Login,
    interval: Interval,
    accounts: Iterable[Account],
    slack: timedelta = timedelta(0),
) -> Owner:
    """This function will return whose a login was over the whole of an interval, with the sentence saying so.

    `slack` is how far the log's clock may be off: a change that near to a handover is nobody's in particular.
    """
    interval = Interval(interval.not_before - slack, interval.not_after + slack)
    matching = [a for a in accounts if _is(a, login) and _held(a, interval, whole=False)]
    parties = {(a.party.kind, a.party.id): a.party for a in matching}
    if not matching:
        says = f"Account {login.shown} belongs to nobody on record."
        return Owner(login, None, known=False, sentence=says)
    name = min(a.name for a in matching)
    steady = {(a.party.kind, a.party.id) for a in matching if _held(a, interval, whole=True)}
    if any(a.shared for a in matching) or len(steady) > 1:
        holders = " and ".join(sorted(said(p) for p in parties.values()))
        says = f"Account {login.shown} is shared (on record for {holders}); it names no person or party."
        return Owner(login, None, known=True, sentence=says, shared=True, account=name)
    if len(parties) > 1 or not all(_held(a, interval, whole=True) for a in matching):
        says = f"Account {login.shown} was handed out or withdrawn within the time the change can have happened."
        return Owner(login, None, known=True, sentence=says, account=name)
    party = next(iter(parties.values()))
    if party.kind is PartyKind.SYSTEM:
        says = f"Account {login.shown} is a system account: a tool, not a person."
        return Owner(login, None, known=True, sentence=says, account=name)
    says = f"Account {login.shown} was issued to {said(party)} only."
    return Owner(login, party, known=True, sentence=says, account=name)


def aliases(login: Login, accounts: Iterable[Account]) -> frozenset[str]:
    """This function will list every name and identifier a login goes by: as seen, and as the register has it."""
    known = [a for a in accounts if _is(a, login)]
    found = {login.name, login.identifier}
    return frozenset(found.union(*({a.name, a.identifier} for a in known))) - {""}


def _is(account: Account, login: Login) -> bool:
    if account.host is not None and account.host != login.host:
        return False
    if account.identifier and login.identifier:
        return account.identifier == login.identifier
    return same_account_name(account.name, login.name)


def _held(account: Account, interval: Interval, *, whole: bool) -> bool:
    if account.held is None:
        return True
    return interval.lies_within(account.held) if whole else interval.touches(account.held)

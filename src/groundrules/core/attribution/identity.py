"""Whose login it was: from a name or identifier to the one party it belonged to, or the honest reason why not.

An identifier (SID, uid) outweighs a name: names are reused and renamed. An account that is shared, that two parties
hold, or that changed hands within the interval names itself and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.attribution.context import said
from groundrules.core.evidence import Actor, Session
from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind
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

    `account` is the name the register has for it.
    """

    login: Login
    party: Party | None
    known: bool
    sentence: str
    shared: bool = False
    account: str = ""


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
    return _same_name(one.name, other.name)


def owner_of(login: Login, interval: Interval, accounts: Iterable[Account]) -> Owner:
    """This function will return whose a login was over the whole of an interval, with the sentence saying so."""
    matching = [a for a in accounts if _is(a, login) and _held(a, interval, whole=False)]
    parties = {(a.party.kind, a.party.id): a.party for a in matching}
    if not matching:
        says = f"Account {login.shown} belongs to nobody on record."
        return Owner(login, None, known=False, sentence=says)
    name = min(a.name for a in matching)
    if any(a.shared for a in matching) or len(parties) > 1:
        holders = " and ".join(sorted(said(p) for p in parties.values()))
        says = f"Account {login.shown} is shared (on record for {holders}); it names no person or party."
        return Owner(login, None, known=True, sentence=says, shared=True, account=name)
    if not all(_held(a, interval, whole=True) for a in matching):
        says = f"Account {login.shown} was handed out or withdrawn within the time the change can have happened."
        return Owner(login, None, known=True, sentence=says, account=name)
    party = next(iter(parties.values()))
    if party.kind is PartyKind.SYSTEM:
        says = f"Account {login.shown} is a system account: a tool, not a person."
        return Owner(login, None, known=True, sentence=says, account=name)
    says = f"Account {login.shown} was issued to {said(party)} only."
    return Owner(login, party, known=True, sentence=says, account=name)


def _is(account: Account, login: Login) -> bool:
    if account.host is not None and account.host != login.host:
        return False
    if account.identifier and login.identifier:
        return account.identifier == login.identifier
    return _same_name(account.name, login.name)


def _same_name(one: str, other: str) -> bool:
    r"""`HARBOR\v1` and `v1` may be one; `HARBOR\v1` and `SRV1\v1` are two."""
    (domain, name), (other_domain, other_name) = _parts(one), _parts(other)
    if not name or name != other_name:
        return False
    return not domain or not other_domain or domain == other_domain


def _parts(name: str) -> tuple[str, str]:
    text = name.strip().casefold()
    domain, _, bare = text.rpartition("\\")
    return domain, bare


def _held(account: Account, interval: Interval, *, whole: bool) -> bool:
    if account.held is None:
        return True
    return interval.lies_within(account.held) if whole else interval.touches(account.held)

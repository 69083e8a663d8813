"""An account's own history: deleted and made anew, given the name of another, its password set by somebody else.

A name outlives its account. What came under a name after the account was deleted, or renamed to it from one of another
party, is another account, whatever the register still says; only an identifier on record on both sides tells otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from groundrules.core.attribution.identity import Login, Owner, owner_of
from groundrules.core.changes import Change
from groundrules.core.changes.actors import is_anonymous, is_service
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.parties import Account, same_account_name
from groundrules.core.reasons import FactRef, Reason

_ABOUT_ACCOUNTS = frozenset({ItemKind.ACCOUNT, ItemKind.PASSWORD})
# Who set a password may have used it for so long before its holder had it.
_FRESH = timedelta(days=1)


def about_accounts(changes: Iterable[Change]) -> tuple[Change, ...]:
    """This function will pick the changes of accounts and their passwords, oldest first."""
    found = [c for c in changes if c.kind in _ABOUT_ACCOUNTS]
    return tuple(sorted(found, key=lambda c: (c.interval.not_before, c.id)))


def passed_on(
    owner: Owner, change: Change, history: Iterable[Change], accounts: tuple[Account, ...]
) -> tuple[Owner, tuple[Reason, ...]]:
    """This function will return whose a login was, with its account's history counted: nobody's where its name was
    passed on before the change.
    """
    if owner.party is None or _is_certain(owner.login, accounts):
        return owner, ()
    earlier = [c for c in history if _is_earlier(c, change) and c.asset == owner.login.host]
    for event in reversed(earlier):
        says = _passing(event, owner, accounts)
        if says:
            about = (FactRef("change", event.id, event.sentence),)
            return replace(owner, party=None, sentence=says), (
                Reason("attribution: passed on", says, about),
            )
    return owner, _set_by_another(owner, change, earlier, accounts)


def _is_certain(login: Login, accounts: tuple[Account, ...]) -> bool:
    """The register and the record have the same identifier: names do not matter then."""
    return bool(login.identifier) and any(a.identifier == login.identifier for a in accounts)


def _is_earlier(event: Change, change: Change) -> bool:
    return event.id != change.id and event.interval.not_after <= change.interval.not_before


def _passing(event: Change, owner: Owner, accounts: tuple[Account, ...]) -> str:
    name = owner.login.shown
    if event.kind is not ItemKind.ACCOUNT or _is_before_it_was_issued(event, name, accounts):
        return ""
    if event.action is Action.REMOVED and same_account_name(event.component, name):
        return (
            f"Account {name} was deleted before, so what goes by that name now is another account."
        )
    renamed = event.before == event.component and event.after
    if not renamed or not same_account_name(event.after or "", name):
        return ""
    former = owner_of(Login(event.component, "", event.asset), event.interval, accounts)
    if former.party is None or _key(former) == _key(owner):
        return ""
    return f"Account {event.component} of another party was renamed to {name} before, so neither is named."


def _is_before_it_was_issued(event: Change, name: str, accounts: tuple[Account, ...]) -> bool:
    issued = [a.held for a in accounts if same_account_name(a.name, name) and a.held is not None]
    return any(event.interval.not_before < held.start for held in issued)


def _set_by_another(
    owner: Owner, change: Change, earlier: list[Change], accounts: tuple[Account, ...]
) -> tuple[Reason, ...]:
    """Told, and no more: a fresh password for each visit is how vendors are let in."""
    own = [
        c
        for c in earlier
        if c.kind is ItemKind.PASSWORD
        and same_account_name(c.component, owner.login.name)
        and change.interval.not_before - c.interval.not_after <= _FRESH
    ]
    if not own or is_anonymous(own[-1].actor) or is_service(own[-1].actor):
        return ()
    actor = own[-1].actor
    setter = owner_of(
        Login(actor.account, actor.identifier, own[-1].asset), own[-1].interval, accounts
    )
    if setter.party is None or _key(setter) == _key(owner):
        return ()
    says = (
        f"The password of account {owner.login.shown} had been set by account {setter.login.shown} within the day "
        "before; whoever sets a password can log in with it."
    )
    fact = FactRef("change", own[-1].id, own[-1].sentence)
    return (Reason("attribution: password", says, (fact,)),)


def _key(owner: Owner) -> tuple[str, str]:
    return ("", "") if owner.party is None else (owner.party.kind.value, owner.party.id)

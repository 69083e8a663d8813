"""What a token may be for. One table, read by the door of the interface, by what makes tokens, and by the docs.

A scope never gives more than its owner's role: where the role is not among `roles`, the scope opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.records.models import Role

_EVERYBODY = frozenset(Role)
_WORKERS = frozenset({Role.OWNER, Role.TECHNICIAN})
_WATCHERS = _WORKERS | {Role.AUDITOR, Role.OBSERVER}
_MONEY = frozenset({Role.OWNER, Role.ACCOUNTANT, Role.AUDITOR})


class UnknownScope(ValueError):
    """A scope was asked for that there is none of."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: its name, what it opens, and whose it can be."""

    name: str
    says: str
    roles: frozenset[Role]

    @property
    def writes(self) -> bool:
        """Whether it lets a program change something."""
        return not self.name.endswith(":read")


_ALL = (
    Scope(
        "clients:read",
        "clients, contacts, sites, servers, applications, agreements, and how servers are covered",
        _EVERYBODY,
    ),
    Scope(
        "evidence:read",
        "changes, logins, who made a change, incidents and their causes, health",
        _WATCHERS,
    ),
    Scope("work:read", "time entries and the decisions on them", _EVERYBODY),
    Scope("invoices:read", "invoices and credit notes, as data, PDF and XML", _MONEY),
    Scope("letters:read", "letters, their drafts and deliveries, calls and mails", _WATCHERS),
    Scope("vendors:read", "vendors, access windows and freezes", _WATCHERS),
    Scope("reports:read", "what a client was worth its money: the value report", _EVERYBODY),
    Scope("profit:read", "what a client earns us", _MONEY),
    Scope("sites:write", "put sites on record, and say which server stands at which", _WORKERS),
    Scope("time:write", "record time that was worked, and correct it", _WORKERS),
    Scope("evidence:write", "hand in evidence files and results of checks", _WORKERS),
    Scope("windows:request", "ask for an access window; a person decides", _WORKERS),
    Scope("messages:write", "log calls and mails", _WORKERS),
    Scope(
        "drafts:write",
        "star evidence, and have letters drafted; a person approves and sends them",
        _WORKERS,
    ),
)
SCOPES: dict[str, Scope] = {scope.name: scope for scope in _ALL}


def open_to(role: Role) -> tuple[Scope, ...]:
    """This function will return the scopes a role can give away."""
    return tuple(scope for scope in _ALL if role in scope.roles)


def within(names: Iterable[str], role: Role) -> frozenset[str]:
    """This function will return which of the named scopes really open something for a role."""
    return frozenset(name for name in names if name in SCOPES and role in SCOPES[name].roles)


def known(names: Iterable[str]) -> tuple[str, ...]:
    """This function will return the names in the table's order, each once; raises UnknownScope."""
    wanted = {name.strip() for name in names if name.strip()}
    strange = wanted - set(SCOPES)
    if strange:
        message = f"{', '.join(sorted(strange))} is no scope; choose among {', '.join(SCOPES)}"
        raise UnknownScope(message)
    return tuple(name for name in SCOPES if name in wanted)

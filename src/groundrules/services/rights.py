"""What each role may do, by name. One table: the pages' guard, the page of roles and the reference read it.

A right to see names an area of pages; a right to act names what verbs ask for with `require`. A role without a single
right to act only reads, and costs its provider nothing. Owners have every right.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.records.users import Role
from groundrules.services.actor import Actor, NotAllowed


@dataclass(frozen=True, slots=True)
class Right:
    """One right: its name, what it opens, and the roles beside the owner's that have it."""

    name: str
    says: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleTold:
    """A role as people read it."""

    role: Role
    says: str


_TECHNICIAN, _ACCOUNTANT = Role.TECHNICIAN.value, Role.ACCOUNTANT.value
_AUDITOR, _OBSERVER = Role.AUDITOR.value, Role.OBSERVER.value
_ALL = (_TECHNICIAN, _ACCOUNTANT, _AUDITOR, _OBSERVER)
_WORK = (_TECHNICIAN, _AUDITOR, _OBSERVER)
_MONEY = (_ACCOUNTANT, _AUDITOR)


def _right(name: str, says: str, *roles: str) -> Right:
    return Right(name, says, frozenset({Role.OWNER.value, *roles}))


ROLES = (
    RoleTold(Role.OWNER, "Everything: signs agreements, sends suspensions, lets people in."),
    RoleTold(Role.TECHNICIAN, "Servers, evidence, time, vendors, letters' drafts; no invoices."),
    RoleTold(Role.ACCOUNTANT, "Invoices, month end, profit; reads clients and decisions."),
    RoleTold(
        Role.AUDITOR, "Reads everything that is on record, the audit book too; changes nothing."
    ),
    RoleTold(
        Role.OBSERVER,
        "Reads servers, work, vendors and letters; no invoices, no profit; changes nothing.",
    ),
)
SEEING = (
    _right("see:today", "the list of what needs somebody today", *_ALL),
    _right("see:servers", "servers, changes, logins, incidents, health", *_WORK),
    _right("see:clients", "clients, contacts, agreements and their prices", *_ALL),
    _right("see:agreements", "the editor of agreements"),
    _right("see:time", "time to log, timers and what waits for a note", _TECHNICIAN),
    _right("see:work", "decisions on work, with clause and reasons", *_ALL),
    _right("see:vendors", "vendors, their rules, windows and visits", *_WORK),
    _right("see:letters", "letters, drafts, deliveries and texts; calls and mails", *_WORK),
    _right("see:disputes", "what a client or vendor disputed", *_ALL),
    _right("see:invoices", "invoices, credit notes, month end", *_MONEY),
    _right("see:profit", "what each relationship earns", *_MONEY),
    _right("see:reports", "what a client was worth its money", *_ALL),
    _right("see:evidence", "raw evidence as it was collected", *_WORK),
    _right("see:tray", "one's own evidence tray: what one starred, and its use", _TECHNICIAN),
    _right("see:connect", "one's own tokens for programs", *_ALL),
    _right("see:webhooks", "addresses that are told what happens, and what they were told"),
    _right("see:imports", "bringing in other programs' exports, and taking them back"),
    _right("see:calendars", "one's own calendars by secret address", _TECHNICIAN),
    _right("see:search", "search, among what the role sees", *_ALL),
    _right("see:account", "one's own way to sign in, and one's open sign-ins", *_ALL),
    _right("see:people", "who may sign in, roles, every open sign-in"),
    _right("see:installation", "how this installation stands, its long runs and first steps"),
    _right("see:runs", "how far long runs of one's own are, such as an import", *_ALL),
    _right("see:audit", "the audit book: who did what, when and why", _AUDITOR),
)
ACTING = (
    _right(
        "act:work",
        "file evidence and time, judge changes, plan windows, draft letters, log calls",
        _TECHNICIAN,
    ),
    _right("act:money", "issue and credit invoices, run the month, state costs", _ACCOUNTANT),
    _right(
        "act:talk",
        "open disputes, ask clients for approval, promise reports",
        _TECHNICIAN,
        _ACCOUNTANT,
    ),
    _right(
        "act:decide",
        "sign agreements, make exceptions, send and waive in our name, let people in, hold keys",
    ),
)
# Areas of pages, by name, and the roles each opens for.
AREAS = {one.name.removeprefix("see:"): one.roles for one in SEEING}
READERS = frozenset(
    role.value for role in Role if not any(role.value in one.roles for one in ACTING)
)


def rights_of(role: str) -> tuple[Right, ...]:
    """This function will return every right a role has, seeing first."""
    return tuple(one for one in (*SEEING, *ACTING) if role in one.roles)


def may(actor: Actor, name: str) -> None:
    """This function will refuse with NotAllowed unless the actor's role has the right of that name."""
    right = _BY_NAME[name]
    if actor.role.value not in right.roles:
        allowed = " or ".join(sorted(right.roles))
        message = f"{actor.label} is {actor.role.value}; {right.says}: this needs {allowed}"
        raise NotAllowed(message)


_BY_NAME = {one.name: one for one in (*SEEING, *ACTING)}

"""The conditions of a return as a list of things to do: whose turn it is, by when, how, and which other way there is.

Everybody reads the same list: the client's office manager, an outside consultant, the vendor and we ourselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.agreements.terms import ConditionKind, ConditionTerms
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionStatus,
    ReinstatementAnswer,
)
from groundrules.core.lifecycle.conditions import next_midnight


class Turn(StrEnum):
    """Who has to do something next."""

    CLIENT = "client"
    VENDOR = "vendor"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Todo:
    """One condition as a thing to do. `checks_itself` says that the record ticks it without anybody's word."""

    status: ConditionStatus
    turn: Turn
    whose: str
    how: str
    checks_itself: bool
    other_ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The conditions by where they stand. `if_done_today`: from when the server is covered if the rest is done now."""

    past_due: tuple[Todo, ...]
    due_now: tuple[Todo, ...]
    checking: tuple[Todo, ...]
    done: tuple[Todo, ...]
    if_done_today: datetime

    @property
    def open(self) -> tuple[Todo, ...]:
        """What still stands between the server and coverage, the most pressing first."""
        return (*self.past_due, *self.due_now, *self.checking)

    @property
    def total(self) -> int:
        """How many conditions there are."""
        return len(self.open) + len(self.done)


@dataclass(frozen=True, slots=True)
class Names:
    """What the parties are called: the client, the provider, and vendors by their id."""

    client: str
    provider: str
    vendors: Mapping[str, str]


def checklist(answer: ReinstatementAnswer, names: Names, zone: str, at: datetime) -> Checklist:
    """This function will put the conditions of a return in order of what presses most."""
    todos = [_todo(status, names) for status in answer.conditions]

    def those(*buckets: ConditionBucket) -> tuple[Todo, ...]:
        return tuple(todo for todo in todos if todo.status.bucket in buckets)

    return Checklist(
        past_due=those(ConditionBucket.PAST_DUE),
        due_now=those(ConditionBucket.CURRENTLY_DUE),
        checking=those(ConditionBucket.PENDING_VERIFICATION),
        done=those(ConditionBucket.MET, ConditionBucket.WAIVED),
        if_done_today=answer.effective_at or next_midnight(zone, at),
    )


_TURNS = {
    ConditionKind.LETTER_OF_AGENCY: Turn.CLIENT,
    ConditionKind.RULES_ACCEPTED: Turn.VENDOR,
    ConditionKind.PASSWORD_ROTATED: Turn.PROVIDER,
    ConditionKind.NAMED_LOGIN_ISSUED: Turn.PROVIDER,
    ConditionKind.INVOICES_PAID: Turn.CLIENT,
    ConditionKind.INSPECTION: Turn.PROVIDER,
    ConditionKind.FEE: Turn.CLIENT,
    ConditionKind.COMPONENT_RESTORED: Turn.PROVIDER,
    ConditionKind.APPLICATION_HEALTHY: Turn.PROVIDER,
    ConditionKind.OTHER: Turn.CLIENT,
}
_HOW = {
    ConditionKind.LETTER_OF_AGENCY: (
        "Sign the letter of agency for {vendor} and send us the signed file (PDF). We send it on and have it "
        "acknowledged."
    ),
    ConditionKind.RULES_ACCEPTED: "Ask {vendor} to accept version {version} of the rules of engagement.",
    ConditionKind.PASSWORD_ROTATED: "{provider} changes the password of {component}. You have nothing to do.",
    ConditionKind.NAMED_LOGIN_ISSUED: "{provider} sets up the login. You have nothing to do.",
    ConditionKind.INVOICES_PAID: "Pay the invoices of the time the server was off.",
    ConditionKind.INSPECTION: "{provider} inspects the server. You have nothing to do but to let us in.",
    ConditionKind.FEE: "Agree to the fee; it goes on the invoice of the return.",
    ConditionKind.COMPONENT_RESTORED: "{provider} puts {component} back.",
    ConditionKind.APPLICATION_HEALTHY: "Wait: {component} has to pass its checks for {hours} h in a row.",
    ConditionKind.OTHER: "Do this, and tell us; we look at it and note it here.",
}
_BY_WORD_ONLY = frozenset({ConditionKind.FEE, ConditionKind.OTHER})
_ABOUT_A_VENDOR = frozenset({ConditionKind.LETTER_OF_AGENCY, ConditionKind.RULES_ACCEPTED})


def _todo(status: ConditionStatus, names: Names) -> Todo:
    terms = status.terms
    vendor = names.vendors.get(terms.vendor or "", terms.vendor or "the vendor")
    turn = _TURNS[terms.kind]
    whose = {Turn.CLIENT: names.client, Turn.VENDOR: vendor, Turn.PROVIDER: names.provider}[turn]
    is_open = status.met_at is None
    how = _HOW[terms.kind].format(
        vendor=vendor,
        provider=names.provider,
        component=terms.component or "the component",
        version=terms.rules_version,
        hours=terms.hours,
    )
    return Todo(
        status=status,
        turn=turn,
        whose=whose,
        how=how if is_open else "",
        checks_itself=terms.kind not in _BY_WORD_ONLY,
        other_ways=_other_ways(terms, vendor) if is_open else (),
    )


def _other_ways(terms: ConditionTerms, vendor: str) -> tuple[str, ...]:
    """A vendor that will not can be replaced, or moved where it harms nobody; the condition is let go then."""
    if terms.kind not in _ABOUT_A_VENDOR:
        return ()
    return (
        f"Replace {vendor}.",
        f"Move what {vendor} looks after to a server of its own.",
    )

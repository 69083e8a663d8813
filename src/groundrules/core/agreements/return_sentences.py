"""How a server comes back (6.4) as one sentence with its conditions, and back without loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groundrules.core.agreements.quantity_sentences import read_heading, said_heading
from groundrules.core.agreements.reading import Cursor, said_fraction, said_quoted
from groundrules.core.agreements.terms import ConditionKind, ConditionTerms, ReinstatementTerms
from groundrules.core.ids import ConditionId, VendorId

_KINDS = {
    "letter of agency": ConditionKind.LETTER_OF_AGENCY,
    "rules accepted": ConditionKind.RULES_ACCEPTED,
    "password rotated": ConditionKind.PASSWORD_ROTATED,
    "named login issued": ConditionKind.NAMED_LOGIN_ISSUED,
    "invoices paid": ConditionKind.INVOICES_PAID,
    "inspection": ConditionKind.INSPECTION,
    "fee": ConditionKind.FEE,
    "component restored": ConditionKind.COMPONENT_RESTORED,
    "application healthy": ConditionKind.APPLICATION_HEALTHY,
    "other": ConditionKind.OTHER,
}
_SAID_KINDS = {kind: words for words, kind in _KINDS.items()}
_OPENING = "the server returns at the next local midnight after its conditions are met"


def say_reinstatement(terms: ReinstatementTerms) -> str:
    """This function will state when a server returns and every condition for it."""
    parts = [_OPENING, *(_said_condition(condition) for condition in terms.conditions)]
    return f"{said_heading('Reinstatement', terms.clause)}{'; '.join(parts)}."


def read_reinstatement(cursor: Cursor) -> ReinstatementTerms:
    """This function will read a reinstatement sentence."""
    clause = read_heading(cursor, "Reinstatement")
    cursor.expect(_OPENING)
    conditions = []
    while cursor.skip("; "):
        conditions.append(_read_condition(cursor))
    cursor.expect(".")
    return ReinstatementTerms(clause, tuple(conditions))


def _said_condition(condition: ConditionTerms) -> str:
    details = [
        f"vendor {said_quoted(condition.vendor)}" if condition.vendor is not None else "",
        f"component {said_quoted(condition.component)}" if condition.component else "",
        f"rules version {condition.rules_version}" if condition.rules_version else "",
        f"minutes {condition.minutes}" if condition.minutes else "",
        f"monthly fees {said_fraction(condition.fee_months)}" if condition.fee_months else "",
        f"hours {condition.hours}" if condition.hours else "",
    ]
    bracketed = ", ".join([_SAID_KINDS[condition.kind], *(part for part in details if part)])
    says = said_quoted(condition.says)
    return f"condition {said_quoted(condition.id)} ({bracketed}): {says}"


def _read_condition(cursor: Cursor) -> ConditionTerms:
    cursor.expect("condition ")
    name = ConditionId(cursor.quoted())
    cursor.expect(" (")
    condition = ConditionTerms(name, cursor.choose(_KINDS), "")
    while cursor.skip(", "):
        condition = cursor.choose(_DETAILS)(cursor, condition)
    cursor.expect("): ")
    return replace(condition, says=cursor.quoted())


_DETAILS: dict[str, Callable[[Cursor, ConditionTerms], ConditionTerms]] = {
    "vendor ": lambda cursor, found: replace(found, vendor=VendorId(cursor.quoted())),
    "component ": lambda cursor, found: replace(found, component=cursor.quoted()),
    "rules version ": lambda cursor, found: replace(found, rules_version=cursor.whole()),
    "minutes ": lambda cursor, found: replace(found, minutes=cursor.whole()),
    "monthly fees ": lambda cursor, found: replace(found, fee_months=cursor.fraction()),
    "hours ": lambda cursor, found: replace(found, hours=cursor.whole()),
}

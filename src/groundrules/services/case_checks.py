"""Are the answers as the author of a case expects? Every stated answer is compared; stating nothing is no pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from groundrules.core.answers.model import Answers
from groundrules.readers.case_file.model_expect import Expectations
from groundrules.services import case_actuals as actual
from groundrules.services import case_documents as documents
from groundrules.services import case_reports as reports
from groundrules.services.case_compare import Comparison, Mismatch

# How each list of expectations is stated from the answers.
_LISTS: dict[str, Callable[[Answers], tuple[Any, ...]]] = {
    "attributions": lambda a: tuple(map(actual.attribution, a.attributions)),
    "causes": lambda a: tuple(map(actual.cause, a.causes)),
    "readiness": lambda a: tuple(map(documents.readiness, a.readiness)),
    "decisions": lambda a: tuple(map(actual.decision, a.decisions)),
    "charges": lambda a: tuple(map(actual.charge, a.money.charges)),
    "uncharged": lambda a: tuple(map(actual.uncharged, a.money.uncharged)),
    "waiting": lambda a: tuple(map(actual.waiting, a.money.open_lines)),
    "other_rules": lambda a: tuple(
        map(actual.other_rule, a.money.trace.others if a.money.trace else ())
    ),
    "notices": lambda a: tuple(map(documents.notice, a.notices)),
    "reinstatements": lambda a: tuple(map(documents.reinstatement, a.reinstatements)),
    "invoices": documents.invoices,
    "letters": lambda a: tuple(map(documents.letter, a.letters)),
    "refusals": lambda a: tuple(map(documents.refusal, a.refusals)),
    "recoveries": lambda a: tuple(documents.recovery(r, a) for r in a.world.recoveries),
    "letters_of_agency": lambda a: tuple(map(documents.letter_of_agency, a.letters_of_agency)),
    "windows": lambda a: tuple(documents.window(w, a) for w in a.windows),
    "conversations": lambda a: tuple(map(documents.conversation, a.conversations)),
    "commitments": lambda a: tuple(map(documents.commitment, a.commitments)),
    "clocks": lambda a: tuple(map(documents.clock, a.clocks)),
    "attempts": lambda a: tuple(
        documents.attempt(t, a.world.work) for t in a.world.third_party_attempts
    ),
    "value": lambda a: tuple(map(reports.value, a.reports)),
    "profit": lambda a: tuple(reports.profit(r) for r in a.reports if r.profit is not None),
    "vendors": lambda a: tuple(map(documents.vendor, a.vendors)),
}


def compare(expected: Expectations, answers: Answers) -> tuple[tuple[Mismatch, ...], int]:
    """This function will return every mismatch, and how many statements were compared."""
    comparison = Comparison(answers.zone)
    for field in fields(expected):
        wanted = getattr(expected, field.name)
        if wanted is not None and field.name in _LISTS:
            complete = bool(field.metadata.get("expect_complete"))
            found = _LISTS[field.name](answers)
            comparison.lists(field.name.replace("_", " "), wanted, found, complete=complete)
    if expected.states is not None:
        found = documents.states(expected.states, answers)
        comparison.lists("states", expected.states, found, complete=False)
    _compare_totals(expected, answers, comparison)
    _compare_absent_letters(expected, answers, comparison)
    return tuple(comparison.mismatches), comparison.compared


def _compare_totals(expected: Expectations, answers: Answers, comparison: Comparison) -> None:
    charged = actual.sum_of([c.amount for c in answers.money.charges], answers)
    shown = actual.sum_of([u.value for u in answers.money.uncharged], answers)
    for where, wanted, found in (
        ("charged", expected.charged, charged),
        ("value uncharged", expected.value_uncharged, shown),
    ):
        if wanted is not None:
            comparison.value(where, wanted, found)


def _compare_absent_letters(
    expected: Expectations, answers: Answers, comparison: Comparison
) -> None:
    drafted = {letter.kind for letter in answers.letters}
    for kind in expected.no_letters or ():
        comparison.value(
            f"letters {kind.value}", "none", "one was drafted" if kind in drafted else "none"
        )

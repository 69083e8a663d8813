"""A clause as one controlled-English sentence, and back without loss."""

from __future__ import annotations

import re
from fractions import Fraction

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.reading import (
    Cursor,
    UnreadableClause,
    said_fraction,
    said_number,
    said_quoted,
    said_title,
)
from groundrules.core.agreements.terms import (
    DecidingClause,
    EvidenceNeed,
    ObligationClause,
    RateBasis,
)
from groundrules.core.agreements.words import (
    NEEDS,
    OUTCOMES,
    PHRASES,
    SPOKEN_ORDER,
    in_order,
    phrase,
    spoken_list,
)
from groundrules.core.ids import ClauseNumber

_WORK_TYPES = {words: value for value, words in PHRASES["work_type"].items()}
_CONDITIONS = {
    words: (fact, value) for fact in SPOKEN_ORDER[1:] for value, words in PHRASES[fact].items()
}
_VERDICTS = {
    f"{words}{rate}": (outcome, basis)
    for outcome, words in OUTCOMES.items()
    for basis, rate in (
        {RateBasis.BY_BAND: " at the band's rate", RateBasis.BASE: " at the base rate"}
        if outcome is Outcome.BILLABLE
        else {RateBasis.BY_BAND: "", RateBasis.BASE: " and valued at the base rate"}
    ).items()
}
_MULTIPLE = re.compile(r"[a-z ]+? at (?=-?[0-9])")
_SAID_VERDICTS = {verdict: words for words, verdict in _VERDICTS.items()}
_NEEDS = {words: need for need, words in NEEDS.items()}


def canonical(clause: DecidingClause) -> DecidingClause:
    """This function will return the clause without what says nothing: empty conditions and an unused multiple."""
    when = {fact: frozenset(values) for fact, values in clause.when.items() if values}
    return DecidingClause(
        clause.number,
        clause.title,
        clause.outcome,
        when,
        clause.takes_precedence_over,
        clause.needs,
        clause.rate,
        clause.text,
        clause.times if clause.rate is RateBasis.TIMES else Fraction(1),
    )


def say_clause(clause: DecidingClause) -> str:
    """This function will write a deciding clause as a sentence; raises UnreadableClause when it cannot be said."""
    parts = _conditions(clause)
    body = ", ".join(parts) + ("," if len(parts) > 1 else "")
    verdict = _said_verdict(clause)
    sentences = [
        f"Clause {said_number(clause.number)}{said_title(clause.title)}: {body} {verdict}.",
        _said_needs(clause),
        _said_precedence(clause),
        _said_wording(clause.text),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _said_verdict(clause: DecidingClause) -> str:
    if clause.rate is not RateBasis.TIMES:
        return _SAID_VERDICTS[clause.outcome, clause.rate]
    valued = "" if clause.outcome is Outcome.BILLABLE else " and valued"
    return (
        f"{OUTCOMES[clause.outcome]}{valued} at {said_fraction(clause.times)} times the base rate"
    )


def say_obligation(clause: ObligationClause) -> str:
    """This function will write a clause that binds people as a sentence."""
    opening = f"Clause {said_number(clause.number)}{said_title(clause.title)} binds the parties."
    return " ".join(part for part in (opening, _said_wording(clause.text)) if part)


def _conditions(clause: DecidingClause) -> list[str]:
    said = []
    for fact in SPOKEN_ORDER:
        values = clause.when.get(fact) or frozenset()
        known = in_order(fact, values)
        if len(known) != len(values):
            raise _unknown(clause, fact)
        words = " or ".join(phrase(fact, value) for value in known)
        if fact == "work_type":
            words = f"work that is {words}" if words else "any work"
        said.append(words)
    strange = sorted(set(clause.when) - set(SPOKEN_ORDER))
    if strange:
        raise _unknown(clause, strange[0])
    return [words for words in said if words]


def _unknown(clause: DecidingClause, fact: str) -> UnreadableClause:
    allowed = tuple(PHRASES[fact]) if fact in PHRASES else SPOKEN_ORDER
    message = f"clause {clause.number} has an unknown value for {fact}; use {' or '.join(allowed)}"
    return UnreadableClause(message, 0, allowed)


def _said_needs(clause: DecidingClause) -> str:
    needs = [NEEDS[need] for need in EvidenceNeed if need in clause.needs]
    return f"It needs {' and '.join(needs)}." if needs else ""


def _said_precedence(clause: DecidingClause) -> str:
    numbers = [said_number(number) for number in clause.takes_precedence_over]
    if not numbers:
        return ""
    clauses = "clause" if len(numbers) == 1 else "clauses"
    return f"It takes precedence over {clauses} {spoken_list(numbers)}."


def _said_wording(text: str) -> str:
    return f"Its wording is {said_quoted(text)}." if text else ""


def read_clause(cursor: Cursor) -> DecidingClause | ObligationClause:
    """This function will read a clause sentence; raises UnreadableClause where it cannot."""
    cursor.expect("Clause ")
    number, title = cursor.clause_number(), cursor.title()
    if cursor.skip(" binds the parties."):
        return ObligationClause(number, title, _read_wording(cursor))
    cursor.expect(": ")
    when = _read_when(cursor)
    outcome, rate, times = _read_verdict(cursor)
    cursor.expect(".")
    needs = _read_needs(cursor)
    precedence, wording = _read_precedence(cursor), _read_wording(cursor)
    return DecidingClause(number, title, outcome, when, precedence, needs, rate, wording, times)


def _read_verdict(cursor: Cursor) -> tuple[Outcome, RateBasis, Fraction]:
    """An outcome with the band's rate, the base rate, or a multiple of the base rate."""
    multiple = _MULTIPLE.match(cursor.text, cursor.position)
    if multiple is None:
        return (*cursor.choose(_VERDICTS), Fraction(1))
    outcome = cursor.choose({words: found for found, words in OUTCOMES.items()})
    cursor.choose({" at ": True, " and valued at ": False})
    times = cursor.fraction()
    cursor.expect(" times the base rate")
    return outcome, RateBasis.TIMES, times


def _read_when(cursor: Cursor) -> dict[str, frozenset[str]]:
    when: dict[str, frozenset[str]] = {}
    if not cursor.skip("any work"):
        cursor.expect("work that is ")
        kinds = [cursor.choose(_WORK_TYPES)]
        while cursor.skip(" or "):
            kinds.append(cursor.choose(_WORK_TYPES))
        when["work_type"] = frozenset(kinds)
    while cursor.skip(", "):
        if _at_verdict(cursor):
            return when
        fact, values = _read_condition(cursor, when)
        when[fact] = values
    cursor.expect(" ")
    return when


def _at_verdict(cursor: Cursor) -> bool:
    return any(cursor.text.startswith(words, cursor.position) for words in OUTCOMES.values())


def _read_condition(cursor: Cursor, when: dict[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
    open_facts = {
        words: meaning for words, meaning in _CONDITIONS.items() if meaning[0] not in when
    }
    fact, value = cursor.choose(open_facts)
    same = {words: found for words, found in open_facts.items() if found[0] == fact}
    values = [value]
    while cursor.skip(" or "):
        values.append(cursor.choose(same)[1])
    return fact, frozenset(values)


def _read_needs(cursor: Cursor) -> frozenset[EvidenceNeed]:
    if not cursor.skip(" It needs "):
        return frozenset()
    needs = [cursor.choose(_NEEDS)]
    while cursor.skip(" and "):
        needs.append(cursor.choose(_NEEDS))
    cursor.expect(".")
    return frozenset(needs)


def _read_precedence(cursor: Cursor) -> tuple[ClauseNumber, ...]:
    if not cursor.skip(" It takes precedence over "):
        return ()
    several = cursor.choose({"clause ": False, "clauses ": True})
    numbers = cursor.listed(cursor.clause_number) if several else (cursor.clause_number(),)
    cursor.expect(".")
    return numbers


def _read_wording(cursor: Cursor) -> str:
    if not cursor.skip(" Its wording is "):
        return ""
    text = cursor.quoted()
    cursor.expect(".")
    return text

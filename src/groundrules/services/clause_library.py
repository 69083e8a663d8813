"""The clause library that comes with the product, and a first agreement drafted from it.

Nothing is written: a draft is a case file's text, read back and proven before anyone gets it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from groundrules.core.agreements.library import (
    Library,
    LibraryEntry,
    LibraryRefused,
    draft_sentences,
)
from groundrules.readers.case_file.places import CaseFileRefused
from groundrules.readers.clause_library import read_library
from groundrules.renderers.first_agreement import FirstAgreement, to_case_file
from groundrules.services import agreement_check, cases

_AUTHORITIES = ("request_after_hours", "ratify")
Ask = Callable[[str, str], str]


class DraftRefused(ValueError):
    """Answers do not make an agreement that can be proven; the message says why and what to change."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a newcomer answered: the parties, the servers, what to choose or leave out, and the parameters."""

    client: str
    provider: str
    contact: str
    servers: tuple[str, ...]
    begins: date
    signed: date
    choose: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A first agreement: its entries, its sentences and the case file that holds them; every version is proven."""

    entries: tuple[LibraryEntry, ...]
    sentences: tuple[str, ...]
    text: str


def load_library() -> Library:
    """This function will read the library of this release."""
    return read_library(
        files("groundrules.services").joinpath("clause_library.toml").read_text(encoding="utf-8")
    )


def draft(answered: Answered) -> Draft:
    """This function will draft, read back and prove a first agreement; raises DraftRefused."""
    library = load_library()
    try:
        ids = _chosen(library, answered)
        sentences = draft_sentences(library, ids, answered.parameters)
        text = to_case_file(_first(library, answered, sentences))
    except ValueError as refused:
        raise DraftRefused(str(refused)) from refused
    _prove(text)
    return Draft(library.chosen(ids), sentences, text)


def _chosen(library: Library, answered: Answered) -> tuple[str, ...]:
    ids = library.with_choices(answered.choose)
    unknown = sorted(set(answered.leave_out) - set(ids))
    if unknown:
        message = f"{', '.join(unknown)} cannot be left out: the agreement does not hold it"
        raise LibraryRefused(message)
    return tuple(each for each in ids if each not in answered.leave_out)


def _first(library: Library, answered: Answered, sentences: tuple[str, ...]) -> FirstAgreement:
    for what in ("client", "provider", "contact", "servers"):
        if not getattr(answered, what):
            message = f"nothing was answered for {what}"
            raise LibraryRefused(message)
    usual = {parameter.name: parameter.default for parameter in library.parameters}
    said = {**usual, **answered.parameters}
    return FirstAgreement(
        client=answered.client,
        provider=answered.provider,
        contact=answered.contact,
        authorities=_AUTHORITIES,
        servers=answered.servers,
        zone=said["zone"],
        currency=said["hourly"].rpartition(" ")[2],
        begins=answered.begins,
        signed=answered.signed,
        sentences=sentences,
    )


def _without_places(refused: cases.CaseRefused) -> str:
    """What is wrong, without line and column: whoever answered questions has seen no file."""
    cause = refused.__cause__
    if isinstance(cause, CaseFileRefused):
        return " ".join(problem.says for problem in cause.problems)
    return str(refused)


def _prove(text: str) -> None:
    try:
        checked = cases.check_case(text.encode(), Path("first-agreement.yaml"))
    except cases.CaseRefused as refused:
        raise DraftRefused(_without_places(refused)) from refused
    failures = [
        sentence
        for proof in agreement_check.prove_versions(checked.case.world.agreement)
        for sentence in proof.failures
    ]
    if failures:
        raise DraftRefused(" ".join(failures))


def read_answers(raw: bytes) -> Answered:
    """This function will read a TOML file of answers; raises DraftRefused for what is missing, odd or unknown."""
    try:
        found = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        message = f"the answers are not TOML: {wrong}"
        raise DraftRefused(message) from wrong
    unknown = sorted(set(found) - set(_KEYS))
    missing = sorted(set(_KEYS) - _OPTIONAL - set(found))
    if unknown or missing:
        message = (
            f"the answers lack {', '.join(missing) or 'nothing'} and hold unknown "
            f"{', '.join(unknown) or 'nothing'}; the keys are {', '.join(_KEYS)}"
        )
        raise DraftRefused(message)
    return Answered(**{name: _fit(name, value) for name, value in found.items()})


_KEYS: dict[str, type] = {
    "client": str,
    "provider": str,
    "contact": str,
    "servers": list,
    "begins": date,
    "signed": date,
    "choose": list,
    "leave_out": list,
    "parameters": dict,
}
_OPTIONAL = {"choose", "leave_out", "parameters"}


def _fit(name: str, value: Any) -> Any:  # noqa: ANN401 - TOML holds any kind of value
    wanted = _KEYS[name]
    if not isinstance(value, wanted) or isinstance(value, datetime):
        message = f"{name} must be a {_NAMES[wanted]}, not {value!r}"
        raise DraftRefused(message)
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else value


_NAMES = {
    str: "text in quotes",
    list: "list in square brackets",
    date: "date such as 2026-02-01",
    dict: "table",
}


def ask_for(ask: Ask) -> Answered:
    """This function will put every question to `ask` (question, usual answer), parties first, quantities last.

    Raises DraftRefused for a date that does not exist or a choice that is not offered.
    """
    library = load_library()
    client, provider = (
        ask("What is the client called?", ""),
        ask("What is your company called?", ""),
    )
    contact = ask("Who may ask for work on the client's side?", "")
    servers = tuple(
        name.strip()
        for name in ask("Which servers are covered (commas between them)?", "").split(",")
    )
    signed = _asked_day(ask("When is the agreement signed (a date such as 2026-01-15)?", ""))
    begins = _asked_day(ask("From which date is it in force?", signed.isoformat()))
    asked = (_asked_choice(ask, entries) for entries in library.alternatives())
    choose = tuple(choice for choice in asked if choice)
    ids = library.with_choices(choose)
    given = {p.name: ask(p.question, p.default) for p in library.questions(ids)}
    return Answered(
        client, provider, contact, tuple(filter(None, servers)), begins, signed, choose, (), given
    )


def _asked_day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as wrong:
        message = f"{said!r} is not a date; write one such as 2026-01-15"
        raise DraftRefused(message) from wrong


def _asked_choice(ask: Ask, entries: tuple[LibraryEntry, ...]) -> str:
    """The entry chosen; where none of them is usual, 0 chooses none and gives an empty answer."""
    lines = [f"  {place}. {entry.title}: {entry.plain}" for place, entry in enumerate(entries, 1)]
    usual = next((place for place, entry in enumerate(entries, 1) if entry.standard), 0)
    least = 1 if usual else 0
    lines = lines if usual else ["  0. None of them", *lines]
    said = ask("\n".join(["Which of these?", *lines, "Its number"]), str(usual))
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= len(entries):
        message = f"{said!r} is not offered; answer with a number from {least} to {len(entries)}"
        raise DraftRefused(message)
    return entries[int(said) - 1].id if int(said) else ""

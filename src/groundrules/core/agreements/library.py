"""The clause library: sentences with parameters, and an agreement version drafted from some of them.

Entries stand from the most general to the most particular. A drafted clause declares precedence over the clauses above
it that speak of the same work, so what people sign says it, and any choice of entries is without conflict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from groundrules.core.agreements.sentences import Sayable, parse, say
from groundrules.core.agreements.terms import DecidingClause

COUNSEL = "Have counsel review this wording."
EITHER = " or "
_PLACE = re.compile(r"\{([a-z_]+)\}")
_UNFIT = re.compile(r'["\\{}\x00-\x1f\x7f]')


class LibraryRefused(ValueError):
    """Entries or answers do not make an agreement; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an entry leaves open: its name in the sentence, the question people are asked, and a usual answer."""

    name: str
    question: str
    default: str


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One thing agreements say. Of the entries with the same `choice` at most one is chosen.

    `topic` is the kind of clause it belongs to, `requires` names entries it cannot do without (`a or b`: one of them,
    `a` unless another is chosen), and `standard` ones are in the first agreement unless they are left out.
    """

    id: str
    title: str
    topic: str
    sentences: tuple[str, ...]
    plain: str
    choice: str = ""
    standard: bool = False
    requires: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of what the sentences leave open, each once."""
        found = (name for sentence in self.sentences for name in _PLACE.findall(sentence))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Library:
    """Every entry, from the most general to the most particular, and every parameter."""

    entries: tuple[LibraryEntry, ...]
    parameters: tuple[Parameter, ...]

    def standard(self) -> tuple[str, ...]:
        """This function will name the entries of a usual first agreement."""
        return tuple(entry.id for entry in self.entries if entry.standard)

    def with_choices(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """This function will name the standard entries, with each chosen one in the place of its alternatives."""
        wanted = self._with_required(chosen)
        taken = {entry.choice for entry in self.entries if entry.id in wanted and entry.choice}
        return tuple(
            e.id for e in self.entries if e.id in wanted or (e.standard and e.choice not in taken)
        )

    def _with_required(self, chosen: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(chosen)
        self._check_known(wanted)
        relied_on = (
            each.split(EITHER)[0]
            for e in self.entries
            if e.id in wanted
            for each in e.requires
            if not set(each.split(EITHER)) & set(wanted)
        )
        return tuple(dict.fromkeys((*wanted, *relied_on)))

    def alternatives(self) -> tuple[tuple[LibraryEntry, ...], ...]:
        """This function will list the entries of each choice that has several."""
        groups: dict[str, list[LibraryEntry]] = {}
        for entry in self.entries:
            if entry.choice:
                groups.setdefault(entry.choice, []).append(entry)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def chosen(self, ids: Iterable[str]) -> tuple[LibraryEntry, ...]:
        """This function will return entries in the library's order; raises LibraryRefused when they do not combine."""
        wanted = frozenset(ids)
        self._check_known(wanted)
        found = tuple(entry for entry in self.entries if entry.id in wanted)
        _check_alternatives(found)
        _check_required(found)
        return found

    def questions(self, ids: Iterable[str]) -> tuple[Parameter, ...]:
        """This function will list what the chosen entries leave open, in the order people are asked."""
        names = {name for entry in self.chosen(ids) for name in entry.parameters}
        return tuple(parameter for parameter in self.parameters if parameter.name in names)

    def _check_known(self, ids: Iterable[str]) -> None:
        unknown = sorted(set(ids) - {entry.id for entry in self.entries})
        if unknown:
            message = (
                f"the library has no entry {', '.join(unknown)}; "
                "`groundrules agreement library` lists every entry"
            )
            raise LibraryRefused(message)


def _check_alternatives(entries: tuple[LibraryEntry, ...]) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        other = seen.setdefault(entry.choice, entry.id) if entry.choice else entry.id
        if other != entry.id:
            message = f"{other} and {entry.id} are alternatives; choose one of them"
            raise LibraryRefused(message)


def _check_required(entries: tuple[LibraryEntry, ...]) -> None:
    ids = {entry.id for entry in entries}
    for entry in entries:
        for other in entry.requires:
            if not ids & set(other.split(EITHER)):
                message = f"{entry.id} relies on {other}; add {other} or leave {entry.id} out"
                raise LibraryRefused(message)


def filled(sentence: str, answers: Mapping[str, str]) -> str:
    """This function will put answers into a sentence; raises LibraryRefused for a missing or an unfit one."""

    def put(place: re.Match[str]) -> str:
        name = place[1]
        if name not in answers:
            message = f"nothing was answered for {name}"
            raise LibraryRefused(message)
        if not answers[name].strip() or _UNFIT.search(answers[name]):
            message = (
                f"{answers[name]!r} cannot stand for {name}; "
                "write it on one line without quotes, brackets or backslashes"
            )
            raise LibraryRefused(message)
        return answers[name].strip()

    return _PLACE.sub(put, sentence)


def draft_sentences(
    library: Library, ids: Iterable[str], answers: Mapping[str, str]
) -> tuple[str, ...]:
    """This function will write the agreement's sentences for chosen entries; unanswered parameters have their default.

    Raises LibraryRefused for entries that do not go together, and UnreadableClause for an answer that does not fit.
    """
    known = {parameter.name: parameter.default for parameter in library.parameters}
    unknown = sorted(set(answers) - set(known))
    if unknown:
        message = f"no clause asks for {', '.join(unknown)}; leave it out or check its spelling"
        raise LibraryRefused(message)
    said = {**known, **answers}
    records: list[Sayable] = []
    for entry in library.chosen(ids):
        records += [_over_earlier(parse(filled(s, said)), records) for s in entry.sentences]
    return tuple(say(record) for record in records)


def _over_earlier(record: Sayable, earlier: Iterable[Sayable]) -> Sayable:
    if not isinstance(record, DecidingClause):
        return record
    met = [
        other.number
        for other in earlier
        if isinstance(other, DecidingClause) and _meet(record, other)
    ]
    return replace(record, takes_precedence_over=tuple(met))


def _meet(one: DecidingClause, other: DecidingClause) -> bool:
    """Two clauses meet unless some fact that both name has no value in common."""
    shared = set(one.when) & set(other.when)
    return all(one.when[fact] & other.when[fact] for fact in shared)

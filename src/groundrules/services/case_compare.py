"""Comparing what an author expects with what came out: exactly, field by field, each mismatch a thing to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, cast

from groundrules.core.agreements.words import duration_words
from groundrules.core.calendars import zone_label
from groundrules.core.money import Money

_SECONDS = 60
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One answer that is not as expected: where, what was expected, and what came out."""

    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}\n    expected: {self.expected}\n    found:    {self.found}"


class Comparison:
    """Collects mismatches and counts what was compared; `zone` is the one times are shown in."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.mismatches: list[Mismatch] = []
        self.compared = 0

    def lists(
        self, where: str, expected: tuple[Any, ...], found: tuple[Any, ...], *, complete: bool
    ) -> None:
        """This function will pair records by their keys and compare each; a complete list leaves nothing over."""
        left = list(found)
        for wanted in expected:
            name = f"{where} {self._name(wanted)}"
            match = next((item for item in left if self._same_keys(wanted, item)), None)
            if match is None:
                self.compared += 1
                self._mismatch(name, "this answer", self._all_of(tuple(left)))
                continue
            left.remove(match)
            self.record(name, wanted, match)
        if complete:
            self.compared += 1
            for extra in left:
                self._mismatch(f"{where} {self._name(extra)}", "no such answer", self._brief(extra))

    def record(self, where: str, expected: object, found: object) -> None:
        """This function will compare every field the author stated."""
        for field in fields(cast("Any", expected)):
            wanted = getattr(expected, field.name)
            if wanted is None or field.metadata.get("expect_key"):
                continue
            self._field(f"{where}: {_word(field)}", field, wanted, getattr(found, field.name))

    def value(self, where: str, expected: object, found: object) -> None:
        """This function will compare one value by itself."""
        self.compared += 1
        if expected != found:
            self._mismatch(where, self.show(expected), self.show(found))

    def _field(self, where: str, field: Field[Any], wanted: object, found: object) -> None:
        if field.metadata.get("expect_contains"):
            self._contains(where, _texts(wanted), found)
        elif field.metadata.get("expect_absent"):
            self._absent(where, _texts(wanted), found)
        elif _holds_records(wanted) or _holds_records(found):
            complete = bool(field.metadata.get("expect_complete"))
            self.lists(where, _listed(wanted), _listed(found), complete=complete)
        else:
            self._equal(where, field, wanted, found)

    def _equal(self, where: str, field: Field[Any], wanted: object, found: object) -> None:
        self.compared += 1
        as_read = _as_it_is if field.metadata.get("expect_ordered") else _sorted
        if as_read(wanted) != as_read(found):
            self._mismatch(where, self.show(wanted, field), self.show(found, field))

    def _contains(self, where: str, wanted: tuple[str, ...], found: object) -> None:
        text = _plain(found)
        for words in wanted:
            self.compared += 1
            if _plain(words) not in text:
                self._mismatch(where, f'text containing "{words}"', _shortened(text) or "nothing")

    def _absent(self, where: str, wanted: tuple[str, ...], found: object) -> None:
        text = _plain(found)
        for words in wanted:
            self.compared += 1
            if _plain(words) in text:
                self._mismatch(where, f'text without "{words}"', _shortened(text))

    def _mismatch(self, where: str, expected: str, found: str) -> None:
        self.mismatches.append(Mismatch(where, expected, found))

    def _same_keys(self, expected: object, found: object) -> bool:
        return all(
            _sorted(getattr(expected, field.name)) == _sorted(getattr(found, field.name))
            for field in _keys(expected)
        )

    def _name(self, record: object) -> str:
        return ", ".join(self.show(getattr(record, f.name), f) for f in _keys(record))

    def _all_of(self, found: tuple[object, ...]) -> str:
        names = [self._name(item) for item in found]
        return f"only {'; '.join(names)}" if names else "none"

    def _brief(self, record: object) -> str:
        stated = [
            f"{_word(field)} {self.show(getattr(record, field.name), field)}"
            for field in fields(cast("Any", record))
            if isinstance(getattr(record, field.name), str | Enum | Money | int | date)
            and not field.metadata.get("expect_key")
        ]
        return _shortened(", ".join(stated) or self._name(record))

    def show(self, value: object, field: Field[Any] | None = None) -> str:
        """This function will write a value as people read it: money, durations, times with their zone."""
        if value is None:
            return "nothing"
        if isinstance(value, tuple):
            return ", ".join(self.show(item, field) for item in value) or "none"
        if field is not None and _is_duration(field) and isinstance(value, int | Fraction):
            return duration_words(int(value * _SECONDS))
        if isinstance(value, datetime):
            return zone_label(value, self.zone)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value.value) if isinstance(value, Enum) else str(value)


def _texts(wanted: object) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else tuple(str(words) for words in _listed(wanted))


def _listed(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _holds_records(value: object) -> bool:
    return any(is_dataclass(item) and not isinstance(item, Money) for item in _listed(value))


def _keys(record: object) -> list[Field[Any]]:
    return [f for f in fields(cast("Any", record)) if f.metadata.get("expect_key")]


def _word(field: Field[Any]) -> str:
    metadata: Mapping[str, object] = field.metadata
    return str(metadata.get("case_file_key") or field.name).replace("_", " ")


def _is_duration(field: Field[Any]) -> bool:
    return "Minutes" in str(field.type)


def _as_it_is(value: object) -> object:
    return value


def _sorted(value: object) -> object:
    """Lists of names are compared without regard to order."""
    return sorted(value, key=str) if isinstance(value, tuple) else value


def _plain(found: object) -> str:
    """Text as it is compared: one line, whatever the line breaks of the file or the letter."""
    if found is None:
        return ""
    texts = found if isinstance(found, tuple) else (found,)
    return " ".join(" ".join(str(text) for text in texts).split())


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."

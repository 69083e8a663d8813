"""One currency in one version: amounts of two are never added up, so an invoice could not be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from groundrules.core.agreements.sentences import sentences_of
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.words import spoken_list
from groundrules.core.money import Money


def mixed_currencies(version: AgreementVersion) -> str:
    """This function will say in a sentence which amounts are in another currency than the hourly price, or nothing."""
    usual = version.rates.hourly.currency
    others = sorted({amount.currency for amount in _amounts(version)} - {usual})
    if not others:
        return ""
    where = [
        sentence.partition(":")[0]
        for sentence in sentences_of(version)
        if any(f" {currency}" in sentence for currency in others)
    ]
    return (
        f"An hour is priced in {usual}, but there are amounts in {spoken_list(others)} under {spoken_list(where)}. "
        "Write every amount in one currency."
    )


def _amounts(value: object) -> Iterator[Money]:
    """Every amount in a record and in what it holds."""
    if isinstance(value, Money):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _amounts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from _amounts(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _amounts(item)

"""Shelves of backups: policies, results, restore drills and checks of repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.core.backups import BackupPolicy, BackupResult, RepositoryCheck, RestoreDrill
from groundrules.records import models as books
from groundrules.services.index import CardIndex
from groundrules.services.shelf import Shelf, never, reference


def _policy(value: BackupPolicy, cards: CardIndex) -> Mapping[str, Any]:
    return {"asset": cards.asset(value.asset), "name": value.name, "retired": value.retired}


def _result(value: BackupResult, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "succeeded": value.succeeded,
    }


def _drill(value: RestoreDrill, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "passed": value.passed,
    }


def _check(value: RepositoryCheck, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "whole": value.whole,
    }


def _result_ref(value: BackupResult) -> str:
    """A snapshot is one backup however often it is listed; without one, its end tells it apart."""
    return reference("BAK", value.asset, value.name, value.snapshot or value.ended)


BACKUP_SHELVES: dict[type, Shelf] = {
    BackupPolicy: Shelf(books.BackupPolicy, lambda v: reference("BKP", v.asset, v.name), _policy),
    BackupResult: Shelf(books.BackupResult, _result_ref, _result, never),
    RestoreDrill: Shelf(
        books.RestoreDrill, lambda v: reference("DRL", v.asset, v.name, v.began), _drill, never
    ),
    RepositoryCheck: Shelf(
        books.RepositoryCheck,
        lambda v: reference("VER", v.asset, v.name, v.began),
        _check,
        never,
    ),
}

"""Shelves of backups: policies, results, restore drills and checks of repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.core.backups import (
    ArchiveLook,
    BackupPolicy,
    BackupResult,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.records import models as books
from groundrules.services.index import CardIndex
from groundrules.services.shelf import Shelf, never, reference

_Proof = BackupResult | RestoreDrill | RepositoryCheck


def _policy(value: BackupPolicy, cards: CardIndex) -> Mapping[str, Any]:
    return {"asset": cards.asset(value.asset), "name": value.name, "retired": value.retired}


def _result(value: BackupResult, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "succeeded": value.succeeded,
        "origin": value.origin.kind.value,
    }


def _drill(value: RestoreDrill, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "passed": value.passed,
        "origin": value.origin.kind.value,
    }


def _check(value: RepositoryCheck, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "ended_at": value.ended,
        "whole": value.whole,
        "origin": value.origin.kind.value,
    }


def _was_only_reported(old: _Proof, new: _Proof) -> bool:
    """What was written is never news again, unless a mail only reported it and now somebody answers for it."""
    return old.origin.is_reported and not new.origin.is_reported


def _look(value: ArchiveLook, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "name": value.name,
        "looked_at": value.looked,
        "broken": bool(value.broken) or not value.bases,
    }


def _result_ref(value: BackupResult) -> str:
    """A snapshot is one backup however often it is listed; without one, its end tells it apart."""
    return reference("BAK", value.asset, value.name, value.snapshot or value.ended)


BACKUP_SHELVES: dict[type, Shelf] = {
    BackupPolicy: Shelf(books.BackupPolicy, lambda v: reference("BKP", v.asset, v.name), _policy),
    BackupResult: Shelf(books.BackupResult, _result_ref, _result, _was_only_reported),
    RestoreDrill: Shelf(
        books.RestoreDrill,
        lambda v: reference("DRL", v.asset, v.name, v.began),
        _drill,
        _was_only_reported,
    ),
    RepositoryCheck: Shelf(
        books.RepositoryCheck,
        lambda v: reference("VER", v.asset, v.name, v.began),
        _check,
        _was_only_reported,
    ),
    ArchiveLook: Shelf(
        books.ArchiveLook,
        lambda v: reference("ARC", v.asset, v.name, v.looked),
        _look,
        never,
    ),
}

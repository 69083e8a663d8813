"""What every book of facts shares: the columns of a row, made from the value it keeps, and the rows that stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from groundrules.records.book import Fact
from groundrules.records.models import Client
from groundrules.records.typed_json import digest_of, dump
from groundrules.services.actor import Actor

# More than so many are quicker read with all the others than looked up one by one.
FEW = 50
_Row = TypeVar("_Row", bound=Fact)


def fact_columns(value: object, ref: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """This function will return reference, text, digest, and who wrote the row when."""
    payload = dump(value)
    return {
        "ref": ref,
        "payload": payload,
        "digest": digest_of(payload),
        "recorded_at": at,
        "recorded_by": actor.label,
    }


def standing_rows(book: type[_Row], client: Client, refs: Sequence[str]) -> dict[str, _Row]:
    """This function will return a client's rows of a book that stand, by reference: at least those that are named."""
    rows = book._default_manager.filter(successor__isnull=True)
    if len(refs) > FEW:
        return {row.ref: row for row in rows.filter(client=client)}
    # Without the client, so that the database looks the references up: of one client there may be any number of rows.
    named = rows.filter(ref__in=list(refs))
    return {row.ref: row for row in named if row.client_id == client.pk}

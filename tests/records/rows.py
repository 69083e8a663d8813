"""A row for any table, made of the plainest values its columns allow, to try the database's own rules on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models

_INSTANT = datetime(2007, 3, 1, 12, 0, tzinfo=UTC)
_PLAIN: dict[type[models.Field[Any, Any]], Any] = {
    models.BooleanField: True,
    models.DateTimeField: _INSTANT,
    models.DateField: date(2007, 3, 1),
    models.JSONField: [],
    models.BinaryField: b"bytes",
    models.ForeignKey: 1,
    models.IntegerField: 1,
    models.PositiveIntegerField: 1,
    models.BigIntegerField: 1,
}
_CHOSEN = {
    "verdict": "confirmed",
    "speaker": "",
    "state": "drafted",
    "origin": "own",
    "kind": "agreement",
    "role": "log",
    "step": "open",
    "valid_to": datetime(2007, 3, 2, tzinfo=UTC),
}


def insert_plain_row(model: type[models.Model]) -> int:
    """This function will insert one row and return its key; foreign keys dangle until the test rolls back."""
    values = {f.attname: _value(f) for f in model._meta.concrete_fields if not f.primary_key}
    row = model(**values)
    model._default_manager.bulk_create([row])
    assert row.pk is not None, connection.vendor
    return int(row.pk)


def _value(field: models.Field[Any, Any]) -> Any:  # noqa: ANN401 - a column may hold anything
    if field.null:
        return None
    if field.name in _CHOSEN:
        return _CHOSEN[field.name]
    for kind, value in _PLAIN.items():
        if isinstance(field, kind):
            return value
    return "a"

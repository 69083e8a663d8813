"""Pages of rows by cursor: the place after the last row that was given, so that new rows never shift a page."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from types import GenericAlias
from typing import Annotated, Any, TypeVar

from django.db import models
from django.http import Http404
from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, StringConstraints, create_model

from groundrules.core.periods import utc

Row = TypeVar("Row", bound=models.Model)
Shape = TypeVar("Shape", bound=Schema)
_LARGEST = 200
_USUAL = 50
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_PLACE = re.compile(r"([ad])([0-9]{1,18})")


class CursorUnknown(ValueError):
    """A cursor is none that an answer gave, or was given for the other order."""


def _sensible(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        message = f"write an instant from {_FIRST_YEAR} to {_LAST_YEAR}"
        raise ValueError(message)
    return utc(moment)


Instant = Annotated[AwareDatetime, AfterValidator(_sensible)]
Code = Annotated[str, StringConstraints(max_length=120)]


class Paging(Schema):
    """What every list takes."""

    cursor: str = Field(
        "", max_length=64, description="`next` of the page before; empty for the first."
    )
    limit: int = Field(_USUAL, ge=1, le=_LARGEST, description="How many at most.")
    newest_first: bool = Field(False, description="Begin with what entered the books last.")  # noqa: FBT003 - the default
    client: Code = Field("", description="Only this client's, by its code.")


def of_client(rows: models.QuerySet[Row], asked: Paging) -> models.QuerySet[Row]:
    """This function will keep the rows of the client that was asked for, if one was."""
    return narrowed(rows, client__code=asked.client)


def narrowed(rows: models.QuerySet[Row], **wanted: object) -> models.QuerySet[Row]:
    """This function will keep the rows that are as asked; what was not asked for (nothing, or empty) keeps all."""
    asked = {
        name: one.value if isinstance(one, StrEnum) else one
        for name, one in wanted.items()
        if one not in (None, "")
    }
    return rows.filter(**asked)


def page_type(name: str, shape: type[Schema], says: str) -> type[Schema]:
    """This function will make the shape of one page of a list."""
    items: Any = (GenericAlias(list, (shape,)), ...)
    return create_model(name, __base__=Schema, __doc__=says, items=items, next=(str | None, ...))


def page_of(
    rows: models.QuerySet[Row], asked: Paging, shape: Callable[[Row], Shape]
) -> dict[str, Any]:
    """This function will return one page of rows in the order they entered the books; raises CursorUnknown."""
    if asked.cursor:
        place = _place(asked)
        rows = rows.filter(pk__lt=place) if asked.newest_first else rows.filter(pk__gt=place)
    found = list(rows.order_by("-pk" if asked.newest_first else "pk")[: asked.limit + 1])
    given = found[: asked.limit]
    more = len(found) > asked.limit
    return {
        "items": [shape(row) for row in given],
        "next": _cursor(given[-1].pk, newest_first=asked.newest_first) if more else None,
    }


def shapes(rows: Iterable[Row], shape: Callable[[Row], Shape]) -> list[Shape]:
    """This function will give rows their shape."""
    return [shape(row) for row in rows]


def one(rows: models.QuerySet[Row], what: str, **named: Any) -> Row:  # noqa: ANN401 - whatever names a row
    """This function will return the one row that is meant; raises Http404 in words."""
    row = rows.filter(**named).order_by("-pk").first()
    if row is None:
        message = f"there is no {what} like this, or the token is not for its client"
        raise Http404(message)
    return row


def _cursor(pk: int, *, newest_first: bool) -> str:
    return urlsafe_b64encode(f"{'d' if newest_first else 'a'}{pk}".encode()).decode().rstrip("=")


def _place(asked: Paging) -> int:
    padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
    try:
        found = _PLACE.fullmatch(urlsafe_b64decode(padded).decode("ascii"))
    except (binascii.Error, ValueError):
        found = None
    if found is None or found[1] != ("d" if asked.newest_first else "a"):
        message = "take `next` of the page before as cursor, with the same newest_first"
        raise CursorUnknown(message)
    return int(found[2])

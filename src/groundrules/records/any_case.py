"""Cards found by a code or name in whichever case it was written, by an index as well as by looking at each card."""

from __future__ import annotations

from django.db.models import F, Index, Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact


def is_called(said: str, *fields: str) -> Q:
    """This function will ask for cards of which one of some fields says a text, case apart.

    Both databases answer as they do to `iexact`; only here an index helps them.
    """
    question = Q()
    for field in fields:
        question |= Q(Exact(Upper(field), Upper(Value(said))))
    return question


def any_case(card: str, *scope: str) -> list[Index]:
    """This function will return the indexes by code and by name that `is_called` is answered by, within a scope."""
    return [
        Index(*(F(one) for one in scope), Upper(field), name=f"{card}_{field}_any_case")
        for field in ("code", "name")
    ]

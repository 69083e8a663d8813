"""Many books asked in one statement say what each says by itself, at every instant of a client's story."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.records.asked_together import facts_known_at, together
from groundrules.services.case_import import TakingOver, import_case, instants_of
from groundrules.services.cases import run_case
from groundrules.services.world import FACT_BOOKS
from tests.cast import OLGA

pytestmark = pytest.mark.django_db

CASES = sorted((Path(__file__).parents[1] / "cases").glob("0[135]-*.yaml"))
RICH = CASES[-1]
KINDS: tuple[Any, ...] = tuple(FACT_BOOKS.values())


def told(path: Path) -> tuple[books.Client, tuple[datetime, ...]]:
    """The client of a case whose story is in the books, and every instant at which something became known."""
    case = run_case(path.read_bytes(), path).case
    at = case.questions[-1].at
    client = import_case(case.world, at=at, actor=OLGA).client
    return client, instants_of(TakingOver(case.world, client, OLGA), utc(at))


def by_itself(kind: Any, client: books.Client, at: datetime) -> tuple[Any, ...]:  # noqa: ANN401 - any book
    """What one book says, read as its rows."""
    rows = kind.objects.of_client(client).known_at(at).order_by("pk")
    return tuple(row.to_core() for row in rows)


class TestFactsKnownAt:
    @pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
    def test_says_what_each_book_says(self, path: Path) -> None:
        """Before each instant, at it and after it; what was superseded meanwhile is told as it was then."""
        client, instants = told(path)
        step, seen = timedelta(microseconds=1), set()
        for at in (moment + shift for moment in instants for shift in (-step, 0 * step, step)):
            found = facts_known_at(KINDS, client.pk, at)

            assert found == tuple(by_itself(kind, client, at) for kind in KINDS), at
            seen.add(found)
        assert len(seen) > 3

    def test_asks_once_and_of_one_client(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """However many books are named, and whoever else is on record; no book is no question."""
        first, instants = told(CASES[0])
        told(CASES[1])
        with django_assert_num_queries(1):
            found = facts_known_at(KINDS[::-1], first.pk, instants[-1])
        with django_assert_num_queries(0):
            assert facts_known_at((), first.pk, instants[-1]) == ()

        assert found == tuple(by_itself(kind, first, instants[-1]) for kind in KINDS[::-1])
        assert any(found)

    def test_reads_one_book(self) -> None:
        """One book alone is asked like many."""
        client, instants = told(RICH)

        (found,) = facts_known_at((books.Change,), client.pk, instants[-1])

        assert found == by_itself(books.Change, client, instants[-1])
        assert found


class TestTogether:
    def test_says_which_question_a_row_answers(self) -> None:
        """A question without rows is left out; the others come with their places and what was asked of them."""
        client, instants = told(RICH)
        words = together(
            [
                lambda of, at: books.Gap.objects.filter(client=of, recorded_at__gt=at),
                lambda of, at: books.Change.objects.filter(client=of, recorded_at__lte=at),
            ],
            "ref",
        )

        found = sorted(words.ask(client.pk, instants[-1]))

        changes = books.Change.objects.order_by("ref").values_list("ref", flat=True)
        assert found == [(1, ref) for ref in changes]

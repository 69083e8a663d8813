"""Every scenario comes out of the database as it comes out of its case file, to the cent and with the same history."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.core.answers import Answers
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services.case_import import import_case
from groundrules.services.cases import run_case
from groundrules.services.coverage import verdict_of
from tests.cast import OLGA

pytestmark = pytest.mark.django_db

CASES = sorted((Path(__file__).parents[1] / "cases").glob("[0-9]*.yaml"))
EVERY_CASE = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


def _answered(path: Path) -> Answers:
    """This function will answer a case file without the database, at its last question."""
    return run_case(path.read_bytes(), path).answered[-1].answers


class TestEveryCase:
    @EVERY_CASE
    def test_decides_alike_in_the_database(self, path: Path) -> None:
        """Each time entry has the same chain of decisions, and the last one stands."""
        expected = _answered(path)

        client = import_case(
            run_case(path.read_bytes(), path).case.world, at=expected.at, actor=OLGA
        ).client

        for history in expected.decisions:
            chain = books.Decision.objects.of_client(client).chain(history.entry)
            assert [verdict_of(row.to_core()) for row in chain] == [
                verdict_of(made) for made in history.decisions
            ]
            assert [row.decided_at for row in chain] == [
                made.decided_at for made in history.decisions
            ]
        assert books.Decision.objects.current().count() == len(expected.decisions)

    @EVERY_CASE
    def test_charges_alike_in_the_database(self, path: Path) -> None:
        """The charges are the same values, and the ledger owes exactly their sum."""
        expected = _answered(path)

        client = import_case(
            run_case(path.read_bytes(), path).case.world, at=expected.at, actor=OLGA
        ).client

        charges = books.Charge.objects.of_client(client).current()
        assert sorted(map(str, (row.to_core() for row in charges))) == sorted(
            map(str, expected.money.charges)
        )
        owed = sum(p.amount_minor for p in books.Posting.objects.filter(account="receivable"))
        charged = sum((c.amount for c in expected.money.charges), Money.zero(client.currency))
        assert owed == charged.minor

    @EVERY_CASE
    def test_names_who_and_what_alike(self, path: Path) -> None:
        """Attributions and causes in the books are those the case file gives."""
        expected = _answered(path)

        client = import_case(
            run_case(path.read_bytes(), path).case.world, at=expected.at, actor=OLGA
        ).client

        found = {
            row.ref: row.to_core() for row in books.Attribution.objects.of_client(client).current()
        }
        assert found == {a.change: a for a in expected.attributions}
        causes = {row.ref: row.to_core() for row in books.Cause.objects.of_client(client).current()}
        assert causes == {c.incident: c for c in expected.causes}

    @EVERY_CASE
    def test_changes_nothing_the_second_time(self, path: Path) -> None:
        """Taking the same case over again writes no row into any book but the audit's."""
        outcome = run_case(path.read_bytes(), path)
        at = outcome.answered[-1].answers.at
        import_case(outcome.case.world, at=at, actor=OLGA)
        before = _rows()

        import_case(outcome.case.world, at=at, actor=OLGA)

        assert _rows() == before


def _rows() -> dict[str, int]:
    counted = (
        books.TimeEntry,
        books.Change,
        books.Session,
        books.Request,
        books.Decision,
        books.Charge,
    )
    further = (books.Attribution, books.Cause, books.JournalEntry, books.AuditEntry, books.Message)
    return {model.__name__: model.objects.count() for model in (*counted, *further)}

"""Every scenario comes out of the database as it comes out of its case file, to the cent and with the same history."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from groundrules.core.answers.model import Answers
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.money import Money
from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.services.case_import import import_case
from groundrules.services.cases import CaseOutcome, run_case
from groundrules.services.coverage import verdict_of
from groundrules.services.headings import rules_for
from groundrules.services.world import FACT_BOOKS
from tests.cast import OLGA

pytestmark = pytest.mark.django_db

CASES = sorted((Path(__file__).parents[1] / "cases").glob("[0-9]*.yaml"))
RICH = [path for path in CASES if path.stem.startswith(("03-", "05-", "12-", "13-"))]
EVERY_CASE = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


@cache
def _ran(path: Path) -> CaseOutcome:
    """This function will answer a case file without the database; nothing of it can be changed, so once is enough."""
    return run_case(path.read_bytes(), path)


def _answered(path: Path) -> Answers:
    """This function will answer a case file at its last question."""
    return _ran(path).answered[-1].answers


class TestEveryCase:
    @EVERY_CASE
    def test_is_answered_alike_in_the_database(self, path: Path) -> None:
        """The same decisions with the same history, the same charges and ledger, the same attributions and causes."""
        expected = _answered(path)

        client = import_case(_world(path), at=expected.at, actor=OLGA).client

        _assert_same_decisions(client, expected)
        _assert_same_charges(client, expected)
        attributions = books.Attribution.objects.of_client(client).current()
        assert {row.ref: row.to_core() for row in attributions} == {
            a.change: a for a in expected.attributions
        }
        causes = books.Cause.objects.of_client(client).current()
        assert {row.ref: _unsealed(row.to_core()) for row in causes} == {
            c.incident: c for c in expected.causes
        }
        assert rules_for(client) == expected.world.tax_rules

    @pytest.mark.parametrize("path", RICH, ids=lambda path: path.stem)
    def test_changes_nothing_the_second_time(self, path: Path) -> None:
        """Taking the same case over again writes no row into any book."""
        at = _answered(path).at
        import_case(_world(path), at=at, actor=OLGA)
        before = _rows()

        import_case(_world(path), at=at, actor=OLGA)

        assert _rows() == before


class TestWorld:
    def test_is_loaded_with_every_kind_of_fact(self) -> None:
        """A fact the core knows has its book; what is only asked (periods to report on) needs none.

        Documents as they were sent are read from the issued documents, which issuing writes and no case brings; replays
        from their sealed evidence.
        """
        asked = {"report_on", "documents", "replays"}
        cards = {"provider", "client", "agreement", "technicians", "vendors", "accounts", "assets"}
        cards |= {"applications", "dependencies", "scorecard_rule", "discovered", "tax_rules"}
        cards |= {"letter_texts"}

        missing = {f.name for f in fields(World)} - set(FACT_BOOKS) - cards - asked

        assert not missing


def _world(path: Path) -> World:
    return _ran(path).case.world


def _assert_same_decisions(client: books.Client, expected: Answers) -> None:
    for history in expected.decisions:
        chain = [
            row.to_core() for row in books.Decision.objects.of_client(client).chain(history.entry)
        ]
        assert [verdict_of(made) for made in chain] == [
            verdict_of(made) for made in history.decisions
        ]
        assert [made.decided_at for made in chain] == [
            made.decided_at for made in history.decisions
        ]
    assert books.Decision.objects.current().count() == len(expected.decisions)


def _assert_same_charges(client: books.Client, expected: Answers) -> None:
    charges = [row.to_core() for row in books.Charge.objects.of_client(client).current()]
    assert sorted(map(str, charges)) == sorted(map(str, expected.money.charges))
    owed = sum(p.amount_minor for p in books.Posting.objects.filter(account="receivable"))
    charged = sum((c.amount for c in expected.money.charges), Money.zero(client.currency))
    assert owed == charged.minor


def _unsealed(cause: CauseAnswer) -> CauseAnswer:
    """A cause without the digest of a replay's sealed evidence, which only the database has."""
    reasons = tuple(
        replace(r, facts=tuple(f for f in r.facts if f.kind != "evidence")) for r in cause.reasons
    )
    return replace(cause, reasons=reasons)


def _rows() -> dict[str, int]:
    models = apps.get_app_config("records").get_models()
    return {model.__name__: model._default_manager.count() for model in models}

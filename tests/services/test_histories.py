"""Money stays exact on random histories: late facts, second thoughts, suspensions and new versions among them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.cli.main import main
from groundrules.core.answers import documents
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.money import Money
from groundrules.services import history_proof
from groundrules.services.histories import ISSUED_AT, make_history
from groundrules.services.history_proof import prove_histories, prove_history, tell

COUNT = 30


class TestHistories:
    def test_sum_exactly_in_any_order_and_replay_to_the_byte(self) -> None:
        """Thirty histories, with credit notes among their documents, and nothing to report."""
        proof = prove_histories(COUNT)

        assert proof.failures == ()
        assert proof.histories == COUNT
        assert proof.credit_notes > 0
        assert proof.documents > COUNT * len(ISSUED_AT) * 0.9

    def test_hold_facts_that_are_known_late_and_change_their_mind(self) -> None:
        """The made-up histories are not tame: late arrivals, corrections, ratifications, suspensions, versions."""
        histories = [make_history(seed) for seed in range(1, COUNT + 1)]
        arrivals = [arrival for history in histories for arrival in history.arrivals]

        assert sum((a.at - a.happened).days > 31 for a in arrivals) > COUNT
        assert len({(a.field, a.ref) for a in histories[0].arrivals}) < len(histories[0].arrivals)
        assert any(a.field == "requests" and a.fact.ratification for a in arrivals)
        assert any(a.field == "lifecycle" for a in arrivals)
        assert any(len(history.versions) > 1 for history in histories)
        versions = [version for history in histories for version in history.versions]
        assert any(v.trip for v in versions)
        assert any(v.short_notice for v in versions)
        assert any(v.rounding.places for v in versions)

    def test_tell_a_cent_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One cent on one document is found, so the sum can fail."""
        told = tell(make_history(1))
        last = told.sent[-1]
        line = last.draft.lines[0]
        dearer = replace(line, amount=line.amount + Money(1, line.amount.currency))
        draft = replace(last.draft, lines=(dearer, *last.draft.lines[1:]))
        wrong = replace(told, sent=(*told.sent[:-1], replace(last, draft=draft)))
        monkeypatch.setattr(history_proof, "tell", lambda _history: wrong)

        _, failures = prove_history(make_history(1))

        assert any("documents come to" in failure for failure in failures)
        assert any("not what replay gives" in failure for failure in failures)

    def test_print_blocks_of_one_day_in_one_order(self) -> None:
        """Two blocks bought on one day stood in the order they were heard of, so a replay printed them otherwise."""
        assert prove_histories(1, first_seed=218).failures == ()

    def test_need_to_remember_what_was_taken_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An entry corrected and put back was lost once its line had been credited, until notes were remembered."""
        monkeypatch.setattr(documents, "_taken_back", lambda _world, _document: frozenset())

        assert prove_histories(1, first_seed=21).failures

    def test_are_tried_from_the_command_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The command says what it tried and ends with 0."""
        assert main(["bench", "histories", "--count", "2"]) == 0

        assert capsys.readouterr().out.startswith("2 histories: ")

    def test_refuse_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        """No histories prove nothing."""
        assert main(["bench", "histories", "--count", "0"]) == 8

        assert "--count must be 1 or more" in capsys.readouterr().out


def test_credit_notes_are_among_them() -> None:
    """At least one of the first histories has something to take back."""
    kinds = {d.draft.kind for seed in range(1, 6) for d in tell(make_history(seed)).sent}

    assert kinds == set(DocumentKind)

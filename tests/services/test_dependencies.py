"""The dependency map: from an observation, from people, and never lowered by less."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import dependencies
from groundrules.services.actor import Actor, NotAllowed
from tests.kept import Kept, anew
from tests.readers.test_needs import written
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM

pytestmark = pytest.mark.django_db
CASE = "07-sa-password.yaml"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books]) -> harbor_books.Books:
    """This fixture will take scenario 7 over: Ledger Bridge needs sa, as its card declares."""
    return replace(taken_over.made, client=anew(taken_over.made.client))


def grades(told: harbor_books.Books) -> dict[str, str]:
    """What Ledger Bridge needs, and how well that is known."""
    rows = told.client.dependencies.filter(dependent="LEDGER")
    return dict(rows.values_list("component", "grade"))


class TestObserve:
    def test_draws_the_edges_and_keeps_the_report(self, told: harbor_books.Books) -> None:
        """A declared edge that was seen is now observed; the report is sealed evidence of the server."""
        edges = [
            {"component": "sa", "grade": "observed", "how": "connected to sqlservr"},
            {"component": "postgresql", "grade": "declared", "how": "unit"},
        ]

        taken = dependencies.observe(written(edges=edges), actor=ALEX, at=told.at)

        assert (taken.new, taken.better, taken.same) == (1, 1, 0)
        assert grades(told) == {"sa": "observed", "postgresql": "declared"}
        assert taken.evidence.format == "needs"
        assert books.AuditEntry.objects.filter(verb="dependencies.observe").count() == 1

    def test_never_lowers_what_was_observed(self, told: harbor_books.Books) -> None:
        """A later report that only declares the edge changes nothing."""
        seen = [{"component": "sa", "grade": "observed", "how": "seen"}]
        said = [{"component": "sa", "grade": "declared", "how": "unit"}]
        dependencies.observe(written(edges=seen), actor=ALEX, at=told.at)

        taken = dependencies.observe(written(edges=said), actor=ALEX, at=told.at)

        assert taken.same == 1
        assert grades(told)["sa"] == "observed"

    def test_refuses_an_application_nobody_knows(self, told: harbor_books.Books) -> None:
        """Nothing is written, no evidence either."""
        with pytest.raises(dependencies.ApplicationUnknown, match="NOBODY"):
            dependencies.observe(written(application="NOBODY"), actor=ALEX, at=told.at)
        assert not books.RawEvidence.objects.filter(format="needs").exists()


class TestPeople:
    def test_state_and_withdraw_with_a_reason(self, told: harbor_books.Books) -> None:
        """Both leave an audit entry; the one of the edge taken out keeps what it was."""
        dependencies.state(
            told.client, "LEDGER", "Fonts", reason="manual, p. 4", actor=ALEX, at=told.at
        )
        dependencies.withdraw(
            told.client, "LEDGER", "Fonts", reason="not since version 5", actor=KIM, at=told.at
        )

        entries = books.AuditEntry.objects.filter(verb__startswith="dependencies.").order_by("pk")
        assert [e.verb for e in entries] == ["dependencies.state", "dependencies.withdraw"]
        assert "manual, p. 4" in json.dumps(entries[1].details)
        assert "Fonts" not in grades(told)

    @pytest.mark.parametrize(("component", "reason"), [("sa", ""), ("LEDGER", "x"), (" ", "x")])
    def test_refuse_an_edge_without_sense(
        self, told: harbor_books.Books, component: str, reason: str
    ) -> None:
        """No reason, to itself, or to nothing."""
        with pytest.raises(dependencies.ReasonMissing):
            dependencies.state(
                told.client, "LEDGER", component, reason=reason, actor=ALEX, at=told.at
            )

    def test_are_owners_and_technicians(self, told: harbor_books.Books) -> None:
        """An accountant draws no map."""
        ann = Actor("ann@greenway.example", Role.ACCOUNTANT)

        with pytest.raises(NotAllowed):
            dependencies.state(told.client, "A", "B", reason="x", actor=ann, at=told.at)


class TestCommand:
    def test_takes_lists_adds_and_removes(
        self, told: harbor_books.Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The whole map by commands, as data."""
        report = tmp_path / "needs.json"
        report.write_bytes(written())

        ended = [
            main(["dependencies", "take", str(report)]),
            main(["dependencies", "add", "LEDGER", "Fonts", "--reason", "manual"]),
            main(["dependencies", "remove", "LEDGER", "Fonts", "--reason", "gone"]),
        ]
        capsys.readouterr()
        main(["dependencies", "list", "--client", "HARBOR", "--json"])

        listed = json.loads(capsys.readouterr().out)
        assert ended == [0, 0, 0]
        assert ("LEDGER", "postgresql", "observed") in {
            (e["dependent"], e["component"], e["grade"]) for e in listed
        }

    @pytest.mark.parametrize(
        ("words", "ends"),
        [
            (["take", "{none}"], 3),
            (["take", "{broken}"], 8),
            (["remove", "A", "B", "--reason", "x"], 3),
            (["add", "A", "B", "--reason", " "], 8),
            (["add", "A", "B", "--reason", "x", "--client", "NOBODY"], 3),
        ],
        ids=["no file", "no report", "no edge", "no reason", "no client"],
    )
    @pytest.mark.usefixtures("told")
    def test_refuses_with_a_number(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], ends: int
    ) -> None:
        """Bad input ends with its number and a sentence."""
        (tmp_path / "broken").write_text("{")
        places = {"none": str(tmp_path / "none"), "broken": str(tmp_path / "broken")}

        ended = main(["dependencies", *(word.format(**places) for word in words)])

        assert ended == ends
        assert capsys.readouterr().err.startswith("groundrules: ")

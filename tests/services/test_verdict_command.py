"""`groundrules verdict`: a person's or a vendor's word beside an attribution, from the command line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from groundrules.cli.main import main
from groundrules.records import models as books
from tests.kept import Kept, anew
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books]) -> harbor_books.Books:
    """This fixture will take scenario 4 over, with its people."""
    return replace(taken_over.made, client=anew(taken_over.made.client))


@pytest.mark.usefixtures("told")
class TestVerdict:
    def test_notes_a_word_and_what_it_supersedes(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Each word is a new entry that names the one before it, and leaves an audit entry."""
        main(["verdict", "CHG-1", "dispute", "--reason", "Ray says no"])
        capsys.readouterr()

        ended = main(["verdict", "CHG-1", "expect", "--reason", "Pat knew", "--json"])

        said = json.loads(capsys.readouterr().out)
        assert ended == 0
        assert (said["verdict"], said["supersedes"]) == ("expected", "disputed: Ray says no")
        assert said["recorded_by"] == "kim@greenway.example"
        assert books.AuditEntry.objects.filter(verb="attribution.expected").count() == 1

    def test_files_a_reply_beside_our_word(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A vendor's reply supersedes no word of ours."""
        main(["verdict", "CHG-1", "confirm", "--reason", "Seen in the log"])

        ended = main(["verdict", "CHG-1", "reply", "--vendor", "V1", "--reason", "By request"])

        assert ended == 0
        assert "reply: By request" in capsys.readouterr().out
        assert books.Standing.objects.filter(successor__isnull=True).count() == 2

    @pytest.mark.parametrize(
        ("words", "ends"),
        [
            (["CHG-9", "confirm", "--reason", "x"], (3, "CHG-9")),
            (["CHG-1", "reply", "--reason", "x"], (3, "no vendor on record")),
            (["CHG-1", "confirm", "--reason", " "], (8, "without a reason")),
            (["CHG-1", "confirm", "--reason", "x", "--as", "who@x.example"], (4, "who@x")),
            (["CHG-1", "confirm", "--reason", "x", "--as", "ann@greenway.example"], (4, "needs")),
        ],
        ids=["unknown", "nobody's reply", "no reason", "stranger", "accountant"],
    )
    def test_refuses_with_a_number_and_a_sentence(
        self, capsys: pytest.CaptureFixture[str], words: list[str], ends: tuple[int, str]
    ) -> None:
        """Bad input writes nothing and says why."""
        number, sentence = ends

        ended = main(["verdict", *words])

        assert ended == number
        assert sentence in capsys.readouterr().err
        assert not books.Standing.objects.exists()

"""`groundrules letter-text`: show, import, compare, restore, draw, and set a language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.composing import shipped_text
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import letter_pictures, letter_texts, users
from groundrules.services.database import NOTHING_YET
from groundrules.services.letter_texts import kinds
from tests.cast import OLGA

SHIPPED = shipped_text(LetterKind.NOTICE, "de").text
OWN = SHIPPED.replace("Eines kann sich ändern.", "Etwas kann sich ändern.")
AS = ("--as", OLGA.label)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """This fixture will write a German notice of the owner's into a file."""
    path = tmp_path / "notice.txt"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture
def olga() -> None:
    """This fixture will have an owner and one client."""
    users.let_in(email=OLGA.label, name="Olga", role=Role.OWNER, actor=OLGA, at=timezone.now())
    books.Client.objects.create(code="HARBOR", name="Harbor Dental", zone="UTC", currency="USD")


@pytest.mark.django_db
@pytest.mark.usefixtures("olga")
class TestLetterText:
    def test_takes_a_file_compares_it_and_goes_back(
        self, own: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Import makes version 1, diff shows both lines, restore makes version 2."""
        about = ("notice", "--language", "de")

        assert main(["letter-text", "import", *about, str(own), *AS]) == Exit.OK
        assert main(["letter-text", "diff", *about]) == Exit.OK
        assert main(["letter-text", "restore", *about, *AS]) == Exit.OK
        said = capsys.readouterr().out

        assert "Version 1 of the notice letter is in use." in said
        assert "+ {agreement_continues} Etwas kann sich ändern." in said
        assert main(["letter-text", "history", *about, "--json"]) == Exit.OK
        versions = json.loads(capsys.readouterr().out)
        assert [v["origin"] for v in versions] == ["restored", "own"]
        assert main(["letter-text", "show", *about]) == Exit.OK
        assert capsys.readouterr().out == SHIPPED

    @pytest.mark.parametrize(
        ("arguments", "exit_number", "says"),
        [
            (
                ["show", "poem"],
                Exit.NOT_FOUND,
                "there is no letter 'poem'; there are relationship-",
            ),
            (["import", "notice", "none.txt"], Exit.NOT_FOUND, "none.txt cannot be read"),
            (["restore", "notice"], Exit.CONFLICT, "from the shipped text already"),
            (["diff", "notice", "--version", "7"], Exit.NOT_FOUND, "there is no version 7"),
            (["language", "de", "--client", "NOBODY"], Exit.NOT_FOUND, "no such client"),
        ],
    )
    def test_refuses_in_words(
        self,
        arguments: list[str],
        exit_number: Exit,
        says: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """What, why, and which exit number."""
        assert main(["letter-text", *arguments]) == exit_number
        assert says in capsys.readouterr().err

    def test_refuses_a_text_that_loses_a_fact(
        self, own: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each lost fact is a line, and nothing is kept."""
        own.write_text(OWN.replace("{server}", "er"), encoding="utf-8")

        found = main(["letter-text", "import", "notice", "--language", "de", str(own), *AS])

        assert found == Exit.BAD_INPUT
        assert "- it must say the server's name" in capsys.readouterr().err
        assert not books.LetterText.objects.exists()

    def test_lists_and_sets_a_language(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every kind and language; a client is written to in German."""
        assert main(["letter-text", "list", "--json"]) == Exit.OK
        assert len(json.loads(capsys.readouterr().out)) == 2 * len(kinds())
        code = books.Client.objects.get().code

        assert main(["letter-text", "language", "de", "--client", code, *AS]) == Exit.OK
        assert books.Client.objects.get().language == "de"

    def test_draws_letters(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A PDF, its pages and its mail for each kind; two kinds are enough here."""
        few = (LetterKind.SUSPENSION, LetterKind.EXIT)
        monkeypatch.setattr(letter_texts, "kinds", lambda: few)

        found = main(["letter-text", "pictures", str(tmp_path / "out"), "--language", "de"])

        made = [Path(line).name for line in capsys.readouterr().out.split()]
        assert found == Exit.OK
        assert made[0] == "suspension-de.pdf"
        assert {"exit-de-1.png", "exit-de.txt"} <= set(made)
        assert (tmp_path / "out" / "suspension-de.pdf").read_bytes().startswith(b"%PDF-")

    def test_draws_shipped_letters_where_nothing_is_set_up(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """No book is asked, and it is said whose words they are."""

        def asked(*_: object) -> None:
            message = "no such table"
            raise DatabaseError(message)

        monkeypatch.setattr(letter_texts, "kinds", lambda: (LetterKind.EXIT,))
        monkeypatch.setattr(letter_texts, "in_use", asked)
        monkeypatch.setattr(letter_pictures, "not_ready", lambda: NOTHING_YET)

        found = main(["letter-text", "pictures", str(tmp_path / "out")])

        told = capsys.readouterr()
        assert found == Exit.OK
        assert "these are the shipped words" in told.err
        assert Path(told.out.split()[0]).name == "exit-en.pdf"

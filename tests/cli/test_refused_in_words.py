"""What the machine refuses a command (a port, room on the disk) is said in a sentence, not by a traceback."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from groundrules.cli import serve as serving
from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.gateways.own_program import run_aside
from groundrules.services import database, users

NOW = datetime(2026, 11, 29, tzinfo=UTC)
FULL = "database or disk is full"


class TestServe:
    @pytest.mark.parametrize(
        "problem",
        [OSError(98, "Address already in use"), ValueError("Invalid host/port specified.")],
    )
    def test_says_that_its_port_is_taken(
        self,
        problem: Exception,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """By another one, most likely; an address that is none is refused alike."""

        def refuse(*_: object, **__: object) -> None:
            raise problem

        monkeypatch.setattr(serving, "create_server", refuse)

        assert serving.serve("127.0.0.1", 8137) == Exit.CONFLICT
        said = capsys.readouterr().err
        assert said.startswith("groundrules: nothing can be served at 127.0.0.1:8137 (")
        assert "another --port" in said


class TestBooksThatAreNotThere:
    """Each by a command of its own: what is looked at is the file itself."""

    @pytest.mark.parametrize(
        ("content", "beside", "says"),
        [
            (b"no database at all" * 100, "", "is damaged (file is not a database)"),
            (None, "evidence/ab/cd.zst", "is gone, though evidence lies beside it"),
            (None, "", "nothing has been set up here yet; run: groundrules init"),
        ],
        ids=["a damaged file", "a file that is gone", "a new folder"],
    )
    def test_are_told_apart(
        self, content: bytes | None, beside: str, says: str, tmp_path: Path
    ) -> None:
        """Nobody is sent to begin anew where books were, and no command ends in a traceback."""
        if content is not None:
            (tmp_path / "groundrules.sqlite3").write_bytes(content)
        if beside:
            (tmp_path / beside).parent.mkdir(parents=True)
            (tmp_path / beside).touch()

        for words in (["doctor"], ["user", "list"]):
            number, printed, complained = run_aside(words, {"GROUNDRULES_DATA": str(tmp_path)})

            assert number == Exit.CHECK_FAILED
            assert says in printed + complained
            assert "Traceback" not in complained

    def test_are_looked_for_where_the_settings_are_right(self, tmp_path: Path) -> None:
        """A setting written wrong is said in a sentence that names the nearest one."""
        given = {"GROUNDRULES_DATA": str(tmp_path), "GROUNDRULES_MIAL": "null"}

        number, printed, complained = run_aside(["doctor"], given)

        assert (number, printed) == (Exit.BAD_INPUT, "")
        assert "did you mean" in complained
        assert "GROUNDRULES_MAIL?" in complained
        assert complained.count("\n") == 1


@pytest.mark.django_db
class TestRefusedByTheDatabase:
    def test_ends_in_a_sentence(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A full disk, a database that went away: what refused, what was kept, what to do."""

        def refuse(**_: object) -> None:
            raise OperationalError(FULL)

        users.make_first_owner(email="olga@example.org", name="Olga", at=NOW)
        monkeypatch.setattr(database, "not_ready", lambda: "")
        monkeypatch.setattr(users, "let_in", refuse)

        given = ["user", "add", "x@example.org", "--name", "X", "--role", "observer"]
        assert main(given) == Exit.CHECK_FAILED
        assert f"the database refused ({FULL}); what was not" in capsys.readouterr().err

    def test_hides_no_fault_of_the_program(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A query that is wrong stays a traceback."""
        monkeypatch.setattr(database, "not_ready", lambda: "")

        assert database.in_words(ProgrammingError("syntax error")) == ""

"""What the machine refuses a command (a port, room on the disk) is said in a sentence, not by a traceback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, ProgrammingError

from groundrules.cli import serve as serving
from groundrules.cli.exits import Exit
from groundrules.cli.main import main
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

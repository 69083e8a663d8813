"""A new installation from nothing: its owner, its first client from a file, and a reader who closes the pipe early."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.records.models import Change, Client, Role, User
from tests.patience import PATIENCE

CASES = Path(__file__).resolve().parents[1] / "cases"
INIT = ["init", "--email", "Dana@Noble.example", "--name", "Dana Noble"]


@pytest.mark.django_db
class TestInit:
    """`groundrules init`."""

    def test_makes_the_first_owner_without_a_password(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The owner signs in by a link; what to do next is printed."""
        code = main(INIT)

        owner = User.objects.get()
        assert code == Exit.OK
        assert (owner.email, owner.role, owner.has_usable_password()) == (
            "dana@noble.example",
            Role.OWNER,
            False,
        )
        assert "groundrules import FILE" in capsys.readouterr().out

    def test_reads_a_password_from_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A password never stands on a command line."""
        monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery staple\n"))

        main([*INIT, "--password-from-stdin"])

        assert User.objects.get().check_password("correct horse battery staple")

    def test_keeps_the_owner_when_the_password_is_too_weak(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A weak password is said to be one; the owner can still sign in by a link."""
        monkeypatch.setattr(sys, "stdin", io.StringIO("password\n"))

        code = main([*INIT, "--password-from-stdin"])

        assert code == Exit.DEGRADED
        assert "without a password" in capsys.readouterr().err
        assert not User.objects.get().has_usable_password()

    def test_leaves_an_installation_that_has_an_owner(self) -> None:
        """Running it twice neither adds nor replaces anybody."""
        main(INIT)

        code = main(["init", "--email", "other@noble.example", "--name", "Other"])

        assert code == Exit.CONFLICT
        assert User.objects.count() == 1


@pytest.mark.django_db
class TestImport:
    """`groundrules import FILE`."""

    def test_takes_a_case_over_once(self) -> None:
        """The rogue change is in the books after the first time, and nothing is added by the second."""
        main(INIT)

        codes = [main(["import", str(CASES / "04-rogue-change.yaml")]) for _ in range(2)]

        assert codes == [Exit.OK, Exit.OK]
        assert sorted(Change.objects.values_list("ref", flat=True)) == ["CHG-1", "CHG-2"]

    def test_refuses_a_file_with_an_unknown_key_and_takes_nothing(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The place is named, and no client has been made."""
        main(INIT)
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("case: 1\nprovder: {}\n")

        code = main(["import", str(wrong)])

        assert code == Exit.BAD_INPUT
        assert 'wrong.yaml:2:1: "provder" is not a key here' in capsys.readouterr().err
        assert not Client.objects.exists()

    def test_needs_an_owner_first(self) -> None:
        """Every row in the books names who wrote it."""
        code = main(["import", str(CASES / "04-rogue-change.yaml")])

        assert code == Exit.NOT_PERMITTED
        assert not Client.objects.exists()


class TestClosedPipe:
    def test_ends_quietly_when_the_reader_has_seen_enough(self) -> None:
        """`groundrules case run … | head` prints no traceback."""
        command = [
            sys.executable,
            "-m",
            "groundrules.cli.main",
            "case",
            "run",
            str(CASES / "04-rogue-change.yaml"),
        ]
        reading, writing = os.pipe()
        os.close(reading)

        ended = subprocess.run(
            command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
        os.close(writing)

        assert ended.returncode == Exit.FAILURE
        assert not ended.stderr


class TestBeforeInit:
    """A command on a machine where nothing has been set up."""

    @pytest.mark.parametrize(
        "command", [["evidence", "list"], ["gate", "list"], ["serve"], ["worker"]]
    )
    def test_says_what_to_run(self, tmp_path: Path, command: list[str]) -> None:
        """One sentence and a number, no traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "groundrules.cli.main", *command],
            env={
                **os.environ,
                "GROUNDRULES_DATA": str(tmp_path / "new"),
                "GROUNDRULES_DATABASE_URL": "",
                "DJANGO_SETTINGS_MODULE": "groundrules.config.settings",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

        assert done.returncode == Exit.CHECK_FAILED
        assert (
            done.stderr == "groundrules: nothing has been set up here yet; run: groundrules init\n"
        )

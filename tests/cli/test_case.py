from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groundrules.cli.commands import COMMANDS
from groundrules.cli.exits import Exit
from groundrules.cli.main import build_parser, main

_CASES = Path(__file__).resolve().parents[1] / "cases"
_CASE = str(_CASES / "10-work-while-suspended.yaml")


class TestCaseRun:
    """`groundrules case run FILE`."""

    def test_tells_the_story_and_ends_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A case that comes out as expected ends with 0."""
        code = main(["case", "run", _CASE])

        out = capsys.readouterr().out
        assert code == Exit.OK
        assert "$225.00 for SRV1, clause 6.3" in out
        assert "As expected: all" in out

    def test_writes_data(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Money is text with its currency, times are UTC."""
        code = main(["case", "run", _CASE, "--format", "json"])

        data = json.loads(capsys.readouterr().out)
        assert code == Exit.OK
        (question,) = data["questions"]
        (charge,) = question["answers"]["money"]["charges"]
        assert charge["amount"] == {"amount": "225.00", "currency": "USD"}
        assert question["answers"]["at"] == "2007-03-14T01:00:00Z"

    def test_ends_in_check_failed_when_an_answer_is_otherwise(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The story ends in what was expected and what came out."""
        wrong = tmp_path / "wrong.yaml"
        text = (_CASES / "v01-berlin-holiday.yaml").read_text()
        wrong.write_text(text.replace("value: 246.00 EUR", "value: 247.00 EUR"))

        code = main(["case", "run", str(wrong)])

        assert code == Exit.CHECK_FAILED
        assert "NOT AS EXPECTED" in capsys.readouterr().out

    def test_ends_in_check_failed_when_nothing_could_be_compared(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An `expect` that states nothing is not a pass."""
        empty = tmp_path / "empty.yaml"
        text = (_CASES / "v01-berlin-holiday.yaml").read_text()
        empty.write_text(f"{text.partition('expect:')[0]}expect: {{attributions: []}}\n")

        code = main(["case", "run", str(empty)])

        assert code == Exit.CHECK_FAILED
        assert "states nothing that could be compared" in capsys.readouterr().out

    def test_answers_at_another_instant(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`--at` asks what was known then."""
        code = main(["case", "run", _CASE, "--at", "2007-03-13 10:30"])

        assert code == Exit.OK
        assert "known on Tue 2007-03-13 10:30 PDT" in capsys.readouterr().out

    def test_refuses_an_instant_it_cannot_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The message says how to write one, and nothing goes to standard output."""
        code = main(["case", "run", _CASE, "--at", "soon"])

        out, err = capsys.readouterr()
        assert (code, out) == (Exit.BAD_INPUT, "")
        assert '"soon" is not a time' in err

    def test_refuses_a_damaged_case_with_one_sentence(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Bad input ends with 8, the place on standard error, and nothing on standard output."""
        code = main(["case", "run", str(_CASES / "refused" / "unknown-key.yaml")])

        out, err = capsys.readouterr()
        assert (code, out) == (Exit.BAD_INPUT, "")
        assert err.startswith("unknown-key.yaml:5:14:")

    def test_says_when_there_is_no_such_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A missing file ends with 3."""
        code = main(["case", "run", "nowhere.yaml"])

        assert code == Exit.NOT_FOUND
        assert "nowhere.yaml cannot be read: No such file" in capsys.readouterr().err


class TestCaseCheck:
    """`groundrules case check FILE`."""

    def test_says_what_the_file_holds(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A readable file ends with 0 and one sentence."""
        code = main(["case", "check", _CASE])

        assert code == Exit.OK
        assert "2 agreement versions" in capsys.readouterr().out


class TestMain:
    """The root of the commands."""

    def test_shows_the_overview_without_a_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        """No command is wrong usage."""
        code = main([])

        assert code == Exit.USAGE
        assert "case" in capsys.readouterr().err

    def test_offers_every_command_to_the_reference(self) -> None:
        """The whole parser names each command."""
        overview = build_parser().format_help()

        assert all(command.name in overview for command in COMMANDS)

    @pytest.mark.parametrize(
        ("given", "whole"),
        [(["-h", "case"], True), (["--help"], True), (["caes"], True), (["case", "-h"], False)],
    )
    def test_tells_of_the_others_where_no_command_is_named_first(
        self, given: list[str], capsys: pytest.CaptureFixture[str], *, whole: bool
    ) -> None:
        """A misspelt command, and help before any, tell of all of them; a command's own help of that one alone."""
        with pytest.raises(SystemExit):
            main(given)

        said = "".join(capsys.readouterr())
        assert all(command.name in said for command in COMMANDS) is whole
        assert said.startswith("usage: groundrules")

    def test_answers_a_case_without_starting_django(self) -> None:
        """Django is not even imported for a case, so it is answered in a moment."""
        program = (
            "import sys; from groundrules.cli.main import main;"
            f"code = main(['case', 'run', {_CASE!r}]);"
            "sys.exit(code or ('django' in sys.modules))"
        )

        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

        assert done.returncode == 0, done.stderr.decode()

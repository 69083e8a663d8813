from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main

_CASES = Path(__file__).resolve().parents[1] / "cases"
_WASTED = str(_CASES / "05-wasted-time.yaml")


class TestAgreement:
    """`groundrules agreement check|diff FILE`."""

    def test_proves_both_versions(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Harbor's versions are complete and without conflict."""
        code = main(["agreement", "check", _WASTED])

        assert code == Exit.OK
        assert "Version 2: proven" in capsys.readouterr().out

    def test_shows_past_entries_before_anyone_signs(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Scenario 5: the repair nobody could charge in March would have been billable under 6.2."""
        code = main(["agreement", "diff", _WASTED, "1", "2", "--json"])

        found = json.loads(capsys.readouterr().out)
        assert code == Exit.OK
        assert found["cells"] > 0
        assert any("billable under 6.2" in entry["now"] for entry in found["entries"])
        assert any("Clause 6.2" in sentence for sentence in found["added"])

    def test_refuses_a_version_that_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The message names the versions there are."""
        assert main(["agreement", "diff", _WASTED, "1", "7"]) == Exit.NOT_FOUND
        assert "choose from 1, 2" in capsys.readouterr().err


_ANSWERS = """
client = "Harbor Dental"
provider = "North IT"
contact = "Linda"
servers = ["SRV1"]
signed = 2026-01-15
begins = 2026-02-01
choose = ["rates-weekends-holidays", "third-party-change"]
[parameters]
hourly = "120.00 EUR"
monthly = "100.00 EUR"
after_hours_times = 2
"""


class TestFirstAgreement:
    """`groundrules agreement library|new`."""

    def test_lists_the_library_as_data(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every entry is there with its plain text, marked for review."""
        assert main(["agreement", "library", "--json"]) == Exit.OK

        found = json.loads(capsys.readouterr().out)
        assert "counsel" in found["review"]
        assert all(entry["plain"] for entry in found["entries"])

    def test_drafts_an_agreement_that_checks(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The file that is written is proven by the other command, and never written over."""
        answers, drafted = tmp_path / "answers.toml", tmp_path / "first.yaml"
        answers.write_text(_ANSWERS)
        new = ["agreement", "new", "--answers", str(answers), "--output", str(drafted)]

        assert main(new) == Exit.OK
        assert main(["agreement", "check", str(drafted)]) == Exit.OK
        assert "Version 1: proven" in capsys.readouterr().out
        assert "after hours 2 times that" in drafted.read_text()
        assert main(new) == Exit.CONFLICT

    def test_asks_and_refuses_when_answers_end(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nobody at the keyboard is said, not guessed."""
        monkeypatch.setattr("sys.stdin", io.StringIO("Harbor Dental\nNorth IT\n"))

        assert main(["agreement", "new"]) == Exit.BAD_INPUT
        assert "--answers FILE" in capsys.readouterr().err

    def test_maps_an_agreement_and_bills_a_month_under_it(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Unmapped rows go to the error stream; the month is billed by the draft."""
        for name, text in (
            ("answers.toml", _ANSWERS),
            ("sheet.csv", "item,entry,parameter,value\nVenue,,,\nMonth,fee,monthly,10.00 EUR\n"),
            ("time.csv", "id,technician,from,to,issue,server,kind,asked_by,asked_at\n"),
        ):
            (tmp_path / name).write_text(text)
        made = str(tmp_path / "first.yaml")
        new = [
            "--answers",
            str(tmp_path / "answers.toml"),
            "--mapping",
            str(tmp_path / "sheet.csv"),
        ]

        assert main(["agreement", "new", *new, "--output", made]) == Exit.OK
        assert "not mapped: row 2, Venue" in capsys.readouterr().err
        shadow = ["agreement", "shadow", made, str(tmp_path / "time.csv"), "2026-03"]
        assert main([*shadow, "--json"]) == Exit.OK
        assert "10.00" in json.loads(capsys.readouterr().out)["total"]
        assert main(["agreement", "shadow", made, "no.csv", "2026-03"]) == Exit.NOT_FOUND

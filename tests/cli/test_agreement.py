from __future__ import annotations

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

"""What a killed run of our own work left behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from groundrules.gateways.ansible import sweep_left

HOUR = 3600


class TestSweepLeft:
    def test_removes_only_what_was_surely_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An old folder with its key goes; a run that is on, another program's folder and a link stay."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        for name in ("groundrules-run-old", "groundrules-run-now", "another-old"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "key").write_text("secret")
        (tmp_path / "groundrules-run-link").symlink_to(tmp_path / "another-old")
        for name in ("groundrules-run-old", "another-old"):
            os.utime(tmp_path / name, (HOUR, HOUR))

        assert sweep_left(2 * HOUR) == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "another-old",
            "groundrules-run-link",
            "groundrules-run-now",
        ]

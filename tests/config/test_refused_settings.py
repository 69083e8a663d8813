"""A setting that is wrong ends a command with a sentence, before anything else is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from groundrules.config.environment import SettingsUnreadable, UnknownSetting, read_settings


class TestReadSettings:
    def test_guesses_what_was_meant(self) -> None:
        """Two names that are near, not the whole list."""
        with pytest.raises(UnknownSetting) as refused:
            read_settings({"GROUNDRULES_DATABSE_URL": "x"})

        assert "did you mean GROUNDRULES_DATABASE_URL" in str(refused.value)
        assert "GROUNDRULES_IMAP_URL" not in str(refused.value)

    def test_names_the_file_that_is_no_toml(self, tmp_path: Path) -> None:
        """Which file, and where in it."""
        (tmp_path / "groundrules.toml").write_text("mail = smtp://nobody\n")

        with pytest.raises(SettingsUnreadable, match=r"groundrules\.toml cannot be read .*line 1"):
            read_settings({"GROUNDRULES_DATA": str(tmp_path)})


class TestCommand:
    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("GROUNDRULES_KEY_PASSWORD_FILE", "x", "did you mean GROUNDRULES_KEYS_PASSWORD_FILE"),
            ("GROUNDRULES_DATABASE_URL", "mysql://h/books", "groundrules: "),
            ("GROUNDRULES_LOG", "yaml", "write text or json"),
        ],
    )
    def test_ends_with_a_sentence(self, tmp_path: Path, name: str, value: str, says: str) -> None:
        """No traceback, and the number of bad input."""
        program = [sys.executable, "-m", "groundrules.cli.main", "doctor"]
        given = {"GROUNDRULES_DATA": str(tmp_path / "data"), name: value}

        told = subprocess.run(program, env=given, capture_output=True, text=True, check=False)

        assert told.returncode == 8
        assert says in told.stderr
        assert "Traceback" not in told.stderr

"""The pages a server's owner reads say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundrules.readers.envelope import READERS
from groundrules_collector.commands import COMMANDS
from groundrules_collector.main import main
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_collector.settings import Settings
from groundrules_wire import Host, Manifest, Part

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


class TestReference:
    def test_says_what_every_probe_collects_and_what_never(self) -> None:
        """The page carries each probe's own words, so it cannot promise more than the probe keeps."""
        page = (REFERENCE / "collector.md").read_text()

        specs = [*(probe.spec for probe in SNAPSHOT_PROBES), *(probe.spec for probe in LOG_PROBES)]
        missing = [
            spec.name
            for spec in specs
            for words in (spec.collects, spec.never)
            if words not in page
        ]
        assert missing == []

    def test_has_every_option(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every option the command knows has its row."""
        with pytest.raises(SystemExit):
            main(["--help"])

        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        page = (REFERENCE / "collector.md").read_text()
        assert len(options) >= 8
        assert {option for option in options if f"| `{option}" not in page} == set()

    @pytest.mark.parametrize("command", sorted(COMMANDS))
    def test_has_every_command(self, command: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Every command and each of its options has its row."""
        with pytest.raises(SystemExit):
            main([command, "--help"])

        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        page = (REFERENCE / "collector.md").read_text()
        assert f"| `{command}` |" in page
        assert {option for option in options if f"| `{option}" not in page} == set()

    def test_has_every_setting(self) -> None:
        """A setting that can be written can be read about."""
        page = (REFERENCE / "collector.md").read_text()

        assert {name for name in Settings.__slots__ if f"`{name}`" not in page} == set()

    def test_has_every_key_of_the_envelope(self) -> None:
        """A stranger can read an envelope from the page alone."""
        page = (REFERENCE / "envelope.md").read_text()

        keys = {
            *Part.__slots__,
            *Manifest.__slots__,
            *(f"host.{key}" for key in Host.__slots__),
        } - {"host"}
        assert {key for key in keys if f"`{key}`" not in page} == set()

    def test_has_every_format(self) -> None:
        """Each registered format is on the Linux, the Windows or the other readers' page."""
        pages = "".join(
            (REFERENCE / f"readers-{system}.md").read_text()
            for system in ("linux", "windows", "others")
        )

        assert {name for name in READERS if name not in pages} == set()

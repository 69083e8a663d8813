"""`groundrules inspect`: counts that add up, nothing kept, and a clear word for what can't be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main

LINES = Path(__file__).resolve().parents[2] / "src/groundrules/services/tale"


def evidence() -> list[str]:
    """The tale's own raw logs."""
    return [str(path) for path in sorted(LINES.glob("*.jsonl"))]


class TestInspect:
    def test_counts_each_file_and_all_of_them(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A row per file and one for all."""
        code = main(["inspect", *evidence()])

        rows = capsys.readouterr().out.splitlines()
        assert code == Exit.OK
        assert len(rows) == len(evidence()) + 2
        assert rows[-1].startswith(f"{len(evidence())} files")

    def test_adds_up_by_type(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every record is of some type; the unknown ones are among them."""
        main(["inspect", "--json", *evidence()])

        for file in json.loads(capsys.readouterr().out):
            assert sum(file["by_type"].values()) == file["records"]
            assert sum(file["unknown_types"].values()) == file["unknown"] <= file["records"]

    def test_says_what_cannot_be_read_and_counts_the_rest(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A damaged file does not hide the others."""
        broken = tmp_path / "broken.evtx"
        broken.write_bytes(b"ElfFile\x00" + b"\x00" * 40)

        code = main(["inspect", str(broken), *evidence()])

        seen = capsys.readouterr()
        assert code == Exit.BAD_INPUT
        assert "broken.evtx cannot be read" in seen.err
        assert len(seen.out.splitlines()) == len(evidence()) + 2

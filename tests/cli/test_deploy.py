"""`groundrules deploy`: what a machine needs around Groundrules, for whoever installed without a clone."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from tests.house.sources import ROOT

UNITS = ROOT / "deploy" / "systemd"
PROGRAM = "/srv/tools/bin/groundrules"


def write(into: Path, *more: str) -> int:
    """All units, for a program of a place of its own."""
    return main(["deploy", "write", "systemd", "--into", str(into), "--program", PROGRAM, *more])


class TestListing:
    def test_names_every_file_that_lies_in_deploy(self, capsys: pytest.CaptureFixture[str]) -> None:
        """None is forgotten, and each says what it is for."""
        assert main(["deploy", "list", "--json"]) == Exit.OK

        told = json.loads(capsys.readouterr().out)
        lie = {
            one.name
            for kind in ("systemd", "windows", "witness")
            for one in (ROOT / "deploy" / kind).iterdir()
            if one.is_file()
        }
        assert {one["name"] for one in told} == lie
        assert all(one["says"] for one in told)


class TestWriting:
    def test_units_start_the_program_that_is_named(self, tmp_path: Path) -> None:
        """Nothing else of a unit changes; one that starts another program is left as it is."""
        assert write(tmp_path / "units") == Exit.OK

        for unit in UNITS.iterdir():
            lies = unit.read_text()
            wanted = lies.replace("/opt/groundrules/.venv/bin/groundrules", PROGRAM)
            assert (tmp_path / "units" / unit.name).read_text() == wanted
        assert (
            f"ExecStart={PROGRAM} serve"
            in (tmp_path / "units" / "groundrules-web.service").read_text()
        )

    def test_what_somebody_changed_is_kept(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing is written where one file would be lost; the same twice is no conflict."""
        assert write(tmp_path) == write(tmp_path) == Exit.OK
        changed = tmp_path / "groundrules-web.service"
        changed.write_text("ours")
        (tmp_path / "groundrules-worker.service").unlink()

        assert write(tmp_path) == Exit.CONFLICT
        assert "groundrules-web.service: there already" in capsys.readouterr().err
        assert changed.read_text() == "ours"
        assert not (tmp_path / "groundrules-worker.service").exists()
        assert write(tmp_path, "--replace") == Exit.OK
        assert PROGRAM in changed.read_text()

    @pytest.mark.parametrize(
        ("program", "why"),
        [
            ("/home/olga/.local/bin/groundrules", "lies under /home"),
            ("/srv/our tools/groundrules", "signs in its path"),
        ],
    )
    def test_a_program_the_units_cannot_start_is_refused(
        self, program: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A unit with ProtectHome would fail at the first start, and say little of why."""
        words = ["deploy", "write", "systemd", "--into", str(tmp_path), "--program", program]

        assert main(words) == Exit.BAD_INPUT
        assert why in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("below", ["", "deep/units"])
    def test_a_file_in_the_way_is_named(
        self, below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Where a file stands no folder can be; what to do is said, and the file stays."""
        stands = tmp_path / "units"
        stands.write_text("ours")

        assert write(stands / below) == Exit.FAILURE

        said = capsys.readouterr().err
        assert f"nothing was written into {stands / below}" in said
        assert "name another folder, or move that file away" in said
        assert stands.read_text() == "ours"

    def test_a_folder_where_a_file_is_to_be_leaves_the_others_unwritten(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Even with --replace a folder is not written over."""
        (tmp_path / "groundrules-worker.service").mkdir()

        assert write(tmp_path, "--replace") == Exit.FAILURE
        assert "is a folder where a file is to be" in capsys.readouterr().err
        assert [one.name for one in tmp_path.iterdir()] == ["groundrules-worker.service"]

    @pytest.mark.parametrize(
        ("number", "why"),
        [
            (errno.ENOSPC, "is full; make room there, or name a folder on another"),
            (errno.EACCES, "you may not write there"),
            (errno.EROFS, "lies on a file system that is read-only"),
            (errno.EIO, "Input/output error"),
        ],
    )
    def test_what_stops_half_way_leaves_nothing(
        self,
        number: int,
        why: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A disk that is full at the third file leaves neither the first two nor the folders made for them."""
        left = iter([True, True])

        def makes(prefix: str, dir: Path) -> tuple[int, str]:  # noqa: A002 - as tempfile calls it
            if next(left, False):
                return made(prefix=prefix, dir=dir)
            raise OSError(number, os.strerror(number))

        made = tempfile.mkstemp
        monkeypatch.setattr(tempfile, "mkstemp", makes)

        assert write(tmp_path / "a" / "b") == Exit.FAILURE
        assert why in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

    def test_one_file_by_its_name(self, tmp_path: Path) -> None:
        """A Windows server needs one script, as it lies."""
        name = "groundrules-collect.ps1"
        assert main(["deploy", "write", name, "--into", str(tmp_path)]) == Exit.OK
        assert [one.name for one in tmp_path.iterdir()] == [name]
        assert (tmp_path / name).read_bytes() == (ROOT / "deploy/windows" / name).read_bytes()

    def test_an_unknown_name_is_told_what_there_is(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """And nothing is written of the known ones before it."""
        words = ["deploy", "write", "witness", "cron", "--into", str(tmp_path)]
        assert main(words) == Exit.NOT_FOUND
        assert "no file or kind named 'cron'; there are systemd, windows" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

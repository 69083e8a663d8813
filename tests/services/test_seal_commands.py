"""The seal from the command line: words an office manager's consultant can read, and exits scripts can rely on."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from pytest_django import Settings

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.records.models import Role, User
from groundrules.services import seal
from groundrules.services.storage import raw_store
from tests.kept import Kept
from tests.services.sealed import Sealed
from tests.services.test_seal_packs import change_seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(installed: Kept[Sealed], tmp_path: Path, settings: Settings) -> Sealed:
    """This fixture will give each test a filled installation of its own, with an owner who acts."""
    settings.GROUNDRULES_DATA = tmp_path / "data"
    User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)
    made = installed.lay_out(tmp_path / "data").anew()
    newest = seal.latest(made.log)
    assert newest is not None
    seal.publish(newest)
    return made


class TestVerify:
    def test_says_that_everything_holds(
        self, sealed: Sealed, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Exit 0, and what was looked at."""
        status = main(["evidence", "verify"])

        said = capsys.readouterr().out
        assert status == Exit.OK
        assert "Everything is exactly as it was sealed." in said
        assert "leaves 4" in said

    def test_names_what_does_not_hold(
        self, sealed: Sealed, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Exit 6, with the record's name; the same as data."""
        path = raw_store().path_of(sealed.log.leaves.get(index=3).evidence.digest)
        path.unlink()

        status = main(["evidence", "verify"])
        told = capsys.readouterr().out
        main(["evidence", "verify", "--format", "json", "--client", sealed.client.code])
        value = json.loads(capsys.readouterr().out)

        assert status == Exit.CHECK_FAILED
        assert "NOT as it was sealed (1):" in told
        assert "raw file dpkg.log.1 of SRV1" in told
        assert not value["holds"]
        assert [one["kind"] for one in value["findings"]] == ["raw file"]

    def test_of_nobody_is_not_found(self, sealed: Sealed) -> None:
        """A client's code that nobody has is refused."""
        assert main(["evidence", "verify", "--client", "NOBODY"]) == Exit.NOT_FOUND


class TestPack:
    def test_is_written_for_a_reference_and_for_a_period(
        self, sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The zip is there, and the words say what is in it."""
        one, whole = tmp_path / "one.zip", tmp_path / "whole.zip"
        period = [
            "--client",
            sealed.client.code,
            "--from",
            "2007-02-01",
            "--to",
            "2007-04-01T00:00Z",
        ]

        first = main(["evidence", "pack", change_seen(sealed).ref, "-o", str(one)])
        second = main(["evidence", "pack", *period, "-o", str(whole)])

        said = capsys.readouterr().out
        assert (first, second) == (Exit.OK, Exit.OK)
        assert "3 raw records, proven by the checkpoint of 4 entries." in said
        assert "verify.py" in zipfile.ZipFile(whole).namelist()
        assert one.stat().st_size

    @pytest.mark.parametrize(
        ("arguments", "exit_number"),
        [
            (["CHG-NONE"], Exit.NOT_FOUND),
            (["CHG-1"], Exit.NOT_FOUND),
            ([], Exit.USAGE),
            (["--client", "HARBOR", "--from", "soon", "--to", "later"], Exit.USAGE),
            (["--client", "HARBOR", "--from", "2007-04-01", "--to", "2007-02-01"], Exit.USAGE),
            (["CHG-1", "--as", "nobody@nowhere.example"], Exit.NOT_PERMITTED),
        ],
    )
    def test_is_refused_in_words(
        self,
        sealed: Sealed,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        exit_number: Exit,
    ) -> None:
        """Unknown references, wrong questions and strangers: a sentence, a number, no file."""
        target = tmp_path / "none.zip"

        status = main(["evidence", "pack", *arguments, "-o", str(target)])

        assert status == exit_number
        assert capsys.readouterr().err.startswith("groundrules: ")
        assert not target.exists()


class TestCheckpoint:
    def test_shows_each_log_with_its_key(
        self, sealed: Sealed, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Size, root and key: what people write down."""
        status = main(["evidence", "checkpoint"])

        said = capsys.readouterr().out
        assert status == Exit.OK
        assert f"{sealed.log.origin}: 4 records, signed 2007-03-06 09:05:00 UTC" in said
        assert f"key  {sealed.log.origin}+" in said

    def test_makes_a_new_key(self, sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
        """The old private key is gone afterwards."""
        status = main(["evidence", "checkpoint", "--new-key", sealed.client.code])

        assert status == Exit.OK
        assert "Old private keys destroyed: 1." in capsys.readouterr().out


class TestRedact:
    def test_says_what_went_along(self, sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
        """The record, and the envelope it came in."""
        digest = sealed.log.leaves.get(index=2).evidence.digest

        status = main(["evidence", "redact", digest, "--reason", "names a patient"])

        said = capsys.readouterr().out
        assert status == Exit.OK
        assert f"Dropped {digest}\n" in said
        assert "it held, or came with, the same bytes" in said

    def test_of_nothing_is_not_found(self, sealed: Sealed) -> None:
        """An unknown digest drops nothing."""
        assert main(["evidence", "redact", "0" * 64, "--reason", "why"]) == Exit.NOT_FOUND


class TestWitness:
    def test_is_asked_in_one_text(self, sealed: Sealed, capsys: pytest.CaptureFixture[str]) -> None:
        """What is printed is what the witness reads."""
        status = main(["evidence", "witness", "--client", sealed.client.code, "--ask"])

        said = capsys.readouterr().out
        assert status == Exit.OK
        assert said.startswith("old 0\n\ngroundrules/")
        assert said.endswith("=\n")

    def test_with_a_wrong_key_or_answer_is_refused(self, sealed: Sealed, tmp_path: Path) -> None:
        """Neither noise nor a missing file becomes a witness's word."""
        code = ["evidence", "witness", "--client", sealed.client.code]
        (tmp_path / "answer").write_text("noise\n", encoding="utf-8")

        assert main([*code, "--add", "noise"]) == Exit.BAD_INPUT
        assert main([*code, "--answer", str(tmp_path / "answer")]) == Exit.BAD_INPUT
        assert main([*code, "--answer", str(tmp_path / "missing")]) == Exit.NOT_FOUND

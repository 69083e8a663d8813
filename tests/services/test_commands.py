"""The commands over the database: what they print, the number they end with, and that they leave nothing half done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.services import tale
from tests.cast import BEGINNING

EVENTS = tale.FOLDER / "srv1-events-to-2007-02-23.jsonl"


@pytest.fixture
def staffed(harbor: books.Client) -> books.Client:
    """This fixture will add the provider's people, so that a command has someone to act as."""
    tale.people(at=BEGINNING)
    return harbor


class TestEvidenceReceive:
    def test_takes_a_file_in_and_counts(
        self, staffed: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The command says what was read and what is new."""
        ended = main(["evidence", "receive", str(EVENTS), "--host", "SRV1"])

        said = capsys.readouterr().out
        assert ended == 0
        assert "21 records, 0 not understood, 0 damaged" in said
        assert "5 Change" in said

    @pytest.mark.parametrize(
        ("written", "options", "ends"),
        [
            (b'{"not": "an event"}', ["--host", "SRV1"], (8, "no Windows event record")),
            (b"groundrules-evidence 1 12", ["--host", "SRV1"], (8, "stops at byte")),
            (b"groundrules-evidence 9 12 ", ["--host", "SRV1"], (8, "upgrade the server")),
            (b"ElfFile\x00", ["--host", "SRV1"], (8, "event log")),
            (EVENTS.read_bytes(), ["--host", "SRV9"], (3, "SRV9")),
            (EVENTS.read_bytes(), ["--host", "SRV1", "--format", "floppy"], (2, "floppy")),
            (EVENTS.read_bytes(), ["--host", "SRV1", "--as", "nobody@x.example"], (4, "nobody@x")),
        ],
        ids=["no events", "truncated", "future", "damaged EVTX", "unknown host", "format", "user"],
    )
    @pytest.mark.usefixtures("staffed")
    def test_ends_with_a_number_and_one_sentence(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        written: bytes,
        options: list[str],
        ends: tuple[int, str],
    ) -> None:
        """Each kind of bad input has its number, one line on stderr, and no row of evidence."""
        path = tmp_path / "handed"
        path.write_bytes(written)

        ended = main(["evidence", "receive", str(path), *options])

        error = capsys.readouterr().err
        assert ended == ends[0]
        assert ends[1] in error
        assert error.count("\n") == 1
        assert not books.RawEvidence.objects.exists()
        assert not books.Observation.objects.exists()

    def test_says_when_the_file_is_not_there(self, staffed: books.Client) -> None:
        """A missing file is "not found"."""
        assert main(["evidence", "receive", "/nowhere/at/all"]) == 3


class TestExplain:
    def test_tells_the_chain_as_text_and_as_data(
        self, staffed: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A change opens down to the raw evidence in both forms."""
        main(["evidence", "receive", str(EVENTS), "--host", "SRV1"])
        ref = books.Change.objects.get(component=".NET Framework 2.0").ref
        capsys.readouterr()

        assert main(["explain", ref]) == 0
        text = capsys.readouterr().out
        assert main(["explain", ref, "--format", "json"]) == 0
        data = json.loads(capsys.readouterr().out)

        assert "raw evidence" in text
        assert data["ref"] == ref
        assert data["because"]

    def test_says_when_nothing_is_called_so(self, staffed: books.Client) -> None:
        """An unknown reference is "not found"."""
        assert main(["explain", "DEC-NOWHERE"]) == 3

"""`groundrules agency introduce` and `groundrules vendor write`: drafted for review, or refused with a number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import TestCase

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.records import models as books
from tests.web.harbor_books import KIM, with_people

OF_HARBOR = ("--client", "HARBOR")
AS = ("--as", KIM.label)


class TestLettersOfVendors(TestCase):
    """Harbor after Rogue's change, with nothing yet written to Rogue."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        with_people("04-rogue-change.yaml")

    @pytest.fixture(autouse=True)
    def _given(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        self.capsys, self.folder = capsys, tmp_path

    def _run(self, *words: str) -> int:
        self.capsys.readouterr()
        return main([*words, *OF_HARBOR, *AS])

    def _letter(self) -> books.LetterDraft:
        told = json.loads(self.capsys.readouterr().out)
        row = books.LetterDraft.objects.get(ref=told["letter"])
        assert (told["subject"], told["state"]) == (row.subject, row.DRAFTED)
        return row

    def test_asks_a_vendor_for_its_side(self) -> None:
        """What is proven is held to it for review; nothing is written about who did nothing."""
        assert self._run("vendor", "write", "V1", "--json") == Exit.OK
        row = self._letter()
        assert (row.kind, row.to_core().to) == ("right of reply", "Rogue Dental Software")
        assert self._run("vendor", "write", "V1") == Exit.OK
        assert f"groundrules letter show {row.ref}" in self.capsys.readouterr().out

        assert self._run("vendor", "write", "V2") == Exit.CONFLICT
        assert "nothing is proven against" in self.capsys.readouterr().err
        assert self._run("vendor", "write", "V9") == Exit.NOT_FOUND

    def test_introduces_us_once_a_letter_of_agency_is_in_force(self) -> None:
        """Drafted, signed, delivered; before that the introduction is refused in the letter's own words."""
        agency = ("agency", "introduce", "LOA-1")
        drafted = ("agency", "draft", "--vendor", "V1", "--signer", "Pat Owner")
        signed = self.folder / "signed.pdf"
        signed.write_bytes(b"%PDF-1.7\n%%EOF\n")
        assert self._run(*agency) == Exit.NOT_FOUND
        books.Client.objects.update(address="2 Dock Rd")
        assert self._run(*drafted) == Exit.OK, self.capsys.readouterr().err
        assert self._run(*agency) == Exit.CONFLICT
        assert "Introduce us once it is signed and delivered" in self.capsys.readouterr().err
        for step in (("sent-for-signature",), ("signed", "--file", str(signed)), ("delivered",)):
            by = ("--signed-by", "Pat Owner") if step[0] == "signed" else ()
            assert self._run("agency", "step", "LOA-1", *step, *by) == Exit.OK, step

        assert self._run(*agency, "--json") == Exit.OK

        row = self._letter()
        assert (row.kind, row.to_core().to) == ("introduction", "Rogue Dental Software")

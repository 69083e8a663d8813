"""The letter that brings a vendor the newest version of its rules."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.vendors.rules import LIBRARY
from groundrules.records import models as books
from groundrules.services import letters
from tests.web.harbor_books import KIM, with_people

AS = ("--as", KIM.label)


class TestRulesLetter(TestCase):
    """Harbor's vendor, before and after its rules are published."""

    @pytest.fixture(autouse=True)
    def _capsys(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def test_brings_the_newest_version_for_review(self) -> None:
        """Refused while nothing is published; then each rule is in a draft that somebody must approve."""
        told = with_people("04-rogue-change.yaml")
        vendor = books.Vendor.objects.get(code="V1")
        command = ["rules", "letter", "V1", "--client", told.client.code, *AS]

        assert main(command) == Exit.BAD_INPUT
        assert "publish them first" in self.capsys.readouterr().err
        assert main(["rules", "publish", "V1", "--client", told.client.code, *AS]) == Exit.OK
        self.capsys.readouterr()
        assert main([*command, "--json"]) == Exit.OK

        ref = json.loads(self.capsys.readouterr().out)["letter"]
        row = books.LetterDraft.objects.get(ref=ref)
        assert (row.kind, row.state) == ("rules of engagement", row.DRAFTED)
        said = [item for p in row.to_core().paragraphs for item in p.items]
        assert said == [clause.text for clause in LIBRARY]
        assert row.to_core().to == vendor.name
        with pytest.raises(letters.LetterNotApproved):
            letters.send(draft=row, actor=KIM, at=told.at)

"""The letter that brings a vendor the newest version of its rules, in the language it reads."""

from __future__ import annotations

import json

import pytest
from django.test import TestCase

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.vendors.rules_library import LIBRARY, said_in
from groundrules.records import models as books
from groundrules.services import letters
from tests.web.harbor_books import KIM, Books, with_people

AS = ("--as", KIM.label)


class TestRulesLetter(TestCase):
    """Harbor's vendor, before and after its rules are published."""

    told: Books

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        cls.told = with_people("04-rogue-change.yaml")

    @pytest.fixture(autouse=True)
    def _capsys(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def _run(self, *words: str) -> int:
        self.capsys.readouterr()
        return main(["rules", words[0], "V1", "--client", "HARBOR", *words[1:], *AS])

    def _drafted(self) -> books.LetterDraft:
        assert self._run("letter", "--json") == Exit.OK
        ref = json.loads(self.capsys.readouterr().out)["letter"]
        return books.LetterDraft.objects.get(ref=ref)

    def test_brings_the_newest_version_for_review(self) -> None:
        """Refused while nothing is published; then each rule is in a draft that somebody must approve."""
        assert self._run("letter") == Exit.BAD_INPUT
        assert "publish them first" in self.capsys.readouterr().err
        assert self._run("publish") == Exit.OK

        row = self._drafted()

        assert (row.kind, row.state) == ("rules of engagement", row.DRAFTED)
        said = [item for p in row.to_core().paragraphs for item in p.items]
        assert said == [clause.text for clause in LIBRARY]
        assert row.to_core().to == "Rogue Dental Software"
        assert "we answer each request within 2 h" in row.payload
        with pytest.raises(letters.LetterNotApproved):
            letters.send(draft=row, actor=KIM, at=self.told.at)

    def test_says_every_rule_in_the_vendors_language(self) -> None:
        """A sentence without German words is refused to a vendor that reads German, when published and in a letter."""
        assert self._run("publish", "--own", "Call Kim first.") == Exit.OK
        books.Vendor.objects.filter(code="V1").update(language="de")

        assert self._run("letter") == Exit.BAD_INPUT
        assert '"Call Kim first." has no words in German' in self.capsys.readouterr().err
        assert self._run("publish", "--own", "Ask Kim first.") == Exit.BAD_INPUT
        own = ("--own", "Ask Kim first.", "--own-german", "Fragen Sie zuerst Kim.")
        assert self._run("publish", *own) == Exit.OK

        core = self._drafted().to_core()

        said = [item for p in core.paragraphs for item in p.items]
        assert said == [*said_in(LIBRARY, "de"), "Fragen Sie zuerst Kim."]
        assert (core.language, core.warnings) == ("de", ())

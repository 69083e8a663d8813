"""Commands on Harbor's books: what each says as data, to a person, and when it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import TestCase

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from tests.web.harbor_books import KIM, with_people

AS = ("--as", KIM.label)


class OnBooks(TestCase):
    """Harbor's books with our people, and what a command says."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        with_people("04-rogue-change.yaml")

    @pytest.fixture(autouse=True)
    def _capsys(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def told(self, *words: str) -> list[dict[str, Any]]:
        """What a command says as data."""
        self.capsys.readouterr()
        assert main([*words, "--json"]) == Exit.OK
        said: list[dict[str, Any]] = json.loads(self.capsys.readouterr().out)
        return said

    def line(self, *words: str) -> str:
        """What a command says to a person."""
        self.capsys.readouterr()
        assert main(list(words)) == Exit.OK
        return self.capsys.readouterr().out

    def refused(self, number: Exit, *words: str) -> str:
        """Why a command refused, with the number it must end with."""
        self.capsys.readouterr()
        assert main(list(words)) == number
        return self.capsys.readouterr().err

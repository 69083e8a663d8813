from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundrules.core.agreements import table
from groundrules.core.agreements.sentences import parse, say
from groundrules.core.agreements.table import NotPublishable
from groundrules.core.agreements.words import NEEDS, OUTCOMES, PHRASES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "clauses.md"
TEXT = PAGE.read_text(encoding="utf-8")
SENTENCES = [
    line
    for block in re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]


class TestTheReferencePage:
    @pytest.mark.parametrize("sentence", SENTENCES, ids=[said[:24] for said in SENTENCES])
    def test_shows_sentences_that_read_back_as_they_stand(self, sentence: str) -> None:
        """What the page shows can be typed into an agreement."""
        assert say(parse(sentence)) == sentence

    def test_names_every_phrase(self) -> None:
        """No fact, need or outcome is left out."""
        phrases = [words for values in PHRASES.values() for words in values.values()]
        phrases += [*NEEDS.values(), *OUTCOMES.values()]

        missing = [words for words in phrases if f"`{words}" not in TEXT]

        assert missing == []

    def test_names_every_refusal(self) -> None:
        """Each reason not to publish has its row."""
        refusals = [
            name
            for name, found in vars(table).items()
            if isinstance(found, type) and issubclass(found, NotPublishable)
        ]

        missing = [n for n in refusals if n != "NotPublishable" and f"| `{n}` |" not in TEXT]

        assert missing == []
        assert len(refusals) == 7

"""What a letter encloses: copies with their SHA-256, no name that is not known, and what no reader of it may read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.enclosing import (
    Enclosure,
    NotForThisLetter,
    StarKind,
    change_words,
    enclose,
    refuse_unfit_for,
)
from groundrules.core.periods import Interval

AT = datetime(2007, 2, 22, 3, 58, tzinfo=UTC)
DIGEST = "ab" * 32
REMOVED = Change(
    id=ChangeId("CHG-1"),
    asset=AssetId("SRV1"),
    kind=ItemKind.PACKAGE,
    component=".NET Framework 2.0",
    action=Action.REMOVED,
    interval=Interval.exactly(AT),
    actor=Actor(account="rogue-svc"),
)
LETTER = LetterDraft(LetterKind.NOTICE, "Greenway", "Pat", "SRV1", (Paragraph("Hello."),))


def copy_of(says: str) -> Enclosure:
    """This function will enclose one change that says this."""
    return Enclosure(StarKind.CHANGE, "CHG-1", says, "unknown", DIGEST)


class TestEnclose:
    def test_lists_each_copy_once_however_often_it_is_written(self) -> None:
        """Reference and SHA-256 stand at the end; without copies the letter is as it was."""
        once = enclose(LETTER, [copy_of("A thing.")])
        twice = enclose(once, [copy_of("A thing.")])

        assert once == twice
        assert once.paragraphs[-1].items == (f"A thing. CHG-1; SHA-256 of the copy: {DIGEST}",)
        assert enclose(once, []).paragraphs == LETTER.paragraphs

    def test_speaks_the_readers_language(self) -> None:
        """A German letter says it in German, the change too."""
        german = LetterDraft(LetterKind.NOTICE, "G", "P", "S", (), language="de")
        (paragraph,) = enclose(german, [copy_of(change_words(REMOVED, None, "UTC"))]).paragraphs

        assert paragraph.heading == "Beigefügt aus unseren Aufzeichnungen"
        assert "removed" not in paragraph.items[0]
        assert "known" not in paragraph.items[0]

    def test_warns_of_a_copy_that_judges(self) -> None:
        """Somebody else's words are kept word for word, and whoever approves is warned of them."""
        warned = enclose(LETTER, [copy_of("It was their fault.")])

        assert any("judges" in warning for warning in warned.warnings)


class TestChangeWords:
    def test_names_nobody_who_is_not_known(self) -> None:
        """An account on the change alone names nobody."""
        says = change_words(REMOVED, None, "UTC")

        assert says == (
            "On Thu 2007-02-22 03:58 UTC: .NET Framework 2.0 removed. Who made it is not known."
        )


class TestRefuseUnfitFor:
    @pytest.mark.parametrize(
        ("letter", "kind", "why"),
        [
            (LetterKind.NOTICE, StarKind.WORK, "internal"),
            (LetterKind.RIGHT_OF_REPLY, StarKind.WORK, "internal"),
            (LetterKind.RIGHT_OF_REPLY, StarKind.MESSAGE, "goes to a vendor"),
            (LetterKind.RULES_OF_ENGAGEMENT, StarKind.INVOICE_LINE, "goes to a vendor"),
            (LetterKind.LETTER_OF_AGENCY, StarKind.CHANGE, "holds no copies"),
            (LetterKind.REPORT, StarKind.CHANGE, "holds no copies"),
        ],
    )
    def test_says_why(self, letter: LetterKind, kind: StarKind, why: str) -> None:
        """Each refusal names the thing and what to do."""
        with pytest.raises(NotForThisLetter, match=why):
            refuse_unfit_for(letter, kind, "X-1")

    def test_lets_a_client_read_its_own(self) -> None:
        """What happened, what was said and what was invoiced goes to the client."""
        for kind in set(StarKind) - {StarKind.WORK}:
            refuse_unfit_for(LetterKind.SUSPENSION, kind, "X-1")
        refuse_unfit_for(LetterKind.RIGHT_OF_REPLY, StarKind.CHANGE, "X-1")

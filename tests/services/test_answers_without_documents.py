"""Pages that bill nothing ask without documents: whatever else is answered is the same to the last word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundrules.core.answers.model import Answers
from groundrules.core.answers.relief import nothing_due
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.invoices.draft import Correction
from groundrules.core.letters.answers import LetterKind
from groundrules.services import invoices
from groundrules.services.world import answer_for, answer_without_documents
from tests.web import harbor_books

pytestmark = pytest.mark.django_db

_SAME = (
    *("attributions", "causes", "explanations", "states", "foreseen", "decisions", "notices"),
    *("reinstatements", "letters_of_agency", "windows", "vendors", "conversations", "commitments"),
    "clocks",
)
_OF_MONEY = ("charges", "uncharged", "open_lines", "trace", "prepaid", "targets", "blocks")
_BILLS = {LetterKind.REINSTATEMENT, LetterKind.WITHDRAWAL}


def letters(answers: Answers) -> list[object]:
    """Every letter but those that tell what a document comes to."""
    return [letter for letter in answers.letters if letter.kind not in _BILLS]


@pytest.mark.parametrize(
    "name",
    [
        "11-fee-credit-and-return.yaml",
        "12-the-way-back.yaml",
    ],
)
def test_answers_everything_else_alike(name: str) -> None:
    """Books with issued documents, asked both ways."""
    told = harbor_books.with_documents(name)

    whole = answer_for(told.client, told.at)
    found = answer_without_documents(told.client, told.at)

    assert [one for one in _SAME if getattr(found, one) != getattr(whole, one)] == []
    assert [
        one for one in _OF_MONEY if getattr(found.money, one) != getattr(whole.money, one)
    ] == []
    assert letters(found) == letters(whole)
    assert not found.money.invoices
    assert whole.money.invoices


def test_still_knows_what_was_credited() -> None:
    """An invoice that was credited is due no longer, so it and its note are read; others are not."""
    told = harbor_books.with_documents("12-the-way-back.yaml")
    document = told.client.documents.order_by("pk")[0]
    before = answer_without_documents(told.client, told.at).world.documents
    all_of_it = (Correction(1, "A goodwill credit"),)
    later = told.at + timedelta(hours=1)
    invoices.credit(document, all_of_it, key="C-1", actor=harbor_books.KIM, at=later)

    after = answer_without_documents(told.client, later).world

    assert before == ()
    assert [one.draft.kind for one in after.documents] == [
        DocumentKind.INVOICE,
        DocumentKind.CREDIT_NOTE,
    ]
    assert nothing_due(after) == nothing_due(answer_for(told.client, later).world)

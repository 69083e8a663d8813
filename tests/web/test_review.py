"""The review queue: what waits, what is at stake, and a contact's word that settles it in one click."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from groundrules.core.ids import ContactId
from groundrules.records import models as books
from groundrules.services import requests, review
from groundrules.services.case_import import import_case
from groundrules.services.cases import run_case
from tests.web import harbor_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening() -> tuple[books.Client, datetime]:
    """The front desk asked, nobody with authority has spoken yet; Pat ratifies in the case only later."""
    path = harbor_books.CASES / "03-who-asked.yaml"
    case = run_case(path.read_bytes(), path).case
    at = case.questions[0].at
    return import_case(case.world, at=at, actor=harbor_books.KIM).client, at


def test_shows_what_is_missing_and_who_may_settle_it(
    evening: tuple[books.Client, datetime], client: Client
) -> None:
    """225.00 at stake, the words of the decision, and a button for Pat only; an accountant reads and can't click."""
    people = harbor_books.people(evening[1])
    client.force_login(people["technician"])

    page = client.get("/work/review/").content.decode()

    assert "$225.00</strong> at stake: Bo on SRV1 of Harbor Dental" in page
    assert "needs authority: Robin Frontdesk is not an authorised contact" in page
    assert "Pat Owner took REQ-2 over" in page
    assert "Robin Frontdesk took" not in page
    client.force_login(people["accountant"])
    assert "took REQ-2 over" not in client.get("/work/review/").content.decode()
    asked = {"client": "HARBOR", "request": "REQ-2", "contact": "PAT"}
    assert client.post("/work/review/ratify/", asked).status_code == 403


def test_a_contacts_word_settles_it(evening: tuple[books.Client, datetime]) -> None:
    """In time, Pat's word makes the hour billable; the queue is empty and the old decision stays on record."""
    harbor, at = evening
    word = review.Word("REQ-2", ContactId("PAT"))

    with pytest.raises(requests.MayNotRatify):
        review.ratify(
            harbor, review.Word("REQ-2", ContactId("ROBIN")), actor=harbor_books.ALEX, at=at
        )
    with pytest.raises(review.NothingToRatify):
        review.ratify(
            harbor, review.Word("REQ-9", ContactId("PAT")), actor=harbor_books.ALEX, at=at
        )
    decided = review.ratify(harbor, word, actor=harbor_books.ALEX, at=at)

    assert decided == 1
    assert review.waiting(at) == ()
    chain = books.Decision.objects.of_client(harbor).chain("W-DESK")
    assert [sorted(row.outcomes) for row in chain] == [["needs_person"], ["billable"]]
    with pytest.raises(requests.AlreadyRatified):
        review.ratify(harbor, word, actor=harbor_books.ALEX, at=at)


def test_one_click_notes_it_also_when_it_is_too_late(
    evening: tuple[books.Client, datetime], client: Client
) -> None:
    """Whether it came in time is the agreement's question: years later the work is not billed, and says why."""
    client.force_login(harbor_books.people(evening[1])["technician"])
    asked = {"client": "HARBOR", "request": "REQ-2", "contact": "PAT"}

    answer = client.post("/work/review/ratify/", asked, follow=True).content.decode()

    assert "Noted. 1 decision followed" in answer
    standing = books.Decision.objects.current().get(ref="W-DESK")
    assert sorted(standing.outcomes) == ["not_billable"]
    assert "AlreadyRatified" not in answer
    again = client.post("/work/review/ratify/", asked, follow=True).content.decode()
    assert "Nothing was changed. REQ-2 was ratified" in again

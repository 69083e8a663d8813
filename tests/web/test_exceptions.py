"""The decision page's two verbs: saying it to the client, and an owner's exception at the price that was shown."""

from __future__ import annotations

import pytest
from django.test import Client

from groundrules.records import models as books
from tests.web import harbor_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> harbor_books.Books:
    """Scenario 5b: 975.00 of repair is billable under 6.2."""
    return harbor_books.take_over("05b-the-same-in-april.yaml")


def standing() -> books.Decision:
    return books.Decision.objects.current().get(ref="W-SP")


def signed_in(client: Client, told: harbor_books.Books, role: str) -> Client:
    client.force_login(harbor_books.people(told.at)[role])
    return client


def test_the_page_says_it_in_the_clients_words(told: harbor_books.Books, client: Client) -> None:
    """One paragraph: what was done, under which clause, and what it comes to; no cost of ours."""
    page = signed_in(client, told, "owner").get(f"/work/{standing().number}/").content.decode()

    said = page.partition('id="say-it">')[2].partition("</p>")[0]
    assert "worked 6 h 30 min on" in said
    assert "charged under clause 6.2" in said
    assert "That comes to $975.00." in said
    assert "357.50" not in said


def test_an_exception_shows_its_price_before_it_counts(
    told: harbor_books.Books, client: Client
) -> None:
    """Asking shows the difference and writes nothing; confirming supersedes at that price."""
    owner = signed_in(client, told, "owner")
    before = standing()
    address = f"/work/{before.number}/exception/"
    asked = {"outcome": "not_billable", "reason": "Goodwill"}

    shown = owner.post(address, asked).content.decode()
    assert "-$975.00" in shown
    assert standing() == before
    answer = owner.post(address, {**asked, "difference": "-97500", "confirmed": "yes"})

    assert answer.status_code == 302
    assert set(standing().outcomes) == {"not_billable"}
    today = owner.get("/").content.decode()
    assert "Exceptions from the clauses" in today
    assert "Goodwill" in today


@pytest.mark.parametrize("role", ["technician", "accountant"])
def test_nobody_but_an_owner_makes_one(told: harbor_books.Books, client: Client, role: str) -> None:
    """Others see no form, and a request of theirs is refused with the reason."""
    other = signed_in(client, told, role)
    number = standing().number

    page = other.get(f"/work/{number}/").content.decode()
    answer = other.post(
        f"/work/{number}/exception/",
        {"outcome": "not_billable", "reason": "x", "difference": "-97500", "confirmed": "yes"},
        follow=True,
    )

    assert "Only owners can" not in page
    assert "this needs owner" in answer.content.decode()
    assert not books.Override.objects.exists()


def test_another_price_than_shown_is_not_confirmed(
    told: harbor_books.Books, client: Client
) -> None:
    """Facts that came in between are seen before they cost anything."""
    owner = signed_in(client, told, "owner")
    number = standing().number

    answer = owner.post(
        f"/work/{number}/exception/",
        {"outcome": "not_billable", "reason": "x", "difference": "-1", "confirmed": "yes"},
        follow=True,
    )

    assert "the difference is now" in answer.content.decode()
    assert not books.Override.objects.exists()

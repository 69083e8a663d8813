"""The page of billing details and taxes: what is written counts, what can not be is refused in words."""

from __future__ import annotations

import pytest
from django.test import Client

from groundrules.records import models as books
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
TAX = {"act": "tax", "starts_on": "2007-01-01", "on": "fees", "category": "S", "tax_name": "VAT"}


@pytest.fixture
def accountant(client: Client) -> Client:
    """The cards of Harbor Dental, and its accountant signed in."""
    path = harbor_books.CASES / "01-drive-array-recovery.yaml"
    case = run_case(path.read_bytes(), path).case
    keep_cards(case.world, actor=harbor_books.KIM)
    client.force_login(harbor_books.people(case.questions[-1].at)["accountant"])
    return client


def test_keeps_what_is_written_and_leaves_the_rest(accountant: Client) -> None:
    """The country stays as it was; the account of a client is no field of the form."""
    answer = accountant.post(
        "/clients/HARBOR/billing/", {"act": "details", "name": "Harbor Dental, P.S.", "vat_id": ""}
    )

    harbor = books.Client.objects.get(code="HARBOR")
    assert answer.status_code == 302
    assert (harbor.legal_name, harbor.country) == ("Harbor Dental, P.S.", "US")


def test_refuses_an_account_whose_check_digits_are_wrong(accountant: Client) -> None:
    """Nothing is changed, the reason is said, and what was typed is still there."""
    wrong = {"act": "details", "account": "DE88 3704 0044 0532 0130 00", "country": "DE"}

    answer = accountant.post("/provider/billing/", wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "check digits are wrong" in page
    assert "DE88 3704" in page
    assert books.Provider.objects.get().country == "US"


def test_adds_a_rule_and_takes_it_out(accountant: Client) -> None:
    """The rule is listed with its rate; a second one of the day is refused; taken out, it is gone."""
    ended = [
        accountant.post("/provider/billing/", {**TAX, "percent": percent}).status_code
        for percent in ("8.875", "9", "nine")
    ]
    page = accountant.get("/provider/billing/").content.decode()
    harbor = accountant.get("/clients/HARBOR/billing/").content.decode()

    accountant.post("/provider/billing/", {"act": "untax:fees:2007-01-01"})

    for wrong, why in (
        ({"starts_on": "soon"}, "&#x27;soon&#x27; is no day; write it as 2026-03-01."),
        ({"category": "x"}, "Choose what is taxed, and how."),
        ({"percent": "Infinity"}, "Nothing was changed."),
        ({"act": "untax:all"}, "There is no tax rule for"),
    ):
        assert why in accountant.post("/provider/billing/", TAX | wrong).content.decode()
    assert ended == [302, 422, 422]
    assert "VAT 8.875%" in page
    assert "VAT 8.875% on fees from 2007-01-01" in harbor
    assert not books.TaxRule.objects.exists()

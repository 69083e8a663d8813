"""The page of rates, holidays and orders: a change is the next version or a new fact, and what can't be is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.agreements.uplift import carried_to
from groundrules.records import models as books
from groundrules.services import agreement_drafts
from groundrules.services.actor import Actor
from groundrules.services.agreement_drafts import newest
from groundrules.services.world import load_world
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
ODD = ({"hourly": "Infinity"}, {"hourly": "9" * 30}, {"times-after_hours": "1e9"})
PRICES = "/clients/HARBOR/agreements/MSA-HARBOR/prices/"


def agreement() -> books.Agreement:
    """Harbor's agreement."""
    return books.Agreement.objects.get(code="MSA-HARBOR")


def in_days(days: int) -> str:
    """A day to come, as a form writes it."""
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def test_rates_and_holidays_are_the_next_versions(client: Client) -> None:
    """Only what was changed is otherwise, from a day to come on; anything else is refused and writes nothing."""
    told = harbor_books.take_over("10-work-while-suspended.yaml")
    people = harbor_books.people(told.at)
    rates = {"act": "rates", "starts": in_days(2), "hourly": "160.00", "times-after_hours": "1.5"}
    client.force_login(people["accountant"])
    assert client.post(PRICES, rates).status_code == 422
    assert "Publish version" not in client.get(PRICES).content.decode()
    client.force_login(people["owner"])
    first = newest(agreement())
    for wrong in ({"starts": "2007-03-01"}, {"hourly": "much"}, {"times-after_hours": "1/0"}, *ODD):
        assert client.post(PRICES, {**rates, **wrong}).status_code == 422
    assert newest(agreement()) == first
    typed = {**rates, "times-after_hours": "1.7", "starts": "soon"}
    assert 'value="1.7"' in client.post(PRICES, typed).content.decode()

    assert client.post(PRICES, rates).status_code == 302
    changed = newest(agreement())
    assert (changed.version, str(changed.rates.hourly)) == (first.version + 1, "$160.00")
    assert changed.clauses == first.clauses
    assert "says so already" in client.post(PRICES, rates).content.decode()

    holidays = {"act": "holidays", "starts": in_days(5), "holidays": f"{in_days(5)}, 2099-12-25"}
    assert client.post(PRICES, {**holidays, "holidays": "2001-01-01"}).status_code == 422
    assert client.post(PRICES, holidays).status_code == 302
    new = newest(agreement()).calendar.holidays - first.calendar.holidays
    assert {day.isoformat() for day in new} == {in_days(5), "2099-12-25"}


def test_the_next_version_keeps_a_yearly_rise(client: Client) -> None:
    """Other holidays state the prices of their own day; an hourly price from before the rise is refused in words."""
    told = harbor_books.take_over("10-work-while-suspended.yaml")
    owner = harbor_books.people(told.at)["owner"]
    rise = "Uplift: fees and hourly rates rise by 3 percent every year, for the first time on 2008-01-01."
    text = f"{agreement_drafts.text_of(agreement(), told.at)}\n{rise}"
    second = agreement_drafts.publish(
        agreement(), text, date(2007, 6, 1), actor=Actor.of(owner), at=told.at
    ).to_core()
    client.force_login(owner)
    since = client.get(PRICES).content.decode()

    rates = {"act": "rates", "starts": in_days(2), "hourly": "150.00", "times-after_hours": "1.5"}
    refused = client.post(PRICES, rates).content.decode()
    holidays = {"act": "holidays", "starts": in_days(5), "holidays": "2099-12-25"}
    assert client.post(PRICES, holidays).status_code == 302

    risen = carried_to(second, date.fromisoformat(in_days(5)))
    assert risen.rates.hourly.minor > 15000
    assert (newest(agreement()).rates, newest(agreement()).fees) == (risen.rates, risen.fees)
    assert f'value="{risen.rates.hourly.amount}"' in since
    assert "The hourly price is still $150.00, as before the yearly rise of" in refused
    begun = agreement_drafts.text_of(agreement(), timezone.now())
    assert f"an hour costs {risen.rates.hourly.amount} USD" in begun


def test_counts_are_written_down_by_an_accountant(client: Client) -> None:
    """A count is a fact with who said so; a block needs a clause that says what it pays for."""
    told = harbor_books.take_over("10-work-while-suspended.yaml")
    client.force_login(harbor_books.people(told.at)["accountant"])
    count = {"act": "count", "unit": "user", "count": "12", "day": "2007-03-01", "says": "Pat"}
    block = {"act": "block", "block": "BLK-1", "day": "2007-03-01", "hours": "1.5", "price": "200"}

    for wrong in ("-1", "1000001", "9" * 30):
        assert client.post(PRICES, {**count, "count": wrong}).status_code == 422
    assert client.post(PRICES, count).status_code == 302
    assert "Block sentence" in client.post(PRICES, block).content.decode()

    assert "12 users" in client.get(PRICES).content.decode()
    world = load_world(told.client, timezone.now())
    assert [(c.count, c.says) for c in world.counts] == [(12, "Pat")]
    assert world.blocks == ()


def test_a_block_shows_what_is_left(client: Client) -> None:
    """Bought by an accountant under a version with a Block sentence; work drew on it, and it expired long ago."""
    told = harbor_books.take_over("v33-a-block-of-hours.yaml")
    client.force_login(harbor_books.people(told.at)["accountant"])

    page = client.get(PRICES).content.decode()

    assert "<strong>BLK-1</strong>: expired on 2008-02-01, 0.00 h of 3.00 h unused" in page

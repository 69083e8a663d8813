"""A new client in two steps: parties and choices, then quantities; publishing writes everything or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.records import models as books
from groundrules.services.agreement_drafts import newest
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
NEW = "/clients/new/"


def answers(**changed: str) -> dict[str, str]:
    """What a newcomer types: the parties, the servers, and a day to come."""
    begins = (timezone.now() + timedelta(days=2)).date().isoformat()
    given = {"client": "Lakeside Clinic", "provider": "North IT", "contact": "Linda Lake"}
    return {**given, "servers": "FILES1\nSQL1", "begins": begins, "act": "draft", **changed}


def test_usual_answers_make_a_published_agreement(client: Client) -> None:
    """Two requests: the draft is shown proven and writes nothing; publishing keeps cards and version 1."""
    people = harbor_books.people(datetime(2026, 1, 1, tzinfo=UTC))
    client.force_login(people["technician"])
    assert client.get(NEW).status_code == 403
    client.force_login(people["owner"])
    assert "Have counsel review this wording." in client.get(NEW).content.decode()

    drafted = client.post(NEW, answers()).content.decode()
    assert "Proven" in drafted
    assert "an hour costs 150.00 USD" in drafted
    assert not books.Client.objects.exists()
    chosen = {"p-hourly": "160.00 USD", "choice-block": "block-hours", "also": "fee-per-user"}
    published = client.post(NEW, answers(act="publish", **chosen))

    assert published.status_code == 302
    agreement = books.Agreement.objects.get(client__code="LAKESIDE-CLINIC")
    version = newest(agreement)
    assert published.headers["Location"].endswith(f"/agreements/{agreement.code}/1/")
    assert (str(version.rates.hourly), sorted(version.assets)) == ("$160.00", ["FILES1", "SQL1"])
    assert version.block is not None
    assert [fee.unit for fee in version.counted_fees] == ["user"]
    assert books.Provider.objects.get().name == "North IT"
    assert client.post(NEW, answers(act="publish")).status_code == 422
    assert books.AgreementVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"client": " "}, "Nothing was answered for client"),
        ({"begins": "soon"}, "Write the day as"),
        ({"p-hourly": "much"}, "an amount such as"),
        (
            {"p-zone": "Paris", "p-hourly": "1.00 USD"},
            "Nothing was written. &quot;Paris&quot; is no time zone",
        ),
        ({"begins": "2020-01-01"}, "before"),
    ],
    ids=["no client", "no day", "no amount", "no zone", "a day gone by"],
)
def test_refuses_in_words_and_keeps_what_was_typed(
    changed: dict[str, str], says: str, client: Client
) -> None:
    """Nothing is written, and nothing typed is lost."""
    client.force_login(harbor_books.people(datetime(2026, 1, 1, tzinfo=UTC))["owner"])

    answer = client.post(NEW, answers(act="publish", **changed))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing was written." in page
    assert says in page
    assert "FILES1" in page
    assert all(f'value="{typed}"' in page for name, typed in changed.items() if name[:2] == "p-")
    assert "yaml" not in page
    assert not books.Client.objects.exists()

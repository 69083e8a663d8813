"""The agreement editor: each face edits the other, nothing typed is lost, and only what is proven is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.agreements.drafting import _PLACES
from groundrules.core.agreements.sentences import _SAY
from groundrules.records import models as books
from groundrules.services import agreement_drafts
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
PAGE = "/clients/HARBOR/agreements/MSA-HARBOR/next/"


@pytest.fixture
def owner(client: Client) -> Client:
    """Scenario 5b's books, with the owner signed in."""
    told = harbor_books.take_over("05b-the-same-in-april.yaml")
    client.force_login(harbor_books.people(told.at)["owner"])
    return client


def begun() -> str:
    """The newest version's sentences, which a draft begins from."""
    return agreement_drafts.text_of(books.Agreement.objects.get(), timezone.now())


def line_of(text: str, clause: str) -> int:
    lines = text.splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(f"Clause {clause}"))


def test_begins_from_what_is_in_force_and_is_proven(owner: Client) -> None:
    """The first look shows the newest version's own sentences, and that they are proven."""
    page = owner.get(PAGE).content.decode()

    assert "Proven" in page
    assert "Clause 6.2" in page


def test_names_the_line_and_the_place_that_cannot_be_read(owner: Client) -> None:
    """While somebody types, the judgement says which line and what is allowed there."""
    broken = begun().replace("is billable at the band", "is bilable at the band", 1)

    said = owner.post(f"{PAGE}judgement/", {"text": broken}).content.decode()

    assert "Not readable yet" in said
    assert "cannot read this sentence at character" in said


def test_shows_a_gap_in_words(owner: Client) -> None:
    """A clause taken away leaves kinds of work that nothing decides: named, not counted."""
    text = begun()
    lines = text.splitlines()
    del lines[line_of(text, "3.2") - 1]

    said = owner.post(f"{PAGE}judgement/", {"text": "\n".join(lines)}).content.decode()

    assert "Not proven" in said
    assert "maintenance" in said


def test_a_form_edits_its_sentence(owner: Client) -> None:
    """What is ticked in a clause's form becomes its sentence; the draft is saved."""
    text = begun()
    line = line_of(text, "6.2")
    form = {
        "text": text,
        "act": f"clause:{line}",
        f"c{line}-number": "6.2",
        f"c{line}-title": "Repairs after others",
        f"c{line}-work_type": ["remediation"],
        f"c{line}-cause": ["vendor_unapproved_change"],
        f"c{line}-outcome": "not_billable",
        f"c{line}-rate": "by_band",
        f"c{line}-precedence": "3.2",
    }

    owner.post(PAGE, form)

    saved = books.AgreementDraft.objects.get().text.splitlines()[line - 1]
    assert saved == (
        "Clause 6.2 (Repairs after others): work that is remediation, caused by an unapproved "
        "vendor change, is not billable. It takes precedence over clause 3.2."
    )


def test_keeps_what_cannot_be_read(owner: Client) -> None:
    """Saving never asks whether it can be read."""
    owner.post(PAGE, {"text": "Half a thou", "act": "save", "starts": ""})

    assert books.AgreementDraft.objects.get().text == "Half a thou"
    assert "Half a thou" in owner.get(PAGE).content.decode()


def test_shows_what_past_work_would_have_come_to(owner: Client) -> None:
    """Before anyone signs: the 975.00 of scenario 5b would have been nothing."""
    cheaper = begun().replace("an hour costs 150.00 USD", "an hour costs 100.00 USD")

    page = owner.post(PAGE, {"text": cheaper, "act": "compare"}).content.decode()

    assert "Charged $975.00; under this version $650.00" in page
    assert "W-SP" in page


def test_publishes_only_from_a_day_to_come(owner: Client) -> None:
    """Backdating is refused with the reason and the text kept; a day to come freezes the version."""
    text = begun()

    refused = owner.post(PAGE, {"text": text, "act": "publish", "starts": "2007-05-01"})
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    answer = owner.post(PAGE, {"text": text, "act": "publish", "starts": tomorrow})

    assert "before it was signed" in refused.content.decode()
    assert answer.status_code == 302
    newest = books.AgreementVersion.objects.order_by("-version").first()
    assert newest is not None
    assert newest.published_at is not None
    assert not books.AgreementDraft.objects.exists()


def test_is_the_owners(client: Client) -> None:
    """A technician doesn't write agreements."""
    told = harbor_books.take_over("05b-the-same-in-april.yaml")
    client.force_login(harbor_books.people(told.at)["technician"])

    assert client.get(PAGE).status_code == 403


def test_every_kind_of_sentence_has_its_place_in_a_version() -> None:
    """A new kind of sentence must not be lost from drafts."""
    assert set(_SAY) == set(_PLACES)

"""Letters of agency on their page: drafted, signed with a file, delivered, called, reminded of once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from groundrules.core.ids import ClientId, ContactId, TechnicianId
from groundrules.core.parties import Client as CoreClient
from groundrules.core.parties import Contact, Technician
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import agency, cards
from tests.cast import OLGA
from tests.portal.harbor import Harbor

pytestmark = pytest.mark.django_db
PAGE = "/vendors/harbor/V1/agency/"
PDF = b"%PDF-1.7 signed by Pat"


@pytest.fixture
def office(harbor: Harbor, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """This fixture will sign a technician in, with the names a letter needs on record."""
    monkeypatch.setattr(settings, "GROUNDRULES_ONCALL", "oncall@castle-it.example")
    pat = Contact(ContactId("PAT"), "Pat Owner", "owner", email="pat@harbor.example")
    card = CoreClient(
        ClientId(harbor.client.code),
        "Harbor Dental",
        "America/New_York",
        "USD",
        contacts=(pat,),
        address="12 Quay Street",
    )
    cards.keep_client(card, actor=OLGA, at=timezone.now())
    cards.keep(Technician(TechnicianId("T"), "Tariq"), actor=OLGA, at=timezone.now())
    client.force_login(
        User.objects.create(email="tariq@castle-it.example", name="Tariq", role=Role.TECHNICIAN)
    )
    return client


def draft(office: Client) -> None:
    """A letter begun on the page."""
    said = {"act": "begin", "people": ["Tariq"], "signer": "Pat Owner", "months": "12"}
    assert office.post(PAGE, said).status_code == 302


def step(office: Client, name: str, **more: object) -> int:
    """One step noted on the page."""
    return office.post(PAGE, {"act": "step", "letter": "LOA-1", "step": name} | more).status_code


def stands() -> str:
    """How the letter reads."""
    return books.LetterOfAgency.objects.current().get(ref="LOA-1").to_core().steps[-1].step.value


class TestLetters:
    """The page."""

    def test_takes_a_letter_from_draft_to_call(self, office: Client) -> None:
        """The text is among the letters, the signed file is kept and given out again, the call has an outcome."""
        draft(office)
        assert books.LetterDraft.objects.get(kind="letter of agency").client.code == "harbor"
        assert step(office, "sent for signature") == 302
        file = SimpleUploadedFile("loa signed.pdf", PDF, "application/pdf")
        assert step(office, "signed", file=file, signed_by="Pat Owner") == 302
        assert step(office, "delivered") == 302
        assert step(office, "call made") == 422
        assert step(office, "call made", says="Ray answers support calls") == 302

        page = office.get(PAGE).content.decode()
        assert "LOA-1: in force" in page
        assert "Ray answers support calls" in page
        given = office.get("/vendors/harbor/agency/LOA-1/file/")
        assert given.content == PDF
        assert given.headers["Content-Type"] == "application/pdf"

    @pytest.mark.parametrize(
        ("name", "content"), [("loa.docx", PDF), ("loa.pdf", b"PK\x03\x04 a docx renamed")]
    )
    def test_never_takes_what_can_be_edited(
        self, office: Client, name: str, content: bytes
    ) -> None:
        """Scenario 14: neither a .docx nor one that is only called .pdf."""
        draft(office)
        file = SimpleUploadedFile(name, content)

        assert step(office, "signed", file=file, signed_by="Pat") == 422

        assert stands() == "drafted"

    def test_says_what_a_letter_lacks(self, office: Client) -> None:
        """Without a named person of ours nothing is drafted."""
        answer = office.post(PAGE, {"act": "begin", "signer": "Pat", "months": "12"})

        assert answer.status_code == 422
        assert "lacks a named person of the provider" in answer.content.decode()
        assert not books.LetterOfAgency.objects.exists()


class TestRemind:
    """Reminders."""

    def test_tell_on_call_once(self, office: Client, harbor: Harbor) -> None:
        """A letter that is not back from the client is chased by one mail."""
        draft(office)
        step(office, "sent for signature")
        later = timezone.now() + timedelta(days=7)

        assert [len(agency.remind(at=later)) for _ in range(2)] == [1, 0]

        (mail,) = harbor.mails("letter of agency LOA-1")
        assert "is not back yet" in mail.get_content()


def test_a_refused_letter_keeps_its_ticks(office: Client) -> None:
    """No server ticked means all servers, and a person whose tick was taken away stays out."""
    said = {"act": "begin", "people": [], "assets": ["SRV1"], "signer": "Pat Owner", "months": "x"}

    page = office.post(PAGE, said).content.decode()

    assert 'name="assets" value="SRV1" checked' in page
    assert 'name="people" value="Tariq">' in page

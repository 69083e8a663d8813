"""Signing behind the door: a human with a code signs the exact document once; nobody and nothing else does."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groundrules.core.signatures import SignatureRefused
from groundrules.records import models as books
from groundrules.records.models import RawEvidence, SealLeaf, Signature, SignatureRequest
from groundrules.services import agency, agreement_drafts, agreements, signing
from groundrules.services.agency import NewLetter
from tests.portal.test_door import Behind
from tests.web.harbor_books import ALEX, KIM

SCAN = b"\x89PNG\r\n\x1a\n a page with ink on it"


class TestSigning(Behind):
    """A letter of agency to Rogue waits for Pat's signature."""

    asked: ClassVar[SignatureRequest]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled, and Pat asked, once for the class."""
        super().setUpTestData()
        now = timezone.now() - timedelta(hours=1)
        vendor = books.Vendor.objects.get(code="V1")
        books.Client.objects.filter(pk=cls.client_row.pk).update(address="12 Quay Street")
        cls.client_row.refresh_from_db()
        wanted = NewLetter(12, (), ("Alex Tech",), "Pat Owner")
        row = agency.begin(wanted, vendor, client=cls.client_row, actor=ALEX, at=now)
        pat = cls.client_row.contacts.get(code="PAT")
        cls.asked = signing.ask_agency(row.ref, pat, actor=ALEX, at=now)

    def href(self, token: str = "", row: SignatureRequest | None = None) -> str:
        """Where it is signed."""
        return f"/c/{token or self.pat}/sign/{(row or self.asked).pk}/"

    def form(self, **more: object) -> dict[str, object]:
        """What the page's form holds, filled in."""
        typed: dict[str, object] = {
            "digest": self.asked.document.digest,
            "typed_name": "Pat Owner",
            "step": "sign",
        }
        return typed | more

    def sign(self, **more: object) -> tuple[int, str]:
        """Pat asks for a code and signs with it."""
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(self.href(), {"step": "code"})
        answer = self.client.post(self.href(), self.form(code=self.code(), **more))
        return answer.status_code, answer.content.decode()

    def letter(self) -> str:
        """How the letter of agency stands: its last step."""
        row = agency.letter_row(self.client_row, self.asked.about)
        return row.to_core().steps[-1].step.value

    def test_takes_a_name_and_a_code_and_seals_the_evidence(self) -> None:
        """The letter is signed by it; document and evidence page are one PDF, frozen and sealed."""
        assert "To sign" in self.read(self.pat)[1]
        assert self.sign()[0] == 302

        signature = Signature.objects.get()
        letter = agency.letter_row(self.client_row, self.asked.about).to_core()
        told = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=bytes(signature.file.content),
            capture_output=True,
            check=True,
        ).stdout.decode()
        assert self.letter() == "signed"
        assert (letter.file_digest, letter.signed_by) == (signature.file.digest, "Pat Owner")
        assert "Evidence of signature" in told
        assert self.asked.document.digest in "".join(told.split())
        assert "127.0.0.1" in told
        sealed = RawEvidence.objects.filter(format="signature", client=self.client_row)
        assert SealLeaf.objects.filter(evidence__in=sealed).count() == 2
        saved = self.client.get(f"{self.href()}signed/")
        assert "attachment" in saved["Content-Disposition"]
        assert "To sign" not in self.read(self.pat)[1]
        assert self.sign()[0] == 422
        assert Signature.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Signature.objects.update(typed_name="Somebody")

    def test_signs_nothing_for_scanners_strangers_or_guesses(self) -> None:
        """Reading, posting every button, a wrong code, another name or digest, another person's link."""
        for _ in range(2):
            assert self.client.get(self.href()).status_code == 200
            assert self.client.head(self.href()).status_code == 200
            assert self.client.get(f"{self.href()}document.pdf").status_code == 200
        for form in ({}, {"step": "code"}, self.form(), self.form(code="000000")):
            self.client.post(self.href(), form)
        assert self.sign(typed_name="Robin")[0] == 422
        assert "has changed" in self.sign(digest="ab" * 32)[1]
        consultant = self.let_in(areas=["servers", "letters"])
        for token in (self.robin, consultant):
            assert self.client.get(self.href(token)).status_code == 404
            assert self.client.post(self.href(token), self.form(code="1")).status_code == 404

        assert not Signature.objects.exists()
        assert self.letter() == "sent for signature"

    def test_takes_a_scan_by_its_content(self) -> None:
        """A picture is taken under any name, and only given out to save; a document that can be edited is not."""
        renamed = SimpleUploadedFile("signed.pdf", b"PK\x03\x04 word/document.xml")
        status, page = self.sign(scan=renamed)
        assert status == 422
        assert "could be edited after signing" in page
        assert not Signature.objects.exists()

        assert self.sign(scan=SimpleUploadedFile("page.docx", SCAN))[0] == 302

        signature = Signature.objects.get()
        assert signature.scanned
        assert bytes(signature.file.content) == SCAN
        saved = self.client.get(f"{self.href()}signed/")
        assert saved["X-Content-Type-Options"] == "nosniff"
        assert saved["Content-Disposition"] == f'attachment; filename="{self.asked}.png"'

    def test_refuses_what_was_drafted_anew_or_asked_again(self) -> None:
        """The text is another one, or a newer request stands: nobody signs what they did not see."""
        books.LetterDraft.objects.filter(kind="letter of agency").update(digest="cd" * 32)
        assert "has changed" in self.sign()[1]
        pat = self.client_row.contacts.get(code="PAT")
        again = signing.ask_agency(self.asked.about, pat, actor=ALEX, at=timezone.now())

        assert "has changed" in self.sign()[1]
        assert signing.to_sign(pat) == (again,)
        assert not Signature.objects.exists()

    def test_asks_only_who_may_sign(self) -> None:
        """The receptionist may not, and neither is a version asked for that is not published."""
        robin = self.client_row.contacts.get(code="ROBIN")
        with pytest.raises(SignatureRefused, match="may not sign"):
            signing.ask_agency(self.asked.about, robin, actor=ALEX, at=timezone.now())

    def test_signs_a_published_version_of_the_agreement(self) -> None:
        """Its sentences are the document, its digest is on it, and it is signed once."""
        version = books.AgreementVersion.objects.filter(published_at__isnull=False).order_by("pk")[
            0
        ]
        pat = self.client_row.contacts.get(code="PAT")
        row = signing.ask_agreement(version, pat, actor=KIM, at=timezone.now())
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(self.href(row=row), {"step": "code"})
        form = self.form(code=self.code(), digest=row.document.digest)

        assert self.client.post(self.href(row=row), form).status_code == 302

        assert Signature.objects.get().request.kind == "agreement"
        with pytest.raises(SignatureRefused, match="signed already"):
            signing.ask_agreement(version, pat, actor=KIM, at=timezone.now())

    def test_publishes_nothing_without_the_signature_that_was_chosen(self) -> None:
        """In the editor: chosen, refused without it, and put before who may sign; the page says who is waited for."""
        agreement, page, form = self.next_version()

        alone = self.owner().post(page, form | {"act": "publish"}).content.decode()
        nobody = self.owner().post(page, form | {"act": "ask", "signer": "ROBIN"}).content.decode()
        asked = self.owner().post(page, form | {"act": "ask", "signer": "PAT"}, follow=True)

        assert "published by the client&#x27;s signature" in alone
        assert "may not sign" in nobody
        assert "waits for the signature of Pat Owner" in asked.content.decode()
        assert agreement.versions.filter(published_at__isnull=True).count() == 1
        self.owner().post(page, form | {"act": "choose-signing"})
        agreement.refresh_from_db()
        assert not agreement.client_signs

    def test_publishes_the_next_version_by_its_signature(self) -> None:
        """It is in force from its day and signed when it was; once that day has begun, nothing is signed."""
        agreement, page, form = self.next_version()
        self.owner().post(page, form | {"act": "ask", "signer": "PAT"})
        version = agreement.versions.get(published_at__isnull=True)
        row = books.SignatureRequest.objects.get(kind="agreement")

        link = books.PortalLink.objects.filter(contact__code="PAT").order_by("-pk")[0]
        given = signing.Given(row.document.digest, "Pat Owner", "000000")
        begun = version.in_force_from + timedelta(seconds=1)
        with pytest.raises(SignatureRefused, match="Nothing is backdated"):
            signing.sign(row, given, link, begun)
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(self.href(row=row), {"step": "code"})
        signed = self.form(code=self.code(), digest=row.document.digest)
        assert self.client.post(self.href(row=row), signed).status_code == 302

        version.refresh_from_db()
        signature = Signature.objects.get()
        assert version.published_at == version.signed_at == signature.recorded_at
        assert agreements.signature_of(version) == signature
        assert "was signed by Pat Owner" in self.owner().get(page).content.decode()

    def next_version(self) -> tuple[books.Agreement, str, dict[str, str]]:
        """The client signs each version; the editor's address, and its form as it opens, for a month from now."""
        agreement = self.client_row.agreements.get()
        now = timezone.now()
        agreements.choose_signing(agreement, client_signs=True, actor=KIM, at=now)
        page = reverse("web:agreement-editor", args=[self.client_row.code, agreement.code])
        starts = f"{now + timedelta(days=30):%Y-%m-%d}"
        return agreement, page, {"text": agreement_drafts.text_of(agreement, now), "starts": starts}

    def owner(self) -> Client:
        """Kim, signed in."""
        browser = Client()
        user, _ = books.User.objects.get_or_create(
            email=KIM.label, defaults={"name": "Kim", "role": "owner"}
        )
        browser.force_login(user)
        return browser

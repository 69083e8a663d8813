"""Letters signed as PDF where a certificate is set, and never sent unsigned instead."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.conf import settings
from django.test import TestCase
from pytest_django import Settings

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.services import letter_signing, letters
from groundrules.services.doctor.machine import look_at_letter_certificate
from groundrules.services.letter_signing import LetterUnsigned
from groundrules.services.receiving.worker import send_letters
from tests.own_certificate import ENDS, PASSWORD, authority, write_certificate
from tests.web.harbor_books import ALEX, KIM, Books, take_over


class TestSignedLetters(TestCase):
    """The letters of a suspended server, and a certificate that holds in 2007."""

    told: ClassVar[Books]
    approved: ClassVar[dict[str, books.LetterDraft]]
    folder: Path

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class, and every letter approved."""
        cls.told = take_over("10-work-while-suspended.yaml")
        drafts = letters.draft(client=cls.told.client, actor=ALEX, at=cls.told.at)
        cls.approved = {d.kind: letters.approve(draft=d, actor=KIM, at=cls.told.at) for d in drafts}

    @pytest.fixture(autouse=True)
    def _certificate(
        self, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        password = tmp_path / "password"
        password.write_bytes(PASSWORD + b"\n")
        settings.GROUNDRULES_LETTER_CERTIFICATE = str(write_certificate(tmp_path))
        settings.GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE = str(password)
        self.folder, self.capsys = tmp_path, capsys

    def test_freezes_the_signed_bytes(self) -> None:
        """What is kept under its digest is signed, by whom is on record, and the command says so."""
        sent = letters.send(draft=self.approved["right of reply"], actor=KIM, at=self.told.at)
        root = self.folder / "root.pem"
        root.write_bytes(authority().pem())

        assert sent.pdf is not None
        assert hashlib.sha256(sent.pdf.content).hexdigest() == sent.pdf.digest
        assert sent.signed_by.startswith(
            "Greenway IT Services (vouched for by Test Root, valid to 2008-01-01, certificate "
        )
        assert letter_signing.verify_letter(sent, root).holds
        assert main(["letter", "verify", sent.draft.ref, "--trust", str(root)]) == Exit.OK
        said = self.capsys.readouterr().out
        assert "It is the file that was kept when it was sent." in said
        assert "Signed by  Common Name: Greenway IT Services" in said
        assert "trusted    yes, by the certificates you named" in said

    def test_does_not_sign_for_the_client(self) -> None:
        """A letter on the client's paper is theirs to sign, also while our certificate is over."""
        row = self.approved["vendor instruction"]
        letters.queue(draft=row, actor=KIM, at=self.told.at + timedelta(days=400))
        sent = letters.send(draft=row, actor=KIM, at=self.told.at)

        assert sent.signed_by == ""
        assert main(["letter", "verify", row.ref, "--json"]) == Exit.CHECK_FAILED
        assert json.loads(self.capsys.readouterr().out)["signatures"] == []

    def test_tells_who_sends_that_it_cannot_be_signed(self) -> None:
        """Over, shut or gone: the person is told what to do, and the letter stays as it is."""
        row = self.approved["right of reply"]
        late = ENDS + timedelta(days=1)

        with pytest.raises(
            LetterUnsigned, match=r"no letter leaves unsigned: .* ended on 2008-01-01"
        ):
            letters.queue(draft=row, actor=KIM, at=late)
        Path(settings.GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE).write_bytes(b"wrong\n")
        with pytest.raises(LetterUnsigned, match="its password is another"):
            letters.send(draft=row, actor=KIM, at=self.told.at)
        Path(settings.GROUNDRULES_LETTER_CERTIFICATE).unlink()
        with pytest.raises(LetterUnsigned, match="cannot be read"):
            letters.send(draft=row, actor=KIM, at=self.told.at)
        row.refresh_from_db()
        assert (row.state, row.leaves_at) == (row.APPROVED, None)
        assert not books.Letter.objects.filter(draft=row).exists()

    def test_waits_without_holding_up_the_others(self) -> None:
        """What is due and cannot be signed waits; the client's own leaves; the worker says it did not go well."""
        ours, theirs = self.approved["right of reply"], self.approved["vendor instruction"]
        for row in (ours, theirs):
            letters.queue(draft=row, actor=KIM, at=self.told.at)
        late = ENDS + timedelta(days=1)

        assert send_letters(late) is False
        assert not books.Letter.objects.filter(draft=ours).exists()
        assert books.Letter.objects.filter(draft=theirs).exists()
        assert "ended on 2008-01-01" in look_at_letter_certificate(late).says
        assert send_letters(self.told.at + timedelta(hours=1)) is True
        assert books.Letter.objects.get(draft=ours).signed_by

    def test_says_what_cannot_be_verified(self) -> None:
        """A file that is no PDF, and a letter nobody knows."""
        other = self.folder / "mail.txt"
        other.write_text("Dear Pat")

        assert main(["letter", "verify", str(other)]) == Exit.BAD_INPUT
        assert main(["letter", "verify", "LTR-NONE"]) == Exit.NOT_FOUND
        said = self.capsys.readouterr().err
        assert "mail.txt: it is no PDF we can read" in said
        assert "groundrules letter list names the letters" in said

"""PDF signatures: made with a certificate of the tests' own, judged by pyHanko, and looked at by other programs."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from groundrules.gateways.letter_certificate import (
    CertificateUnusable,
    read_certificate,
    refuse_unfit,
)
from groundrules.gateways.pdf_signing import NotReadable, sign_pdf, signatures_of
from groundrules.renderers.pdf_letter import render_letter
from groundrules.renderers.pdf_picture import page_count, page_picture
from tests.own_certificate import BEGINS, ENDS, PASSWORD, authority, write_certificate
from tests.renderers.test_documents import AT, CONTEXT, DRAFT

LETTER = render_letter(DRAFT, CONTEXT)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The letter, signed."""
    certificate = read_certificate(write_certificate(tmp_path_factory.mktemp("p12")), PASSWORD)
    return sign_pdf(LETTER, certificate, reason="Letter LTR-9", at=AT)


class TestSignPdf:
    def test_adds_a_signature_that_anybody_can_check(self, signed: bytes) -> None:
        """Its holder, its time, all of the file, and a root that vouches for it."""
        (found,) = signatures_of(signed, [authority().root])

        assert "Greenway IT Services" in found.holder
        assert found.claimed_at == AT
        assert (found.is_intact, found.is_whole, found.trusted) == (True, True, True)
        assert b"/ETSI.CAdES.detached" in signed

    def test_changes_nothing_of_what_was_typeset(self, signed: bytes) -> None:
        """The letter's own bytes come first, its pages look the same, and other programs open it."""
        assert signed.startswith(LETTER)
        assert page_count(signed) == page_count(LETTER)
        assert page_picture(signed, 1) == page_picture(LETTER, 1)
        with pikepdf.open(io.BytesIO(signed)) as opened:
            assert opened.check_pdf_syntax() == []


class TestSignaturesOf:
    def test_sees_a_changed_letter(self, signed: bytes) -> None:
        """One other byte, and it is not what was signed."""
        at = LETTER.index(b"stream\n") + 20
        other = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]

        (found,) = signatures_of(other, [authority().root])

        assert not found.is_intact

    def test_sees_what_was_added_behind(self, signed: bytes) -> None:
        """A signature that covers a part only is said to."""
        (found,) = signatures_of(signed + b"\n% more\n", [authority().root])

        assert found.is_intact
        assert not found.is_whole

    def test_trusts_named_roots_only(self, signed: bytes) -> None:
        """Another root does not vouch for it; without one nothing is said about trust."""
        assert signatures_of(signed, [authority("Other Root").root])[0].trusted is False
        assert signatures_of(signed, [])[0].trusted is None
        assert signatures_of(LETTER, []) == ()

    def test_refuses_what_is_no_pdf(self) -> None:
        """Some other file is bad input."""
        with pytest.raises(NotReadable):
            signatures_of(b"Dear Pat", [])


class TestCertificate:
    def test_is_refused_outside_its_time(self, tmp_path: Path) -> None:
        """Before it begins, and after it ended."""
        held = read_certificate(write_certificate(tmp_path), PASSWORD)

        refuse_unfit(held, BEGINS)
        with pytest.raises(
            CertificateUnusable, match=r"ended on 2008-01-01 00:00 UTC; bring a new one"
        ):
            refuse_unfit(held, ENDS + timedelta(seconds=1))
        with pytest.raises(CertificateUnusable, match=r"begins on 2007-01-01 00:00 UTC only"):
            refuse_unfit(held, BEGINS - timedelta(seconds=1))

    def test_is_refused_for_another_use(self, tmp_path: Path) -> None:
        """A certificate made for encryption signs no letter."""
        held = read_certificate(write_certificate(tmp_path, signs=False), PASSWORD)

        with pytest.raises(CertificateUnusable, match="not made to sign documents"):
            refuse_unfit(held, AT)

    def test_says_what_is_wrong_with_its_file(self, tmp_path: Path) -> None:
        """Missing, shut, or no such file: each with what to do."""
        file = write_certificate(tmp_path)
        other = tmp_path / "letter.txt"
        other.write_text("Dear Pat")

        with pytest.raises(CertificateUnusable, match=r"cannot be read \(No such file"):
            read_certificate(tmp_path / "gone.p12", PASSWORD)
        with pytest.raises(
            CertificateUnusable, match="its password is another; set GROUNDRULES_LETTER"
        ):
            read_certificate(file, b"wrong")
        with pytest.raises(CertificateUnusable, match="no PKCS#12 file"):
            read_certificate(other, PASSWORD)

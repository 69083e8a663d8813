"""Signing: what is taken for a scan, and what the evidence says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundrules.core.signatures import (
    LARGEST_SCAN,
    ScanKind,
    SignatureRefused,
    Signing,
    check_document,
    check_name,
    evidence_of,
    scan_kind,
)


class TestScanKind:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"%PDF-1.7 ...", ScanKind.PDF),
            (b"\x89PNG\r\n\x1a\n...", ScanKind.PNG),
            (b"\xff\xd8\xff\xe0...", ScanKind.JPEG),
        ],
    )
    def test_is_what_the_bytes_say(self, content: bytes, kind: ScanKind) -> None:
        """A name plays no part."""
        assert scan_kind(content) is kind

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"PK\x03\x04word/document.xml", "Word, OpenDocument"),
            (b"\xd0\xcf\x11\xe0", "old Word"),
            (b"{\\rtf1 hello", "rich text"),
            (b"\n <!doctype html><script>", "web page"),
            (b"<svg onload=alert(1)>", "web page"),
            (b"I agree. Pat", "something else"),
            (b"MZ\x90", "something else"),
            (b"GIF89a", "something else"),
            (b" %PDF-1.7", "something else"),
            (b"", "empty"),
            (b"%PDF-" + b"x" * LARGEST_SCAN, "larger than 10 MB"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_is_never_what_can_be_edited_or_run(self, content: bytes, says: str) -> None:
        """Each is refused with a word of what it is."""
        with pytest.raises(SignatureRefused, match=says):
            scan_kind(content)


class TestChecks:
    def test_take_the_name_as_it_is_on_record(self) -> None:
        """Case and spaces do not matter; another name does."""
        check_name("  pat   OWNER ", "Pat Owner")

        with pytest.raises(SignatureRefused, match="Pat Owner"):
            check_name("Pat", "Pat Owner")

    def test_refuse_a_document_that_changed(self) -> None:
        """Another digest than was asked for, or a text that was drafted anew."""
        check_document("ab", "ab", unchanged=True)

        for seen, unchanged in (("cd", True), ("", True), ("ab", False)):
            with pytest.raises(SignatureRefused, match="changed"):
                check_document(seen, "ab", unchanged=unchanged)


def test_evidence_says_who_when_how_and_what() -> None:
    """The digest whole, the time in the site's zone and in UTC, and where the code went."""
    signing = Signing(
        "Letter of agency",
        "Pat Owner",
        "owner",
        "pat@harbor.example",
        "Pat Owner",
        datetime(2007, 3, 20, 17, 30, 5, tzinfo=UTC),
        "203.0.113.9",
        "ab" * 32,
    )

    said = "\n".join(evidence_of(signing, "America/Los_Angeles"))

    for part in ("ab" * 32, "Tue 2007-03-20 10:30 PDT", "17:30:05 UTC", "203.0.113.9", "owner"):
        assert part in said
    assert "mailed to pat@harbor.example" in said
    assert "scanned" not in said

"""Signing a document without paper: what is refused, and what the evidence of a signature says.

A scan counts by what its bytes are, never by its name; what can be edited after signing is refused in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from groundrules.core.calendars import zone_label
from groundrules.core.periods import utc

LARGEST_SCAN = 10 * 1024 * 1024
_BEGINS = 512


class SignatureRefused(ValueError):
    """The document can't be signed like this; the message says why, and what to do. Nothing was signed."""


class ScanKind(StrEnum):
    """What a scanned signature may be."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"

    @property
    def media_type(self) -> str:
        """The media type it is kept under."""
        return _MEDIA[self]


_MEDIA = {
    ScanKind.PDF: "application/pdf",
    ScanKind.PNG: "image/png",
    ScanKind.JPEG: "image/jpeg",
}
_FINAL = (
    (b"%PDF-", ScanKind.PDF),
    (b"\x89PNG\r\n\x1a\n", ScanKind.PNG),
    (b"\xff\xd8\xff", ScanKind.JPEG),
)
_EDITABLE = (
    (b"PK\x03\x04", "a Word, OpenDocument or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"{\\rtf", "a rich text file"),
    (b"<", "a web page"),
)


def scan_kind(content: bytes) -> ScanKind:
    """This function will say what a scan is by its first bytes; raises SignatureRefused for anything but a picture."""
    if not content:
        message = "The file is empty. Choose the scanned page again."
        raise SignatureRefused(message)
    if len(content) > LARGEST_SCAN:
        message = "The file is larger than 10 MB; scan it smaller."
        raise SignatureRefused(message)
    found = next((kind for begins, kind in _FINAL if content.startswith(begins)), None)
    if found is None:
        start = content[:_BEGINS].lstrip()
        what = next(
            (says for begins, says in _EDITABLE if start.startswith(begins)), "something else"
        )
        message = (
            f"The file is {what}: it could be edited after signing. Sign the printed page, and scan it as PDF, PNG or "
            "JPEG; or sign here by typing your name."
        )
        raise SignatureRefused(message)
    return found


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature as it is given: who, with which typed name, when, from where, of which bytes."""

    title: str
    signer: str
    role: str
    mailed_to: str
    typed_name: str
    at: datetime
    address: str
    digest: str
    scanned: bool = False


def check_name(typed: str, signer: str) -> None:
    """This function will refuse another name than the signer's; raises SignatureRefused."""
    if " ".join(typed.split()).casefold() != " ".join(signer.split()).casefold():
        message = f"Type your name as we know it: {signer}."
        raise SignatureRefused(message)


def check_document(seen: str, asked: str, *, unchanged: bool) -> None:
    """This function will refuse a document that is not the one that was shown; raises SignatureRefused."""
    if seen != asked or not unchanged:
        message = "The document has changed since it was sent to you. Ask us for the new one; nothing was signed."
        raise SignatureRefused(message)


def evidence_of(signing: Signing, zone: str) -> tuple[str, ...]:
    """This function will state what is known of a signature, as its evidence page prints it."""
    how = (
        "uploaded the scanned page and"
        if signing.scanned
        else "read the document behind their personal link and"
    )
    return (
        f"Document: {signing.title}",
        f"SHA-256 of the exact PDF that was shown: {signing.digest}",
        f"Signed by: {signing.typed_name} (typed by the signer)",
        f"On record as: {signing.signer}{f', {signing.role}' if signing.role else ''}",
        f"How: the signer {how} typed a code of six digits that was mailed to {signing.mailed_to} and works once.",
        f"When: {zone_label(signing.at, zone)} ({utc(signing.at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)",
        f"Network address, as our server saw it: {signing.address or 'not known'}",
    )

"""Letters signed as PDF (PAdES), where a certificate is set: before they are frozen, so that what is kept is signed.

A certificate that is missing, shut or over stops the letter: it never leaves unsigned instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography import x509
from django.conf import settings

from groundrules.gateways.letter_certificate import (
    Certificate,
    CertificateUnusable,
    FoundSignature,
    read_certificate,
    refuse_unfit,
)
from groundrules.records import models as books

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "FoundSignature",
    "LetterUnsigned",
    "NotVerifiable",
    "Signed",
    "Standing",
    "Verdict",
    "files",
    "refuse_unsigned",
    "sign",
    "standing",
    "verify_file",
    "verify_letter",
]
_EXTRA = "signing letters needs pyHanko; install it with: pip install 'groundrules[signing]'"


class LetterUnsigned(ValueError):
    """A letter that is to be signed cannot be signed now, so it does not leave."""


class NotVerifiable(ValueError):
    """There is nothing here whose signature could be looked at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How signing stands: by whom letters are signed now (nobody where none is set), or what is in the way."""

    by: str = ""
    ends_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A PDF as it leaves, and who signed it; nobody where letters are not signed."""

    pdf: bytes
    by: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a PDF's signatures say, and whether the file is the one that was kept (None: nothing to compare with)."""

    signatures: tuple[FoundSignature, ...]
    is_kept: bool | None = None

    @property
    def holds(self) -> bool:
        """Whether somebody signed all of it, nothing was changed since, and nobody named to trust is missing."""
        return (
            bool(self.signatures)
            and all(s.is_intact and s.is_whole and s.trusted is not False for s in self.signatures)
            and self.is_kept is not False
        )


def standing(at: datetime) -> Standing:
    """This function will say whether letters are signed now, by whom, or why they cannot be."""
    try:
        certificate = _certificate(at)
    except LetterUnsigned as problem:
        return Standing(problem=str(problem))
    return Standing(certificate.sentence, certificate.ends_at) if certificate else Standing()


def files() -> tuple[str, str]:
    """This function will name the certificate's file and its password's, empty where none is set."""
    return (
        settings.GROUNDRULES_LETTER_CERTIFICATE,
        settings.GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE,
    )


def refuse_unsigned(at: datetime) -> None:
    """This function will refuse to let a letter go on its way that could not be signed; raises LetterUnsigned."""
    _certificate(at)


def sign(pdf: bytes, reason: str, *, at: datetime) -> Signed:
    """This function will sign a letter's PDF, or return it as it is where no certificate is set.

    Raises LetterUnsigned.
    """
    certificate = _certificate(at)
    if certificate is None:
        return Signed(pdf)
    signing = _signing()
    try:
        return Signed(
            signing.sign_pdf(pdf, certificate, reason=reason, at=at), certificate.sentence
        )
    except signing.SigningFailed as failed:
        raise LetterUnsigned(str(failed)) from failed


def verify_letter(letter: books.Letter, trusted: Path | None = None) -> Verdict:
    """This function will judge the signatures in a sent letter's PDF, and that it is what was kept.

    Raises NotVerifiable.
    """
    if letter.pdf is None:
        message = f"{letter.ref} has no PDF"
        raise NotVerifiable(message)
    content = bytes(letter.pdf.content)
    is_kept = hashlib.sha256(content).hexdigest() == letter.pdf.digest
    return Verdict(_found(content, trusted), is_kept)


def verify_file(file: Path, trusted: Path | None = None) -> Verdict:
    """This function will judge the signatures in a PDF file; raises NotVerifiable."""
    return Verdict(_found(_read(file), trusted))


def _found(pdf: bytes, trusted: Path | None) -> tuple[FoundSignature, ...]:
    signing = _signing()
    try:
        return cast("tuple[FoundSignature, ...]", signing.signatures_of(pdf, _roots(trusted)))
    except signing.NotReadable as error:
        raise NotVerifiable(str(error)) from error


def _roots(file: Path | None) -> list[x509.Certificate]:
    if file is None:
        return []
    try:
        return x509.load_pem_x509_certificates(_read(file))
    except ValueError as error:
        message = f"{file} holds no certificates in PEM form"
        raise NotVerifiable(message) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror})"
        raise NotVerifiable(message) from error


def _certificate(at: datetime) -> Certificate | None:
    named = settings.GROUNDRULES_LETTER_CERTIFICATE
    if not named:
        return None
    try:
        certificate = read_certificate(Path(named), _password())
        refuse_unfit(certificate, at)
    except CertificateUnusable as problem:
        message = f"no letter leaves unsigned: {problem}"
        raise LetterUnsigned(message) from problem
    _signing()
    return certificate


def _password() -> bytes:
    file = settings.GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE
    if not file:
        return str(settings.GROUNDRULES_LETTER_CERTIFICATE_PASSWORD).encode()
    try:
        return Path(file).read_bytes().split(b"\n", 1)[0].strip()
    except OSError as error:
        message = f"the password of the certificate for letters, {file}, cannot be read ({error.strerror})"
        raise CertificateUnusable(message) from error


def _signing() -> ModuleType:
    """The gateway through pyHanko, loaded when it is needed first."""
    try:
        return import_module("groundrules.gateways.pdf_signing")
    except ModuleNotFoundError as missing:
        raise LetterUnsigned(_EXTRA) from missing

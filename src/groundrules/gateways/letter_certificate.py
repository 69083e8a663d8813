"""The certificate letters are signed with: a PKCS#12 file (`.p12`, `.pfx`) that stays where its owner keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

_NEW = "bring a new one, or unset GROUNDRULES_LETTER_CERTIFICATE to send letters unsigned"


class CertificateUnusable(RuntimeError):
    """The certificate cannot be read, or may not sign letters now; its words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A private key with its certificate and the ones above it."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    leaf: x509.Certificate
    above: tuple[x509.Certificate, ...]

    @property
    def holder(self) -> str:
        """Who it names."""
        return name_of(self.leaf.subject)

    @property
    def ends_at(self) -> datetime:
        """The last instant it holds."""
        return self.leaf.not_valid_after_utc

    @property
    def sentence(self) -> str:
        """Who signs by it: the holder, who vouches for them, until when, and what names the certificate."""
        issuer = name_of(self.leaf.issuer)
        digest = self.leaf.fingerprint(SHA256()).hex()[:16]
        return f"{self.holder} (vouched for by {issuer}, valid to {self.ends_at:%Y-%m-%d}, certificate {digest})"


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature as it was found in a PDF; `trusted` is None where no root was named to trust."""

    holder: str
    issuer: str
    claimed_at: datetime | None
    is_intact: bool
    is_whole: bool
    trusted: bool | None
    problem: str = ""


def name_of(name: x509.Name) -> str:
    """This function will return what people call the holder of a certificate."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def read_certificate(file: Path, password: bytes) -> Certificate:
    """This function will open a PKCS#12 file; raises CertificateUnusable when it is missing, shut, or no such file."""
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"the certificate for letters, {file}, cannot be read ({error.strerror}); {_NEW}"
        raise CertificateUnusable(message) from error
    try:
        key, leaf, above = pkcs12.load_key_and_certificates(content, password or None)
    except (ValueError, TypeError) as error:
        message = (
            f"{file} does not open: it is no PKCS#12 file, or its password is another; set "
            "GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE to a file with the password on its first line"
        )
        raise CertificateUnusable(message) from error
    if leaf is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        message = f"{file} holds no certificate with an RSA or elliptic key; {_NEW}"
        raise CertificateUnusable(message)
    return Certificate(key, leaf, tuple(above))


def refuse_unfit(certificate: Certificate, at: datetime) -> None:
    """This function will refuse a certificate that does not hold at `at`, or was not made to sign documents."""
    leaf = certificate.leaf
    if at > leaf.not_valid_after_utc:
        message = f"the certificate of {certificate.holder} ended on {certificate.ends_at:%Y-%m-%d %H:%M} UTC; {_NEW}"
        raise CertificateUnusable(message)
    if at < leaf.not_valid_before_utc:
        begins = f"{leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        message = f"the certificate of {certificate.holder} begins on {begins} only; {_NEW}"
        raise CertificateUnusable(message)
    if not _may_sign(leaf):
        message = f"the certificate of {certificate.holder} was not made to sign documents; {_NEW}"
        raise CertificateUnusable(message)


def _may_sign(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment

"""A certificate authority of the tests' own, and PKCS#12 files it vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID

PASSWORD = b"small dock"
BEGINS = datetime(2007, 1, 1, tzinfo=UTC)
ENDS = datetime(2008, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """A root that signs certificates."""

    key: ec.EllipticCurvePrivateKey
    root: x509.Certificate

    def pem(self) -> bytes:
        """Its certificate as others keep it."""
        return self.root.public_bytes(Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def authority(name: str = "Test Root") -> Authority:
    """A root of that name; each name has its own key."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = (
        _certificate(key, _named(name), _named(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    return Authority(key, root)


def _certificate(
    key: ec.EllipticCurvePrivateKey, subject: x509.Name, issuer: x509.Name
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(BEGINS - timedelta(days=1) if subject == issuer else BEGINS)
        .not_valid_after(ENDS)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def write_certificate(
    folder: Path, holder: str = "Greenway IT Services", *, signs: bool = True
) -> Path:
    """A PKCS#12 file of that holder, vouched for by the root, its password as in `PASSWORD`."""
    key = ec.generate_private_key(ec.SECP256R1())
    ca = authority()
    leaf = (
        _certificate(key, _named(holder), ca.root.subject)
        .add_extension(_usage(signs=signs), critical=True)
        .sign(ca.key, SHA256())
    )
    held = pkcs12.serialize_key_and_certificates(
        b"letters", key, leaf, [ca.root], BestAvailableEncryption(PASSWORD)
    )
    file = folder / "letters.p12"
    file.write_bytes(held)
    return file

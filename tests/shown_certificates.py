"""Certificates that a server of the tests' own shows to whoever connects."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.own_certificate import Authority

YEAR = timedelta(days=365)


def write_shown(
    folder: Path,
    ends: datetime,
    *,
    begins: datetime | None = None,
    names: Sequence[str] = (),
    addresses: Sequence[str] = (),
    by: Authority | None = None,
) -> Path:
    """Write a key with its certificate, good for these names and addresses; its own authority unless `by` one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "srv1.example")])
    made = x509.CertificateBuilder().subject_name(name).serial_number(1)
    made = made.issuer_name(by.root.subject if by else name).public_key(key.public_key())
    made = made.not_valid_before(begins or ends - YEAR).not_valid_after(ends)
    good_for: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    good_for += [x509.IPAddress(ip_address(one)) for one in addresses]
    if good_for:
        made = made.add_extension(x509.SubjectAlternativeName(good_for), critical=False)
    signed = made.sign(by.key if by else key, hashes.SHA256())
    kept = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(kept + signed.public_bytes(serialization.Encoding.PEM))
    file.chmod(0o600)
    return file


def showing(file: Path) -> ssl.SSLContext:
    """A server's side that shows the certificate of a file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context

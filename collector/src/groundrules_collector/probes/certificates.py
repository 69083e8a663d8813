"""TLS certificates lying on the host: whose, by whom, until when. Read from the certificate itself, by no library."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from groundrules_collector.host import HostView, changed_at
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="certificates",
    version="1",
    kinds=("certificate",),
    collects="subject, issuer, serial number, validity, names and digest of TLS certificates in the usual places",
    never="private keys, also when they lie in the same file, and the system's list of authorities one by one",
    columns=(
        ("key", "path of the file"),
        ("subject", "whom it is for, also issuer: parts as CN=…, O=…"),
        ("serial", "serial number in hexadecimal"),
        ("not_before", "first second it is valid, also not_after: UTC"),
        ("names", "DNS names it is good for"),
        ("sha256", "digest of the certificate (its fingerprint)"),
        ("chain", "how many certificates the file holds"),
    ),
    every=60,
)
PLACES = (
    "/etc/letsencrypt/live/*/cert.pem",
    "/etc/letsencrypt/live/*/fullchain.pem",
    "/etc/ssl/*.pem",
    "/etc/ssl/*.crt",
    "/etc/ssl/certs/ssl-cert-snakeoil.pem",
    "/etc/pki/tls/certs/localhost.crt",
    "/etc/nginx/**/*.crt",
    "/etc/nginx/**/*.pem",
    "/etc/apache2/**/*.crt",
    "/etc/apache2/**/*.pem",
    "/etc/httpd/**/*.crt",
    "/etc/postfix/**/*.pem",
    "/etc/dovecot/**/*.pem",
    "/etc/haproxy/**/*.pem",
    "/var/lib/postgresql/*/*/server.crt",
    "/usr/local/share/ca-certificates/**/*.crt",
    "/etc/pki/ca-trust/source/anchors/*",
)
LARGEST = 4 * 1024 * 1024
BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
ATTRIBUTE_TYPES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
}
ALTERNATIVE_NAMES = b"\x55\x1d\x11"
SEQUENCE, UTC_TIME, VERSION, EXTENSIONS, DNS_NAME = 0x30, 0x17, 0xA0, 0xA3, 0x82
LONG_FORM = 0x80


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every certificate file in path order, described by its first certificate."""
    for path in sorted({path for place in PLACES for path in view.files(place)}):
        shown = view.shown(path)
        blocks = _blocks(view, path)
        if not blocks:
            continue
        try:
            told = describe(ssl.PEM_cert_to_DER_cert(blocks[0]))
        except (ValueError, IndexError) as error:
            view.problems.append(f"{shown}: the certificate cannot be read: {error}")
            continue
        yield Item("certificate", shown, {**told, "chain": str(len(blocks))}, changed_at(path))


def _blocks(view: HostView, path: Path) -> list[str]:
    try:
        if path.stat().st_size > LARGEST:
            return []
        return BLOCK.findall(path.read_text("ascii", "replace"))
    except OSError as error:
        view.unreadable(view.shown(path), error)
        return []


@dataclass(frozen=True, slots=True)
class _Value:
    """One DER value: its tag and content, and the values inside where it has any."""

    tag: int
    content: bytes

    def inside(self) -> list[_Value]:
        """The values one level down."""
        return list(_values(self.content))


def _values(raw: bytes) -> Iterator[_Value]:
    at = 0
    while at < len(raw):
        tag, length, start = raw[at], raw[at + 1], at + 2
        if length & LONG_FORM:
            size = length & ~LONG_FORM
            length = int.from_bytes(raw[start : start + size], "big")
            start += size
        if start + length > len(raw):
            message = "a value is longer than the certificate"
            raise ValueError(message)
        yield _Value(tag, raw[start : start + length])
        at = start + length


def describe(der: bytes) -> dict[str, str]:
    """This function will tell what a certificate says of itself (RFC 5280, 4.1); raises ValueError or IndexError."""
    certificate = _Value(SEQUENCE, der).inside()[0]
    fields = certificate.inside()[0].inside()
    if fields[0].tag == VERSION:
        fields = fields[1:]
    serial, _, issuer, validity, subject = fields[:5]
    not_before, not_after = (_moment(one) for one in validity.inside())
    return {
        "subject": _name(subject),
        "issuer": _name(issuer),
        "serial": serial.content.hex(),
        "not_before": not_before,
        "not_after": not_after,
        "names": ",".join(_dns_names(fields)),
        "sha256": hashlib.sha256(der).hexdigest(),
    }


def _name(value: _Value) -> str:
    parts = (pair.inside() for group in value.inside() for pair in group.inside())
    return ", ".join(
        f"{ATTRIBUTE_TYPES.get(kind.content, kind.content.hex())}={_text(text)}"
        for kind, text in parts
    )


def _text(value: _Value) -> str:
    return value.content.decode("utf-8", "replace")


def _moment(value: _Value) -> str:
    written = value.content.decode("ascii")
    if value.tag == UTC_TIME:
        # RFC 5280, 4.1.2.5.1: years from 50 on are of the twentieth century.
        written = ("19" if int(written[:2]) >= 50 else "20") + written  # noqa: PLR2004
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).isoformat()


def _dns_names(fields: list[_Value]) -> Iterator[str]:
    extensions = [one for one in fields if one.tag == EXTENSIONS]
    for extension in (each for one in extensions for each in one.inside()[0].inside()):
        kind, *_, content = extension.inside()
        if kind.content == ALTERNATIVE_NAMES:
            names = _Value(SEQUENCE, content.content).inside()[0].inside()
            yield from (_text(name) for name in names if name.tag == DNS_NAME)


PROBE = SnapshotProbe(SPEC, items)

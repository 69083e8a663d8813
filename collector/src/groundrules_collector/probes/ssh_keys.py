"""Which keys this host proves itself with, and which authorities it trusts: fingerprints and certificates' terms."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from groundrules_collector.host import HostView, changed_at
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="ssh-keys",
    version="1",
    kinds=("ssh key",),
    collects=(
        "fingerprint and type of the host's public SSH keys; serial, key id, principals, validity and authority of its "
        "host certificates; fingerprints of the authorities named by TrustedUserCAKeys"
    ),
    never="private keys, key comments, people's own keys (authorized keys are among the configuration files)",
    columns=(
        (
            "key",
            "path of the public key, certificate or list of authorities (path#2 for its second key)",
        ),
        ("type", "key type"),
        ("fingerprint", "SHA256:… as ssh-keygen -l prints it"),
        (
            "serial",
            "certificates only; also key_id, principals, valid_after, valid_before, authority",
        ),
    ),
    every=5,
)
PUBLIC_KEYS = "/etc/ssh/ssh_host_*_key.pub"
CERTIFICATES = "/etc/ssh/*-cert.pub"
AUTHORITIES = re.compile(r"\s*TrustedUserCAKeys[\s=]+(\S+)", re.IGNORECASE)
CERT_SUFFIX = b"-cert-v01@openssh.com"
# How many strings or numbers the public key takes inside a certificate, by key type (PROTOCOL.certkeys).
KEY_FIELDS = {b"ssh-ed25519": 1, b"ssh-rsa": 2, b"ssh-dss": 4, b"sk-ssh-ed25519@openssh.com": 2}
ECDSA_FIELDS = 2
FOREVER = 2**64 - 1


def items(view: HostView) -> Iterator[Item]:
    """This function will yield host keys, host certificates, then trusted authorities."""
    for pattern in (PUBLIC_KEYS, CERTIFICATES):
        for path in view.files(pattern):
            yield from _described(view, path)
    configured = (view.lines(view.shown(path)) for path in _configurations(view))
    named = (AUTHORITIES.match(line) for lines in configured for line in lines)
    for source in sorted({found[1] for found in named if found}):
        for path in view.files(source):
            yield from _described(view, path)


def _configurations(view: HostView) -> list[Path]:
    return [*view.files("/etc/ssh/sshd_config"), *view.files("/etc/ssh/sshd_config.d/*.conf")]


def _described(view: HostView, path: Path) -> Iterator[Item]:
    shown = view.shown(path)
    blobs = [blob for line in view.lines(shown) if (blob := blob_of(line))]
    for number, blob in enumerate(blobs, start=1):
        try:
            attributes = describe(blob)
        except (struct.error, IndexError, ValueError):
            view.problems.append(f"{shown}: key {number} cannot be read")
            continue
        yield Item(
            "ssh key", shown if number == 1 else f"{shown}#{number}", attributes, changed_at(path)
        )


def blob_of(line: str) -> bytes:
    """This function will return the key of a public key line, and look at nothing else; empty when there is none."""
    if line.lstrip().startswith("#"):
        return b""
    word = next((word for word in line.split() if word.startswith("AAAA")), "")
    try:
        return base64.b64decode(word, validate=True)
    except binascii.Error:
        return b""


def fingerprint(blob: bytes) -> str:
    """This function will name a public key as ssh-keygen -l does."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


@dataclass(slots=True)
class _Fields:
    """Reads the fields of a key blob one after the other."""

    raw: bytes
    at: int = 0

    def text(self) -> bytes:
        (length,) = struct.unpack_from(">I", self.raw, self.at)
        start = self.at + 4
        if start + length > len(self.raw):
            message = "a field is longer than the key"
            raise ValueError(message)
        self.at = start + length
        return self.raw[start : self.at]

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.raw, self.at)
        self.at += struct.calcsize(form)
        return int(value)


def describe(blob: bytes) -> dict[str, str]:
    """This function will tell type and fingerprint of a key, and a certificate's terms; raises ValueError."""
    fields = _Fields(blob)
    kind = fields.text()
    told = {"type": kind.decode("ascii", "replace"), "fingerprint": fingerprint(blob)}
    return told | (_terms(fields, kind) if kind.endswith(CERT_SUFFIX) else {})


def _terms(fields: _Fields, kind: bytes) -> dict[str, str]:
    fields.text()  # The nonce.
    for _ in range(KEY_FIELDS.get(kind.removesuffix(CERT_SUFFIX), ECDSA_FIELDS)):
        fields.text()
    serial = fields.number(">Q")
    fields.number(">I")  # User or host certificate: the place it lies in says so.
    key_id = fields.text()
    principals = _Fields(fields.text())
    names: list[str] = []
    while principals.at < len(principals.raw):
        names.append(principals.text().decode("utf-8", "replace"))
    after, before = fields.number(">Q"), fields.number(">Q")
    fields.text()  # Critical options.
    fields.text()  # Extensions.
    fields.text()  # Reserved.
    return {
        "serial": str(serial),
        "key_id": key_id.decode("utf-8", "replace"),
        "principals": ",".join(names),
        "valid_after": _moment(after),
        "valid_before": _moment(before),
        "authority": fingerprint(fields.text()),
    }


def _moment(seconds: int) -> str:
    if seconds == FOREVER:
        return "forever"
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return str(seconds)


PROBE = SnapshotProbe(SPEC, items)

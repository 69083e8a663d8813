"""OpenSSH user certificates and lists of revoked ones (formats: OpenSSH's PROTOCOL.certkeys and PROTOCOL.krl).

Certificates are built by the cryptography library; the list is written by ssh-keygen itself.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificateBuilder,
    SSHCertificateType,
    load_ssh_public_key,
)

_SECONDS = 60
_LEAST_RSA_BITS = 2048

UserKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey


class UserKeyUnusable(ValueError):
    """What was given is no public key that a certificate can be made for."""


class RevocationListFailed(RuntimeError):
    """ssh-keygen could not write the list of revoked certificates."""


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """Everything a certificate says. `forced_command` is what runs instead of a shell, empty for none."""

    serial: int
    key_id: str
    principal: str
    valid_from: datetime
    valid_to: datetime
    networks: tuple[str, ...] = ()
    forced_command: str = ""
    terminal: bool = True


def read_user_key(text: str) -> UserKey:
    """This function will read an OpenSSH public key line; raises UserKeyUnusable and says what to paste instead."""
    words = text.split()
    try:
        key = load_ssh_public_key(" ".join(words[:2]).encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        message = (
            "this is no OpenSSH public key; paste the one line of the file that ends in .pub "
            "(ssh-ed25519 AAAA…), never the private key"
        )
        raise UserKeyUnusable(message) from error
    if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        message = f"this RSA key has {key.key_size} bits; use ssh-ed25519, or RSA of {_LEAST_RSA_BITS} or more"
        raise UserKeyUnusable(message)
    if not isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey):
        message = "keys of this kind are no longer let in by OpenSSH; use ssh-ed25519"
        raise UserKeyUnusable(message)
    return key


def key_line(public: bytes) -> str:
    """This function will write an Ed25519 public key (32 bytes) as an OpenSSH key line."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def public_half(line: str) -> bytes:
    """This function will return the 32 bytes of an Ed25519 key line; raises UserKeyUnusable for another kind."""
    key = read_user_key(line)
    if not isinstance(key, Ed25519PublicKey):
        message = "an authority's key is Ed25519"
        raise UserKeyUnusable(message)
    return key.public_bytes_raw()


def certificate_builder(key: UserKey, certificate: UserCertificate) -> SSHCertificateBuilder:
    """This function will return the unsigned certificate of a key; times are cut to whole seconds."""
    builder = (
        SSHCertificateBuilder()
        .public_key(key)
        .type(SSHCertificateType.USER)
        .serial(certificate.serial)
        .key_id(certificate.key_id.encode())
        .valid_principals([certificate.principal.encode()])
        .valid_after(int(certificate.valid_from.timestamp()))
        .valid_before(int(certificate.valid_to.timestamp()))
    )
    if certificate.forced_command:
        builder = builder.add_critical_option(b"force-command", certificate.forced_command.encode())
    if certificate.networks:
        builder = builder.add_critical_option(
            b"source-address", ",".join(certificate.networks).encode()
        )
    return builder.add_extension(b"permit-pty", b"") if certificate.terminal else builder


def revocation_list(lists: Sequence[tuple[str, tuple[int, ...]]], *, number: int) -> bytes:
    """This function will write one KRL for several authorities; raises RevocationListFailed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "revoked"
        _run(["ssh-keygen", "-q", "-k", "-f", str(out), "-z", str(number)])
        for authority, serials in lists:
            if not serials:
                continue
            ca, spec = Path(folder) / "ca.pub", Path(folder) / "serials"
            ca.write_text(authority + "\n")
            spec.write_text("".join(f"serial: {serial}\n" for serial in sorted(set(serials))))
            update = ["-u", "-f", str(out), "-s", str(ca), "-z", str(number), str(spec)]
            _run(["ssh-keygen", "-q", "-k", *update])
        return out.read_bytes()


def _run(words: Sequence[str]) -> None:
    try:
        # Words are ours, and files are in a folder of our own.
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"ssh-keygen did not run ({error}); install openssh-client"
        raise RevocationListFailed(message) from error
    if done.returncode != 0:
        message = f"ssh-keygen refused the list: {(done.stderr or done.stdout).strip()}"
        raise RevocationListFailed(message)

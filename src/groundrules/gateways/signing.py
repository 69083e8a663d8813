"""Ed25519 keys that sign checkpoints: each one a file only its owner can read, named by its public half.

A key never leaves its folder and is never in the database; docs/reference/seal.md tells how to make a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    SSHCertificate,
    SSHCertificateBuilder,
)

from groundrules.gateways.key_files import KeyMissing, KeyUnusable, read_key, write_key

__all__ = ["KeyFolder", "KeyMissing", "KeyUnusable", "check"]


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of private keys, encrypted with `password` unless it is empty."""

    folder: Path
    password: bytes = field(default=b"", repr=False)

    def make(self) -> bytes:
        """This function will make a key and return its public half (32 bytes)."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        write_key(self._path(public), private, self.password)
        return public

    def sign(self, public: bytes, message: bytes) -> bytes:
        """This function will sign with the private half of a key; raises KeyMissing or KeyUnusable."""
        return self._load(public).sign(message)

    def certify(self, public: bytes, builder: SSHCertificateBuilder) -> SSHCertificate:
        """This function will sign an SSH certificate with a key's private half; raises KeyMissing or KeyUnusable."""
        return builder.sign(self._load(public))

    def prove(self, public: bytes) -> None:
        """This function will refuse with KeyMissing or KeyUnusable unless the key can sign."""
        self._load(public)

    def destroy(self, public: bytes) -> bool:
        """This function will remove a private key that must never sign again, and say whether it was there."""
        was_there = self._path(public).is_file()
        self._path(public).unlink(missing_ok=True)
        return was_there

    def _path(self, public: bytes) -> Path:
        return self.folder / f"{public.hex()}.pem"

    def _load(self, public: bytes) -> Ed25519PrivateKey:
        path = self._path(public)
        if not path.is_file():
            message = (
                f"the signing key {path} is missing; put it back from its backup, or make a new one"
            )
            raise KeyMissing(message)
        private = read_key(path, self.password)
        if (
            not isinstance(private, Ed25519PrivateKey)
            or private.public_key().public_bytes_raw() != public
        ):
            message = f"the signing key {path} is another key; put it back from its backup"
            raise KeyUnusable(message)
        return private


def check(public: bytes, message: bytes, signature: bytes) -> bool:
    """This function will say whether an Ed25519 signature (RFC 8032) fits a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

"""Ed25519 keys that sign checkpoints: each one a file only its owner can read, named by its public half.

A key never leaves its folder and is never in the database; docs/reference/seal.md tells how to make a new one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    SSHCertificate,
    SSHCertificateBuilder,
    load_pem_private_key,
)

_OWNER_ONLY = 0o600
_OPEN_TO_OTHERS = 0o077


class KeyMissing(FileNotFoundError):
    """The private half of a key is not in the folder."""


class KeyUnusable(ValueError):
    """A key's file was altered, or others than its owner may read it."""


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of private keys."""

    folder: Path

    def make(self) -> bytes:
        """This function will make a key and return its public half (32 bytes)."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self._path(public), flags, _OWNER_ONLY), "wb") as handle:
            handle.write(pem)
            handle.flush()
            os.fsync(handle.fileno())
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
        if path.stat().st_mode & _OPEN_TO_OTHERS:
            message = f"others than its owner may read {path}; chmod 600 it, then make a new key"
            raise KeyUnusable(message)
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            message = (
                f"the signing key {path} cannot be read ({error}); put it back from its backup"
            )
            raise KeyUnusable(message) from error
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

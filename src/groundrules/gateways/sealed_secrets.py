"""Small secrets that must be read again, sealed before they rest in the database (AES-256-GCM).

The sealing key is derived from a private key's file, which lies with all others and is encrypted as they are: whoever
has the database alone, or a backup of it, opens nothing.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groundrules.gateways.key_files import KeyMissing, KeyUnusable, read_key, write_key

_NONCE = 12
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SecretSealer:
    """Seals and opens with the key in one file, which is made when it is first needed."""

    path: Path
    password: bytes = field(default=b"", repr=False)

    def seal(self, secret: bytes, whose: str) -> str:
        """This function will seal a secret so that it opens for the same `whose` only."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key(make=True)).encrypt(nonce, secret, whose.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, whose: str) -> bytes:
        """This function will open what was sealed; raises KeyMissing or KeyUnusable."""
        raw = base64.b64decode(sealed)
        try:
            return AESGCM(self._key(make=False)).decrypt(raw[:_NONCE], raw[_NONCE:], whose.encode())
        except InvalidTag as error:
            message = f"a secret was sealed with another key than {self.path}; put that file back from its backup"
            raise KeyUnusable(message) from error

    def _key(self, *, make: bool) -> bytes:
        if make and not self.path.exists():
            self._make()
        if not self.path.exists():
            message = f"{self.path} is not there; put it back from its backup, or set the second factors up anew"
            raise KeyMissing(message)
        private = read_key(self.path, self.password)
        if not isinstance(private, X25519PrivateKey):
            message = f"the key {self.path} is of another kind; put it back from its backup"
            raise KeyUnusable(message)
        derive = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"groundrules sealed secrets 1")
        return derive.derive(private.private_bytes_raw())

    def _make(self) -> None:
        """Two that make it at once end with one file: it is linked whole, and only where there is none."""
        fresh = self.path.with_suffix(f".{os.urandom(8).hex()}")
        write_key(fresh, X25519PrivateKey.generate(), self.password)
        try:
            self.path.hardlink_to(fresh)
        except FileExistsError:
            return
        finally:
            fresh.unlink()

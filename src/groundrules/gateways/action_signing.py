"""The key that signs action files: ECDSA on P-256, which every Windows can verify with what it has.

One key for the installation, in a file only its owner can read; hosts are told its public half when they are set up.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from groundrules.gateways.signing import KeyMissing, KeyUnusable

_NAME = "actions.pem"
_COORDINATE = 32
_OWNER_ONLY = 0o600
_OPEN_TO_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class ActionKey:
    """The folder of the key that signs actions."""

    folder: Path

    def make(self) -> None:
        """This function will make the key, unless there is one."""
        path = self.folder / _NAME
        if path.is_file():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = generate_private_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as handle:
            handle.write(pem)
            handle.flush()
            os.fsync(handle.fileno())

    def public(self) -> str:
        """This function will return the public half as hosts are told it: base64 of X and Y, 32 bytes each.

        Raises KeyMissing or KeyUnusable.
        """
        point = (
            self._load().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        return b64encode(point[1:]).decode()

    def sign(self, said: str) -> str:
        """This function will sign a text: base64 of r and s, 32 bytes each, as .NET reads it (IEEE P1363).

        Raises KeyMissing or KeyUnusable.
        """
        r, s = decode_dss_signature(self._load().sign(said.encode("ascii"), ECDSA(SHA256())))
        return b64encode(r.to_bytes(_COORDINATE) + s.to_bytes(_COORDINATE)).decode()

    def _load(self) -> EllipticCurvePrivateKey:
        path = self.folder / _NAME
        if not path.is_file():
            message = (
                f"the key that signs actions, {path}, is missing; put it back from its backup, or "
                "set each Windows host up again, which makes a new one: groundrules gate add-windows-host"
            )
            raise KeyMissing(message)
        if path.stat().st_mode & _OPEN_TO_OTHERS:
            message = f"others than its owner may read {path}; chmod 600 it, then make a new key"
            raise KeyUnusable(message)
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            message = f"the key {path} cannot be read ({error}); put it back from its backup"
            raise KeyUnusable(message) from error
        if not isinstance(private, EllipticCurvePrivateKey):
            message = f"the key {path} is of another kind; put it back from its backup"
            raise KeyUnusable(message)
        return private

"""The key that signs action files: ECDSA on P-256, which every Windows can verify with what it has.

One key for the installation, in a file only its owner can read; hosts are told its public half when they are set up.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from groundrules.gateways.key_files import KeyMissing, KeyUnusable, read_key, write_key

_NAME = "actions.pem"
_COORDINATE = 32


@dataclass(frozen=True, slots=True)
class ActionKey:
    """The folder of the key that signs actions."""

    folder: Path
    password: bytes = field(default=b"", repr=False)

    def make(self) -> None:
        """This function will make the key, unless there is one."""
        path = self.folder / _NAME
        if path.is_file():
            return
        write_key(path, generate_private_key(SECP256R1()), self.password)

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
        private = read_key(path, self.password)
        if not isinstance(private, EllipticCurvePrivateKey):
            message = f"the key {path} is of another kind; put it back from its backup"
            raise KeyUnusable(message)
        return private

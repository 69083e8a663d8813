"""Ed25519 signatures (RFC 8032) in plain Python, so that a collector can sign with nothing installed.

Sign, verify and public key, deterministic, checked against the RFC's vectors. Not constant in time: an agent signs its
own batches on its own host, where whoever can measure its processor can read its key as well. Servers with a compiled
library may verify with that; both accept the same signatures.
"""

from __future__ import annotations

import hashlib

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_SIGN_BIT = 1 << 255
# Extended homogeneous coordinates (RFC 8032, 5.1.4): x = X/Z, y = Y/Z, x*y = T/Z.
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


class MalformedKey(ValueError):
    """A key is not 32 bytes, or a public key is no point of the curve; ask the agent to enrol again."""


def public_key(secret: bytes) -> bytes:
    """This function will return the 32 byte public key of a 32 byte secret; raises MalformedKey."""
    scalar, _ = _expanded(secret)
    return _compressed(_multiplied(_BASE, scalar))


def sign(secret: bytes, message: bytes) -> bytes:
    """This function will return the 64 byte signature of a message (RFC 8032, 5.1.6); raises MalformedKey."""
    scalar, prefix = _expanded(secret)
    mine = _compressed(_multiplied(_BASE, scalar))
    nonce = _number(prefix, message)
    commitment = _compressed(_multiplied(_BASE, nonce))
    response = (nonce + _number(commitment, mine, message) * scalar) % _L
    return commitment + response.to_bytes(KEY_BYTES, "little")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """This function will say whether the signature of the message is by that key; raises MalformedKey for a bad key.

    As OpenSSL does: the equation without cofactor, and a response of the group's order or above is refused.
    """
    key = _decompressed(public)
    if len(signature) != SIGNATURE_BYTES:
        return False
    commitment = signature[:KEY_BYTES]
    response = int.from_bytes(signature[KEY_BYTES:], "little")
    if response >= _L:
        return False
    challenge = _number(commitment, public, message)
    expected = _sum(_multiplied(_BASE, response), _multiplied(_negated(key), challenge))
    return _compressed(expected) == commitment


def _expanded(secret: bytes) -> tuple[int, bytes]:
    if len(secret) != KEY_BYTES:
        message = f"an Ed25519 secret has {KEY_BYTES} bytes, not {len(secret)}; enrol again"
        raise MalformedKey(message)
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:KEY_BYTES], "little")
    return scalar & (1 << 254) - 8 | 1 << 254, digest[KEY_BYTES:]


def _number(*pieces: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(pieces)).digest(), "little") % _L


def _sum(one: _Point, other: _Point) -> _Point:
    """Adds two points by the complete formulas of RFC 8032, 5.1.4; doubling needs no case of its own."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiplied(point: _Point, scalar: int) -> _Point:
    total = _NEUTRAL
    while scalar:
        if scalar & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        scalar >>= 1
    return total


def _negated(point: _Point) -> _Point:
    x, y, z, t = point
    return -x % _P, y, z, -t % _P


def _compressed(point: _Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, _P - 2, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(KEY_BYTES, "little")


def _decompressed(raw: bytes) -> _Point:
    if len(raw) != KEY_BYTES:
        message = f"an Ed25519 public key has {KEY_BYTES} bytes, not {len(raw)}; enrol again"
        raise MalformedKey(message)
    packed = int.from_bytes(raw, "little")
    y, odd = packed & _SIGN_BIT - 1, packed >> 255
    x = _abscissa(y, odd) if y < _P else None
    if x is None:
        message = "these 32 bytes are no Ed25519 public key (no point of the curve); enrol again"
        raise MalformedKey(message)
    return x, y, 1, x * y % _P


def _abscissa(y: int, odd: int) -> int | None:
    """Solves x² = (y² - 1) / (d y² + 1) for the root with the wanted last bit (RFC 8032, 5.1.3)."""
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    if square == 0:
        return None if odd else 0
    root = pow(square, (_P + 3) // 8, _P)
    if (root * root - square) % _P:
        root = root * _ROOT_OF_MINUS_ONE % _P
    if (root * root - square) % _P:
        return None
    return root if root & 1 == odd else _P - root


_BASE = _decompressed((4 * pow(5, _P - 2, _P) % _P).to_bytes(KEY_BYTES, "little"))

"""Signed notes of c2sp.org/signed-note: a text people can read, followed by one line for each signature.

Nothing here signs or checks a signature; `check(public, message, signature)` is handed in. Parsing is strict to the
byte, so that a flipped bit anywhere in a note is noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SIGNATURE = 0x01
COSIGNATURE = 0x04
_KINDS = frozenset({SIGNATURE, COSIGNATURE})
_KEY_ID = 4
_PUBLIC = 32
_STAMP = 8
_DASH = "\N{EM DASH} "
_SPACE = 0x20

Check = Callable[[bytes, bytes, bytes], bool]


class NoteMalformed(ValueError):
    """A text is not a signed note, or one of its lines is not written the only way it can be."""


class KeyMalformed(ValueError):
    """A text is not a verifier key (`name+id+key`) of a kind we check."""


class SignatureWrong(ValueError):
    """A signature by a key we know does not fit the text: the text or the signature was altered."""


class NotSigned(ValueError):
    """No key we know signed the text."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with its name; `kind` tells a log's own signature (1) from a witness's cosignature (4)."""

    name: str
    public: bytes
    kind: int = SIGNATURE

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each signature of the key."""
        coded = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(coded).digest()[:_KEY_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, the key's id, and the signature (a cosignature begins with eight bytes of time)."""

    name: str
    key_id: bytes
    payload: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encoded(self.key_id + self.payload)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures in the order they stand."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def parse_key(text: str) -> VerifierKey:
    """This function will read a verifier key; raises KeyMalformed, also when its id is not that of the key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, material = rest.partition("+")
    try:
        coded = decoded(material)
    except NoteMalformed as error:
        message = f"{text.strip()!r} is no verifier key: {error}"
        raise KeyMalformed(message) from error
    if name.split() != [name] or len(coded) != 1 + _PUBLIC or coded[0] not in _KINDS:
        message = f"{text.strip()!r} is no verifier key for Ed25519; it is written name+id+key"
        raise KeyMalformed(message)
    key = VerifierKey(name, coded[1:], coded[0])
    if str(key) != text.strip():
        message = f"the key {name!r} does not have the id {key_id}; copy it again"
        raise KeyMalformed(message)
    return key


def parse_note(text: str) -> Note:
    """This function will read a signed note; raises NoteMalformed unless it is written exactly as a note is."""
    if any(ord(letter) < _SPACE and letter != "\n" for letter in text):
        message = "a signed note has no control characters"
        raise NoteMalformed(message)
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines:
        message = "this is no signed note: a blank line and the signatures are missing"
        raise NoteMalformed(message)
    note = Note(body + "\n", parse_signatures(lines))
    if str(note) != text:
        message = "the signed note is not written the one way it can be"
        raise NoteMalformed(message)
    return note


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """This function will read signature lines; raises NoteMalformed."""
    if not lines.endswith("\n"):
        message = "the last signature line does not end"
        raise NoteMalformed(message)
    return tuple(_signature(line) for line in lines[:-1].split("\n"))


def signers(note: Note, keys: Iterable[VerifierKey], check: Check) -> tuple[VerifierKey, ...]:
    """This function will return the keys among `keys` that signed the note.

    Raises SignatureWrong when a line names one of them and does not fit, and NotSigned when none of them signed.
    """
    known = {(key.name, key.id): key for key in keys}
    found: list[VerifierKey] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not _fits(note.text, line, key, check):
            message = f"the signature of {key.name} does not fit the text"
            raise SignatureWrong(message)
        found.append(key)
    if not found:
        message = "none of the known keys signed this text"
        raise NotSigned(message)
    return tuple(found)


def cosigned_message(text: str, seconds: int) -> bytes:
    """This function will return what a witness signs: the time (seconds since 1970 UTC) and the checkpoint's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosigned_at(line: Signature) -> int:
    """This function will return when a witness cosigned, in seconds since 1970 UTC."""
    return int.from_bytes(line.payload[:_STAMP], "big")


def encoded(raw: bytes) -> str:
    """This function will write bytes in standard base64."""
    return base64.b64encode(raw).decode("ascii")


def decoded(text: str) -> bytes:
    """This function will read standard base64, and only the one way of writing it; raises NoteMalformed."""
    try:
        raw = base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError) as error:
        message = f"{text!r} is not base64"
        raise NoteMalformed(message) from error
    if encoded(raw) != text:
        message = f"{text!r} is not written as base64 is"
        raise NoteMalformed(message)
    return raw


def _signature(line: str) -> Signature:
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or not coded:
        message = f"{line!r} is no signature line"
        raise NoteMalformed(message)
    raw = decoded(coded)
    if len(raw) <= _KEY_ID:
        message = f"the signature of {name} is empty"
        raise NoteMalformed(message)
    return Signature(name, raw[:_KEY_ID], raw[_KEY_ID:])


def _fits(text: str, line: Signature, key: VerifierKey, check: Check) -> bool:
    if key.kind == SIGNATURE:
        return check(key.public, text.encode(), line.payload)
    message = cosigned_message(text, cosigned_at(line))
    return check(key.public, message, line.payload[_STAMP:])

"""Files of private keys: readable by their owner alone, and encrypted where a password is set for the installation.

The server signs by itself, so the password lies on the same machine; encrypting keeps the keys from whoever gets the
data folder alone: a backup, a copy made for support. A file without encryption is still read, so that a password can be
set at any time; `encrypt_all` then turns the older files over.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_OWNER_ONLY = 0o600
_OPEN_TO_OTHERS = 0o077
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


class KeyMissing(FileNotFoundError):
    """The private half of a key is not in the folder."""


class KeyUnusable(ValueError):
    """A key's file was altered, is encrypted with another password, or others than its owner may read it."""


def write_key(path: Path, private: PrivateKeyTypes, password: bytes) -> None:
    """This function will write a new key's file, durably; an empty password leaves it unencrypted."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _pem(private, password))


def read_key(path: Path, password: bytes) -> PrivateKeyTypes:
    """This function will read a key's file; raises KeyUnusable in words that say what to do."""
    if path.stat().st_mode & _OPEN_TO_OTHERS:
        message = f"others than its owner may read {path}; chmod 600 it, then make a new key"
        raise KeyUnusable(message)
    pem = path.read_bytes()
    if pem.startswith(_ENCRYPTED) and not password:
        message = f"the key {path} is encrypted; name its password's file in GROUNDRULES_KEYS_PASSWORD_FILE"
        raise KeyUnusable(message)
    try:
        return _loaded(pem, password)
    except (ValueError, TypeError) as error:
        if pem.startswith(_ENCRYPTED):
            message = (
                f"the key {path} does not open with the password in GROUNDRULES_KEYS_PASSWORD_FILE; set the one it was "
                "encrypted with (a new one: groundrules keys encrypt --old-password-file FILE), or put the file back "
                "from its backup"
            )
            raise KeyUnusable(message) from error
        message = f"the key {path} cannot be read ({error}); put it back from its backup"
        raise KeyUnusable(message) from error


def is_encrypted(path: Path) -> bool:
    """This function will say whether a key's file needs a password."""
    return path.read_bytes().startswith(_ENCRYPTED)


def encrypt_all(folder: Path, old: bytes, new: bytes) -> int:
    """This function will encrypt every key below a folder with a new password, and return how many files changed.

    All are read before any is written, so that one that `old` does not open leaves all as they were (KeyUnusable). A
    file that `new` opens already is left: what a killed run began, the next one ends.
    """
    waiting: list[tuple[Path, PrivateKeyTypes]] = []
    for path in sorted(folder.rglob("*.pem")):
        if is_encrypted(path) and _opens(path, new):
            continue
        waiting.append((path, _read_for_new(path, old)))
    for path, private in waiting:
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _write(fresh, _pem(private, new))
        fresh.replace(path)
        _sync(path.parent)
    return len(waiting)


def _read_for_new(path: Path, old: bytes) -> PrivateKeyTypes:
    if is_encrypted(path) and not _opens(path, old):
        which = "the former password does not open it" if old else "no former password was named"
        message = f"the key {path} has another password, and {which}: give its file as --old-password-file"
        raise KeyUnusable(message)
    return read_key(path, old)


def _opens(path: Path, password: bytes) -> bool:
    try:
        read_key(path, password)
    except KeyUnusable:
        return False
    return True


def _pem(private: PrivateKeyTypes, password: bytes) -> bytes:
    how: KeySerializationEncryption = (
        BestAvailableEncryption(password) if password else NoEncryption()
    )
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


@lru_cache(maxsize=4096)
def _loaded(pem: bytes, password: bytes) -> PrivateKeyTypes:
    """Deriving a key from a password is slow on purpose, and some keys sign each minute."""
    encrypted = pem.startswith(_ENCRYPTED)
    return load_pem_private_key(pem, password=password if encrypted else None)


def _write(path: Path, pem: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as handle:
        handle.write(pem)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

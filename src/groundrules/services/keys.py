"""Private keys at rest: how they lie on the disk, and encrypting them, also with another password than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from groundrules.gateways.key_files import KeyUnusable, encrypt_all, is_encrypted, read_key
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.storage import keys_password, keys_place, password_in

__all__ = ["KeyFile", "KeyUnusable", "NoPasswordSet", "encrypt", "listed", "unusable"]


class NoPasswordSet(ValueError):
    """Keys are to be encrypted, and no password's file is set."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One private key's file, by its place below the folder of keys, and whether it needs a password."""

    place: str
    encrypted: bool


def listed() -> tuple[KeyFile, ...]:
    """This function will list the private keys of this installation."""
    top = keys_place()
    return tuple(
        KeyFile(str(path.relative_to(top)), is_encrypted(path))
        for path in sorted(top.rglob("*.pem"))
    )


def unusable() -> str:
    """This function will say of the first key that the password set here does not open; empty when all open."""
    password = keys_password()
    for path in sorted(keys_place().rglob("*.pem")):
        try:
            read_key(path, password)
        except KeyUnusable as refused:
            return str(refused)
    return ""


def encrypt(old_password_file: Path | None, *, actor: Actor, at: datetime) -> int:
    """This function will encrypt every key with the password that is set; owners only. Returns how many changed.

    `old_password_file` holds the one before, when they were encrypted with another. Raises NoPasswordSet, or
    KeyUnusable when a key opens with neither, and then nothing was changed.
    """
    require(actor)
    new = keys_password()
    if not new:
        message = "no password is set; name its file in GROUNDRULES_KEYS_PASSWORD_FILE first"
        raise NoPasswordSet(message)
    old = password_in(old_password_file) if old_password_file else b""
    changed = encrypt_all(keys_place(), old, new)
    if changed:
        entry = audit.Entry(
            "keys.encrypt", "private keys", f"{changed} private keys encrypted anew"
        )
        audit.record(entry, actor=actor, at=at)
    return changed

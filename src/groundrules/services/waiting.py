"""What keeps a request from being carried out and is no fault of it or of ours: no room, a database or store away.

Whoever asked is told why and when to ask again; what was begun is undone by its transaction.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

from django.db import OperationalError

from groundrules.store.raw_bucket import StoreUnavailable

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
# How SQLite and PostgreSQL say it.
_FULL_WORDS = ("disk is full", "No space left on device", "could not extend file")
_FOR_SPACE, _FOR_DATABASE = 300, 5


@dataclass(frozen=True, slots=True)
class Waits:
    """Why, in words that begin small and end without a stop, and after how many seconds asking again may help."""

    why: str
    seconds: int


def why_it_waits(error: BaseException | None) -> Waits | None:
    """This function will say what is in the way; None where the error is another, a fault of ours perhaps."""
    if isinstance(error, OperationalError):
        if any(words in str(error) for words in _FULL_WORDS):
            return Waits("the disk is full", _FOR_SPACE)
        return Waits("the database does not answer", _FOR_DATABASE)
    if isinstance(error, StoreUnavailable):
        return Waits("the storage of evidence does not answer", _FOR_DATABASE)
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return Waits("the disk is full", _FOR_SPACE)
    return None

"""Guessing made hopeless: wrong passwords and codes are counted by whose they should be and where they come from.

Counted in a transaction of its own, so that a refusal never forgets a try. A passkey, and a link from an owner, still
open while somebody else's guesses keep a password shut.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.records.sign_in import WrongTry

_LASTS = timedelta(minutes=15)
_KEPT_FOR = timedelta(days=1)
_TRIES = 5
# Many people may sit behind one address, and somebody may guess from many.
_TRIES_FROM_AN_ADDRESS = 60
_TRIES_FROM_EVERYWHERE = 25
_ADDRESS = 64


class TooManyTries(ValueError):
    """So many wrong ones came that none is looked at for a while."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is tried (`password`, `code`), whose it should be, and from where."""

    what: str
    whose: str
    address: str

    @property
    def digest(self) -> str:
        """Whose it should be, unreadable: people type passwords where addresses belong."""
        return hashlib.sha256(f"{self.what}:{self.whose}".encode()).hexdigest()


def refuse_when_many(guess: Guess, at: datetime) -> None:
    """This function will refuse with TooManyTries after five wrong ones for a person from a place, or more at large."""
    lately = WrongTry.objects.filter(tried_at__gt=at - _LASTS)
    theirs = lately.filter(whose=guess.digest)
    here = guess.address[:_ADDRESS]
    if (
        theirs.filter(address=here).count() >= _TRIES
        or theirs.count() >= _TRIES_FROM_EVERYWHERE
        or lately.filter(address=here).count() >= _TRIES_FROM_AN_ADDRESS
    ):
        message = (
            "Too many wrong tries. Wait a quarter of an hour, or use a passkey or a sign-in link "
            "from an owner."
        )
        raise TooManyTries(message)


def note(guess: Guess, at: datetime) -> None:
    """This function will count a wrong try, and sweep old ones away."""
    WrongTry.objects.create(whose=guess.digest, address=guess.address[:_ADDRESS], tried_at=at)
    WrongTry.objects.filter(tried_at__lt=at - _KEPT_FOR).delete()


def forget(guess: Guess) -> None:
    """This function will forget the wrong tries for somebody who got it right, from where they did."""
    WrongTry.objects.filter(whose=guess.digest, address=guess.address[:_ADDRESS]).delete()

"""A vendor's right of reply: asked for by letter, counted from the letter that reached it, and heard when it answers.

Only then may a replacement be offered to the client; nothing here sends anything.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.answers.model import Answers
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import letters
from groundrules.services.actor import Actor, require
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for


class NothingToWrite(ValueError):
    """Nothing is held against the vendor, or its time to reply still runs; the message says which."""


def letter_about(answers: Answers, vendor: books.Vendor) -> LetterDraft | None:
    """This function will return the letter that may be written about a vendor now: its right of reply, or the offer."""
    for letter in answers.letters:
        named = {slot.text for slot in letter.slots if slot.name == "vendor"}
        if letter.kind in _ABOUT and vendor.name in named:
            return letter
    return None


_ABOUT = frozenset({LetterKind.RIGHT_OF_REPLY, LetterKind.REPLACEMENT})


def draft(
    vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft that letter, to be reviewed and sent like every other; raises NothingToWrite."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        letter = letter_about(answers, vendor)
        if letter is None:
            raise NothingToWrite(_why_not(answers, vendor))
        return letters.keep_draft(letter, client=client, actor=actor, at=at, once_more=True)


def _why_not(answers: Answers, vendor: books.Vendor) -> str:
    found = next((one for one in answers.vendors if one.vendor == vendor.code), None)
    if found is None or not found.tally.confirmed_changes:
        return f"nothing is proven against {vendor.name}, so there is no letter to write"
    return found.offer.sentence

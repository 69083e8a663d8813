"""Words for one letter alone: a person rewords an open draft, and the facts stay merged into it as into any text."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.letters.checking import refuse_unfit
from groundrules.core.letters.composing import merged
from groundrules.core.letters.places import PLACES
from groundrules.core.letters.template import Template
from groundrules.core.letters.wording import checked
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import digest_of, dump
from groundrules.services import audit, letter_texts
from groundrules.services.actor import Actor, require
from groundrules.services.frozen_copies import enclosed
from groundrules.services.letters import LetterNotOpen


def can_be_reworded(draft: books.LetterDraft) -> bool:
    """This function will say whether a letter is open and was written from a text with its facts at hand."""
    core = draft.to_core()
    return draft.state == draft.DRAFTED and core.kind in PLACES and bool(core.slots)


def wording_of(draft: books.LetterDraft) -> str:
    """This function will return the text a draft stands in now: its own, or its kind's."""
    return draft.own_text or letter_texts.text_in_use(draft.to_core()).text


def reword(*, draft: books.LetterDraft, text: str, actor: Actor, at: datetime) -> books.LetterDraft:
    """This function will write one open draft from a text of its own; an empty one takes the kind's text again.

    Facts are merged into it as into any text. Raises LetterNotOpen, or TextRefused when a fact would be lost.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        row = books.LetterDraft.objects.select_for_update().get(pk=draft.pk)
        if not can_be_reworded(row):
            message = f"{row.ref} is {row.state}; only an open draft made of a text is reworded"
            raise LetterNotOpen(message)
        core, used = row.to_core(), letter_texts.text_in_use(row.to_core())
        kept = "" if text.split() == used.text.split() else text.strip()
        own = Template(core.kind, core.language, kept, letter_texts.ONE_LETTER)
        refuse_unfit(own if kept else used)
        letter = checked(merged(core, own if kept else used))
        letter = enclosed(letter, row.ref, row.client)
        row.own_text, row.subject, row.payload = kept, letter.subject, dump(letter)
        row.digest, row.drafted_by = digest_of(row.payload), actor.label
        row.save(update_fields=["own_text", "subject", "payload", "digest", "drafted_by"])
        says = f"{row.ref} {'written in words of its own' if kept else 'back to its text'}"
        audit.record(audit.Entry("letters.reword", row.ref, says, row.client), actor=actor, at=at)
    return row

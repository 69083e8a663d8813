"""Which draft a letter is: found again by what it is about while it waits, and another one on another occasion."""

from __future__ import annotations

from groundrules.core.letters.answers import LetterDraft
from groundrules.core.letters.composing import shipped_subject
from groundrules.core.letters.occasions import is_another_occasion
from groundrules.records import models as books
from groundrules.services.shelf import reference, short_digest


def letter_ref(client: books.Client, letter: LetterDraft) -> str:
    """This function will name a letter by what it is about, so that newer facts and words find its draft again."""
    subject = shipped_subject(letter)
    about = reference(client.code, letter.kind.value, letter.asset or "", letter.to, subject)
    return f"LTR-{short_digest(about)}"


def standing_draft(
    client: books.Client, letter: LetterDraft, *, once_more: bool
) -> tuple[str, books.LetterDraft | None]:
    """This function will return a letter's reference and, locked, the draft that stands under it, if any.

    One that was decided on another occasion (an earlier notice, an earlier return) is not the same letter. With
    `once_more` one that was sent isn't either: a person asked for a letter although the last one left.
    """
    ref = letter_ref(client, letter)
    while (row := books.LetterDraft.objects.select_for_update().filter(ref=ref).first()) and (
        (once_more and row.state == row.SENT) or _is_over(row, letter)
    ):
        ref = f"LTR-{short_digest(f'after {ref}')}"
    return ref, row


def _is_over(row: books.LetterDraft, letter: LetterDraft) -> bool:
    return row.state != row.DRAFTED and is_another_occasion(row.to_core(), letter)

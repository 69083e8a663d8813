"""Frozen copies in letters: what a letter encloses is read back whenever newer facts or words write it anew."""

from __future__ import annotations

from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.enclosing import Enclosure, StarKind, enclose
from groundrules.records.models import Client, FrozenCopy


def enclosed(letter: LetterDraft, ref: str, client: Client) -> LetterDraft:
    """This function will end a letter with the copies that were put in it; a suspension has those of its notice."""
    return enclose(letter, [_enclosure(row) for row in copies_in(letter, ref, client)])


def copies_in(letter: LetterDraft, ref: str, client: Client) -> tuple[FrozenCopy, ...]:
    """This function will return the copies a letter encloses, its notice's first, each once."""
    rows = FrozenCopy.objects.standing().filter(client=client)
    found = rows.used_in(FrozenCopy.LETTER, ref, *_notices(letter))
    return tuple({row.digest: row for row in found}.values())


def _notices(letter: LetterDraft) -> tuple[str, ...]:
    if letter.kind is not LetterKind.SUSPENSION:
        return ()
    facts = (fact for slot in letter.slots for fact in slot.facts)
    return tuple(dict.fromkeys(fact.ref for fact in facts if fact.kind == "notice"))


def _enclosure(row: FrozenCopy) -> Enclosure:
    return Enclosure(StarKind(row.kind), row.ref, row.says, row.strength, row.digest)

"""What tells one letter from the next of its kind about the same server: the records and the day it is about.

A server may be given notice, go off and come back more than once; each time has letters of its own.
"""

from __future__ import annotations

import re

from groundrules.core.letters.answers import LetterDraft

# What a letter is written because of; other facts may grow in number while it waits, and it stays the same letter.
_BEHIND = frozenset({"notice", "letter_of_agency", "message"})
_DAYS = frozenset({"from", "last_day"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def occasion_of(draft: LetterDraft) -> frozenset[str]:
    """This function will return what a letter is about beyond its subject; empty when nothing says so."""
    facts = [fact for slot in draft.slots for fact in slot.facts]
    facts += [fact for paragraph in draft.paragraphs for fact in paragraph.facts]
    records = {f"{fact.kind} {fact.ref}" for fact in facts if fact.kind in _BEHIND}
    days = {day for slot in draft.slots if slot.name in _DAYS for day in _DAY.findall(slot.text)}
    return frozenset(records | days)


def is_another_occasion(earlier: LetterDraft, later: LetterDraft) -> bool:
    """This function will say whether a letter is about something else than an earlier one of the same subject."""
    before, now = occasion_of(earlier), occasion_of(later)
    return bool(before and now) and before != now

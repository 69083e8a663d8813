"""What a decision still lacks, in words that say who can supply it."""

from __future__ import annotations

from collections.abc import Callable

from groundrules.core.agreements.facts import Asked
from groundrules.core.agreements.table import name_of
from groundrules.core.agreements.terms import EvidenceNeed
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import zone_label
from groundrules.core.coverage.pieces import Piece


def _bare(sentence: str, otherwise: str) -> str:
    return sentence.rstrip(". ") or otherwise


def _request(piece: Piece) -> str:
    return f"needs a recorded request: {_bare(piece.asked.sentence, 'nobody asked for this work')}"


def _authority(piece: Piece) -> str:
    if piece.cell.asked is Asked.NOBODY:
        return "needs authority: no contact asked for this work"
    words = _bare(piece.asked.sentence, "whoever asked is not an authorised contact")
    return f"needs authority: {words}"


def _change(piece: Piece) -> str:
    words = _bare(piece.work.cause.sentence, "no recorded change is linked to this work")
    return f"needs a recorded change: {words}"


def _attribution(piece: Piece) -> str:
    words = _bare(piece.work.cause.sentence, "nobody is established as its maker")
    return f"needs an established actor: {words}"


_WORDS: dict[EvidenceNeed, Callable[[Piece], str]] = {
    EvidenceNeed.REQUEST: _request,
    EvidenceNeed.AUTHORITY: _authority,
    EvidenceNeed.CHANGE: _change,
    EvidenceNeed.ATTRIBUTION: _attribution,
}


_IMPLIED_BY = {
    EvidenceNeed.REQUEST: EvidenceNeed.AUTHORITY,
    EvidenceNeed.CHANGE: EvidenceNeed.ATTRIBUTION,
}


def _undecided(piece: Piece) -> str:
    if not piece.in_force:
        when = zone_label(piece.period.start, piece.version.calendar.zone)
        return f"needs an agreement: no version was in force on {when}, so no rate or clause was agreed"
    if piece.verdict.rivals:
        rivals = spoken_list(name_of(clause) for clause in piece.verdict.rivals)
        return f"needs a decision between clauses {rivals}: neither takes precedence over the other"
    return "needs a decision: no clause of the agreement says what happens to this work"


def missing_words(piece: Piece, lacking: tuple[EvidenceNeed, ...]) -> tuple[str, ...]:
    """This function will say what a piece lacks before its clause may decide; empty when nothing is missing."""
    if piece.verdict.winner is None:
        return (_undecided(piece),)
    # Without a request there is nobody's authority to ask about, and without a change nobody's act: one lack, not two.
    implied = {_IMPLIED_BY[need] for need in lacking if need in _IMPLIED_BY}
    return tuple(_WORDS[need](piece) for need in lacking if need not in implied)

"""What each kind of letter has to say: the places its text may use, and those it must not lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.letters.answers import LetterKind


class Shape(StrEnum):
    """How a fact stands in a letter."""

    WORDS = "words"
    LIST = "list"
    PARAGRAPHS = "paragraphs"


@dataclass(frozen=True, slots=True)
class Place:
    """One place for a fact: what it holds, how it stands, and whether a text without it is refused."""

    name: str
    holds: str
    shape: Shape = Shape.WORDS
    is_needed: bool = False
    is_first: bool = False


def _needed(name: str, holds: str, shape: Shape = Shape.WORDS) -> Place:
    return Place(name, holds, shape, is_needed=True)


_EVERYWHERE = (
    Place("client", "the client's name"),
    Place("provider", "our name"),
    Place("signer", "the name of the person who signs"),
)
_CONTINUES = Place(
    "agreement_continues", "that our agreement goes on", is_needed=True, is_first=True
)
_SERVER = _needed("server", "the server's name")
_FINDINGS = (
    _needed("findings", "each proven change with time, account and strength", Shape.LIST),
    Place("changed_servers", "the servers the changes were found on"),
    Place(
        "troubles",
        "what stopped working, and its order in time to the changes",
        Shape.PARAGRAPHS,
        is_needed=True,
    ),
)
_OFF = (
    _CONTINUES,
    _SERVER,
    _needed("breached", "the clause that was not met"),
    _needed("permits", "the clause that permits suspending one server"),
    *_FINDINGS,
    _needed("others", "the servers that stay covered"),
    Place("continues", "what goes on: one service, several, or none where all of it rests"),
    _needed("costs", "rates by hours, the fee, cancelled windows, and what stops", Shape.LIST),
)
_VENDOR = Place("vendor", "the vendor's name")
_CHANGE = (
    _CONTINUES,
    _needed("from", "the day from which it changes"),
    _needed("clause", "the clause that permits the change"),
    _needed("reasons", "the reasons on record", Shape.LIST),
    Place("rules", "new ways of working", Shape.LIST),
    Place("answer_by", "the day an answer is asked for"),
)

PLACES: Mapping[LetterKind, tuple[Place, ...]] = {
    LetterKind.RELATIONSHIP_CONTINUES: (
        Place("stays_client", "that the client stays our client", is_needed=True, is_first=True),
        _SERVER,
        _needed("enclosed", "the letters that come with this one", Shape.LIST),
    ),
    LetterKind.NOTICE: (
        *_OFF,
        _needed("days", "how many business days of notice the clause gives"),
    ),
    LetterKind.SUSPENSION: (
        *_OFF,
        _needed("from", "the instant from which the server is off"),
        Place("counted", "how the days of notice were counted", Shape.LIST),
        _needed("conditions", "what must be done to get the server back", Shape.LIST),
        Place("back_clause", "the clause on coming back"),
    ),
    LetterKind.REINSTATEMENT: (
        _SERVER,
        _needed("from", "the instant from which the server is covered"),
        _needed("clause", "the clause on coming back"),
        _needed("done", "what was done for each condition", Shape.LIST),
        _needed("total", "what the return costs"),
        Place("bill", "the lines of the invoice", Shape.LIST),
    ),
    LetterKind.WITHDRAWAL: (
        _SERVER,
        _needed("began", "when the suspension began"),
        _needed("reason", "why it was wrong"),
        _needed("refunds", "what comes back", Shape.LIST),
    ),
    LetterKind.RECOVERY: (
        _SERVER,
        _needed("title", "what failed"),
        _needed("failed", "when it failed"),
        _needed("restored_to", "the instant the data were restored to"),
        _needed("lost", "what was lost, and who checked it"),
        _needed("back", "when it was back"),
        Place("promised", "what the agreement promises about it, and if it was kept", Shape.LIST),
        _needed("attempts", "whom we asked for help, and what they said", Shape.LIST),
        _needed("requested", "what the client asked for", Shape.LIST),
        _needed("hours", "the work by coverage, with its clauses", Shape.LIST),
        _needed("charged", "what is charged for the work"),
        _needed("baseline", "whether the server was listed right after"),
        _needed("told_apart", "each change since the failure, and whose it is", Shape.LIST),
        Place(
            "troubles",
            "what stopped working after it, and its order in time to changes",
            Shape.PARAGRAPHS,
            is_needed=True,
        ),
    ),
    LetterKind.LETTER_OF_AGENCY: (
        _VENDOR,
        _needed("parties", "client, agent, its people and the account", Shape.LIST),
        _needed("level", "how far the permission goes"),
        _needed("scope", "what it is for", Shape.LIST),
        Place("servers", "the servers it is for"),
        _needed("months", "for how many months it holds"),
        _needed(
            "limits",
            "that nobody signs or ends a contract for the client, and that it can be ended",
        ),
        Place("verify_with", "whom to ask whether it is genuine"),
        _needed("signature", "name, date and signature", Shape.LIST),
    ),
    LetterKind.RULES_OF_ENGAGEMENT: (
        _VENDOR,
        _needed("version", "the version of the rules"),
        _needed("rules", "the rules", Shape.LIST),
        Place("hours", "within how many hours we answer"),
    ),
    LetterKind.INTRODUCTION: (
        _VENDOR,
        Place("servers", "the servers we act for"),
        _needed("last_day", "the last day of the letter of agency"),
        Place("people", "who of us will be in touch"),
        _needed("asked", "what we ask for", Shape.LIST),
        Place("call_by", "the day by which we call"),
    ),
    LetterKind.VENDOR_INSTRUCTION: (
        _VENDOR,
        _SERVER,
        _needed("asked", "what the vendor has to do now", Shape.LIST),
        _needed("standing", "how the vendor works from now on", Shape.LIST),
        Place("contact", "where to ask us before a visit"),
    ),
    LetterKind.RIGHT_OF_REPLY: (
        _VENDOR,
        *_FINDINGS,
        _needed("answer_by", "the last day for an answer"),
    ),
    LetterKind.REPLACEMENT: (
        _needed("vendor", "the vendor's name"),
        *_FINDINGS,
        _needed("score", "the vendor's points"),
        _needed("starts_at", "the points everybody begins with"),
        _needed("below", "the points below which a change is offered"),
        _needed("working", "how the points were counted", Shape.LIST),
        _needed("reply", "the vendor's side, or that none is on record"),
    ),
    LetterKind.PRICE_CHANGE: (*_CHANGE, _needed("prices", "old and new prices", Shape.LIST)),
    LetterKind.CHANGE: _CHANGE,
    LetterKind.EXIT: (
        _needed("clause", "the clause that permits ending the agreement"),
        _needed("last_day", "its last day"),
        _needed("reasons", "the reasons on record", Shape.LIST),
        _needed("handover", "what is handed over", Shape.LIST),
    ),
    LetterKind.REPLY_PACK: (
        _CONTINUES,
        _SERVER,
        _needed("open", "what is left to do, and where each stands", Shape.LIST),
        Place("nothing_open", "that nothing is left to do, and from when the server is covered"),
        Place("done", "what is done", Shape.LIST),
        Place("enclosed", "the letters ready for the client's own paper", Shape.LIST),
        _needed("hours", "the hours worked while the server is off"),
        _needed("amount", "what they came to"),
    ),
    LetterKind.COPY: (
        _needed("sender", "who said it"),
        _needed("how", "by which way it was said"),
        _needed("when", "when it was said"),
        _needed("meant", "what logging it meant"),
        _needed("quoted", "what was said, word for word", Shape.PARAGRAPHS),
    ),
}
# Kinds that speak of somebody's changes: their own words may state no cause.
ABOUT_CHANGES = frozenset(
    {
        LetterKind.RELATIONSHIP_CONTINUES,
        LetterKind.NOTICE,
        LetterKind.SUSPENSION,
        LetterKind.RECOVERY,
        LetterKind.RIGHT_OF_REPLY,
        LetterKind.REPLACEMENT,
        LetterKind.REPLY_PACK,
        LetterKind.PRICE_CHANGE,
        LetterKind.CHANGE,
        LetterKind.EXIT,
    }
)


def places_of(kind: LetterKind) -> tuple[Place, ...]:
    """This function will list every place a letter of a kind may use."""
    return (*PLACES[kind], *_EVERYWHERE)

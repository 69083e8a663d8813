"""The copy of a message to a contact who may commit the client: what was said, word for word, and that nothing moved.

It holds no answer and no opinion; the wording check is for our own words, so it does not read what others said.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.reasons import FactRef
from groundrules.core.work import Channel, Message

_WORDS = {
    Channel.EMAIL: "wrote by e-mail",
    Channel.CALL: "called",
    Channel.PORTAL: "wrote on the portal",
    Channel.MEETING: "said in a meeting",
    Channel.POST: "wrote by post",
}
# A copy longer than this would hide what matters; the whole message stands on its page.
_PIECES = 200


@dataclass(frozen=True, slots=True)
class Copied:
    """Who gets the copy, from whom, and what logging the message meant (`conversations.log`)."""

    provider: str
    to: str
    sender: str
    zone: str
    sentence: str


def draft_copy(message: Message, copied: Copied) -> LetterDraft:
    """This function will draft the copy of one message, with its own words quoted.

    A message of more than 200 pieces is cut there, and the copy says how much is missing and where the rest stands.
    """
    when = zone_label(message.at, copied.zone)
    fact = FactRef("message", message.id, f"{message.channel.value} of {when}")
    pieces = [" ".join(piece.split()) for piece in message.says.split("\n\n")]
    quoted = tuple(Paragraph(piece) for piece in pieces if piece)
    return LetterDraft(
        kind=LetterKind.COPY,
        letterhead=copied.provider,
        to=copied.to,
        subject=f"Copy: {copied.sender}, {when}",
        paragraphs=(
            Paragraph(
                f"{copied.sender} {_WORDS[message.channel]} on {when}. You get this copy to know of it. "
                "There is nothing you must do.",
                facts=(fact,),
            ),
            Paragraph(copied.sentence, facts=(fact,)),
            Paragraph("Word for word:", heading="What was said"),
            *quoted[:_PIECES],
            *_left_out(len(quoted) - _PIECES, fact),
        ),
        asset=message.asset,
    )


def _left_out(pieces: int, fact: FactRef) -> tuple[Paragraph, ...]:
    if pieces <= 0:
        return ()
    said = f"The copy ends here: {pieces} more paragraphs are left out. Ask us for the whole message {fact.ref}."
    return (Paragraph(said, heading="Not the whole message", facts=(fact,)),)

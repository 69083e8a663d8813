"""The copy of a message to a contact who may commit the client: what was said, word for word, and that nothing moved.

It holds no answer and no opinion; the wording check is for our own words, so it does not read what others said.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.calendars import zone_label
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph, Slot
from groundrules.core.letters.composing import merged, own, text_for
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import ENGLISH, say
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
    """Who gets the copy, from whom, and what logging the message meant (`conversations.log`).

    `language` is the reader's, and `texts` are the owner's own versions of what letters say.
    """

    provider: str
    to: str
    sender: str
    zone: str
    sentence: str
    client: str = ""
    language: str = ENGLISH
    texts: tuple[Template, ...] = ()


def draft_copy(message: Message, copied: Copied) -> LetterDraft:
    """This function will draft the copy of one message, with its own words quoted.

    A message of more than 200 pieces is cut there, and the copy says how much is missing and where the rest stands.
    """
    when = zone_label(message.at, copied.zone)
    fact = FactRef("message", message.id, f"{message.channel.value} of {when}")
    slots = (
        own("sender", copied.sender),
        own("how", say(_WORDS[message.channel], copied.language), fact),
        own("when", say(when, copied.language), fact),
        own("meant", say(copied.sentence, copied.language), fact),
        Slot("quoted", paragraphs=_quoted(message, fact, copied.language)),
        own("client", copied.client),
        own("provider", copied.provider),
        own("signer", copied.provider),
    )
    draft = LetterDraft(
        kind=LetterKind.COPY,
        letterhead=copied.provider,
        to=copied.to,
        subject="",
        paragraphs=(),
        asset=message.asset,
        language=copied.language,
        slots=slots,
    )
    return merged(draft, text_for(LetterKind.COPY, copied.language, copied.texts))


def _quoted(message: Message, fact: FactRef, language: str) -> tuple[Paragraph, ...]:
    pieces = [" ".join(piece.split()) for piece in message.says.split("\n\n")]
    quoted = tuple(Paragraph(piece) for piece in pieces if piece)
    missing = len(quoted) - _PIECES
    if missing <= 0:
        return quoted
    said = f"The copy ends here: {missing} more paragraphs are left out. Ask us for the whole message {fact.ref}."
    heading = say("Not the whole message", language)
    return (*quoted[:_PIECES], Paragraph(say(said, language), heading=heading, facts=(fact,)))

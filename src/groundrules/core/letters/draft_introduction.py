"""The introduction: after the client has signed its letter of agency, we say to the vendor who we are and what we ask.

It is refused while no letter of agency is in force, for nobody introduces himself in another's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.agreements.words import spoken_list
from groundrules.core.ids import AssetId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.wording import checked
from groundrules.core.parties import Vendor
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import LetterOfAgencyNotInForce, LetterOfAgencyStatus

ASKED = (
    "Put our name on the support contract, so that your people may talk to us.",
    "Tell us the account number and how you want to be reached, also at night.",
    "Ask us before each visit. We set a time and open the way in.",
    "Give each of your people a login of their own.",
)


@dataclass(frozen=True, slots=True)
class Introduction:
    """Whom we meet, under which letter of agency, who of us will call by when, and what we ask for."""

    vendor: Vendor
    agency: LetterOfAgencyStatus
    people: tuple[str, ...]
    assets: tuple[AssetId, ...] = ()
    call_by: date | None = None
    asked: tuple[str, ...] = ASKED


def draft_introduction(meeting: Introduction, letter: Correspondence) -> LetterDraft:
    """This function will draft the letter in which we introduce ourselves to a vendor.

    Raises LetterOfAgencyNotInForce, with the letter of agency's own sentence, while we may not act for the client.
    """
    agency = meeting.agency
    if not agency.in_force:
        message = f"{agency.sentence} Introduce us once it is signed and delivered."
        raise LetterOfAgencyNotInForce(message)
    client, provider = letter.client.name, letter.provider.name
    fact = FactRef("letter_of_agency", agency.letter, agency.sentence)
    servers = spoken_list([letter.name(asset) for asset in meeting.assets])
    where = f", for {servers}" if servers else ""
    paragraphs = (
        Paragraph(
            f"We are {provider}. {client} has named us as its agent{where}. You have its signed letter. "
            f"It holds to {agency.last_valid_day:%a %Y-%m-%d}.",
            facts=(fact,),
        ),
        Paragraph(f"You will deal with {spoken_list(meeting.people)}.") if meeting.people else None,
        Paragraph("This would help us both:", heading="What we ask", items=meeting.asked),
        Paragraph(
            "You need no account with us. A link is enough, and we answer quickly.",
            heading="What you can count on",
        ),
        _call(meeting, provider, fact),
        Paragraph(f"{letter.signer}, {provider}"),
    )
    return checked(
        LetterDraft(
            kind=LetterKind.INTRODUCTION,
            letterhead=provider,
            to=meeting.vendor.name,
            subject=f"We look after the servers of {client}",
            paragraphs=tuple(p for p in paragraphs if p is not None),
            cc=letter.cc,
        )
    )


def _call(meeting: Introduction, provider: str, fact: FactRef) -> Paragraph:
    day = meeting.call_by or meeting.agency.follow_up_due
    if day is None:
        return Paragraph("If you have questions, reply to this letter or call us.", facts=(fact,))
    return Paragraph(
        f"{provider} will call you by {day:%a %Y-%m-%d}. If you have questions before, reply to this letter.",
        facts=(fact,),
    )

"""The introduction: after the client has signed its letter of agency, we say to the vendor who we are and what we ask.

It is refused while no letter of agency is in force, for nobody introduces himself in another's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.ids import AssetId
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import About, compose, joined, listed, own, words
from groundrules.core.letters.facts import Correspondence
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
    fact = FactRef("letter_of_agency", agency.letter, agency.sentence)
    day = meeting.call_by or agency.follow_up_due
    slots = (
        own("vendor", meeting.vendor.name),
        joined("servers", (letter.name(asset) for asset in meeting.assets), letter, fact),
        words("last_day", f"{agency.last_valid_day:%a %Y-%m-%d}", letter, fact),
        joined("people", meeting.people, letter),
        listed("asked", meeting.asked, letter),
        words("call_by", f"{day:%a %Y-%m-%d}" if day else "", letter, fact),
    )
    about = About(letter.provider.name, meeting.vendor.name)
    return compose(LetterKind.INTRODUCTION, slots, letter, about)

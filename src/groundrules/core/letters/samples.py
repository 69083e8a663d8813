"""Facts of an invented case for each place, so that a text can be looked at before any letter is written from it."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import (
    FOR_THE_CLIENT,
    LetterDraft,
    LetterKind,
    Paragraph,
    Slot,
)
from groundrules.core.letters.composing import merged, shipped_text
from groundrules.core.letters.places import Place, Shape, places_of
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import ENGLISH, say, spoken
from groundrules.core.letters.wording import checked
from groundrules.core.reasons import FactRef
from groundrules.core.vendors.rules_library import LIBRARY, said_in

_WORDS: Mapping[str, tuple[str, ...]] = {
    "agreement_continues": ("Our agreement goes on.",),
    "stays_client": ("You are our client, and you stay our client.",),
    "client": ("Harbor Dental",),
    "provider": ("Greenway IT Services",),
    "signer": ("Kim Green",),
    "server": ("SRV1",),
    "vendor": ("Rogue Dental Software",),
    "breached": ("6.1",),
    "permits": ("6.3",),
    "clause": ("6.4",),
    "back_clause": ("6.4",),
    "changed_servers": ("SRV1",),
    "servers": ("SRV1", "SRV2"),
    "others": ("SRV2",),
    "continues": ("monitoring", "backups"),
    "days": ("5",),
    "from": ("Mon 2007-03-12 08:00 PDT",),
    "began": ("Mon 2007-03-12 08:00 PDT",),
    "when": ("Tue 2007-03-13 10:05 PDT",),
    "answer_by": ("Fri 2007-03-09",),
    "call_by": ("Thu 2007-03-22",),
    "last_day": ("Wed 2008-03-19",),
    "title": ("The drive array of SRV1 failed",),
    "failed": ("Tue 2007-02-20 13:10 PST",),
    "restored_to": ("Tue 2007-02-20 13:09 PST",),
    "lost": (
        "The time between that state and the failure is 1 min. No record was lost, as checked by Pat Owner.",
    ),
    "back": ("It was back on Wed 2007-02-21 01:50 PST, after 12 h 40 min.",),
    "charged": ("$2,025.00",),
    "baseline": ("We listed what was on the server right after, on Wed 2007-02-21 01:55 PST.",),
    "total": ("$953.33",),
    "amount": ("$225.00",),
    "hours": ("1 h 30 min",),
    "reason": ("MSG-12, Pat Owner",),
    "level": ("act for us",),
    "months": ("12",),
    "limits": (
        "We may end it at any time by writing to you and to them. They may not sign or end a contract for us.",
    ),
    "verify_with": ("Pat Owner",),
    "version": ("2",),
    "people": ("Kim Green", "Alex Tech"),
    "contact": ("desk@greenway.example",),
    "score": ("25.5",),
    "starts_at": ("100",),
    "below": ("40",),
    "reply": (
        "Rogue Dental Software was asked for its side by Fri 2007-03-09. No answer is on record.",
    ),
    "sender": ("Cole Consultant",),
    "how": ("wrote by e-mail",),
    "meant": ("Coverage, rates and conditions are unchanged.",),
    "nothing_open": (
        "All conditions for SRV1 are met (clause 6.4); it is covered again from Thu 2007-04-05 00:00 PDT.",
    ),
}
_LISTS: Mapping[str, tuple[str, ...]] = {
    "findings": (
        (
            "On Wed 2007-02-21 19:58 PST: .NET Framework 2.0 removed. The record names the account rogue-svc of "
            "Rogue Dental Software (recorded). No approved window allowed it."
        ),
        (
            "On Wed 2007-02-21 20:06 PST: .NET Framework 1.0 added. The record names the account rogue-svc of "
            "Rogue Dental Software (recorded). No approved window allowed it."
        ),
    ),
    "counted": (
        "Sent Thu 2007-03-01 17:20 PST by email to notices@harbor.example.",
        "Clause 6.3 gives 5 full business days: day one is Mon 2007-03-05, day 5 is Fri 2007-03-09.",
    ),
    "costs": (
        "Work in business hours: $150.00 an hour.",
        "Work after hours: $300.00 an hour.",
        "The monthly fee of $350.00 stops for days without coverage and is credited (clause 2.1).",
    ),
    "conditions": (
        "The letter of agency for Rogue is signed and acknowledged.",
        "Rogue accepts version 2 of the rules of engagement.",
        "The sa password is changed and known to the provider only.",
    ),
    "promised": (
        "At most 1 h of work are lost (clause 3.12): it was 1 min, so that was kept.",
        "At most 4 h until it is back (clause 3.12): it was 12 h 40 min, so that was not kept.",
    ),
    "attempts": ("On Tue 2007-02-20 18:30 PST: we called Dell. The answer: could not help.",),
    "requested": ('On Tue 2007-02-20 16:40 PST: Pat Owner wrote or said: "Keep going tonight".',),
    "hours": (
        "Covered: 3 h 50 min, worth $575.00 (clause 3.2).",
        "Charged: 6 h 35 min as measured (clause 4.2). The amount is rounded as agreed.",
    ),
    "told_apart": (
        (
            "On Tue 2007-02-20 19:58 PST: .NET Framework 2.0 removed. The record names the account rogue-svc of "
            "Rogue Dental Software (recorded). No approved window allowed it. It was made during the recovery."
        ),
    ),
    "done": (
        "Letter of agency LOA-1 is signed and acknowledged.",
        "Every invoice for the suspension period is paid.",
    ),
    "open": (
        (
            "Rogue accepts version 2 of the rules of engagement. Now: Rogue has not accepted version 2 of the rules of "
            "engagement."
        ),
    ),
    "bill": (
        "Inspection of SRV1 before reinstatement: $300.00",
        "Reinstatement fee for SRV1: $350.00",
        "Managed services for SRV1, 2007-04-05 to 2007-04-30: $303.33",
    ),
    "refunds": ("Inspection of SRV1 before reinstatement: $300.00",),
    "prices": ("SRV1, each month: $410.00 instead of $350.00.",),
    "parties": (
        "We: Harbor Dental, 2 Dock Rd.",
        "Our agent: Greenway IT Services.",
        "Its people: Kim Green and Alex Tech.",
    ),
    "scope": (
        "support questions and orders about your software",
        "updates and access to the servers",
    ),
    "signature": ("Name: Pat Owner", "Date: ____________", "Signature: ____________"),
    "rules": said_in(LIBRARY, ENGLISH),
    "standing": ("Use your own named login. Do not use a shared or administrator account.",),
    "asked": ("Ask us before each visit. We set a time and open the way in.",),
    "handover": (
        "All passwords and keys that belong to you.",
        "The list of your servers and how they are set up.",
        "Your backups and how to restore them.",
    ),
    "working": (
        "Start: 100",
        "3 confirmed unapproved changes at 15 points: -45",
        "4 sessions out of window at 5 points: -20",
        "9.5 hours of cleanup at 1 point: -9.5",
    ),
    "reasons": (
        "Work after changes by vendors took 61.5 h in 2007.",
        "It was worth $1,425.00, and was not charged.",
    ),
}
_TROUBLE = (
    "On Wed 2007-02-21 20:01 PST: SharePoint stopped working. This happened before it: .NET Framework 2.0 removed. "
    "That is the order in time. It is not proof."
)
_QUOTED = "What do we have to do to get our server back? Please tell me today."
# What people say in their own words, which no phrase of ours knows, as they would say it in German.
_GERMAN: dict[str, tuple[str, ...]] = {
    "title": ("Das Array von SRV1 fiel aus",),
    "troubles": (_TROUBLE.replace("SharePoint stopped working", "SharePoint ging nicht mehr"),),
    "quoted": (
        "Was müssen wir tun, damit unser Server zurückkommt? Bitte sagen Sie es mir heute.",
    ),
    "attempts": ("On Tue 2007-02-20 18:30 PST: we called Dell. The answer: konnte nicht helfen.",),
    "requested": ('On Tue 2007-02-20 16:40 PST: Pat Owner wrote or said: "Heute Nacht weiter".',),
    "rules": said_in(LIBRARY, "de"),
    "reasons": (
        "Arbeit nach Änderungen durch Anbieter dauerte 2007 61,5 h.",
        "Sie war 1.425,00 USD wert und wurde nicht berechnet.",
    ),
}
# What is ours to say, or the client's own: no record stands behind it.
_UNCITED = frozenset({"parties", "scope", "signature", "enclosed"})
_UNCITED_IN = frozenset(
    {(LetterKind.RULES_OF_ENGAGEMENT, "rules"), (LetterKind.INTRODUCTION, "asked")}
)
# Places that say something else in one kind of letter.
_OF_KIND: Mapping[LetterKind, dict[str, tuple[str, ...]]] = {
    LetterKind.REINSTATEMENT: {"from": ("Thu 2007-04-05 00:00 PDT",)},
    LetterKind.CHANGE: {"rules": _LISTS["asked"]},
    LetterKind.PRICE_CHANGE: {"rules": _LISTS["asked"]},
}
_CLAUSES = frozenset({"breached", "permits", "clause", "back_clause"})
_DATED = frozenset(
    {
        "from",
        "began",
        "when",
        "total",
        "amount",
        "score",
        "nothing_open",
        "failed",
        "restored_to",
        "lost",
        "back",
        "charged",
        "baseline",
    }
)
_FACTS = (FactRef("change", "CHG-1"),)


def sample_letter(template: Template) -> LetterDraft:
    """This function will write a text as a letter about an invented case, with every place filled."""
    kind = template.kind
    slots = tuple(_slot(place, template) for place in places_of(kind))
    on_client_paper = kind in {LetterKind.LETTER_OF_AGENCY, LetterKind.VENDOR_INSTRUCTION}
    for_client = kind in FOR_THE_CLIENT | {LetterKind.REPLACEMENT, LetterKind.COPY}
    empty = LetterDraft(
        kind=kind,
        letterhead=_WORDS["client" if on_client_paper else "provider"][0],
        to=_WORDS["vendor"][0] if on_client_paper or not for_client else "Pat Owner, Harbor Dental",
        subject="",
        paragraphs=(),
        language=template.language,
        slots=slots,
    )
    return checked(merged(empty, template))


def _slot(place: Place, template: Template) -> Slot:
    language = template.language
    own = (_GERMAN if language == "de" else {}) | _OF_KIND.get(template.kind, {})
    if place.shape is Shape.PARAGRAPHS:
        (told,) = own.get(place.name) or (_QUOTED if place.name == "quoted" else _TROUBLE,)
        said = told if place.name == "quoted" else say(told, language)
        return Slot(place.name, paragraphs=(Paragraph(said, facts=_FACTS),))
    if place.shape is Shape.LIST:
        items = own.get(place.name) or _LISTS.get(place.name) or _enclosed(template)
        is_cited = place.name not in _UNCITED and (template.kind, place.name) not in _UNCITED_IN
        said_items = tuple(say(item, language) for item in items)
        return Slot(place.name, items=said_items, facts=_FACTS if is_cited else ())
    parts = own.get(place.name) or _WORDS[place.name]
    if place.name == "hours" and template.kind is LetterKind.RULES_OF_ENGAGEMENT:
        parts = ("4",)
    facts = _FACTS if place.name in _DATED or place.name in _CLAUSES else ()
    said = parts[0] if place.name in _CLAUSES else spoken(parts, language)
    return Slot(place.name, said, facts=facts, count=len(parts))


def _enclosed(template: Template) -> tuple[str, ...]:
    """The letters that come with one are called by their subject, in its language."""
    packed = template.kind is LetterKind.REPLY_PACK
    kind = LetterKind.VENDOR_INSTRUCTION if packed else LetterKind.NOTICE
    subject = sample_letter(shipped_text(kind, template.language)).subject
    return (f"To {_WORDS['vendor'][0]}: {subject}" if packed else subject,)

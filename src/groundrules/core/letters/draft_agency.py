"""Letters on the client's own paper: the letter of agency, and the exact words a vendor needs to hear from its client.

The client signs them; the provider only prepares them. A letter of agency never lets the provider sign or end contracts
(reference: domain 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.agreements.terms import ConditionKind, ConditionTerms
from groundrules.core.agreements.words import spoken_list
from groundrules.core.ids import AssetId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Slot
from groundrules.core.letters.composing import About, compose, joined, listed, own, words
from groundrules.core.letters.facts import Correspondence
from groundrules.core.lifecycle.answers import (
    ConditionBucket,
    ConditionStatus,
    ReinstatementAnswer,
    condition_ref,
)
from groundrules.core.parties import Vendor
from groundrules.core.reasons import FactRef

_LIMITS = "We may end it at any time by writing to you and to them. They may not sign or end a contract for us."
_DONE = frozenset({ConditionBucket.MET, ConditionBucket.WAIVED})


class AgencyIncomplete(ValueError):
    """A letter of agency lacks what a vendor checks first: an address, a named person or a scope."""


class NothingToTell(ValueError):
    """No open condition concerns the vendor, so there is nothing it must be told."""


class AgencyLevel(StrEnum):
    """How far the client's permission goes."""

    FULL = "act for us"
    READ_ONLY = "ask and be told, but change nothing"


@dataclass(frozen=True, slots=True)
class Agency:
    """What a letter of agency grants: to named people of the provider, for an account, scope and time."""

    vendor: Vendor
    people: tuple[str, ...]
    scope: tuple[str, ...]
    assets: tuple[AssetId, ...]
    level: AgencyLevel = AgencyLevel.FULL
    account_number: str = ""
    months: int = 12
    signer_title: str = ""
    verify_with: str = ""


def draft_letter_of_agency(agency: Agency, letter: Correspondence) -> LetterDraft:
    """This function will draft a letter of agency on the client's letterhead, ready to be signed and dated.

    Raises AgencyIncomplete when the client's address, a named person or the scope is missing.
    """
    _refuse_incomplete(agency, letter)
    slots = (
        own("vendor", agency.vendor.name),
        listed("parties", _parties(agency, letter), letter),
        words("level", agency.level.value, letter),
        listed("scope", agency.scope, letter),
        joined("servers", (letter.name(asset) for asset in agency.assets), letter),
        own("months", str(agency.months)),
        words("limits", _LIMITS, letter),
        own("verify_with", agency.verify_with),
        listed("signature", _signature(agency, letter), letter),
    )
    about = About(letter.client.name, agency.vendor.name)
    return compose(LetterKind.LETTER_OF_AGENCY, slots, letter, about)


def _parties(agency: Agency, letter: Correspondence) -> tuple[str, ...]:
    client, provider = letter.client, letter.provider
    account = f"Our account with you: {agency.account_number}." if agency.account_number else ""
    return (
        f"We: {client.name}, {client.address}.",
        f"Our agent: {provider.name}{f', {provider.address}' if provider.address else ''}.",
        f"Its people: {spoken_list(agency.people)}.",
        *([account] if account else []),
    )


def _refuse_incomplete(agency: Agency, letter: Correspondence) -> None:
    needed = {
        "the client's address": letter.client.address,
        "a named person of the provider": agency.people,
        "a scope": agency.scope,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        message = f"the letter of agency for {agency.vendor.name} lacks {spoken_list(missing)}; vendors refuse it so"
        raise AgencyIncomplete(message)


def _signature(agency: Agency, letter: Correspondence) -> tuple[str, ...]:
    title = f", {agency.signer_title}" if agency.signer_title else ""
    return (f"Name: {letter.signer}{title}", "Date: ____________", "Signature: ____________")


def vendor_conditions(answer: ReinstatementAnswer, vendor: Vendor) -> tuple[ConditionStatus, ...]:
    """This function will list the open conditions that the vendor must do something about."""
    return tuple(
        s for s in answer.conditions if s.terms.vendor == vendor.id and s.bucket not in _DONE
    )


def draft_vendor_instruction(
    vendor: Vendor, conditions: Iterable[ConditionTerms], server: AssetId, letter: Correspondence
) -> LetterDraft:
    """This function will draft the exact words for a vendor, on the client's letterhead.

    `conditions` are the open ones that concern the vendor (see `vendor_conditions`). Raises NothingToTell without any.
    """
    asked = tuple(conditions)
    if not asked:
        message = f"no open condition concerns {vendor.name}; there is nothing to tell them"
        raise NothingToTell(message)
    provider = letter.provider
    facts = tuple(FactRef("condition", condition_ref(server, c.id), c.says) for c in asked)
    slots = (
        own("vendor", vendor.name),
        own("server", letter.name(server)),
        own("contact", provider.email),
        listed("asked", (_told(c, letter) for c in asked), letter, *facts),
        listed("standing", STANDING_RULES, letter, *facts),
    )
    copies = (provider.name, *letter.cc)
    about = About(letter.client.name, vendor.name, server, copies=copies)
    return compose(LetterKind.VENDOR_INSTRUCTION, slots, letter, about)


def _told(condition: ConditionTerms, letter: Correspondence) -> str:
    """Says a condition as the vendor must hear it: what to do, instead of what must be true."""
    provider = letter.provider.name
    actions = {
        ConditionKind.LETTER_OF_AGENCY: f"Tell {provider} that you have our letter of agency and will work with them.",
        ConditionKind.RULES_ACCEPTED: (
            f"Accept version {condition.rules_version} of the rules of engagement of {provider}, in writing."
        ),
        ConditionKind.NAMED_LOGIN_ISSUED: (
            f"Tell {provider} which of your people need a login. Each one gets a login of their own."
        ),
        ConditionKind.PASSWORD_ROTATED: f"Stop using the {condition.component} password. It is ours again.",
    }
    return actions.get(condition.kind, condition.says)


STANDING_RULES = (
    "Use your own named login. Do not use a shared or administrator account.",
    "Change only what was agreed. Do not remove or add a shared part of the system without asking.",
    "Tell us what you changed when you are done, and log off.",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """One numbered version of the rules of engagement, its promises in the words the vendor reads and accepts.

    `answer_minutes` is within how many minutes we decide what the vendor asks for.
    """

    version: int
    items: tuple[str, ...]
    answer_minutes: int = 0


def draft_rules_of_engagement(vendor: Vendor, rules: Rules, letter: Correspondence) -> LetterDraft:
    """This function will draft the rules of engagement for a vendor, with the promise of a quick answer in return."""
    slots = (
        own("vendor", vendor.name),
        own("version", str(rules.version)),
        Slot("rules", items=rules.items),
        own("hours", _whole_hours(rules.answer_minutes)),
    )
    about = About(letter.provider.name, vendor.name)
    return compose(LetterKind.RULES_OF_ENGAGEMENT, slots, letter, about)


def _whole_hours(minutes: int) -> str:
    """Nothing, where it is no whole number of hours: a letter then says "quickly"."""
    hours, rest = divmod(minutes, 60)
    return str(hours) if hours and not rest else ""

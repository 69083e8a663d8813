"""Rules of engagement: what a vendor promises before it works on a client's servers, made from a library.

A version is text people read, frozen with the clauses it was made from. A named person accepts one version; a new one
asks again. What happens to requests meanwhile is part of the version: they are refused, or marked and let through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.ids import VendorId
from groundrules.core.periods import utc
from groundrules.core.vendors.model import RulesAcceptance


class RulesIncomplete(ValueError):
    """A version needs at least one clause, each of them known, and words of its own that say something."""


class Unaccepted(StrEnum):
    """What becomes of a request while nobody at the vendor has accepted the newest version."""

    REFUSE = "refuse"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class RuleClause:
    """One promise: a stable id, a title, and the sentence a vendor's person reads."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RulesOfEngagement:
    """One version of the rules for one vendor, as it was published; `per_agreement` asks again under each agreement."""

    vendor: VendorId
    version: int
    clauses: tuple[RuleClause, ...]
    published_at: datetime
    unaccepted: Unaccepted = Unaccepted.REFUSE
    per_agreement: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """How acceptance is asked for: what happens until then, and whether a new version of the agreement asks again."""

    unaccepted: Unaccepted = Unaccepted.REFUSE
    per_agreement: bool = False


LIBRARY: tuple[RuleClause, ...] = (
    RuleClause(
        "window-first",
        "A window first",
        "We ask for a window before we connect, and say what we will do, to what, and for how long.",
    ),
    RuleClause(
        "backup-first",
        "A backup first",
        "We begin only when a backup or a snapshot from before our work is confirmed.",
    ),
    RuleClause(
        "named-account",
        "Our own account",
        "Each of us logs in with an account in his or her own name, and lends it to nobody.",
    ),
    RuleClause(
        "no-administrator",
        "No SA, no administrator",
        "We do not use sa, root, administrator or any shared account, and change none of their passwords.",
    ),
    RuleClause(
        "shared-runtime",
        "Shared parts stay",
        "We neither remove nor downgrade what other software needs (.NET, Java, database engines, drivers) without "
        "written consent.",
    ),
    RuleClause(
        "settings",
        "Settings and firewall stay",
        "We change no setting of the server, the firewall, the backup or the virus scanner that is not in our plan.",
    ),
    RuleClause(
        "rollback",
        "A way back",
        "We say before we begin how we go back, and who decides it; where there is no way back, we say so plainly.",
    ),
    RuleClause(
        "tools",
        "Agreed tools only",
        "We use only remote tools that were agreed, leave no agent or tunnel behind, and never connect unattended.",
    ),
    RuleClause(
        "hours",
        "Inside the hours",
        "If our work runs into business hours or past the window, we stop and ask, unless stopping does more harm.",
    ),
    RuleClause(
        "report",
        "A report when done",
        "When we are done we say what we changed, whether it works, and what is left to do.",
    ),
    RuleClause(
        "recording",
        "Recorded work",
        "We know that logins and changes are recorded, and on some servers what our terminal shows.",
    ),
    RuleClause(
        "cost",
        "What breaks is ours",
        "Repairing what we changed without a window may be charged to the client, who will turn to us.",
    ),
)
_KNOWN = {clause.id: clause for clause in LIBRARY}


def assemble(
    vendor: VendorId,
    chosen: Iterable[str],
    own: Iterable[str],
    *,
    after: Iterable[RulesOfEngagement],
    asking: Asking,
    at: datetime,
) -> RulesOfEngagement:
    """This function will make the next version of a vendor's rules from library clauses and sentences of one's own.

    Raises RulesIncomplete, also when nothing differs from the version before: nobody is asked to accept that again.
    """
    wanted = tuple(dict.fromkeys(chosen))
    unknown = [name for name in wanted if name not in _KNOWN]
    if unknown:
        message = f"the library has no clause {', '.join(unknown)}"
        raise RulesIncomplete(message)
    sentences = [text.strip() for text in own if text.strip()]
    clauses = tuple(clause for clause in LIBRARY if clause.id in wanted)
    clauses += tuple(
        RuleClause(f"own-{number}", "Agreed besides", text)
        for number, text in enumerate(sentences, start=1)
    )
    if not clauses:
        message = "choose at least one clause, or write one"
        raise RulesIncomplete(message)
    before = newest(after)
    as_before = before and Asking(before.unaccepted, before.per_agreement) == asking
    if before and as_before and before.clauses == clauses:
        message = f"nothing differs from version {before.version}"
        raise RulesIncomplete(message)
    version = before.version + 1 if before else 1
    return RulesOfEngagement(
        vendor, version, clauses, at, asking.unaccepted, per_agreement=asking.per_agreement
    )


def newest(versions: Iterable[RulesOfEngagement]) -> RulesOfEngagement | None:
    """This function will return the newest version, or None where there is none."""
    return max(versions, key=lambda one: one.version, default=None)


@dataclass(frozen=True, slots=True)
class RulesStanding:
    """Whether a vendor stands to the newest version of its rules: which, and who accepted it when, if anybody.

    `agreement` is the version of the client's agreement that it was asked for.
    """

    rules: RulesOfEngagement | None
    accepted: RulesAcceptance | None
    agreement: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to accept the newest version."""
        return self.rules is not None and self.accepted is None

    @property
    def refuses(self) -> bool:
        """Whether requests are refused until then."""
        return self.waits and self.rules is not None and self.rules.unaccepted is Unaccepted.REFUSE


def rules_standing(
    versions: Iterable[RulesOfEngagement],
    acceptances: Iterable[RulesAcceptance],
    vendor: VendorId,
    at: datetime,
    agreement: str = "",
) -> RulesStanding:
    """This function will say whether anybody at the vendor has accepted the newest version by `at`.

    What was accepted before it was published is no acceptance of it, and where the rules ask per agreement, neither is
    what was accepted under another version of the client's agreement.
    """
    rules = newest(
        one for one in versions if one.vendor == vendor and utc(one.published_at) <= utc(at)
    )
    if rules is None:
        return RulesStanding(None, None)
    found = [
        one
        for one in acceptances
        if one.vendor == vendor
        and one.version == rules.version
        and utc(rules.published_at) <= utc(one.at) <= utc(at)
        and (not rules.per_agreement or one.agreement == agreement)
    ]
    accepted = min(found, key=lambda one: utc(one.at), default=None)
    return RulesStanding(rules, accepted, agreement)

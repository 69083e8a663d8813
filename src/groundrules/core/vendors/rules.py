"""Rules of engagement: what a vendor promises before it works on a client's servers, made from a library.

A version is text people read, frozen with the clauses it was made from. A named person accepts one version; a new one
asks again. What happens to requests meanwhile is part of the version: they are refused, or marked and let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.ids import VendorId
from groundrules.core.periods import utc
from groundrules.core.vendors.model import RulesAcceptance
from groundrules.core.vendors.rules_library import (
    LIBRARY,
    RuleClause,
    RulesIncomplete,
    as_known,
    own_clauses,
    said_in,
)


class Unaccepted(StrEnum):
    """What becomes of a request while nobody at the vendor has accepted the newest version."""

    REFUSE = "refuse"
    MARK = "mark"


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
    """How acceptance is asked for: what happens until then, and whether a new version of the agreement asks again.

    `reads` is the language the vendor is written to in; every promise needs words in it. Empty asks for none.
    """

    unaccepted: Unaccepted = Unaccepted.REFUSE
    per_agreement: bool = False
    reads: str = ""


def assemble(
    vendor: VendorId,
    chosen: Iterable[str],
    own: Iterable[Mapping[str, str]],
    *,
    after: Iterable[RulesOfEngagement],
    asking: Asking,
    at: datetime,
) -> RulesOfEngagement:
    """This function will make the next version of a vendor's rules from library clauses and sentences of one's own.

    A sentence is given in each language it is said in. Raises RulesIncomplete, also when nothing differs from the
    version before: nobody is asked to accept that again.
    """
    clauses = (*_of_library(tuple(dict.fromkeys(chosen))), *own_clauses(own))
    if not clauses:
        message = "choose at least one clause, or write one"
        raise RulesIncomplete(message)
    if asking.reads:
        said_in(clauses, asking.reads)
    before = newest(after)
    if before is not None and _says_the_same(before, clauses, asking):
        message = f"nothing differs from version {before.version}"
        raise RulesIncomplete(message)
    version = before.version + 1 if before else 1
    return RulesOfEngagement(
        vendor, version, clauses, at, asking.unaccepted, per_agreement=asking.per_agreement
    )


def _of_library(wanted: tuple[str, ...]) -> tuple[RuleClause, ...]:
    known = {clause.id for clause in LIBRARY}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        message = f"the library has no clause {', '.join(unknown)}"
        raise RulesIncomplete(message)
    return tuple(clause for clause in LIBRARY if clause.id in wanted)


def _says_the_same(
    before: RulesOfEngagement, clauses: tuple[RuleClause, ...], asking: Asking
) -> bool:
    as_before = (before.unaccepted, before.per_agreement)
    asked = as_before == (asking.unaccepted, asking.per_agreement)
    return asked and tuple(as_known(clause) for clause in before.clauses) == clauses


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

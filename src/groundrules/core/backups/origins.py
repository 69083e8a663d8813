"""Where a proof came from, and so how much it is worth: measured by us, answered for by a person, or only reported.

A mail proves at most which domain sent it, never that a restore worked. So what came by mail is shown as a report of
its product and counts for no proof, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from groundrules.core.mail import Trust


class OriginKind(StrEnum):
    """By which way a result, a drill or a check came into the books."""

    OURS = "ours"
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind of origin, no secret
    MAIL = "mail"
    UNNOTED = "not noted"


class ProofStrength(StrEnum):
    """What a proof is worth: we measured it, somebody answers for it, or a product said so by mail."""

    MEASURED = "measured"
    HANDED_IN = "handed in"
    REPORTED = "reported"


_STRENGTHS = {
    OriginKind.OURS: ProofStrength.MEASURED,
    OriginKind.MAIL: ProofStrength.REPORTED,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result, a drill or a check came from.

    `who` is the person, the person and their token, or the address that mailed it; `mail` is that mail's reference and
    `trust` how far its sender was proven. What was written before origins were noted has none, and says so.
    """

    kind: OriginKind = OriginKind.UNNOTED
    who: str = ""
    product: str = ""
    mail: str = ""
    trust: Trust | None = None

    @property
    def strength(self) -> ProofStrength:
        """What it is worth; what is not noted was handed in, because that was the only other way."""
        return _STRENGTHS.get(self.kind, ProofStrength.HANDED_IN)

    @property
    def is_reported(self) -> bool:
        """Whether it is only reported, which counts for no proof."""
        return self.strength is ProofStrength.REPORTED

    @property
    def words(self) -> str:
        """How it is said behind what was proven."""
        if self.kind is OriginKind.MAIL:
            proven = "sender's domain proven" if self.trust is Trust.DOMAIN else "sender not proven"
            return f"reported by {self.product or 'its product'} by mail ({self.mail}, {proven})"
        if self.kind is OriginKind.OURS:
            return "measured by us"
        return f"handed in by {self.who}" if self.who else "handed in, origin not noted"


OURS = Origin(OriginKind.OURS)
NOT_NOTED = Origin()


class HasOrigin(Protocol):
    """What came into the books by some way."""

    @property
    def origin(self) -> Origin:
        """Where it came from."""


Told = TypeVar("Told", bound=HasOrigin)


def counted_only(found: Iterable[Told]) -> tuple[Told, ...]:
    """This function will leave away what is only reported: it counts for no proof and no promise."""
    return tuple(one for one in found if not one.origin.is_reported)


def reported_only(found: Iterable[Told]) -> tuple[Told, ...]:
    """This function will choose what is only reported."""
    return tuple(one for one in found if one.origin.is_reported)

"""The values attribution answers with: levels, strengths, hypotheses and the attribution itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.ids import ChangeId, GapId, SessionId
from groundrules.core.parties import Party
from groundrules.core.reasons import Reason
from groundrules.core.vendors import PermissionAnswer


class Level(StrEnum):
    """How identity was established (reference: causation 3.2 rule 3)."""

    L1 = "L1"  # the event carries the session's own key (LogonId, ses, session_id)
    L2 = "L2"  # the event names an account or identifier
    L3 = "L3"  # exactly one session overlaps in time
    L4 = "L4"  # several sessions overlap
    L5 = "L5"  # nothing


class Strength(StrEnum):
    """Attribution words, never stronger than the evidence.

    recorded: the event itself names the session or an account known to belong to one party. matched: the event
    names an identifier that only one session ties to an account. inferred: time overlap or habit only. unknown:
    none of these.
    """

    RECORDED = "recorded"
    MATCHED = "matched"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One candidate maker of a change. `rejected` ones stay listed with the sentence why; own work is among them."""

    label: str
    party: Party | None
    account: str
    strength: Strength
    level: Level
    session: SessionId | None = None
    own_run: str = ""
    rejected: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """The answer for one change: strength, level, the party if one may be named, and every hypothesis.

    `party` is set only when `names_party`: L1 or L2 on an unshared identity, no gap over the change. `account` may
    be named without a party (a shared account is not a person). `capped_by` lists the gaps that lowered the verdict.
    """

    change: ChangeId
    strength: Strength
    level: Level
    party: Party | None
    account: str
    session: SessionId | None
    hypotheses: tuple[Hypothesis, ...]
    permission: PermissionAnswer
    reasons: tuple[Reason, ...]
    capped_by: tuple[GapId, ...] = ()

    @property
    def names_party(self) -> bool:
        """True when the evidence lets us say whose act it was."""
        return self.party is not None and self.strength in {Strength.RECORDED, Strength.MATCHED}

    @property
    def grade(self) -> str:
        """The evidence grade people quote: A recorded, B matched, C inferred or several, D nothing (domain
        section 8).
        """
        if self.strength is Strength.RECORDED and self.party is not None:
            return "A"
        if self.strength is Strength.MATCHED and self.party is not None:
            return "B"
        return "C" if self.level in {Level.L1, Level.L2, Level.L3, Level.L4} else "D"

"""What a piece of work would come to before it is done, or before an owner makes an exception: nothing is written.

The same rooms answer as afterwards, so what was foreseen and what is decided differ only by facts that came between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.answers.answer import answer
from groundrules.core.answers.deciding import decide_entry
from groundrules.core.answers.findings import findings_of
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.overriding import Override
from groundrules.core.money import Money
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.rate import rate
from groundrules.core.work import TimeEntry
from groundrules.core.world import World


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How work would be decided, and what it alone would be charged."""

    decision: CoverageDecision
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What an exception costs or brings: everything charged to the client before and after it."""

    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """Negative where the exception gives money away."""
        return self.after - self.before


def foresee(world: World, entry: TimeEntry, at: datetime, engine: EngineVersion) -> Foreseen:
    """This function will decide work that may not have been done yet, from what is known at `at`.

    Raises WorkNotAllocated and UnknownVersion as deciding does.
    """
    decision = decide_entry(entry, findings_of(world, at), engine)
    return Foreseen(decision, rate((decision,), world.agreement))


def price_of(world: World, override: Override, at: datetime, engine: EngineVersion) -> Price:
    """This function will say what all charges come to without and with an exception made at `at`."""
    changed = replace(world, overrides=(*world.overrides, override))
    before, after = (answer(w, at, engine).money.charges for w in (world, changed))
    zero = Money.zero(world.client.currency)
    return Price(*(sum((c.amount for c in charges), zero) for charges in (before, after)))

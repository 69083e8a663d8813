"""What decisions come to: charges, work shown at 0.00, work that waits for a person, and drafted documents."""

from __future__ import annotations

from groundrules.core.answers.documents import Issued, Rated, documents_of
from groundrules.core.answers.model import MoneyAnswer
from groundrules.core.answers.states import StatesAnswer
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.rating.other_rules import trace
from groundrules.core.rating.rate import open_lines, rate, uncharged_lines
from groundrules.core.world import World


def money_of(
    world: World,
    decisions: tuple[CoverageDecision, ...],
    states: StatesAnswer,
    issued: tuple[Issued, ...],
) -> MoneyAnswer:
    """This function will rate the decisions in force and draft the documents the world asks for.

    `issued` are the documents that went out before this instant, as they were then.
    """
    charges = rate(decisions, world.agreement)
    uncharged = uncharged_lines(decisions)
    return MoneyAnswer(
        charges=charges,
        uncharged=uncharged,
        open_lines=open_lines(decisions),
        trace=trace(decisions, world.agreement) if charges else None,
        invoices=documents_of(world, Rated(charges, uncharged, states), issued),
    )

"""What decisions come to: charges, work shown at 0.00, work that waits for a person, and drafted documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from groundrules.core.answers.conversing import clocks
from groundrules.core.answers.documents import Issued, Rated, documents_of
from groundrules.core.answers.model import BlockBalance, MoneyAnswer
from groundrules.core.answers.states import StatesAnswer
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.invoices.fees import FeeShares
from groundrules.core.invoices.further_lines import Missed, cap_target, credit_targets
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.periods import local_date, utc
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.blocks import Settled, opened, settle
from groundrules.core.rating.caps import above_caps
from groundrules.core.rating.other_rules import trace
from groundrules.core.rating.rate import open_lines, rate, uncharged_lines
from groundrules.core.world import World


def money_of(
    world: World,
    decisions: tuple[CoverageDecision, ...],
    states: StatesAnswer,
    issued: tuple[Issued, ...],
    at: datetime,
) -> MoneyAnswer:
    """This function will rate the decisions in force, let blocks and caps settle them, and draft what is to be billed.

    `issued` are the documents that went out before this instant, as they were then.
    """
    rated = rate(decisions, world.agreement)
    settled = _settled(world, rated, at)
    uncharged = uncharged_lines(decisions)
    targets = (
        *(cap_target(above) for above in above_caps(settled.charges, world.agreement)),
        *credit_targets(_missed(world, states, at)),
    )
    shares = FeeShares(world.agreement, states.of)
    found = Rated(settled.charges, uncharged, states, shares, settled.prepaid, targets)
    return MoneyAnswer(
        charges=settled.charges,
        uncharged=uncharged,
        open_lines=open_lines(decisions),
        trace=trace(decisions, world.agreement)
        if any(charge.key.beside is None for charge in rated)
        else None,
        invoices=documents_of(world, found, issued),
        prepaid=settled.prepaid,
        targets=targets,
        blocks=tuple(
            BlockBalance(
                block.id,
                block.opens,
                block.expires,
                block.minutes,
                left,
                has_expired=block.expires is not None and block.expires <= utc(at),
            )
            for block, left in settled.left
        ),
    )


def charges_of(
    world: World, decisions: tuple[CoverageDecision, ...], at: datetime
) -> tuple[Charge, ...]:
    """This function will rate the decisions in force and let blocks settle them, and draft nothing."""
    return _settled(world, rate(decisions, world.agreement), at).charges


def _settled(world: World, rated: tuple[Charge, ...], at: datetime) -> Settled:
    return settle(rated, opened(world.agreement, world.blocks, world.client.zone), at)


def _missed(world: World, states: StatesAnswer, at: datetime) -> Iterable[Missed]:
    """The promises that were missed by now, each under the version in force when its incident was opened."""
    incidents = {incident.id: incident for incident in world.incidents}
    for clock in clocks(world, states.spans, at):
        incident = incidents[clock.incident]
        version = binding_version(world.agreement, incident.opened_at)
        if clock.met is False and version is not None:
            day = local_date(version.calendar.zone, incident.opened_at)
            yield Missed(incident.asset, incident.priority, day, version)

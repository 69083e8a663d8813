"""What was said and promised, and the service clocks: each message logged, each promise committed or refused."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.answers.model import Refusal
from groundrules.core.conversations import Commitment, Logged, NeedsAuthorisedContact, commit, log
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.periods import utc
from groundrules.core.sla import Clock, ClockFacts, NoTarget, clock, target_for
from groundrules.core.world import World


def logged(world: World) -> tuple[Logged, ...]:
    """This function will say of each inbound message from the client's side what it changed, and who is copied."""
    said = (m for m in world.messages if m.inbound and m.vendor is None)
    return tuple(log(message, world.client) for message in said)


def commitments(world: World) -> tuple[tuple[Commitment, ...], tuple[Refusal, ...]]:
    """This function will turn each promise into a commitment, or say who would have to approve it."""
    messages = {message.id: message for message in world.messages}
    made: list[Commitment] = []
    refused: list[Refusal] = []
    for promise in world.promises:
        approval = messages.get(promise.approved_in) if promise.approved_in else None
        if promise.message not in messages:
            continue  # Not said yet at this instant.
        try:
            made.append(commit(messages[promise.message], world.client, approval))
        except NeedsAuthorisedContact as refusal:
            refused.append(Refusal(promise.message, type(refusal).__name__, str(refusal)))
    return tuple(made), tuple(refused)


def clocks(world: World, states: tuple[StateSpan, ...], at: datetime) -> tuple[Clock, ...]:
    """This function will measure every incident that has a promised time."""
    found: list[Clock] = []
    for incident in world.incidents:
        version = binding_version(world.agreement, incident.opened_at)
        if version is None or not incident.priority:
            continue
        try:
            target = target_for(incident, version)
        except NoTarget:
            continue  # Nothing was promised for this priority, so nothing is measured.
        attempts = tuple(
            a
            for a in world.third_party_attempts
            if a.incident in {None, incident.id} and utc(a.at) >= utc(incident.opened_at)
        )
        own = tuple(s for s in states if s.asset == incident.asset)
        facts = ClockFacts(attempts, own)
        found.append(clock(incident, target, version.calendar, facts, at))
    return tuple(found)

"""What the evidence says at an instant: who made each change, what explains each incident, and how each asset stood.

A client with years of work is asked about thousands of instants, and most work looks at one server and at no incident;
so each finding is worked out when it is first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.answers.known import as_known
from groundrules.core.answers.states import states_of_asset
from groundrules.core.attribution.answers import Attribution
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.weigh import weigh_all
from groundrules.core.causation.answers import CauseAnswer, Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.rank import rank
from groundrules.core.changes import Change
from groundrules.core.disputes import corrected
from groundrules.core.ids import AssetId, ChangeId, IncidentId, RequestId
from groundrules.core.parties import Party, PartyKind
from groundrules.core.periods import utc
from groundrules.core.replay.update import replayed
from groundrules.core.work import Request
from groundrules.core.world import World


class Findings:
    """What was known of a world at an instant, and what follows from it. Immutable; nothing is worked out twice."""

    def __init__(self, world: World, at: datetime) -> None:
        self._whole = world
        self.at = at
        self._causes: dict[IncidentId, CauseAnswer] = {}
        self._states: dict[AssetId, tuple[StateSpan, ...]] = {}

    @cached_property
    def world(self) -> World:
        """The world as it was known then."""
        return as_known(self._whole, self.at)

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """Who made each change known then."""
        return attributions_of(self.world)

    @cached_property
    def attribution_of(self) -> dict[ChangeId, Attribution]:
        """The same, by change."""
        return {made.change: made for made in self.attributions}

    @property
    def causes(self) -> tuple[CauseAnswer, ...]:
        """What explains each incident known then."""
        return tuple(self.cause_of(incident) for incident in self.world.incidents)

    def cause_of(self, incident: Incident) -> CauseAnswer:
        """This method will say what explains one incident that was known then."""
        if incident.id not in self._causes:
            self._causes[incident.id] = cause_of(self.world, incident)
        return self._causes[incident.id]

    @cached_property
    def incidents(self) -> dict[IncidentId | None, Incident]:
        """The incidents known then, by id."""
        return {incident.id: incident for incident in reversed(self.world.incidents)}

    @cached_property
    def requests(self) -> dict[RequestId | None, Request]:
        """The requests known then, by id."""
        return {request.id: request for request in reversed(self.world.requests)}

    @cached_property
    def changes(self) -> dict[ChangeId, Change]:
        """The changes known then, by id."""
        return {change.id: change for change in self.world.changes}

    def states_of(self, asset: AssetId | None) -> tuple[StateSpan, ...]:
        """This method will return the coverage states of one asset as known then; none where work names no asset."""
        if asset is None:
            return ()
        if asset not in self._states:
            self._states[asset] = states_of_asset(self.world, asset, self.attributions, self.at)
        return self._states[asset]


def remembering(world: World) -> Callable[[datetime], Findings]:
    """This function will return the findings of each instant, made once however many time entries ask for them."""
    kept: dict[datetime, Findings] = {}

    def findings_at(at: datetime) -> Findings:
        if at not in kept:
            kept[at] = Findings(world, at)
        return kept[at]

    return findings_at


def findings_of(world: World, at: datetime) -> Findings:
    """This function will work out what the evidence says at an instant, from what was known then."""
    return Findings(world, utc(at))


def attributions_of(world: World) -> tuple[Attribution, ...]:
    """This function will weigh who made each change."""
    context = AttributionContext(
        zone=world.client.zone,
        provider=Party(PartyKind.PROVIDER, world.provider.id, world.provider.name),
        sessions=world.sessions,
        accounts=world.accounts,
        vendors=world.vendors,
        windows=world.windows,
        own_runs=world.own_runs,
        gaps=world.gaps,
        letters=world.letters_of_agency,
        acceptances=world.acceptances,
    )
    return corrected(weigh_all(world.changes, context), world.disputes, world.client.zone)


def causes_of(world: World) -> tuple[CauseAnswer, ...]:
    """This function will say what explains each incident: ranked by the record, then as its replays leave it."""
    return tuple(cause_of(world, incident) for incident in world.incidents)


def cause_of(world: World, incident: Incident) -> CauseAnswer:
    """This function will say what explains one incident: ranked by the record, then as its replays leave it."""
    ranked = rank(incident, world.changes, causation_context(world))
    return replayed(ranked, world.replays)


def causation_context(world: World) -> CausationContext:
    """This function will pick what causation may look at: nothing of who acted or what was permitted."""
    return CausationContext(
        zone=world.client.zone,
        applications=world.applications,
        dependencies=world.dependencies,
        assets=world.assets,
        health_checks=world.health_checks,
        gaps=world.gaps,
        own_runs=world.own_runs,
        recoveries=world.recoveries,
    )

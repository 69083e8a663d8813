"""A collector that was silent: unseen by us, or at rest by the agreement; a client's report tells the two apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.answers.answer import answer
from groundrules.core.answers.silence import silence_told
from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.evidence import Gap, GapKind
from groundrules.core.ids import AssetId, GapId
from groundrules.core.periods import Interval
from groundrules.core.world import World
from tests.cases.worlds import world_of

_AT = datetime(2007, 5, 1, 18, 0, tzinfo=UTC)
_OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
_UNSEEN = "numbers of that time are incomplete."


def resting(world: World, *services: ManagedService) -> World:
    """The world of a suspension through which these services rest."""
    versions = tuple(
        replace(v, suspension=replace(v.suspension, stops=frozenset(services)))
        for v in world.agreement.versions
        if v.suspension is not None
    )
    return replace(world, agreement=replace(world.agreement, versions=versions))


def told(before: timedelta, after: timedelta, *services: ManagedService) -> tuple[str, ...]:
    """What is said of a silence around the instant SRV1 was off, where these services rest."""
    world = resting(world_of("10d-backups-that-rest.yaml"), *services)
    answers = answer(world, _AT, EngineVersion("rules", "2026f"))
    when = Interval(_OFF - before, _OFF + after)
    gap = Gap(GapId("GAP-1"), AssetId("SRV1"), GapKind.COLLECTOR_SILENT, when, "collector", "")
    return silence_told(answers, gap)


class TestSilence:
    def test_is_ours_until_monitoring_rests(self) -> None:
        """Cut at the instant the server was off; the numbers are incomplete in both."""
        off = "Mon 2007-03-12 08:00 PDT"

        assert told(_DAY, _DAY, ManagedService.MONITORING) == (
            f"SRV1: our collector was silent from Sun 2007-03-11 08:00 PDT to {off}; {_UNSEEN}",
            (
                f"SRV1: monitoring rested while the server was suspended from {off} to "
                f"Tue 2007-03-13 08:00 PDT; {_UNSEEN}"
            ),
        )

    def test_is_ours_where_monitoring_goes_on(self) -> None:
        """That backups rest says nothing of monitoring."""
        (says,) = told(_DAY, _DAY, ManagedService.BACKUPS)

        assert says.startswith(
            "SRV1: our collector was silent from Sun 2007-03-11 08:00 PDT to Tue"
        )

    def test_of_an_instant_is_said_so(self) -> None:
        """A silence that began and ended at one instant has no span to be cut."""
        (says,) = told(_DAY * 0, _DAY * 0, ManagedService.MONITORING)

        assert says.startswith("SRV1: our collector was silent at Mon 2007-03-12 08:00 PDT;")

"""An entry is decided anew only where what it rests on moved, and that is the same as deciding it at every instant."""

from __future__ import annotations

from datetime import datetime

import pytest

from groundrules.core.answers.answer import answer
from groundrules.core.answers.deciding import decide_entry
from groundrules.core.answers.findings import findings_of
from groundrules.core.answers.known import change_known_at, work_known_at
from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.periods import utc
from groundrules.core.world import World
from groundrules.services.coverage import verdict_of
from tests.cases.worlds import world_of

_ENGINE = EngineVersion("rules", "2026f")
_NAMES = (
    "01-drive-array-recovery.yaml",
    "03-who-asked.yaml",
    "05b-the-same-in-april.yaml",
    "06-our-own-patch.yaml",
    "07-sa-password.yaml",
    "11-fee-credit-and-return.yaml",
)


def learned_in(world: World) -> list[datetime]:
    """This function will list instants at which something became known that may decide."""
    return [
        *(change_known_at(world, change) for change in world.changes),
        *(request.ratification.at for request in world.requests if request.ratification),
        *(incident.opened_at for incident in world.incidents),
        *(check.at for check in world.health_checks),
        *(entry.recorded_at for entry in world.lifecycle),
        *(override.at for override in world.overrides),
    ]


class TestDecisions:
    """Every decision of a scenario, against the one made from the findings of that very instant."""

    @pytest.mark.parametrize("name", _NAMES)
    def test_say_at_each_instant_what_deciding_then_says(self, name: str) -> None:
        """Whatever became known when: the decision that stood is the one the facts of that instant give."""
        world = world_of(name)
        work = {entry.id: entry for entry in world.work}
        at = max([*learned_in(world), *map(work_known_at, world.work)])

        histories = answer(world, at, _ENGINE).decisions

        moments = sorted({utc(moment) for moment in learned_in(world)} | {utc(at)})
        compared = 0
        for history in histories:
            first = history.decisions[0].decided_at
            for moment in (one for one in moments if one >= first):
                stood = [made for made in history.decisions if made.decided_at <= moment][-1]
                then = decide_entry(work[history.entry], findings_of(world, moment), _ENGINE)
                assert verdict_of(stood) == verdict_of(then)
                compared += 1
        assert compared

"""Replays of made worlds: the copy behaves by the world's truth, and the search finds what is true of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import Outcome, State
from groundrules.services.worlds.making import PROFILES, generate
from groundrules.services.worlds.making.acts import Act
from groundrules.services.worlds.making.estate import Part, Software
from groundrules.services.worlds.making.replaying import Copy, Failure, replays_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUNTIME, SETTINGS = Part("SRV1", "package", "Runtime"), Part("SRV1", "config file", "web.config")
CHARTS = Software("APP1", "SRV1", "V1", ((RUNTIME, 1), (SETTINGS, 1)))
SURE = replace(PROFILES["home"], replayed=1.0, faithful=1.0, brittle=1.0, flaky=0.0, end_copy=0.0)
SURE = replace(SURE, shown_running=1.0, brittle_running=0.0)


def act(ref: str, part: Part, minutes: int, **more: bool) -> Act:
    return Act(
        ref, part, ("removed", "1", None), NOON - timedelta(minutes=minutes), "V1", "", **more
    )


CAUSE = act("CHG-1", RUNTIME, 5, harmful=True)
ODD = act("CHG-2", SETTINGS, 4, odd=True)
FAILED = Failure(
    "INC-1", CHARTS, NOON, "could not load Runtime", (CAUSE,), generic=False, stays=True
)


def copy_of(failure: Failure, *acts: Act, **shares: Any) -> Copy:  # noqa: ANN401 - fields of Profile
    return Copy(failure, acts, replace(SURE, **shares), Random(1))  # noqa: S311 - a made copy


def made(*acts: Act, running: bool = False) -> State:
    return State(frozenset(ChangeId(a.ref) for a in acts), running=running)


class TestCopy:
    def test_fails_by_what_truly_did_it(self) -> None:
        """The good state passes, the cause alone fails, and once undone it passes again."""
        undone = act("CHG-3", RUNTIME, 3, undoes=True)
        copy = copy_of(FAILED, CAUSE, undone)

        assert copy.tell(State()) is Outcome.PASSES
        assert copy.tell(made(CAUSE)) is Outcome.SAME_FAILURE
        assert copy.tell(made(CAUSE, undone)) is Outcome.PASSES

    def test_of_two_that_break_it_together_one_does_nothing(self) -> None:
        """Each alone is harmless."""
        other = act("CHG-4", SETTINGS, 4, harmful=True)
        copy = copy_of(replace(FAILED, causes=(CAUSE, other)), CAUSE, other)

        told = [copy.tell(made(CAUSE)), copy.tell(made(other)), copy.tell(made(CAUSE, other))]

        assert told == [Outcome.PASSES, Outcome.PASSES, Outcome.SAME_FAILURE]

    def test_an_odd_act_breaks_a_fresh_start_in_its_own_words(self) -> None:
        """Another failure where the incident names something; the same where its error names nothing."""
        silent = replace(FAILED, said="HTTP 500", generic=True)

        assert copy_of(FAILED, CAUSE, ODD).tell(made(ODD)) is Outcome.OTHER_FAILURE
        assert copy_of(silent, CAUSE, ODD).tell(made(ODD)) is Outcome.SAME_FAILURE
        assert copy_of(silent, CAUSE, ODD, brittle=0.0).tell(made(ODD)) is Outcome.PASSES

    def test_a_running_copy_is_broken_by_what_broke_the_server_as_it_ran(self) -> None:
        """Not by what only a fresh start notices, unless it has run too short to be like the server."""
        silent = replace(FAILED, said="HTTP 500", generic=True)
        both = (CAUSE, act("CHG-4", SETTINGS, 4, harmful=True))
        together = replace(FAILED, causes=both)
        young = copy_of(silent, CAUSE, ODD, brittle_running=1.0)

        def broken(copy: Copy, *acts: Act) -> bool:
            return copy.tell(made(*acts, running=True)) is Outcome.SAME_FAILURE

        assert broken(copy_of(FAILED, CAUSE), CAUSE)
        assert broken(copy_of(together, *both), *both)
        assert not broken(copy_of(silent, CAUSE, ODD), ODD)
        assert broken(young, ODD)
        for failure in (FAILED, together):
            waits = copy_of(replace(failure, waits=True), *both)
            unseen = copy_of(failure, *both, shown_running=0.0)
            assert not any(broken(copy, *failure.causes) for copy in (waits, unseen))
            assert waits.tell(made(*failure.causes)) is Outcome.SAME_FAILURE

    def test_an_unfaithful_copy_shows_nothing_and_a_wrong_check_the_opposite(self) -> None:
        """Neither is told to the search."""
        assert copy_of(FAILED, CAUSE, faithful=0.0).tell(made(CAUSE)) is Outcome.PASSES
        assert copy_of(FAILED, CAUSE, flaky=1.0).tell(made(CAUSE)) is Outcome.PASSES


class TestReplaysOf:
    def test_carries_the_search_to_its_end_or_makes_none(self) -> None:
        """Every recorded change on the server is planned; without a share, a copy or a record there is no replay."""
        elsewhere = act("CHG-5", Part("SRV2", "package", "Runtime"), 4)
        unseen = act("CHG-6", SETTINGS, 4, recorded=False)
        acts = (elsewhere, CAUSE, unseen, ODD)

        (row,) = replays_of([FAILED], acts, SURE, Random(1))  # noqa: S311 - a made copy

        plan = {"incident": "INC-1", "changes": ["CHG-1", "CHG-2"], "running": True, "repeats": 30}
        assert row["plan"] == plan
        assert '"running": True' in str(row["runs"]).replace("'", '"')
        never = replace(SURE, replayed=0.0)
        assert replays_of([FAILED], acts, never, Random(1)) == []  # noqa: S311 - a made copy
        assert replays_of([FAILED], (unseen,), SURE, Random(1)) == []  # noqa: S311 - a made copy

    def test_another_share_leaves_the_worlds_as_they_are(self, tmp_path: Path) -> None:
        """What was replayed is drawn beside the world."""
        (whole,) = generate("home", range(7, 8), tmp_path / "whole", replayed=1.0)
        (plain,) = generate("home", range(7, 8), tmp_path / "plain", replayed=0.0)

        told, bare = json.loads(whole.read_text()), json.loads(plain.read_text())

        assert (len(told.pop("replays")), bare.pop("replays")) == (6, [])
        assert told == bare

"""Worlds by a third hand: sound, the same each time, of the shares their profiles promise; and nobody named falsely."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundrules.services.cases import check_case
from groundrules.services.worlds import score
from tests.independent.measured_worlds.making import live, make
from tests.independent.measured_worlds.profiles import PROFILES

SEEDS = range(1, 7)


@cache
def worlds(profile: str) -> tuple[dict[str, Any], ...]:
    """A few worlds of a profile, without replays."""
    return tuple(make(profile, seed, 0.0) for seed in SEEDS)


def truths(profile: str) -> list[dict[str, Any]]:
    return [truth for world in worlds(profile) for truth in world["truth"]]


def share(profile: str, key: str, holding: str) -> float:
    """Of the entries under a key, how many state something."""
    entries = [entry for world in worlds(profile) for entry in world[key]]
    return sum(holding in entry for entry in entries) / len(entries)


def no_change(profile: str) -> float:
    kinds = Counter(truth["kind"] for truth in truths(profile))
    return 1 - (kinds["change"] + kinds["unrecorded change"]) / kinds.total()


class TestMeasuredWorlds:
    def test_are_the_same_each_time(self) -> None:
        """A seed is a world."""
        assert make("home", 1) == make("home", 1) != make("home", 2)

    def test_without_replays_are_otherwise_the_same(self) -> None:
        """Replays are drawn apart, so that a world with and without them can be compared."""
        with_replays = make("good", 3)

        without = make("good", 3, 0.0)

        assert with_replays.pop("replays")
        assert without.pop("replays") == []
        assert with_replays == without

    @pytest.mark.parametrize("profile", PROFILES)
    def test_are_sound_case_files(self, profile: str) -> None:
        """The whole check of the format takes them, replays too."""
        world = json.dumps(make(profile, 1)).encode()

        checked = check_case(world, Path(f"{profile}.json"))

        assert checked.case.truth

    @pytest.mark.parametrize("profile", PROFILES)
    def test_state_the_truth_of_each_incident(self, profile: str) -> None:
        """Only a recorded change is listed, it was made before the failure was found, and nobody did what is no act."""
        for world in worlds(profile):
            opened = {one["id"]: one["opened_at"] for one in world["incidents"]}
            changes = {one["id"]: one for one in world["changes"]}
            assert [one["incident"] for one in world["truth"]] == [*opened]
            for truth in world["truth"]:
                assert (truth["kind"] == "change") == ("changes" in truth)
                act = truth["kind"] in {"change", "unrecorded change"}
                assert act == (truth["party"] != "nobody") == ("authority" in truth)
                for made in (changes[change] for change in truth.get("changes", ())):
                    assert made.get("at", made.get("between", [""])[0]) < opened[truth["incident"]]


class TestProfiles:
    @pytest.mark.parametrize("profile", ["home", "good", "mapped", "shifted", "shared"])
    def test_have_incidents_that_no_change_caused(self, profile: str) -> None:
        """About a third, within what so few worlds can say."""
        assert 0.15 < no_change(profile) < 0.55

    def test_good_has_exact_times_and_recorded_sessions(self) -> None:
        """92 % of times are exact, and most records carry their session."""
        assert share("good", "changes", "at") > 0.85 > share("home", "changes", "at")
        assert share("good", "changes", "in_session") > 2 * share("home", "changes", "in_session")

    def test_mapped_knows_what_a_failure_says(self) -> None:
        """Hardly an incident is without words."""
        assert (
            share("mapped", "incidents", "signature")
            > 0.9
            > share("shifted", "incidents", "signature")
        )

    def test_null_has_an_innocent_visit_before_each_failure(self) -> None:
        """No change caused anything, and a vendor was at work on the path within the last quarter of an hour."""
        assert no_change("null") == 1
        life = live(PROFILES["null"], 1)
        for failure in life.failures:
            beside = [
                act
                for act in life.acts
                if act.visit.person.party == failure.app.vendor
                and act.part.name in failure.app.needs
                and 0 < (failure.onset - act.at).total_seconds() <= 900
            ]
            assert beside or (failure.quiet is not None and failure.quiet.until is not None)

    def test_shared_has_one_login_for_everybody(self) -> None:
        """No session is anybody's own."""
        logins = {one["account"] for world in worlds("shared") for one in world["sessions"]}

        assert logins == {"Administrator"}

    def test_after_records_approvals_too_late(self) -> None:
        """Most windows were approved once the visit was over."""
        windows = [one for world in worlds("after") for one in world["windows"]]

        late = sum(one["recorded_at"] > one["to"] for one in windows)

        assert late > len(windows) / 2

    @pytest.mark.parametrize("profile", ["null", "shared"])
    def test_name_nobody_falsely(self, profile: str, tmp_path: Path) -> None:
        """Where nobody can be named, nobody is."""
        for seed in (1, 2):
            world = json.dumps(make(profile, seed))
            (tmp_path / f"{seed}.json").write_text(world, encoding="utf-8")

        found = score(tmp_path)

        assert found.refused == ()
        assert found.board.accused_falsely == 0

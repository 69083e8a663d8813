"""How the parts of a server stand: the newest look, the trend behind it, and never green where nobody looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.health import Level, Looked, PartState, part_states, worst
from groundrules.core.ids import AssetId, EvidenceId

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CITED = Citation(EvidenceId("a" * 64))


def look(
    kind: ItemKind, items: Mapping[str, Mapping[str, str]], at: datetime = NOW, held: datetime = NOW
) -> Looked:
    """One snapshot of one kind, known to have held until `held`."""
    listed = tuple(Item(kind, key, told) for key, told in items.items())
    return Looked(Snapshot(SRV1, at, frozenset({kind}), listed, CITED), held)


def states(kind: ItemKind, *looks: Looked, at: datetime = NOW) -> list[PartState]:
    """What is said of one kind."""
    return [s for s in part_states(SRV1, looks, at) if s.kind is kind]


def disk(**told: object) -> dict[str, dict[str, str]]:
    """One disk, as the collector lists it."""
    words = {name: str(value) for name, value in told.items()}
    return {"/dev/sda": {"health": "passed", "model": "ST2000DM008", **words}}


class TestDisks:
    """A disk warns before it fails."""

    def test_counter_that_grows(self) -> None:
        """Reallocated sectors that rise name both figures and since when."""
        first = look(ItemKind.DISK_HEALTH, disk(reallocated=8, pending=0), NOW - 9 * DAY)
        second = look(ItemKind.DISK_HEALTH, disk(reallocated=24, pending=0), NOW - DAY)
        (state,) = states(ItemKind.DISK_HEALTH, second, first)
        assert state.level is Level.WARNING
        assert "sectors given up rose from 8 to 24 since 2026-11-19" in state.sentence
        assert state.citations == (CITED,)

    def test_counter_that_stands_still(self) -> None:
        """A counter above zero that does not move is a warning of its own, without a claim of growth."""
        one = look(ItemKind.DISK_HEALTH, disk(pending=3), NOW - DAY)
        (state,) = states(ItemKind.DISK_HEALTH, one, look(ItemKind.DISK_HEALTH, disk(pending=3)))
        assert state.level is Level.WARNING
        assert "rose" not in state.sentence
        assert "3 sectors waiting" in state.sentence

    @pytest.mark.parametrize("model", ["ST2000DM008", "WD20EZBX"])
    def test_another_disk_in_its_place_is_no_growth(self, model: str) -> None:
        """Counters begin anew with a new disk, of the same model or another."""
        looks = [
            look(ItemKind.DISK_HEALTH, disk(reallocated=0), NOW - 5 * DAY),
            look(ItemKind.DISK_HEALTH, disk(reallocated=90), NOW - 3 * DAY),
            look(ItemKind.DISK_HEALTH, disk(reallocated=2, model=model), NOW - 2 * DAY),
            look(ItemKind.DISK_HEALTH, disk(reallocated=2, model=model)),
        ]
        (state,) = states(ItemKind.DISK_HEALTH, *looks)
        assert "rose" not in state.sentence

    @pytest.mark.parametrize("told", [{"health": "failed"}, {"critical_warning": 4}])
    def test_own_judgement(self, told: dict[str, object]) -> None:
        """What the disk says of itself counts most."""
        (state,) = states(ItemKind.DISK_HEALTH, look(ItemKind.DISK_HEALTH, disk(**told)))
        assert state.level is Level.CRITICAL

    def test_well(self) -> None:
        """No counter above zero and its own word: good."""
        (state,) = states(
            ItemKind.DISK_HEALTH, look(ItemKind.DISK_HEALTH, disk(reallocated=0, worn="20 %"))
        )
        assert state.level is Level.GOOD


class TestArrays:
    """An array says what it lacks before the next disk goes."""

    def test_degraded(self) -> None:
        """A missing member is critical, and the failed disk is named."""
        told = {"state": "active", "members": "sda1,sdb1(F)", "in_place": "U_"}
        (state,) = states(ItemKind.DISK_ARRAY, look(ItemKind.DISK_ARRAY, {"md0": told}))
        assert state.level is Level.CRITICAL
        assert "lacks 1 of 2 members (sdb1 failed)" in state.sentence

    def test_being_rebuilt(self) -> None:
        """A rebuild is a warning: something is being done."""
        told = {"state": "active", "in_place": "U_", "task": "recovery"}
        (state,) = states(ItemKind.DISK_ARRAY, look(ItemKind.DISK_ARRAY, {"md0": told}))
        assert state.level is Level.WARNING

    @pytest.mark.parametrize(
        ("told", "level"),
        [
            ({"pool": "ONLINE", "errors": "0"}, Level.GOOD),
            ({"pool": "ONLINE", "errors": "3"}, Level.WARNING),
            ({"pool": "DEGRADED"}, Level.CRITICAL),
        ],
    )
    def test_pools(self, told: dict[str, str], level: Level) -> None:
        """ZFS pools in their own words."""
        (state,) = states(ItemKind.DISK_ARRAY, look(ItemKind.DISK_ARRAY, {"tank": told}))
        assert state.level is level


class TestOthers:
    """File systems, certificates and services."""

    def test_full_since(self) -> None:
        """A file system that fills says since when it was seen so."""
        looks = [
            look(ItemKind.MOUNT, {"/": {"fill": "below 80 %"}}, NOW - 3 * DAY),
            look(ItemKind.MOUNT, {"/": {"fill": "90 to 95 %"}}, NOW - 2 * DAY),
            look(ItemKind.MOUNT, {"/": {"fill": "90 to 95 %"}}, NOW - DAY),
        ]
        (state,) = states(ItemKind.MOUNT, *looks)
        assert state.level is Level.WARNING
        assert "since 2026-11-26 12:00 UTC at the latest" in state.sentence

    @pytest.mark.parametrize(
        ("days", "level"), [(-1, Level.CRITICAL), (3, Level.WARNING), (60, Level.GOOD)]
    )
    def test_certificates(self, days: int, level: Level) -> None:
        """Ran out, runs out soon, valid."""
        told = {"subject": "CN=mail", "not_after": (NOW + days * DAY).isoformat()}
        (state,) = states(ItemKind.CERTIFICATE, look(ItemKind.CERTIFICATE, {"/etc/x.pem": told}))
        assert state.level is level

    def test_services(self) -> None:
        """Failed is critical; one that ran and is meant to run is missed; one that works once and ends is not."""
        before = {
            "a": {"enabled": "yes", "running": "yes"},
            "b": {"enabled": "yes", "running": "no"},
        }
        now = {
            "a": {"enabled": "yes", "running": "no"},
            "b": {"enabled": "yes", "running": "no"},
            "c": {"running": "failed"},
        }
        found = states(
            ItemKind.SERVICE,
            look(ItemKind.SERVICE, before, NOW - DAY),
            look(ItemKind.SERVICE, now),
        )
        levels = {s.key: s.level for s in found}
        assert levels == {"a": Level.WARNING, "b": Level.GOOD, "c": Level.CRITICAL}


class TestNobodyLooked:
    """Missing data is shown as missing, never as good."""

    def test_kind_never_looked_at(self) -> None:
        """Each watched kind without a look is one UNKNOWN line."""
        found = part_states(SRV1, [], NOW)
        assert {s.level for s in found} == {Level.UNKNOWN}
        assert len(found) == 5
        assert worst(s.level for s in found) is Level.UNKNOWN

    def test_old_look_is_not_good(self) -> None:
        """A good look of yesterday that nothing upheld since is not known any more; a bad one stays bad."""
        good = look(ItemKind.DISK_HEALTH, disk(), NOW - DAY, NOW - DAY)
        (state,) = states(ItemKind.DISK_HEALTH, good)
        assert state.level is Level.UNKNOWN
        assert "how it is now is not known" in state.sentence
        bad = look(ItemKind.DISK_HEALTH, disk(health="failed"), NOW - DAY, NOW - DAY)
        (state,) = states(ItemKind.DISK_HEALTH, bad)
        assert state.level is Level.CRITICAL

    def test_unchanged_look_that_held(self) -> None:
        """A collector does not repeat what did not change: the look holds for as long as it went on looking."""
        held = look(ItemKind.DISK_HEALTH, disk(), NOW - DAY, NOW - timedelta(minutes=4))
        (state,) = states(ItemKind.DISK_HEALTH, held)
        assert state.level is Level.GOOD

    def test_looks_of_the_future_are_left_out(self) -> None:
        """Asked about an instant, what was seen later says nothing."""
        later = look(ItemKind.DISK_HEALTH, disk(health="failed"), NOW + DAY, NOW + DAY)
        (state,) = states(ItemKind.DISK_HEALTH, later)
        assert state.level is Level.UNKNOWN


def test_worst_of_none_is_not_good() -> None:
    """No part at all is not a healthy server."""
    assert worst([]) is Level.UNKNOWN
    assert worst([Level.GOOD, Level.UNKNOWN]) is Level.UNKNOWN

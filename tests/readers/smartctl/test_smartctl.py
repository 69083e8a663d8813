"""Answers of smartctl as recorded from real disks: what is kept, what is refused, and what is warned of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.health import Level, Looked, part_states
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.smartctl import read_smartctl
from groundrules.services.evidence_formats import format_of
from tests.readers.linux.reading import context

RECORDED = Path(__file__).parent / "recorded"
TAKEN = datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC)


def recorded(*names: str) -> bytes:
    """Recorded answers one after the other, as a shell would append them."""
    return b"\n".join((RECORDED / f"{name}.json").read_bytes() for name in names)


class TestReading:
    """What is kept of an answer."""

    def test_two_disks_are_one_look(self) -> None:
        """Both disks, each with its counters, in one snapshot of its own instant."""
        found = read_smartctl(recorded("ST3500418AS_12", "ST3500418AS_11"), context())

        (snapshot,) = found.snapshots
        assert (snapshot.taken_at, found.damaged) == (TAKEN, ())
        told = {item.key: item.attributes for item in snapshot.items}
        assert told["/dev/sda"]["reallocated"] == "304"
        assert told["/dev/sdb"]["reallocated"] == "1"
        assert told["/dev/sda"]["health"] == "passed"

    def test_scsi_and_nvme(self) -> None:
        """A SCSI disk's defects and an NVMe disk's own judgement are read where they stand."""
        (scsi,) = read_smartctl(recorded("SEAGATE_ST373453LC_26"), context()).snapshots
        (nvme,) = read_smartctl(recorded("SAMSUNG_MZWLL3T2HAJQ"), context()).snapshots

        assert scsi.items[0].attributes["grown_defects"] == "260"
        assert scsi.items[0].attributes["model"] == "SEAGATE ST373453LC"
        assert nvme.items[0].attributes["health"] == "failed"
        assert nvme.items[0].attributes["critical_warning"] == "16"

    def test_no_serial_number_is_kept(self) -> None:
        """What tells one disk from all others in the world stays outside."""
        told = json.loads(recorded("ST3500418AS_11"))
        told["serial_number"] = "SECRET-SERIAL"

        (snapshot,) = read_smartctl(json.dumps(told).encode(), context()).snapshots

        assert "SECRET-SERIAL" not in repr(snapshot)

    @pytest.mark.parametrize("name", sorted(one.stem for one in RECORDED.glob("*.json")))
    def test_is_known_by_its_words(self, name: str) -> None:
        """Nobody has to name the format."""
        assert format_of(recorded(name)) == "smartctl"

    def test_part_of_a_file_is_no_look(self) -> None:
        """A file that is not whole would make a disk look taken out, so nothing of it is used."""
        raw = (Path(__file__).parent / "cut_off.json").read_bytes()

        found = read_smartctl(raw, context())

        assert not found.snapshots
        assert "not a JSON object" in found.damaged[0].problem

    def test_two_looks_in_one_file(self) -> None:
        """The same disk twice, or answers of different hours, are not one look."""
        later = json.loads(recorded("ST3500418AS_12"))
        later["local_time"]["time_t"] += 7200
        twice = read_smartctl(recorded("ST3500418AS_11", "ST3500418AS_11"), context())
        apart = read_smartctl(recorded("ST3500418AS_11") + json.dumps(later).encode(), context())

        assert "told of twice" in twice.damaged[0].problem
        assert "more than an hour" in apart.damaged[0].problem
        assert not twice.snapshots
        assert not apart.snapshots


class TestArrayWarning:
    """An array says that it is whole; its disks say that it will not stay so."""

    def _of(self, *names: str, members: str = "sda1,sdb1") -> tuple[Level, str]:
        disks = read_smartctl(recorded(*names), context()).snapshots
        told = {"state": "active", "level": "raid1", "members": members, "in_place": "UU"}
        array = Snapshot(
            AssetId("SRV1"),
            TAKEN,
            frozenset({ItemKind.DISK_ARRAY}),
            (Item(ItemKind.DISK_ARRAY, "md0", told),),
            Citation(EvidenceId("b" * 64)),
        )
        looks = [Looked(one, TAKEN) for one in (*disks, array)]
        states = part_states(AssetId("SRV1"), looks, TAKEN + timedelta(minutes=5))
        (state,) = (s for s in states if s.kind is ItemKind.DISK_ARRAY)
        return state.level, state.sentence

    def test_one_disk_of_two(self) -> None:
        """The recorded disk with 304 sectors given up makes a whole array a warning that names it."""
        level, said = self._of("ST3500418AS_12", members="sda1,sdc1")

        assert level is Level.WARNING
        assert said == (
            "Array md0 has all of its members. Disk sda in it is failing by what it tells of itself: "
            "replace it while the array is whole."
        )

    def test_both_disks(self) -> None:
        """Where no disk is sound there is nothing left to lose, and that is critical before anything is gone."""
        level, said = self._of("ST3500418AS_12", "ST3500418AS_11")

        assert level is Level.CRITICAL
        assert "(sda and sdb): see to a backup" in said

    def test_disk_of_another_array(self) -> None:
        """A bad disk that is not in the array says nothing of it; sda is not sdaa."""
        assert self._of("ST3500418AS_12", members="sdaa1,sdan1")[0] is Level.GOOD

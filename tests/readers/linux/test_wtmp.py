"""wtmp and utmp of several machines: the layout is found, logins are paired, damage is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.core.evidence import GapKind, ItemKind, SessionKind
from groundrules.readers.linux.wtmp import read_utmp
from tests.collector.host_tree import login_record
from tests.readers.linux.reading import GRR, PLASO, assert_adds_up, at, context

THURSDAY = 1772733600  # 2026-03-05 18:00:00 UTC


class TestSamples:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("utmp_x86_64", "2026-07-03 14:58:29", "2026-07-03 15:03:29"),
            ("utmp_aarch64", "2026-07-03 14:57:58", "2026-07-03 15:02:58"),
            ("utmp_s390", "2026-07-04 05:00:25", "2026-07-04 05:05:25"),
        ],
    )
    def test_finds_the_layout(self, samples: Path, name: str, old: str, new: str) -> None:
        """384 bytes little endian, 400 little, 400 big: the same six records, and the clock set five minutes on."""
        reading = read_utmp((samples / PLASO / "utmp" / name).read_bytes(), context())

        assert_adds_up(reading)
        kinds = ("empty", "dead process", "boot", "run level", "old time", "new time")
        assert reading.by_type == {f"utmp/{kind}": 1 for kind in kinds}
        assert reading.damaged == ()
        assert [gap.kind for gap in reading.gaps] == [GapKind.RESTART, GapKind.CLOCK_STEP]
        assert (reading.gaps[1].interval.not_before, reading.gaps[1].interval.not_after) == (
            at(old),
            at(new),
        )
        assert [(seen.kind, seen.at) for seen in reading.observations] == [
            (ItemKind.CLOCK, at(new))
        ]

    def test_reads_a_desktop(self, samples: Path) -> None:
        """Fourteen records: one boot, six prompts, six terminals of moxilo on the console."""
        reading = read_utmp((samples / PLASO / "utmp" / "utmp").read_bytes(), context())

        assert reading.by_type == {
            "utmp/boot": 1,
            "utmp/run level": 1,
            "utmp/login process": 6,
            "utmp/user process": 6,
        }
        assert {(one.account, one.kind, one.ended) for one in reading.sessions} == {
            ("moxilo", SessionKind.CONSOLE, None)
        }
        assert reading.sessions[0].started.replace(microsecond=0) == at("2013-12-13 14:45:56")

    def test_keeps_what_is_corrupted_as_damage(self, samples: Path) -> None:
        """Two records of type 99 and 50 bytes at the end are damage by offset; alice and bob are read."""
        reading = read_utmp((samples / PLASO / "utmp" / "utmp_corrupted").read_bytes(), context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["byte 384", "byte 768", "byte 1536"]
        assert [(one.account, one.started, one.source_address) for one in reading.sessions] == [
            ("alice", at("2023-11-14 22:30:00"), ""),
            ("bob", at("2023-11-14 22:46:40"), "10.0.0.5"),
        ]

    def test_pairs_a_login_with_its_end(self, samples: Path) -> None:
        """The end has another line but the same process number; one byte at the end is damage."""
        reading = read_utmp((samples / PLASO / "utmp" / "wtmp.1").read_bytes(), context())

        one = reading.sessions[0]
        assert (one.account, one.source_address, one.kind) == (
            "userA",
            "10.10.122.1",
            SessionKind.REMOTE,
        )
        assert one.started.replace(microsecond=0) == at("2011-12-01 17:36:38")
        assert one.ended is not None
        assert one.ended.replace(microsecond=0) == at("2011-12-02 00:21:18")
        assert reading.by_type == {"utmp/user process": 1, "utmp/dead process": 1, "utmp/empty": 2}
        assert [damage.where for damage in reading.damaged] == ["byte 1536"]

    def test_ends_a_login_when_its_terminal_has_a_new_one(self, samples: Path) -> None:
        """Three logins, two of them on pts/4: the first of these was over when the second began."""
        reading = read_utmp((samples / GRR / "wtmp").read_bytes(), context())

        assert [(one.account, one.ended is None) for one in reading.sessions] == [
            ("user1", True),
            ("user2", False),
            ("user3", True),
        ]
        assert reading.sessions[1].ended == reading.sessions[2].started
        assert reading.by_type == {"utmp/user process": 3, "utmp/run level": 1}


class TestReadUtmp:
    def test_ends_every_login_at_a_restart(self) -> None:
        """No login outlives its host: after a crash the restart is the latest it can have ended."""
        raw = login_record(7, 900, "pts/0", "rogue", "10.1.2.3", THURSDAY) + login_record(
            2, 0, "~", "reboot", "6.1.0", THURSDAY + 600
        )

        reading = read_utmp(raw, context())

        assert reading.sessions[0].ended == at("2026-03-05 18:10:00")
        assert reading.gaps[0].interval.not_before == at("2026-03-05 18:00:00")

    def test_names_the_same_login_the_same_each_time(self) -> None:
        """Collected again with more after it, the record gives the same session id."""
        first = login_record(7, 900, "pts/0", "rogue", "10.1.2.3", THURSDAY)
        later = first + login_record(8, 900, "pts/0", "", "", THURSDAY + 60)

        open_one, closed = (read_utmp(raw, context()).sessions[0] for raw in (first, later))

        assert open_one.id == closed.id
        assert (open_one.ended, closed.ended) == (None, at("2026-03-05 18:01:00"))

    @pytest.mark.parametrize("kind", [8, 7, 2])
    def test_says_that_the_clock_was_set_back(self, kind: int) -> None:
        """A logout, a new login or a restart stamped before the login it ends: no time below zero, and a gap."""
        raw = login_record(7, 900, "pts/0", "rogue", "10.1.2.3", THURSDAY) + login_record(
            kind, 900, "pts/0", "other", "", THURSDAY - 3600
        )

        reading = read_utmp(raw, context())

        rogue = next(one for one in reading.sessions if one.account == "rogue")
        step = next(gap for gap in reading.gaps if gap.kind is GapKind.CLOCK_STEP)
        assert rogue.ended == rogue.started
        assert (step.interval.not_before, step.interval.not_after) == (
            at("2026-03-05 17:00:00"),
            at("2026-03-05 18:00:00"),
        )

"""dpkg.log: package changes to the second, in the host's zone, every line accounted for."""

from __future__ import annotations

from pathlib import Path

from groundrules.core.evidence import Action, Citation, ItemKind
from groundrules.readers.linux.dpkg_log import read_dpkg_log
from tests.readers.linux.reading import PLASO, assert_adds_up, at, context

PURGE = b"""2026-03-05 10:00:00 startup packages purge
2026-03-05 10:00:01 status installed hello:amd64 2.10-3
2026-03-05 10:00:01 remove hello:amd64 2.10-3 <none>
2026-03-05 10:00:01 status half-configured hello:amd64 2.10-3
2026-03-05 10:00:02 status config-files hello:amd64 2.10-3
2026-03-05 10:00:02 purge hello:amd64 2.10-3 <none>
2026-03-05 10:00:02 status not-installed hello:amd64 <none>
"""
FALL_BACK = b"""2026-11-01 01:10:00 install one:amd64 <none> 1
2026-11-01 01:50:00 install two:amd64 <none> 1
2026-11-01 01:05:00 install three:amd64 <none> 1
2026-11-01 03:00:00 install four:amd64 <none> 1
"""


class TestSample:
    def test_reads_every_line(self, samples: Path) -> None:
        """Four lines of four kinds, one installation, nothing unknown (the last line has no line end)."""
        reading = read_dpkg_log((samples / PLASO / "dpkg.log").read_bytes(), context())

        assert_adds_up(reading)
        assert reading.by_type == {
            "dpkg/conffile": 1,
            "dpkg/startup": 1,
            "dpkg/install": 1,
            "dpkg/status": 1,
        }
        assert (reading.unknown, reading.damaged) == ({}, ())
        seen = reading.observations[0]
        assert len(reading.observations) == 1
        assert (seen.kind, seen.key, seen.action) == (ItemKind.PACKAGE, "base-passwd", Action.ADDED)
        assert (seen.before, seen.after, seen.at) == (None, "3.5.33", at("2016-08-06 17:35:39"))
        assert seen.citation == Citation(seen.citation.evidence, "3", "dpkg-log/1")

    def test_survives_its_corrupt_twin(self, samples: Path) -> None:
        """A line torn in two and one with a 13th month are damage with their numbers; the rest is read."""
        raw = (samples / PLASO / "dpkg.log").read_bytes()
        torn = raw.replace(
            b"base-passwd:amd64 <none> 3.5.33\n", b"base-pas\n<none> 3.5.33\n"
        ).replace(b"2009-02-25", b"2009-13-25")

        reading = read_dpkg_log(torn, context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["line 1", "line 3", "line 4"]
        assert reading.records == 2
        assert reading.observations == ()


class TestReadDpkgLog:
    def test_places_local_times_in_the_zone(self) -> None:
        """The log has no zone; the host's zone is applied, daylight saving included."""
        raw = b"2026-03-05 10:02:11 install a:amd64 <none> 1\n2026-07-05 10:02:11 upgrade a:amd64 1 2\n"

        seen = read_dpkg_log(raw, context("America/Los_Angeles")).observations

        assert [each.at for each in seen] == [at("2026-03-05 18:02:11"), at("2026-07-05 17:02:11")]
        assert [(each.action, each.before, each.after) for each in seen] == [
            (Action.ADDED, None, "1"),
            (Action.ALTERED, "1", "2"),
        ]

    def test_counts_a_purge_as_one_removal(self) -> None:
        """Removing and then purging removes once; the end of the operation bounds when it was done."""
        reading = read_dpkg_log(PURGE, context())

        assert [(seen.action, seen.before, seen.after) for seen in reading.observations] == [
            (Action.REMOVED, "2.10-3", None)
        ]
        assert reading.observations[0].recorded_at == at("2026-03-05 10:00:02")
        assert reading.by_type["dpkg/purge"] == 1

    def test_lets_the_order_settle_the_repeated_hour(self) -> None:
        """When the times step back inside the repeated hour, what follows is the second time round."""
        seen = read_dpkg_log(FALL_BACK, context("America/Los_Angeles")).observations

        assert [(each.key, each.at) for each in seen] == [
            ("one", at("2026-11-01 08:10:00")),
            ("two", at("2026-11-01 08:50:00")),
            ("three", at("2026-11-01 09:05:00")),
            ("four", at("2026-11-01 11:00:00")),
        ]
        assert {each.recorded_at for each in seen} == {None}

    def test_keeps_both_instants_of_a_repeated_hour(self) -> None:
        """Where nothing settles which of the two it was, both bound the time."""
        seen = read_dpkg_log(
            FALL_BACK.splitlines()[0], context("America/Los_Angeles")
        ).observations[0]

        assert (seen.at, seen.recorded_at) == (at("2026-11-01 08:10:00"), at("2026-11-01 09:10:00"))

    def test_calls_a_skipped_time_damage(self) -> None:
        """A time the clocks jumped over cannot be placed; it is kept as damage, not guessed."""
        reading = read_dpkg_log(
            b"2026-03-08 02:30:00 install a:amd64 <none> 1\n", context("America/Los_Angeles")
        )

        assert reading.damaged[0].where == "line 1"
        assert "does not exist in America/Los_Angeles" in reading.damaged[0].problem

    def test_keeps_words_it_does_not_know(self) -> None:
        """A new kind of line is counted as unknown, not as damage and not as nothing."""
        reading = read_dpkg_log(b"2026-03-05 10:00:00 rebase hello\n", context())

        assert (reading.records, reading.unknown) == (1, {"dpkg/rebase": 1})

    def test_tells_a_foreign_architecture_apart(self) -> None:
        """libc6 of another architecture is another package; the host's own and independent ones go by name."""
        raw = b"".join(
            b"2026-03-05 10:00:0%d install %s <none> 1\n" % (at_second, name)
            for at_second, name in enumerate(
                (b"libc6:amd64", b"libc6:i386", b"tzdata:all", b"zsh:amd64")
            )
        )

        assert [seen.key for seen in read_dpkg_log(raw, context()).observations] == [
            "libc6",
            "libc6:i386",
            "tzdata",
            "zsh",
        ]
        by_host = read_dpkg_log(raw, context(architecture="i386")).observations
        assert [seen.key for seen in by_host] == ["libc6:amd64", "libc6", "tzdata", "zsh:amd64"]

"""apt's history.log: who asked for what, transaction by transaction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from groundrules.core.evidence import Action, Actor
from groundrules.readers.linux.apt_history import read_apt_history
from tests.readers.linux.reading import PLASO, assert_adds_up, at, context

UNFINISHED = b"""Start-Date: 2026-03-05  10:00:00
Commandline: apt-get install hello
Install: hello:amd64 (2.10-3), libhello1:amd64 (1:2.0-1, automatic)
"""


class TestSample:
    def test_reads_every_field(self, samples: Path) -> None:
        """Ten transactions, 46 fields, 797 packages: counted in the file by hand."""
        reading = read_apt_history((samples / PLASO / "apt_history.log").read_bytes(), context())

        assert_adds_up(reading)
        assert reading.by_type == {
            "apt/Start-Date": 10,
            "apt/Commandline": 10,
            "apt/Requested-By": 5,
            "apt/Install": 6,
            "apt/Upgrade": 1,
            "apt/Remove": 2,
            "apt/Purge": 1,
            "apt/Error": 1,
            "apt/End-Date": 10,
        }
        assert (reading.unknown, reading.damaged) == ({}, ())
        told = Counter(
            (seen.action, seen.succeeded, seen.actor.account) for seen in reading.observations
        )
        assert told == {
            (Action.ALTERED, True, ""): 8,
            (Action.ADDED, True, ""): 232,
            (Action.ADDED, False, ""): 14,
            (Action.ADDED, True, "jxs"): 534,
            (Action.REMOVED, True, "jxs"): 9,
        }

    def test_names_account_time_and_versions(self, samples: Path) -> None:
        """The purge of python-pytest was asked for by jxs (1005), and removed a version."""
        reading = read_apt_history(
            (samples / PLASO / "apt_history.log").read_bytes(), context("America/Los_Angeles")
        )

        seen = next(
            each
            for each in reading.observations
            if each.key == "python-pytest" and each.action is Action.REMOVED
        )
        assert seen.actor == Actor(account="jxs", identifier="1005")
        assert (seen.at, seen.before, seen.after) == (at("2019-07-12 11:12:51"), "3.0.6-1", None)
        assert seen.citation.record == "43:python-pytest:amd64"
        assert seen.summary == "python-pytest 3.0.6-1 removed by 'apt-get purge python-pytest'"

    def test_survives_its_corrupt_twin(self, samples: Path) -> None:
        """Cut in the middle of a list: the list is damage with its line, what it still named is an attempt."""
        raw = (samples / PLASO / "apt_history.log").read_bytes()
        cut = raw[: raw.index(b"libdns-export162") + 300]

        reading = read_apt_history(cut, context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["line 4"]
        assert reading.observations
        assert {seen.succeeded for seen in reading.observations} == {False}


class TestReadAptHistory:
    def test_keeps_a_transaction_without_end_as_attempt(self) -> None:
        """No End-Date proves nothing was finished: kept, marked, with the reason."""
        seen = read_apt_history(UNFINISHED, context()).observations

        assert [(each.key, each.after, each.succeeded) for each in seen] == [
            ("hello", "2.10-3", False),
            ("libhello1", "1:2.0-1", False),
        ]
        assert seen[0].summary.endswith("not finished: no End-Date")

    def test_tells_two_stanzas_apart_without_a_blank_line(self) -> None:
        """An interrupted write leaves no blank line; the next transaction is still its own."""
        reading = read_apt_history(
            UNFINISHED + UNFINISHED.replace(b"10:00:00", b"11:00:00"), context()
        )

        assert len({seen.correlation for seen in reading.observations}) == 2

    def test_counts_fields_it_does_not_know(self) -> None:
        """A field of a later apt is unknown, a line that is no field is damage."""
        reading = read_apt_history(
            b"Start-Date: 2026-03-05  10:00:00\nMood: calm\nnot a field\n", context()
        )

        assert reading.unknown == {"apt/Mood": 1}
        assert [damage.where for damage in reading.damaged] == ["line 3"]

    def test_leaves_packages_of_an_undated_transaction_out(self) -> None:
        """Without a readable start nothing can be dated: damage, not a guess."""
        reading = read_apt_history(UNFINISHED.replace(b"2026-03-05", b"2026-02-30"), context())

        assert reading.observations == ()
        assert [damage.where for damage in reading.damaged] == ["line 1", "line 1"]

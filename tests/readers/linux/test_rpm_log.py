"""dnf.rpm.log and yum.log: no sample was at hand, so these lines follow dnf's and yum's own format strings."""

from __future__ import annotations

from groundrules.core.evidence import Action
from groundrules.readers.linux.rpm_log import read_rpm_log
from tests.readers.linux.reading import assert_adds_up, at, context

DNF = b"""2021-06-14T12:01:02-0400 INFO --- logging initialized ---
2021-06-14T12:01:02-0400 SUBDEBUG Installed: hello-2.10-1.el8.x86_64
2021-06-14T12:01:03-0400 SUBDEBUG Upgrade: openssl-libs-1:1.1.1k-5.el8_5.x86_64
2021-06-14T12:01:04-0400 SUBDEBUG Upgraded: openssl-libs-1:1.1.1g-15.el8_3.x86_64
2021-06-14T12:01:05-0400 SUBDEBUG Erase: tzdata-2021a-1.el8.noarch
2021-06-14T12:01:06-0400 SUBDEBUG Installed: glibc-2.28-1.el8.i686
"""


class TestReadRpmLog:
    def test_reads_what_dnf_did(self) -> None:
        """Installed, upgraded with old and new version, erased; a foreign architecture told apart."""
        reading = read_rpm_log(DNF, context("Asia/Kolkata", architecture="x86_64"))

        assert_adds_up(reading)
        assert [
            (seen.key, seen.action, seen.before, seen.after) for seen in reading.observations
        ] == [
            ("hello", Action.ADDED, None, "2.10-1.el8"),
            ("openssl-libs", Action.ALTERED, "1:1.1.1g-15.el8_3", "1:1.1.1k-5.el8_5"),
            ("tzdata", Action.REMOVED, "2021a-1.el8", None),
            ("glibc:i686", Action.ADDED, None, "2.28-1.el8"),
        ]
        assert reading.observations[0].at == at("2021-06-14 16:01:02")
        assert reading.by_type["rpm/message"] == 1

    def test_reads_what_yum_did(self) -> None:
        """There is neither year nor zone in yum.log; an erased package goes by its name alone."""
        raw = b"Dec 31 12:00:00 Installed: hello-2.10-1.el7.x86_64\nJan 02 12:00:00 Erased: hello\n"

        seen = read_rpm_log(
            raw, context("America/Los_Angeles", at("2027-01-03 00:00:00"))
        ).observations

        assert [(each.key, each.action, each.at) for each in seen] == [
            ("hello", Action.ADDED, at("2026-12-31 20:00:00")),
            ("hello", Action.REMOVED, at("2027-01-02 20:00:00")),
        ]

    def test_keeps_damaged_lines(self) -> None:
        """What has no time is damage by line; what follows is read."""
        reading = read_rpm_log(
            b"junk\n2021-13-14T12:01:02-0400 X Installed: a-1-1.noarch\n" + DNF, context()
        )

        assert [damage.where for damage in reading.damaged] == ["line 1", "line 2"]
        assert reading.records == 6

"""What of a server's parts is news: each turn for the worse once, at its own instant, without a flood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.answers.part_warnings import told_warnings
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.health import Level, Looked, Warned, folded, warnings_in
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import Period

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CITED = Citation(EvidenceId("a" * 64))
WEEK = Period(NOW - 7 * DAY, NOW)
MONTH = Period(NOW - 30 * DAY, NOW)


def look(kind: ItemKind, at: datetime, items: Mapping[str, Mapping[str, str]]) -> Looked:
    """One list of one kind, that holds for two days when no other follows."""
    listed = tuple(Item(kind, key, told) for key, told in items.items())
    return Looked(Snapshot(SRV1, at, frozenset({kind}), listed, CITED), at + 2 * DAY)


def filled(hours_ago: float, fill: str, name: str = "/var") -> Looked:
    """A look at one file system."""
    return look(ItemKind.MOUNT, NOW - hours_ago * HOUR, {name: {"fill": fill}})


def running(hours_ago: float, **states: str) -> Looked:
    """A look at services that start with the server."""
    told = {name: {"running": state, "enabled": "yes"} for name, state in states.items()}
    return look(ItemKind.SERVICE, NOW - hours_ago * HOUR, told)


def certified(hours_ago: float, **ends: timedelta) -> Looked:
    """A look at certificates that end so long from now."""
    told = {
        name: {"subject": f"CN={name}", "not_after": (NOW + left).isoformat()}
        for name, left in ends.items()
    }
    return look(ItemKind.CERTIFICATE, NOW - hours_ago * HOUR, told)


def told(*looks: Looked, period: Period = WEEK) -> list[tuple[float, str, str]]:
    """Hours ago, key and level of each turn."""
    return [
        ((NOW - one.at) / HOUR, one.state.key, one.state.level.value)
        for one in warnings_in(SRV1, looks, period)
    ]


class TestFileSystems:
    """A file system is spoken of when it fills up."""

    def test_worse_twice(self) -> None:
        """Each worse level is news, the same again is none, and better is none."""
        looks = [
            filled(h, fill)
            for h, fill in (
                (9, "80 to 90 %"), (8, "90 to 95 %"), (7, "90 to 95 %"), (6, "above 95 %"), (5, "50 to 60 %"),
            )
        ]  # fmt: skip
        assert told(*looks) == [(8, "/var", "warning"), (6, "/var", "critical")]

    def test_what_was_so_before_the_period_is_no_news(self) -> None:
        """The look before the period says how it stood when the period began."""
        looks = [filled(9 * 24, "above 95 %"), filled(3, "above 95 %")]
        assert told(*looks) == []

    def test_first_look_ever(self) -> None:
        """What the first look of all shows is news; where earlier ones were left out it is not."""
        assert told(filled(3, "above 95 %")) == [(3, "/var", "critical")]
        assert warnings_in(SRV1, [filled(3, "above 95 %")], WEEK, is_whole=False) == ()


class TestServices:
    """A service is spoken of when it fails, or stops and was meant to run."""

    def test_failed_and_stopped(self) -> None:
        """Among many that run on, the two are found."""
        still = {f"s{n}": "yes" for n in range(40)}
        looks = [
            running(5, mssql="yes", iis="yes", **still),
            running(4, mssql="failed", iis="yes", **still),
            running(3, mssql="failed", iis="no", **still),
            running(2, mssql="yes", iis="no", **still),
        ]
        assert told(*looks) == [(4, "mssql", "critical"), (3, "iis", "warning")]

    def test_once_and_done(self) -> None:
        """A unit that does its work and ends was never seen running, and is not missed."""
        assert told(running(5, fsck="no"), running(4, fsck="no", other="yes")) == []


class TestCertificates:
    """A certificate runs out though nobody looks."""

    def test_turns_at_its_own_instants(self) -> None:
        """Fourteen days before its end, and at its end, whenever the list was made."""
        seen = certified(20 * 24, portal=-2 * DAY)
        turns = told(seen, certified(20 * 24 - 12, portal=-2 * DAY), period=MONTH)
        assert turns == [(16 * 24, "portal", "warning"), (2 * 24, "portal", "critical")]

    def test_renewed_in_time(self) -> None:
        """The list that shows the new one ends what the old one would have said."""
        turns = told(certified(6 * 24, portal=-DAY), certified(3 * 24, portal=80 * DAY))
        assert turns == [(6 * 24, "portal", "warning")]

    def test_nothing_is_told_before_it_is_so(self) -> None:
        """Followed to the end of the period, not beyond."""
        assert told(certified(24, portal=14 * DAY + HOUR)) == []

    def test_says_when_nobody_looked_since(self) -> None:
        """A list of long ago may have been renewed meanwhile, unseen."""
        (turn,) = warnings_in(SRV1, [certified(20 * 24, portal=14 * DAY - HOUR)], WEEK)
        assert turn.at == NOW - HOUR
        assert "how it is now is not known" in turn.state.sentence

    @pytest.mark.parametrize("ends", ["", "soon", "0001-01-02T00:00:00+00:00"])
    def test_ends_that_cannot_be_read(self, ends: str) -> None:
        """What is no date turns never; the year one is over by any measure."""
        seen = look(ItemKind.CERTIFICATE, NOW - DAY, {"x": {"not_after": ends}})
        assert [level for _, _, level in told(seen)] == (["critical"] if ends[:1] == "0" else [])


class TestFolding:
    """No flood."""

    def flapping(self) -> tuple[Warned, ...]:
        """A service that fails every other hour."""
        looks = [running(24 - n, mssql="failed" if n % 2 else "yes") for n in range(20)]
        return warnings_in(SRV1, looks, WEEK)

    def test_up_and_down(self) -> None:
        """One row a day, with how often and when it was so last."""
        (one,) = folded(self.flapping(), DAY)
        assert one.at == NOW - 23 * HOUR
        assert one.says("Europe/Berlin") == (
            "Service mssql has failed. So again 9 times, last Sat 2026-11-28 08:00 CET."
        )

    def test_worse_is_told_all_the_same(self) -> None:
        """A file system that goes up and down below one level still says when it passes the next."""
        fills = ("90 to 95 %", "80 to 90 %", "90 to 95 %", "above 95 %", "90 to 95 %", "above 95 %")
        looks = [filled(9 - n, fill) for n, fill in enumerate(fills)]
        warning, critical = folded(warnings_in(SRV1, looks, WEEK), DAY)
        assert (warning.state.level, len(warning.again)) == (Level.WARNING, 1)
        assert (critical.state.level, len(critical.again)) == (Level.CRITICAL, 1)

    def test_many_at_one_instant(self) -> None:
        """Seven files with one certificate are one row that names some of them."""
        seen = certified(24, **{f"c{n}": -DAY + HOUR for n in range(7)})
        before = certified(60, **{f"c{n}": -DAY + HOUR for n in range(7)})
        (warned, over) = folded(warnings_in(SRV1, [before, seen], WEEK), DAY)
        assert over.at == NOW - 23 * HOUR
        assert over.says("UTC").endswith(" With it c1, c2, c3, c4, c5 and 1 other.")
        assert warned.state.level is Level.WARNING

    def test_two_are_told_apart(self) -> None:
        """Two are no flood."""
        found = warnings_in(SRV1, [running(3, a="failed", b="failed")], WEEK)
        assert len(folded(found, DAY)) == 2


class TestReport:
    """The same news for the client."""

    def test_headings(self) -> None:
        """Disks apart from the rest; a certificate's own words say when."""
        disks = look(ItemKind.DISK_HEALTH, NOW - DAY, {"/dev/sda": {"health": "failed"}})
        found = warnings_in(SRV1, [disks, running(3, a="failed"), certified(5, b=DAY)], WEEK)
        first, second = told_warnings(found, WEEK, "Europe/Berlin")
        assert first.says == "1 warning of disks or arrays."
        assert second.says == "2 warnings of file systems, certificates or services."
        certificate, service = (says for _, _, says in second.lines)
        assert certificate.endswith("at 2026-11-29 12:00 UTC: renew it.")
        assert "Service a has failed. First seen so" in service
        assert told_warnings((), WEEK, "UTC") == ()

"""What the Windows collector writes is read by the readers there are, and the state of its event logs as gaps."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import compare
from groundrules.core.evidence import Action, Gap, GapKind, ItemKind, Reading
from groundrules.readers.envelope import combine, read_envelope, read_parts
from groundrules.readers.windows import read_windows_channels
from tests.readers.linux.reading import SRV1, assert_adds_up, at, context
from tests.readers.windows.written import channel, channels, envelope, item, snapshot
from tests.windows.powershell import COLLECT, functions, said, tree

BOOKMARK = at("2026-03-05 17:00:00")
NOW = at("2026-03-05 18:00:00")


def read(raw: bytes) -> Reading:
    reading = read_windows_channels(raw, context())
    assert_adds_up(reading)
    return reading


def only(**more: Any) -> Gap:  # noqa: ANN401 - any value JSON can hold
    (gap,) = read(channels(channel(**more))).gaps
    return gap


class TestChannels:
    def test_that_go_on_leave_no_gap(self) -> None:
        """The oldest record is still there and the newest is later than the bookmark."""
        reading = read(channels(channel(), channel("System")))

        assert (reading.gaps, reading.damaged) == ((), ())
        assert reading.records == 4

    @pytest.mark.parametrize(
        ("more", "kind", "until", "words"),
        [
            (
                {"oldest": 120, "oldest_at": "2026-03-05T17:30:00.000000+00:00"},
                GapKind.RECORDS_MISSING,
                at("2026-03-05 17:30:00"),
                "records 101 to 119 of Security were overwritten",
            ),
            ({"newest": 41, "oldest": 1}, GapKind.LOG_CLEARED, NOW, "cleared in between"),
            ({"newest": 0, "oldest": 0, "records": 0}, GapKind.LOG_CLEARED, NOW, "cleared"),
            ({"enabled": False}, GapKind.AUDIT_OFF, NOW, "switched off"),
            ({"error": "Access is denied."}, GapKind.COLLECTOR_SILENT, NOW, "Access is denied"),
        ],
    )
    def test_that_do_not_leave_one(
        self, more: dict[str, object], kind: GapKind, until: datetime, words: str
    ) -> None:
        """Overwritten, cleared, switched off or unreadable: from the last record collected to where it is whole."""
        gap = only(**more)

        assert (gap.kind, gap.interval.not_before, gap.interval.not_after) == (
            kind,
            BOOKMARK,
            until,
        )
        assert words in gap.says
        assert gap.source == "Security"

    def test_at_the_first_run_have_no_gap(self) -> None:
        """Without a bookmark nothing was promised yet."""
        raw = channels(channel(bookmark=0, bookmark_at="", oldest=5000, newest=9000))

        assert read(raw).gaps == ()

    def test_are_a_snapshot_of_their_settings(self) -> None:
        """Somebody who makes a log small or switches it off leaves a change."""
        before = read(channels(channel()))
        later = channels(channel(maximum_bytes=1052672)).replace(b"T18:00:00", b"T19:00:00")

        (change,) = compare(before.snapshots[0], read(later).snapshots[0])

        assert (change.kind, change.component) == (ItemKind.AUDIT_POLICY, "event log Security")
        assert (change.before, change.after) == (
            "maximum_bytes: 1073741824",
            "maximum_bytes: 1052672",
        )

    @pytest.mark.parametrize(
        "raw",
        [
            channels(channel()).replace(b'{"end":1}\n', b""),
            channels(channel()).replace(b'{"end":1}', b'{"end":2}'),
            channels(channel()).replace(b'"channels":1', b'"channels":2'),
            channels(channel()).replace(b"2026-03-05T18", b"yesterday"),
            channels(channel())[:90],
            b"",
        ],
    )
    def test_in_half_a_document_are_no_snapshot(self, raw: bytes) -> None:
        """A document that is not whole is damage."""
        reading = read(raw)

        assert (reading.snapshots, bool(reading.damaged)) == ((), True)


class TestForm:
    def test_of_the_samples_is_that_of_the_script(self) -> None:
        """The keys the samples have are those the script writes."""
        body = said(functions(tree(COLLECT))["Get-ChannelFacts"])
        table = body[body.index("$facts = @{") : body.index("try {")]

        assert set(re.findall(r"(\w+) = ", table)) - {"facts"} == channel().keys()

    def test_of_a_head_is_that_of_the_script(self) -> None:
        """Snapshot heads and ends carry the keys the reader of snapshots asks for."""
        body = said(functions(tree(COLLECT))["New-SnapshotPart"])
        head = json.loads(snapshot("programs", ["package"]).splitlines()[0])

        assert all(f"{key} = " in body for key in (*head, "end"))


PROGRAMS = (
    item("package", ".NET Framework 2.0", version="2.0.50727", view="64"),
    item("package", "Sage 300", version="6.4", publisher="Example", view="32"),
)
LATER = (
    item("package", ".NET Framework v4\\Full", version="4.8.03761"),
    item("package", "Sage 300", version="6.4", publisher="Example", view="32"),
)
SA_BEFORE = item("password", "sa", "2026-01-02T09:00:00.000000+00:00")
SA_AFTER = item("password", "sa", "2026-03-05T18:20:00.000000+00:00")


def written(later: bool) -> bytes:  # noqa: FBT001 - two moments of one server
    """This function will write one of two envelopes of a server: before and after a vendor's visit."""
    taken = "2026-03-05T19:00:00.000000+00:00" if later else "2026-03-05T18:00:00.000000+00:00"
    sa = SA_AFTER if later else SA_BEFORE
    login = item("database login", "sa", sa["dated_at"], type="SQL_LOGIN", disabled="no")
    programs = LATER if later else PROGRAMS
    return envelope(
        {
            ("snapshot/programs", "snapshot"): snapshot(
                "programs", ["package"], *programs, taken_at=taken
            ),
            ("snapshot/sql-logins/MSSQLSERVER", "snapshot"): snapshot(
                "sql-logins/MSSQLSERVER",
                ["database login", "password", "group"],
                login,
                sa,
                taken_at=taken,
            ),
            ("log/windows/channels", "windows-channels"): channels(channel()),
        },
        taken,
    )


class TestEnvelope:
    def test_is_read_like_any_other(self) -> None:
        """Every part has its reader, and nothing is damaged or unknown."""
        readings = read_parts(read_envelope(written(later=False)), SRV1, "America/Los_Angeles")

        assert [reading.reader for reading in readings] == [
            "snapshot/1",
            "snapshot/1",
            "windows-channels/1",
        ]
        for reading in readings:
            assert_adds_up(reading)
            assert (reading.damaged, reading.unknown) == ((), {})

    def test_shows_what_the_vendor_did(self) -> None:
        """One runtime removed, another installed, and the very second a login's password was set, without who."""
        before, after = (
            {
                one.citation.record: one
                for one in combine(
                    read_parts(read_envelope(written(later=moment)), SRV1, "UTC")
                ).snapshots
            }
            for moment in (False, True)
        )

        programs = compare(before["programs"], after["programs"])
        logins = compare(before["sql-logins/MSSQLSERVER"], after["sql-logins/MSSQLSERVER"])

        assert [(c.component, c.action) for c in programs] == [
            (".NET Framework 2.0", Action.REMOVED),
            (".NET Framework v4\\Full", Action.ADDED),
        ]
        password = next(c for c in logins if c.kind is ItemKind.PASSWORD)
        assert (password.component, password.interval.not_before) == (
            "sa",
            at("2026-03-05 18:20:00"),
        )
        assert password.interval.is_exact
        assert (password.actor.account, password.snapshot_only) == ("", True)


class TestNoise:
    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=10),
        length=st.integers(0, 10**6),
    )
    def test_is_answered(self, cuts: list[tuple[int, int]], length: int) -> None:
        """A document with bytes replaced, cut anywhere, still adds up."""
        raw = bytearray(channels(channel(), channel("System", oldest=150)))
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_windows_channels(bytes(raw[: length % (len(raw) + 1)]), context()))

    @given(
        value=st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=6), st.booleans()),
        names=st.sets(st.sampled_from(sorted(channel())), max_size=5),
    )
    def test_under_the_right_names_is_answered(self, value: object, names: set[str]) -> None:
        """Any value where a number or a time is expected."""
        told = {**channel(), **dict.fromkeys(names, value)}

        assert_adds_up(read_windows_channels(channels(told), context()))


class TestSamples:
    def test_are_beside_the_tests(self) -> None:
        """Samples written by us lie beside the tests that read them, and say so in their names."""
        folder = Path(__file__).parents[1]

        for name in ("osquery", "wazuh", "glpi", "ocsf"):
            assert list((folder / name).glob("written_by_us.*")), name
            assert list((folder / name).glob("corrupt.*")), name

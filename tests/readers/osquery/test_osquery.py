"""osquery's logs: differences as changes between two runs, listings as snapshots, streams that began anew."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import Action, GapKind, ItemKind, Reading, SessionKind
from groundrules.readers.osquery import read_osquery
from tests.readers.linux.reading import assert_adds_up, at, context

HERE = Path(__file__).parent
SAMPLE = (HERE / "written_by_us.results.log").read_bytes()
CORRUPT = (HERE / "corrupt.results.log").read_bytes()
SIX = 1772733600  # 2026-03-05 18:00:00 UTC


def program(name: str, version: str) -> dict[str, str]:
    return {"name": name, "version": version, "publisher": "Example", "identifying_number": ""}


def result(
    action: str,
    row: dict[str, str],
    counter: int = 0,
    *,
    hours: int = 0,
    **more: Any,  # noqa: ANN401 - any value JSON can hold
) -> bytes:
    """This function will write one result in the event format."""
    entry = {
        "name": "installed",
        "hostIdentifier": "srv1",
        "unixTime": SIX + hours * 3600,
        "epoch": 0,
        "counter": counter,
        "columns": row,
        "action": action,
        **more,
    }
    return json.dumps(entry).encode() + b"\n"


def read(*lines: bytes) -> Reading:
    reading = read_osquery(b"".join(lines), context())
    assert_adds_up(reading)
    return reading


class TestDifferences:
    def test_happened_between_two_runs(self) -> None:
        """A row added in run 4 was not there in the last run this log has: the change lies in between."""
        reading = read(
            result("added", program("Sage", "6.4"), 3),
            result("added", program("Runtime", "4.8"), 4, hours=1),
        )

        seen = reading.observations[1]
        assert (seen.key, seen.action) == ("Runtime", Action.ADDED)
        assert (seen.at, seen.recorded_at) == (at("2026-03-05 18:00:00"), at("2026-03-05 19:00:00"))

    def test_join_a_row_removed_and_added_into_one_change(self) -> None:
        """Osquery tells a changed row as two; they are one altered item with its value before and after."""
        reading = read(
            result("removed", program("Sage", "6.4"), 4),
            result("added", program("Sage", "6.5"), 4),
        )

        assert [(o.key, o.action, o.before, o.after) for o in reading.observations] == [
            ("Sage", Action.ALTERED, "6.4", "6.5")
        ]

    def test_of_two_runs_are_never_joined(self) -> None:
        """Removed in one run and added in the next are two changes."""
        reading = read(
            result("removed", program("Sage", "6.4"), 4),
            result("added", program("Sage", "6.4"), 5, hours=1),
        )

        assert [o.action for o in reading.observations] == [Action.REMOVED, Action.ADDED]

    def test_are_not_in_the_first_run(self) -> None:
        """Run 0 lists what was there; none of it is a change."""
        assert read(result("added", program("Sage", "6.4"), 0)).observations == ()

    def test_go_back_the_longest_interval_when_nothing_else_bounds_them(self) -> None:
        """Without the run before in the log, the change may be as old as osquery's longest interval, a week."""
        seen = read(result("added", program("Sage", "6.4"), 7)).observations[0]

        assert seen.recorded_at is not None
        assert seen.recorded_at - seen.at == timedelta(days=7)

    def test_of_what_changes_by_itself_are_none(self) -> None:
        """A service that was started has another process id; that changed nothing on the machine."""
        row = {"name": "Spooler", "start_type": "AUTO_START", "path": "spoolsv.exe", "pid": "1"}

        reading = read(result("removed", row, 4), result("added", {**row, "pid": "2"}, 4))

        assert (reading.observations, reading.records) == ((), 2)

    def test_name_nobody(self) -> None:
        """Osquery does not know who made a change, so no actor is named."""
        reading = read(SAMPLE)

        assert {(o.actor.account, o.actor.identifier) for o in reading.observations} == {("", "")}


class TestTables:
    @pytest.mark.parametrize(
        ("row", "kind", "key"),
        [
            (program("Sage", "6.4"), ItemKind.PACKAGE, "Sage"),
            (
                {"name": "hello", "version": "2.10", "revision": "3", "status": "install ok"},
                ItemKind.PACKAGE,
                "hello",
            ),
            (
                {"name": "bash", "version": "5.1", "release": "2.el9", "epoch": "1"},
                ItemKind.PACKAGE,
                "bash",
            ),
            (
                {"name": "W32Time", "start_type": "DISABLED", "path": "svchost.exe"},
                ItemKind.SERVICE,
                "W32Time",
            ),
            (
                {"id": "cron.service", "load_state": "loaded", "fragment_path": "/lib/x"},
                ItemKind.SERVICE,
                "cron.service",
            ),
            ({"username": "vendor", "uid": "1", "shell": "/bin/sh"}, ItemKind.ACCOUNT, "vendor"),
            ({"groupname": "wheel", "gid": "10"}, ItemKind.GROUP, "wheel"),
            (
                {"name": "x", "path": "\\Sub\\x", "action": "a.exe -k 1", "enabled": "1"},
                ItemKind.SCHEDULED_TASK,
                "\\Sub\\x",
            ),
            (
                {"command": "root A=1 /usr/bin/run --now", "path": "/etc/crontab", "minute": "5"},
                ItemKind.SCHEDULED_TASK,
                "/etc/crontab:/usr/bin/run",
            ),
            (
                {"port": "443", "protocol": "6", "address": "::", "fd": "3"},
                ItemKind.PORT,
                "tcp [::]:443",
            ),
            ({"hotfix_id": "KB5034441"}, ItemKind.PATCH, "KB5034441"),
        ],
    )
    def test_are_told_by_their_columns(self, row: dict[str, str], kind: ItemKind, key: str) -> None:
        """A query may have any name: the columns say what a row is."""
        seen = read(result("added", row, 3, name="anything")).observations[0]

        assert (seen.kind, seen.key) == (kind, key)

    def test_are_told_by_the_query_when_columns_do_not(self) -> None:
        """A query of few columns still says the table's name."""
        row = {"name": "hello", "version": "2.10-3"}

        assert read(result("added", row, 3, name="pack_x_deb_packages")).observations
        assert read(result("added", row, 3, name="whatever")).unknown == {"osquery/whatever": 1}

    def test_write_an_rpm_version_whole(self) -> None:
        """Epoch, version and release together, as rpm compares them."""
        row = {"name": "bash", "version": "5.1", "release": "2.el9", "epoch": "1"}

        assert read(result("added", row, 3)).observations[0].after == "1:5.1-2.el9"

    def test_keep_no_secret_of_a_command(self) -> None:
        """Arguments of tasks are kept as digests, secret options of services are taken out."""
        reading = read(SAMPLE)

        assert b"PLANTED-SECRET" in SAMPLE
        assert "PLANTED-SECRET" not in repr(reading)


class TestSnapshots:
    def test_are_whole_listings(self) -> None:
        """The snapshot format, and the first run in batch format, say everything there was at one instant."""
        reading = read(SAMPLE)

        assert [(s.citation.record, s.kinds, len(s.items)) for s in reading.snapshots] == [
            ("scheduled_tasks", frozenset({ItemKind.SCHEDULED_TASK}), 1),
            ("users_snapshot", frozenset({ItemKind.ACCOUNT}), 2),
        ]

    def test_may_be_empty(self) -> None:
        """Nothing listed is a fact too, when the query's name says what was looked for."""
        raw = result("snapshot", {}, 0, name="all_patches", snapshot=[])

        assert [(s.kinds, s.items) for s in read(raw).snapshots] == [
            (frozenset({ItemKind.PATCH}), ())
        ]


class TestLogins:
    def test_end_when_they_are_gone(self) -> None:
        """A row of logon_sessions is a login with its own start; it ended by the run that no longer has it."""
        session = read(SAMPLE).sessions[0]

        assert (session.account, session.kind) == ("SRV1\\vendor", SessionKind.REMOTE)
        assert session.identifier == "S-1-5-21-1-2-3-1005"
        assert (session.started, session.ended) == (
            at("2026-03-05 21:10:00"),
            at("2026-03-05 22:45:00"),
        )

    def test_of_terminals_carry_their_address(self) -> None:
        """logged_in_users names the other machine."""
        row = {"user": "rogue", "tty": "pts/0", "host": "10.1.2.3", "time": str(SIX), "pid": "9"}

        session = read(result("added", {**row, "type": "user"}, 3)).sessions[0]

        assert (session.account, session.source_address) == ("rogue", "10.1.2.3")


class TestGaps:
    @pytest.mark.parametrize("more", [{"epoch": 1}, {"counter": 0}])
    def test_say_that_a_query_began_anew(self, more: dict[str, int]) -> None:
        """Another epoch or a lower run number lists everything again; changes in between are told by nothing."""
        reading = read(
            result("added", program("Sage", "6.4"), 4),
            result("added", program("Sage", "6.5"), hours=2, **{"counter": 5, **more}),
        )

        assert [(g.kind, g.interval.not_before, g.interval.not_after) for g in reading.gaps] == [
            (GapKind.RECORDS_MISSING, at("2026-03-05 18:00:00"), at("2026-03-05 20:00:00"))
        ]

    def test_say_that_the_clock_was_set_back(self) -> None:
        """A later run with an earlier time."""
        reading = read(
            result("added", program("Sage", "6.4"), 4, hours=2),
            result("removed", program("Sage", "6.4"), 5, hours=1),
        )

        assert [gap.kind for gap in reading.gaps] == [GapKind.CLOCK_STEP]

    def test_do_not_follow_from_runs_without_differences(self) -> None:
        """The counter counts runs, and a run in which nothing differed writes nothing: no records are missing."""
        reading = read(
            result("added", program("Sage", "6.4"), 4),
            result("removed", program("Sage", "6.4"), 900, hours=2),
        )

        assert reading.gaps == ()

    def test_span_what_could_not_be_read(self) -> None:
        """A damaged line lies between its neighbours; half a changed row may be in it."""
        reading = read(CORRUPT)

        damaged = [gap for gap in reading.gaps if gap.kind is GapKind.RECORDS_DAMAGED]
        assert len(reading.damaged) == 5
        assert any(
            (gap.interval.not_before, gap.interval.not_after)
            == (at("2026-03-05 18:00:00"), at("2026-03-05 22:00:00"))
            for gap in damaged
        )


class TestHosts:
    def test_of_a_fleet_are_told_apart(self) -> None:
        """In a log of several hosts only the one asked for counts; the others' lines are counted as theirs."""
        reading = read_osquery(
            result("added", program("Sage", "6.4"), 4)
            + result("added", program("Other", "1"), 4, hostIdentifier="SRV1.example")
            + result("added", program("Foreign", "1"), 4, hostIdentifier="srv9"),
            context(),
        )

        assert [o.key for o in reading.observations] == ["Sage", "Other"]
        assert reading.unknown == {"osquery/another host": 1}

    def test_that_are_alone_may_call_themselves_anything(self) -> None:
        """Osquery may write a UUID; a log of one host is that of the asset it was handed in for."""
        raw = result("added", program("Sage", "6.4"), 4, hostIdentifier="4740D59F-699E-5B29")

        assert len(read(raw).observations) == 1


class TestNoise:
    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30),
        length=st.integers(0, 10**6),
    )
    def test_is_answered(self, cuts: list[tuple[int, int]], length: int) -> None:
        """The sample with bytes replaced, cut anywhere, still adds up."""
        raw = bytearray(SAMPLE)
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_osquery(bytes(raw[: length % (len(raw) + 1)]), context()))

    @given(
        rows=st.lists(
            st.dictionaries(
                st.sampled_from(
                    ["name", "version", "release", "logon_id", "logon_time", "user", "tty", "time"]
                ),
                st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.none()),
            ),
            max_size=6,
        ),
        counter=st.one_of(st.integers(-5, 10**25), st.text(max_size=4)),
        when=st.one_of(st.integers(-(10**20), 10**20), st.text(max_size=5)),
    )
    def test_with_the_right_names_is_answered(
        self, rows: list[dict[str, object]], counter: object, when: object
    ) -> None:
        """Values of any kind and size under the names of the format."""
        lines = [
            json.dumps(
                {"name": "q", "unixTime": when, "counter": counter, "diffResults": {"added": rows}}
            ),
            json.dumps({"name": "q", "unixTime": SIX, "counter": counter, "snapshot": rows}),
        ]

        assert_adds_up(read_osquery("\n".join(lines).encode(), context()))

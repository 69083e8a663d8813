"""Wazuh's alerts: inventory deltas, file events that name a login, agents that were silent."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import Action, GapKind, ItemKind, Observation, Reading
from groundrules.readers.wazuh import read_wazuh
from tests.readers.linux.reading import assert_adds_up, at, context

HERE = Path(__file__).parent
SAMPLE = (HERE / "written_by_us.alerts.json").read_bytes()
CORRUPT = (HERE / "corrupt.alerts.json").read_bytes()


def alert(when: str = "18:00:00", rule: str = "221", **more: Any) -> bytes:  # noqa: ANN401 - any JSON
    """This function will write one alert of the agent srv1."""
    fields = {
        "timestamp": f"2026-03-05T{when}.000+0000",
        "rule": {"id": rule},
        "agent": {"id": "014", "name": "srv1"},
        **more,
    }
    return json.dumps(fields).encode() + b"\n"


def delta(operation: str, table: str = "packages", **row: Any) -> dict[str, Any]:  # noqa: ANN401
    """This function will write what Wazuh 4 has under `data` for an inventory delta."""
    return {"data": {"type": f"dbsync_{table}", "operation_type": operation, **row}}


def file_alert(**syscheck: Any) -> bytes:  # noqa: ANN401
    """This function will write a file event."""
    return alert(
        syscheck={"path": "/etc/hosts", "mode": "whodata", "event": "modified", **syscheck}
    )


def read(*lines: bytes) -> Reading:
    reading = read_wazuh(b"".join(lines), context())
    assert_adds_up(reading)
    return reading


def only(*lines: bytes) -> Observation:
    (seen,) = read(*lines).observations
    return seen


class TestInventory:
    def test_is_bounded_by_the_scan_before(self) -> None:
        """A delta is what differed since the scan before: an hour by Wazuh's default."""
        seen = only(alert(**delta("INSERTED", program={"name": "Runtime", "version": "4.8"})))

        assert (seen.kind, seen.action, seen.after) == (ItemKind.PACKAGE, Action.ADDED, "4.8")
        assert (seen.at, seen.recorded_at) == (at("2026-03-05 17:00:00"), at("2026-03-05 18:00:00"))

    def test_joins_a_deleted_and_an_inserted_package(self) -> None:
        """Wazuh tells an upgrade as two deltas of one scan."""
        seen = only(
            alert(**delta("DELETED", program={"name": "Sage", "version": "6.4"})),
            alert("18:00:02", **delta("INSERTED", program={"name": "Sage", "version": "6.5"})),
        )

        assert (seen.action, seen.before, seen.after) == (Action.ALTERED, "6.4", "6.5")

    def test_keeps_deltas_of_two_scans_apart(self) -> None:
        """Removed in one scan and back in a later one are two changes."""
        reading = read(
            alert(**delta("DELETED", program={"name": "Sage", "version": "6.4"})),
            alert("20:00:00", **delta("INSERTED", program={"name": "Sage", "version": "6.4"})),
        )

        assert [o.action for o in reading.observations] == [Action.REMOVED, Action.ADDED]

    def test_leaves_out_connections(self) -> None:
        """Only what listens is a property of the machine."""
        assert [o.key for o in read(SAMPLE).observations if o.kind is ItemKind.PORT] == [
            "tcp 0.0.0.0:1433"
        ]

    def test_reads_both_generations(self) -> None:
        """The events of Wazuh 5 say the same as the alerts of Wazuh 4."""
        old = alert(**delta("INSERTED", program={"name": "Runtime", "version": "4.8"}))
        new = json.dumps(
            {
                "@timestamp": "2026-03-05T18:00:00.000Z",
                "agent": {"name": "srv1"},
                "module": "inventory",
                "collector": "dbsync_packages",
                "data": {
                    "event": {"type": "created", "changed_fields": []},
                    "package": {"name": "Runtime", "version": "4.8"},
                },
            }
        ).encode()

        assert only(old) == only(new)

    def test_dates_a_password_by_the_day_it_tells(self) -> None:
        """Linux knows the day of a password's last change; the change lies on it."""
        (seen,) = (o for o in read(SAMPLE).observations if o.kind is ItemKind.PASSWORD)

        assert (seen.key, seen.at, seen.recorded_at) == (
            "vendor",
            at("2026-03-05 00:00:00"),
            at("2026-03-05 19:00:00"),
        )

    def test_names_nobody(self) -> None:
        """A scan does not know who made the change."""
        deltas = [o for o in read(SAMPLE).observations if o.kind is not ItemKind.CONFIG_FILE]

        assert len(deltas) == 9
        assert {(o.actor.account, o.actor.identifier, o.actor.process) for o in deltas} == {
            ("", "", "")
        }

    def test_reads_what_the_indexer_gives_out(self) -> None:
        """An alert inside `_source`, and a whole export as one list."""
        line = alert(**delta("INSERTED", program={"name": "Runtime", "version": "4.8"}))
        wrapped = json.dumps([{"_index": "wazuh-alerts", "_source": json.loads(line)}], indent=1)

        assert only(wrapped.encode()).key == "Runtime"


class TestFiles:
    def test_name_the_login_behind_sudo(self) -> None:
        """The login user stays who logged in; root is only what the program ran as."""
        audit = {
            "login_user": {"name": "smith", "id": "1001"},
            "effective_user": {"name": "root", "id": "0"},
            "user": {"name": "root", "id": "0"},
            "process": {"name": "/usr/bin/nano"},
        }

        seen = only(file_alert(sha256_before="a", sha256_after="b", audit=audit))

        assert (seen.actor.account, seen.actor.identifier) == ("smith", "1001")
        assert (seen.before, seen.after) == ("sha256: a", "sha256: b")
        assert seen.recorded_at is not None
        assert seen.recorded_at - seen.at == timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("audit", "account", "process"),
        [
            (
                {"user": {"id": "S-1-5-21-1-2-3-1005", "name": "vendor"}, "process": {"name": "e"}},
                "vendor",
                "",
            ),
            (
                {"user": {"id": "S-1-5-18", "name": "SYSTEM"}, "process": {"name": "msiexec.exe"}},
                "SYSTEM",
                "msiexec.exe",
            ),
            (
                {
                    "login_user": {"id": "4294967295", "name": ""},
                    "user": {"id": "0", "name": "root"},
                    "process": {"name": "/usr/sbin/cron"},
                },
                "root",
                "/usr/sbin/cron",
            ),
        ],
    )
    def test_name_a_program_where_nobody_logged_in(
        self, audit: dict[str, object], account: str, process: str
    ) -> None:
        """SYSTEM and a daemon's root are tools: the program is named beside them."""
        seen = only(file_alert(sha256_before="a", sha256_after="b", audit=audit))

        assert (seen.actor.account, seen.actor.process) == (account, process)

    def test_seen_in_a_scan_are_half_a_day_wide(self) -> None:
        """Without who-data a change lies between two scans, and nobody is named."""
        seen = only(file_alert(mode="scheduled", sha256_before="a", sha256_after="b"))

        assert seen.recorded_at is not None
        assert seen.recorded_at - seen.at == timedelta(hours=12)
        assert (seen.actor.account, seen.actor.process) == ("", "")

    def test_with_passwords_have_no_digest(self) -> None:
        """Of /etc/shadow it is told that it was altered, not what it is now."""
        seen = only(
            file_alert(
                path="/etc/shadow",
                sha256_before="a",
                sha256_after="b",
                changed_attributes=["sha256"],
            )
        )

        assert (seen.before, seen.after) == (None, "altered: sha256")

    def test_keep_no_secret(self) -> None:
        """The text difference of a file is never kept, nor the value of a secret option."""
        assert SAMPLE.count(b"PLANTED-SECRET") == 2
        assert "PLANTED-SECRET" not in repr(read(SAMPLE))


class TestAgents:
    def test_that_were_not_heard_of_leave_a_gap(self) -> None:
        """From ten minutes before the manager noticed to the agent's next start."""
        (gap,) = read(alert("20:10:00", "504"), alert("21:00:00", "503")).gaps

        assert gap.kind is GapKind.COLLECTOR_SILENT
        assert (gap.interval.not_before, gap.interval.not_after) == (
            at("2026-03-05 20:00:00"),
            at("2026-03-05 21:00:00"),
        )

    def test_that_lost_events_leave_a_gap(self) -> None:
        """From the full queue to the normal one, or to the last alert there is."""
        closed = read(alert("19:40:00", "203"), alert("19:45:00", "205")).gaps
        still_open = read(alert("19:40:00", "204"), alert("19:50:00", "5715")).gaps

        assert [g.kind for g in (*closed, *still_open)] == [GapKind.RECORDS_MISSING] * 2
        assert closed[0].interval.not_after == at("2026-03-05 19:45:00")
        assert still_open[0].interval.not_after == at("2026-03-05 19:50:00")


class TestNoise:
    def test_costs_only_itself(self) -> None:
        """Damaged lines are named, lie in a gap, and the others are read."""
        reading = read(CORRUPT)

        assert [d.where for d in reading.damaged] == ["line 2", "line 10", "line 5", "line 20"]
        assert sum(g.kind is GapKind.RECORDS_DAMAGED for g in reading.gaps) == 4

    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30),
        length=st.integers(0, 10**6),
    )
    def test_is_answered(self, cuts: list[tuple[int, int]], length: int) -> None:
        """The sample with bytes replaced, cut anywhere, still adds up."""
        raw = bytearray(SAMPLE)
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_wazuh(bytes(raw[: length % (len(raw) + 1)]), context()))

    @given(
        value=st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
            lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
            max_leaves=8,
        ),
        when=st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-03-05"]),
    )
    def test_under_the_right_names_is_answered(self, value: object, when: str) -> None:
        """Any JSON where a path, a login or a row is expected."""
        lines = [
            {"timestamp": when, "syscheck": value},
            {"timestamp": "2026-03-05T18:00:00Z", "syscheck": {"event": "added", "path": value}},
            {
                "timestamp": "2026-03-05T18:00:00Z",
                "syscheck": {
                    "event": "modified",
                    "path": "x",
                    "changed_attributes": value,
                    "audit": value,
                },
            },
            {
                "timestamp": "2026-03-05T18:00:00Z",
                "data": {"type": "dbsync_users", "operation_type": "MODIFIED", "user": value},
            },
        ]

        assert_adds_up(read_wazuh(b"\n".join(json.dumps(x).encode() for x in lines), context()))

"""Raw events: one for every record that has a time, none made up, and no secret repeated."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.events import instant
from groundrules.readers import event_payloads
from groundrules.readers.envelope import READERS
from groundrules.readers.events import EVENT_SOURCES, events_of
from groundrules.readers.evtx.secrets import REMOVED
from tests.readers.linux.reading import AUDIT, GRR, PLASO, at, context

SECRET = "hunter2-very-secret"
SAMPLES = [
    ("dpkg-log", f"{PLASO}/dpkg.log"),
    ("auth-log", f"{PLASO}/syslog/syslog"),
    ("auth-log", f"{GRR}/auth.log"),
    ("audit-log", f"{AUDIT}/auparse/testdata/audit-rhel7.log"),
    ("audit-log", f"{PLASO}/audit_enriched.log"),
]
LOGIN = "Mar  5 10:00:00 srv1 sshd[900]: Accepted password for rogue from 10.1.2.3 port 4000 ssh2\n"
APT = """\
Start-Date: 2026-03-05  10:02:11
Commandline: apt-get install a
Install: a:amd64 (1.0)
End-Date: 2026-03-05  10:02:13

Start-Date: 2026-03-06  10:02:11
Remove: a:amd64 (1.0)
"""
RPM = "2021-06-14T12:01:02-0400 SUBDEBUG Installed: hello-2.10-1.x86_64\n"
YUM = "Mar 05 10:00:00 Installed: hello-2.10-1.x86_64\n"
JOURNAL = {
    "__REALTIME_TIMESTAMP": "1772704800000001",
    "SYSLOG_IDENTIFIER": "sshd",
    "MESSAGE": "Server listening",
}


def _windows(**fields: object) -> bytes:
    """This function will write one Windows record with these named values."""
    system = {
        "Provider": {"#attributes": {"Name": "MSSQLSERVER"}},
        "EventID": 33205,
        "TimeCreated": {"#attributes": {"SystemTime": "2026-03-05T10:00:00.1234567Z"}},
        "EventRecordID": 1 << 63,
        "Channel": "Application",
        "Computer": "srv1",
    }
    return orjson.dumps({"Event": {"System": system, "EventData": fields}})


class TestSamples:
    @pytest.mark.parametrize(("kind", "name"), SAMPLES, ids=[name for _, name in SAMPLES])
    def test_give_an_event_for_every_record_read(self, kind: str, name: str, samples: Path) -> None:
        """As many as the reader counts; lines that only continue another one are no events."""
        raw = (samples / name).read_bytes()

        events = list(events_of(kind, raw, context()))

        reading = READERS[kind].read(raw, context())
        continued = reading.by_type.get("syslog/continuation", 0)
        assert len(events) == reading.records - continued > 0
        assert all(event.type.startswith(f"{event.channel}/") for event in events)

    def test_give_an_event_for_every_windows_record(self, samples: Path) -> None:
        """Over all captured logs, damaged ones among them, counts by type agree with the reader's."""
        paths = sorted(samples.rglob("*.evtx"))[::25]

        for path in paths:
            raw = path.read_bytes()
            events = list(events_of("evtx", raw, context()))

            counted: dict[str, int] = {}
            for event in events:
                counted[event.type] = counted.get(event.type, 0) + 1
            assert counted == READERS["evtx"].read(raw, context()).by_type, path.name
        assert paths


class TestEvents:
    def test_carry_time_type_number_and_place(self) -> None:
        """Microseconds, provider with id, the log's number if a column holds it, and the line."""
        raw = b"\n" + _windows(a="b") + b"\nnot json\n"

        (event,) = events_of("windows-events-json", raw, context())

        assert instant(event.at) == at("2026-03-05 10:00:00.123456")
        assert (event.type, event.channel) == ("MSSQLSERVER/33205", "Application")
        assert (event.record, event.position) == (0, 2)

    def test_place_local_times_in_the_hosts_zone(self) -> None:
        """A line written at ten in Los Angeles is an event at six in the evening, UTC."""
        (event,) = events_of("auth-log", LOGIN.encode(), context("America/Los_Angeles"))

        assert instant(event.at) == at("2026-03-05 18:00:00")
        assert event.payload == LOGIN.strip()

    @pytest.mark.parametrize(
        ("kind", "raw", "types"),
        [
            ("apt-history", APT, ["apt/transaction", "apt/transaction"]),
            ("rpm-log", RPM, ["rpm/installed"]),
            ("rpm-log", YUM, ["rpm/installed"]),
            ("journal-json", orjson.dumps(JOURNAL).decode(), ["journal/sshd"]),
            ("snapshot", "{}", []),
        ],
        ids=["apt", "dnf", "yum", "journal", "snapshot"],
    )
    def test_are_named_by_source_and_kind(self, kind: str, raw: str, types: list[str]) -> None:
        """Snapshots are states and give none."""
        found = [event.type for event in events_of(kind, raw.encode(), context())]

        assert found == types

    @given(st.sampled_from(sorted(EVENT_SOURCES)), st.binary(max_size=300))
    def test_come_or_do_not_whatever_the_bytes(self, kind: str, raw: bytes) -> None:
        """No bytes crash a source, and no event cites a place that is not there."""
        events = list(events_of(kind, raw, context()))

        assert all(1 <= event.position <= raw.count(b"\n") + 1 for event in events)

    @given(st.sampled_from(sorted(EVENT_SOURCES)), st.text(max_size=200))
    def test_come_or_do_not_whatever_follows_a_good_line(self, kind: str, text: str) -> None:
        """Payloads can be stored anywhere: no NUL, never too long."""
        good = {"dpkg-log": "2026-03-05 10:02:11 install a <none> ", "audit-log": _AUDIT_BEGINS}
        raw = (good.get(kind, "Mar  5 10:00:00 srv1 sshd: ") + text).encode("utf-8", "replace")

        for event in events_of(kind, raw, context()):
            assert "\0" not in event.payload
            assert len(event.payload) <= event_payloads.LONGEST


_AUDIT_BEGINS = "type=USER_CMD msg=audit(1772704800.123:77): "


class TestSecrets:
    @pytest.mark.parametrize(
        ("kind", "raw"),
        [
            (
                "windows-events-json",
                _windows(statement=f"ALTER LOGIN sa WITH PASSWORD = '{SECRET}'"),
            ),
            ("windows-events-json", _windows(CommandLine=f"agent.exe -p {SECRET} -v")),
            ("windows-events-json", _windows(CommandLine=f"cmd /c net\tuser rogue {SECRET} /add")),
            ("windows-events-json", _windows(CommandLine=f'agent "/password:{SECRET}"')),
            ("windows-events-json", _windows(nested=[{"url": f"https://a:{SECRET}@host/"}])),
            ("windows-events-json", _windows(x=f"exec sp_password 'old', '{SECRET}'")),
            ("auth-log", LOGIN.replace("Accepted", f"token={SECRET}").encode()),
            (
                "auth-log",
                f"Mar  5 10:00:00 srv1 sudo: x : COMMAND=/bin/m --password {SECRET}".encode(),
            ),
            (
                "audit-log",
                f'type=EXECVE msg=audit(1772704800.123:77): argc=2 a0="m" a1="-p{SECRET}"'.encode(),
            ),
            (
                "audit-log",
                f"{_AUDIT_BEGINS}cmd={SECRET.encode().hex().upper()} res=success".encode(),
            ),
            (
                "journal-json",
                orjson.dumps({**JOURNAL, "MESSAGE": f"CREATE USER x PASSWORD '{SECRET}'"}),
            ),
        ],
    )
    def test_are_not_repeated(self, kind: str, raw: bytes) -> None:
        """The evidence keeps its bytes; the copy that is searched has none of it."""
        (event,) = events_of(kind, raw, context())

        assert SECRET not in event.payload
        assert SECRET.encode().hex().upper() not in event.payload
        assert REMOVED in event.payload

    def test_absent_leave_the_text_as_it_was(self) -> None:
        """An ordinary record is kept word for word, quotes and breaks and all."""
        raw = _windows(Message="It's the user's own:\r\n\tnothing - to /see here", TokenType="1")

        (event,) = events_of("windows-events-json", raw, context())

        assert orjson.loads(event.payload) == orjson.loads(raw)

    def test_too_long_a_text_is_left_to_the_evidence(self) -> None:
        """The event stays, with nothing repeated."""
        raw = LOGIN.strip() + "x" * event_payloads.LONGEST

        (event,) = events_of("auth-log", raw.encode(), context())

        assert event.payload == ""

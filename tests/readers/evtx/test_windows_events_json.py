"""The same records as JSON Lines: the same dispatch, line numbers for citations, bad lines counted."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from evtx import PyEvtxParser
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.evidence import GapKind, Observation, Session
from groundrules.readers.evtx import UnreadableEvtx, read_evtx
from groundrules.readers.windows_events_json import (
    UnreadableWindowsEvents,
    read_windows_events_json,
)
from tests.readers.evtx.written import ASSET, EVIDENCE, Log, logon


def exported(path: Path, *, envelope: bool) -> bytes:
    """Export a captured log as the `evtx` package writes it: whole envelopes, or the records alone."""
    parser = PyEvtxParser(io.BytesIO(path.read_bytes()))
    records = [one for one in parser.records_json() if one is not None]
    lines = [json.dumps(one) if envelope else " ".join(one["data"].split("\n")) for one in records]
    return "\n".join(lines).encode()


def bare(claim: Session | Observation) -> Session | Observation:
    """Take off what differs by design: who read it, and how the record is cited."""
    if isinstance(claim, Session):
        return replace(claim, citations=())
    return replace(claim, citation=replace(claim.citation, record="", reader=""), supporting=())


class TestJsonLines:
    @pytest.mark.parametrize("envelope", [True, False])
    @pytest.mark.parametrize(
        "name",
        ["security.evtx", "Application.evtx", "ID7045-4697-SMBexec service registration.evtx"],
    )
    def test_give_the_reading_of_the_file_they_come_from(
        self, samples: Path, name: str, *, envelope: bool
    ) -> None:
        """Same sessions, changes, gaps and counts as the EVTX file itself."""
        path = next(samples.rglob(name))

        from_file = read_evtx(path.read_bytes(), ASSET, EVIDENCE)
        from_lines = read_windows_events_json(exported(path, envelope=envelope), ASSET, EVIDENCE)

        assert [bare(one) for one in from_lines.sessions] == [
            bare(one) for one in from_file.sessions
        ]
        assert [bare(one) for one in from_lines.observations] == [
            bare(one) for one in from_file.observations
        ]
        assert [(gap.kind, gap.interval) for gap in from_lines.gaps] == [
            (gap.kind, gap.interval) for gap in from_file.gaps
        ]
        assert (from_lines.by_type, from_lines.unknown) == (from_file.by_type, from_file.unknown)

    def test_count_bad_lines_with_their_number(self) -> None:
        """Three bad lines between two good ones: told where and why, the rest is read."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a"))
        log.security(4634, "04:20:00", TargetLogonId="0x2a")
        good, other = log.lines
        lines = [
            good,
            "{not json",
            '{"Event": {"EventData": {}}}',
            "",
            good.replace("2007-02-21T", "yesterday "),
            other,
        ]

        reading = read_windows_events_json("\r\n".join(lines).encode(), ASSET, EVIDENCE)

        assert [damage.where for damage in reading.damaged] == ["line 2", "line 3", "line 5"]
        assert "not JSON" in reading.damaged[0].problem
        assert [damage.problem for damage in reading.damaged[1:]] == [
            "it has no System block",
            "it has no readable System/TimeCreated",
        ]
        assert (reading.records, len(reading.sessions)) == (2, 1)

    def test_of_several_logs_have_gaps_of_their_own(self) -> None:
        """Numbers count per log: a hole in one is a gap of that one."""
        log = Log()
        log.security(4672, "03:00:00", number=1)
        log.add("EventLog", 6013, "03:00:01", channel="System", number=40)
        log.security(4672, "03:10:00", number=4)
        log.add("EventLog", 6013, "03:10:01", channel="System", number=41)

        (gap,) = log.read().gaps

        assert (gap.kind, gap.source) == (GapKind.RECORDS_MISSING, "Security")
        assert gap.says == "records 2 to 3 of Security are not in this evidence"

    def test_of_several_hosts_are_kept_apart(self) -> None:
        """Two hosts using the same numbers are two logs; a renamed host goes on in its own."""
        log = Log()
        for host in ("a.example", "b.example"):
            log.security(4624, "03:00:00", number=1, host=host, **logon("0x2a"))
            log.security(4672, "03:00:01", number=2, host=host)

        reading = log.read()

        assert reading.gaps == ()
        assert {session.key.partition("|")[0] for session in reading.sessions} == {
            "a.example",
            "b.example",
        }

    def test_told_twice_are_counted_twice_and_claimed_once(self) -> None:
        """The same record on two lines is one event."""
        log = Log()
        log.security(4725, "03:00:00", TargetUserName="pat", SubjectLogonId="0x2a")
        log.lines *= 2

        reading = log.read()

        assert (reading.records, len(reading.observations)) == (2, 1)

    @pytest.mark.parametrize("raw", [b"", b"\n\n", b"hello", b"[1]\n3\nnull", b'{"Event": 1}'])
    def test_without_any_record_are_refused(self, raw: bytes) -> None:
        """What, why and what to do."""
        with pytest.raises(UnreadableWindowsEvents, match="one JSON record per line"):
            read_windows_events_json(raw, ASSET, EVIDENCE)

    @settings(max_examples=200)
    @given(data=st.data())
    def test_of_any_shape_never_raise_anything_else(self, data: st.DataObject) -> None:
        """Records whose values are of the wrong kind are damaged or odd, never a crash."""
        names = st.sampled_from(["#text", "Data", "x"])
        odd = st.recursive(
            st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=2),
            max_leaves=6,
        )
        log = Log()
        event_id = data.draw(
            st.sampled_from([4624, 4634, 4720, 4738, 4698, 4616, 4719, 4608, 33205])
        )
        log.security(event_id, "03:42:00", **logon("0x2a"))
        log.add(
            data.draw(st.sampled_from(["MsiInstaller", "MSSQLSERVER", "disk"])),
            33205,
            "03:43:00",
            strings=["a"],
        )
        records = [json.loads(line) for line in log.lines]
        for record in records:
            part = record["Event"][data.draw(st.sampled_from(["System", "EventData"]))]
            part[data.draw(st.sampled_from(sorted(part)))] = data.draw(odd)
        raw = "\n".join(json.dumps(record) for record in records).encode()

        try:
            reading = read_windows_events_json(raw, ASSET, EVIDENCE)
        except (UnreadableWindowsEvents, UnreadableEvtx):
            return

        assert reading.records + len(reading.damaged) == 2
        assert reading.records == sum(reading.by_type.values())

"""EVTX files of our own making are real ones: checksums, every record, and the reading of the lines they come from."""

from __future__ import annotations

import io

import pytest
from evtx import PyEvtxParser

from groundrules.readers.evtx import read_evtx
from tests.evtx_writer import RecordTooLong, evtx_of
from tests.readers.evtx.written import ASSET, EVIDENCE, ROGUE_SID, SYSTEM_SID, Log, logon, subject


class TestWrittenEvtx:
    def test_is_read_like_the_lines_it_was_made_from(self) -> None:
        """Logins, password reset and logoff of a Security log."""
        log = Log()
        log.security(4608, "03:00:00")
        log.security(4624, "03:42:00", **logon("0x2a"))
        log.security(
            4724, "03:50:00", TargetUserName="sa-köln", TargetDomainName="SRV1", **subject("0x2a")
        )
        log.security(4634, "04:20:00", TargetLogonId="0x2a")

        from_file = read_evtx(evtx_of(log.lines), ASSET, EVIDENCE)

        from_lines = log.read()
        assert from_file.damaged == ()
        assert from_file.by_type == from_lines.by_type
        assert [(one.key, one.started, one.ended) for one in from_file.sessions] == [
            (one.key, one.started, one.ended) for one in from_lines.sessions
        ]
        (reset,) = from_file.observations
        assert (reset.key, reset.actor.session_key) == ("SRV1\\sa-köln", from_file.sessions[0].key)

    def test_keeps_unnamed_values_in_order(self) -> None:
        """An installer's values have no names, only places."""
        log = Log()
        log.installer(1040, "03:57:50", ROGUE_SID, "C:\\dotnet.msi", "4711")
        log.installer(
            1034,
            "03:58:00",
            SYSTEM_SID,
            ".NET Framework 2.0",
            "2.0.50727",
            "1033",
            "0",
            "Microsoft",
        )

        (seen,) = read_evtx(evtx_of(log.lines), ASSET, EVIDENCE).observations

        assert (seen.key, seen.before, seen.actor.identifier) == (
            ".NET Framework 2.0",
            "2.0.50727",
            ROGUE_SID,
        )

    def test_of_many_records_fills_chunks_that_the_bare_parser_accepts(self) -> None:
        """Several chunks, checksums verified by the parser itself, no record lost."""
        log = Log()
        for minute in range(60):
            for second in range(10):
                log.security(
                    4624, f"03:{minute:02}:{second:02}", **logon(f"{minute * 10 + second + 1:#x}")
                )
        raw = evtx_of(log.lines)

        checked = PyEvtxParser(io.BytesIO(raw), validate_checksums=True).records_json()

        assert len(raw) > 4096 + 5 * 65536
        assert sum(1 for _ in checked) == 600
        reading = read_evtx(raw, ASSET, EVIDENCE)
        assert (reading.records, len(reading.sessions), reading.damaged, reading.gaps) == (
            600,
            600,
            (),
            (),
        )

    def test_refuses_a_record_longer_than_a_chunk(self) -> None:
        """Windows splits nothing either."""
        log = Log()
        log.security(4698, "03:00:00", TaskContent="x" * 40_000)

        with pytest.raises(RecordTooLong, match="shorten"):
            evtx_of(log.lines)

"""Which end is whose: a place, a key, a LogonId in boots that may be one, and a restart that ends them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.evidence import Citation, Session, SessionEnd, SessionKind, is_ended_by
from groundrules.core.ids import AssetId, EvidenceId, SessionId

START = datetime(2007, 2, 26, 20, 0, tzinfo=UTC)
HERE, THERE = (Citation(EvidenceId(letter * 64)) for letter in "ab")
LOGON = Session(
    SessionId("SES-1"),
    AssetId("SRV1"),
    "HARBOR\\rogue",
    START,
    None,
    SessionKind.REMOTE,
    "S-1-5-21-7",
    key="srv1|file-aaaa|0x2a",
    citations=(HERE,),
)


def end(tie: str, minutes: int = 30, identifier: str = "") -> SessionEnd:
    """Make an end so many minutes after the start."""
    at = START + timedelta(minutes=minutes)
    return SessionEnd(AssetId("SRV1"), tie, at, THERE, identifier)


class TestIsEndedBy:
    @pytest.mark.parametrize(
        ("tie", "ended"),
        [
            ("srv1|file-bbbb|0x2a", True),
            ("srv1|boot-20070226T190000Z|0x2a", True),
            ("srv1|boot-20070226T201000Z|0x2a", False),
            ("srv1|file-bbbb|0x2b", False),
            ("srv2|file-bbbb|0x2a", False),
            ("srv1|", True),
            ("srv2|", False),
            ("", True),
        ],
    )
    def test_ties_a_logon_whose_boot_is_not_known(self, tie: str, *, ended: bool) -> None:
        """Host and LogonId, unless the end's boot began after the login; a restart ends it too."""
        assert is_ended_by(LOGON, end(tie)) is ended

    def test_keeps_two_known_boots_apart(self) -> None:
        """The same number in another boot is another login."""
        known = replace(LOGON, key="srv1|boot-20070226T190000Z|0x2a")

        assert not is_ended_by(known, end("srv1|boot-20070226T191500Z|0x2a"))
        assert is_ended_by(known, end("srv1|boot-20070226T190000Z|0x2a"))

    def test_asks_for_the_same_account_where_both_name_one(self) -> None:
        """A number is not enough where the record says whose it is."""
        assert not is_ended_by(LOGON, end("srv1|file-bbbb|0x2a", identifier="S-1-5-21-8"))
        assert is_ended_by(replace(LOGON, identifier=""), end("srv1|file-bbbb|0x2a", 30, "S-1-5-8"))

    def test_lets_a_restart_come_before_an_end_of_another_file(self) -> None:
        """What the session's own file says of its end is never put aside."""
        at = START + timedelta(hours=2)
        own = replace(LOGON, ended=at)
        loose = replace(LOGON, ended=at, citations=(HERE, THERE))

        assert is_ended_by(loose, end("srv1|"))
        assert not is_ended_by(own, end("srv1|"))
        assert not is_ended_by(loose, end("srv1|", 180))
        assert not is_ended_by(loose, end("srv1|file-bbbb|0x2a"))

    @pytest.mark.parametrize(
        ("tie", "ended"),
        [("sshd:4711", True), ("pts/0:4711", True), ("sshd:4712", False), ("sshd:x", False)],
    )
    def test_takes_a_line_and_its_program_for_one(self, tie: str, *, ended: bool) -> None:
        """Wtmp names the line, sshd itself: the process number is one."""
        login = replace(LOGON, id=SessionId("SRV1|pts/0:4711|2007"), key="srv1|pts/0:4711|2007")

        assert is_ended_by(login, end(tie)) is ended

    def test_keeps_two_programs_of_one_number_apart(self) -> None:
        """A number is used again: su's end is not sshd's."""
        login = replace(LOGON, id=SessionId("SRV1|sshd:4711|2007"), key="srv1|sshd:4711|2007")

        assert not is_ended_by(login, end("su:4711"))

    def test_leaves_database_sessions_to_their_server(self) -> None:
        """They have an end of their own in its log."""
        login = replace(LOGON, kind=SessionKind.DATABASE)

        assert not is_ended_by(login, end(""))

"""One login told more than once: by two logs that came apart, by a log handed in twice, by files cut at a boot."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from groundrules.records.models import Session
from tests.readers.evtx.written import Log, logon
from tests.services.test_evidence_pieces import LOGIN, LOGOUT, hand_in

OPENED = datetime(2007, 2, 27, 4, 55, 1, tzinfo=UTC)
CLOSED = datetime(2007, 2, 27, 5, 40, 9, tzinfo=UTC)
UTMP = struct.Struct("<hxxi32s4s32s256shhiii4i20x")


def utmp(kind: int, at: datetime, *, pid: int = 4711, user: str = "", host: str = "") -> bytes:
    """Write one wtmp record of a terminal line."""
    seconds = int(at.timestamp())
    names = (b"pts/0", b"ts/0", user.encode(), host.encode())
    return UTMP.pack(kind, pid, *names, 0, 0, 0, seconds, 0, 0, 0, 0, 0)


WTMP = utmp(7, OPENED, user="rogue", host="203.0.113.7") + utmp(8, CLOSED)
WTMP_OPEN = utmp(7, OPENED, user="rogue", host="203.0.113.7")


def told(account: str = "rogue") -> list[tuple[str, str]]:
    """Give start and end of each session of an account that stands."""
    rows = Session.objects.current().filter(account__iendswith=account).order_by("started_at")
    return [
        (f"{row.started_at:%H:%M:%S}", f"{row.ended_at:%H:%M:%S}" if row.ended_at else "open")
        for row in rows
    ]


@pytest.mark.usefixtures("harbor")
class TestTwoLogsOfOneLogin:
    """auth.log and wtmp come in two receptions."""

    @pytest.mark.parametrize("first", ["auth-log", "utmp"])
    def test_become_one_session_that_cites_both(self, first: str) -> None:
        """Whichever came first, the one on record is superseded by one that has what both say."""
        pieces = [(LOGIN, "auth.log", "auth-log"), (WTMP, "wtmp", "utmp")]
        for raw, name, kind in sorted(pieces, key=lambda piece: piece[2] != first):
            hand_in(raw, name, kind)

        (row,) = Session.objects.current().filter(account="rogue")
        session = row.to_core()
        assert row.ended_at == CLOSED
        assert session.credential == "publickey ED25519 SHA256:x"
        assert {one.reader.partition("/")[0] for one in session.citations} == {"auth-log", "utmp"}
        assert Session.objects.filter(ref=row.ref).count() == 2

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_end_where_the_third_piece_says(self, order: tuple[int, ...]) -> None:
        """The end names sshd's process, the session on record may stand under its terminal line."""
        pieces = [
            (LOGIN, "auth-1.log", "auth-log"),
            (WTMP_OPEN, "wtmp", "utmp"),
            (LOGOUT, "auth-2.log", "auth-log"),
        ]
        for number in order:
            hand_in(*pieces[number])

        assert told() == [("04:55:01", "05:40:09")]

    def test_of_two_logins_stay_two(self) -> None:
        """The same account from the same address under another process is another login."""
        hand_in(LOGIN, "auth.log")
        hand_in(
            utmp(7, OPENED, pid=4712, user="rogue", host="203.0.113.7") + utmp(8, CLOSED, pid=4712),
            "wtmp",
            "utmp",
        )

        assert set(told()) == {("04:55:01", "05:40:09"), ("04:55:01", "open")}


class Piece(Log):
    """A piece of a Windows log as it is handed in."""

    def __init__(self, *, since: int = 1) -> None:
        """Go on counting records where another piece stopped."""
        super().__init__()
        self.numbers = {"Security": since - 1}

    def also(self, event_id: int, time: str, **values: Any) -> Piece:  # noqa: ANN401
        """Write one more record of the Security log."""
        self.security(event_id, time, **values)
        return self


def windows(name: str, *pieces: Log) -> None:
    """Hand in pieces of a Windows log, each as a file of its own."""
    for number, piece in enumerate(pieces):
        hand_in(piece.raw, f"{name}-{number}.jsonl", "windows-events-json")


def off(logon_id: str, sid: str = "S-1-5-21-1-2-3-1101") -> dict[str, str]:
    """Give the values of a 4634."""
    return {"TargetLogonId": logon_id, "TargetUserSid": sid}


LOGGED_ON = Piece().also(4624, "03:42:00", **logon("0x2a"))
BOOTED = Piece().also(4608, "03:00:00").also(4624, "03:42:00", **logon("0x2a"))


@pytest.mark.usefixtures("harbor")
class TestWindowsLogoffs:
    """A login in one file, its end in a later one."""

    @pytest.mark.parametrize("before", [LOGGED_ON, BOOTED], ids=["boot unknown", "boot seen"])
    @pytest.mark.parametrize("turned", [False, True], ids=["in order", "end first"])
    def test_end_the_session_of_an_earlier_file(self, before: Piece, *, turned: bool) -> None:
        """Each file names the boot after itself where it holds no start; the LogonId and the account tie."""
        after = Piece(since=10).also(4634, "04:20:00", **off("0x2a"))

        windows("security", *((after, before) if turned else (before, after)))

        assert told() == [("03:42:00", "04:20:00")]

    def test_of_another_account_or_logon_end_nothing(self) -> None:
        """The same number under another account is of another boot."""
        other_account = Piece(since=10).also(4634, "04:20:00", **off("0x2a", "S-1-5-21-1-2-3-500"))
        other_logon = Piece(since=20).also(4634, "04:21:00", **off("0x2b"))

        windows("security", LOGGED_ON, other_account, other_logon)

        assert told() == [("03:42:00", "open")]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_come_too_late_when_a_restart_lies_between(self, order: tuple[int, ...]) -> None:
        """No login outlives a restart, even when the file that tells of it comes last."""
        restart = Piece(since=10).also(4608, "04:00:00")
        after = Piece(since=20).also(4634, "04:20:00", **off("0x2a"))
        pieces = (LOGGED_ON, restart, after)

        windows("security", *(pieces[number] for number in order))

        assert told() == [("03:42:00", "04:00:00")]

    def test_before_the_boot_the_session_began_in_are_not_its_end(self) -> None:
        """A logoff of an earlier boot that bears the same number came before this login."""
        earlier = Piece(since=5).also(4634, "03:30:00", **off("0x2a"))

        windows("security", LOGGED_ON, earlier)

        assert told() == [("03:42:00", "open")]

    def test_of_a_log_exported_twice_are_told_once(self) -> None:
        """The second export names another file, and holds the same login and more."""
        longer = (
            Piece().also(4624, "03:42:00", **logon("0x2a")).also(4634, "04:20:00", **off("0x2a"))
        )

        windows("security", LOGGED_ON, longer)

        assert told() == [("03:42:00", "04:20:00")]

    def test_join_the_terminal_session_that_another_log_told(self) -> None:
        """Security and Terminal Services write the same login, and come in two files."""
        screen = Log()
        screen.add(
            "Microsoft-Windows-TerminalServices-LocalSessionManager",
            21,
            "03:42:09",
            channel="Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
            User="HARBOR\\rogue",
            SessionID=3,
            Address="203.0.113.7",
        )

        windows("both", screen, LOGGED_ON)

        (row,) = Session.objects.current()
        assert row.to_core().key.endswith("|0x2a")
        assert len(row.to_core().citations) == 2

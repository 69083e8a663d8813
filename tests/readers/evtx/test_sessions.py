"""Sessions out of logon records: one per login, named for good by host, boot and LogonId."""

from __future__ import annotations

import pytest

from groundrules.core.evidence import GapKind, SessionKind
from tests.readers.evtx.written import OWNER_SID, ROGUE_SID, SYSTEM_SID, Log, at, logon, subject

LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"
LSM_LOG = f"{LSM}/Operational"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"


class TestLogons:
    def test_open_a_session_that_the_logoff_ends(self) -> None:
        """A 4624 and its 4634 are one session with address, kind and both records cited."""
        log = Log()
        log.security(4608, "03:00:00")
        log.security(4624, "03:42:00", **logon("0x2a"))
        log.security(4634, "04:20:00", TargetLogonId="0x2A", LogonType=10)

        (session,) = log.read().sessions

        assert (session.account, session.identifier) == ("HARBOR\\rogue", ROGUE_SID)
        assert (session.started, session.ended) == (at("03:42:00"), at("04:20:00"))
        assert (session.kind, session.source_address) == (SessionKind.REMOTE, "203.0.113.7")
        assert session.key == "srv1.harbor.example|boot-20070221T030000Z|0x2a"
        assert [citation.record for citation in session.citations] == ["line 2", "line 3"]

    @pytest.mark.parametrize(
        ("logon_type", "address", "kind"),
        [
            (2, "-", SessionKind.CONSOLE),
            (3, "203.0.113.7", SessionKind.NETWORK),
            (4, "-", SessionKind.BATCH),
            (5, "-", SessionKind.SERVICE),
            (7, "-", SessionKind.CONSOLE),
            (7, "127.0.0.1", SessionKind.CONSOLE),
            (7, "203.0.113.7", SessionKind.REMOTE),
            (9, "-", SessionKind.UNKNOWN),
            (10, "203.0.113.7", SessionKind.REMOTE),
            (11, "-", SessionKind.CONSOLE),
        ],
    )
    def test_tell_their_kind_from_the_logon_type(
        self, logon_type: int, address: str, kind: SessionKind
    ) -> None:
        """Type 10 is remote, 7 too when it comes from another machine, 2 and 11 are the console."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a", LogonType=logon_type, IpAddress=address))

        (session,) = log.read().sessions

        assert session.kind is kind

    @pytest.mark.parametrize(
        ("sid", "name", "says"),
        [
            (OWNER_SID, "owner", "asked for in the login of HARBOR\\owner"),
            (ROGUE_SID, "rogue", ""),
            (SYSTEM_SID, "SRV1$", ""),
            ("S-1-0-0", "-", ""),
        ],
    )
    def test_say_in_whose_login_they_were_asked_for(self, sid: str, name: str, says: str) -> None:
        """`runas` leaves its user in the Subject of 4624; winlogon leaves the system there."""
        log = Log()
        values = subject("0x1b", sid=sid, name=name)
        log.security(4624, "03:42:00", **logon("0x2a", LogonType=2, **values))

        (session,) = log.read().sessions

        assert session.credential == says

    def test_of_both_linked_tokens_are_one_session(self) -> None:
        """An administrator's two tokens join, and what either of them does carries the one key."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a", TargetLinkedLogonId="0x2b"))
        log.security(4624, "03:42:00.1", **logon("0x2b", TargetLinkedLogonId="0x2a"))
        log.security(4725, "03:50:00", TargetUserName="pat", **subject("0x2b"))
        log.security(4634, "04:20:00", TargetLogonId="0x2b")

        reading = log.read()

        (session,) = reading.sessions
        assert session.ended == at("04:20:00")
        assert reading.observations[0].actor.session_key == session.key
        assert session.key.endswith("|0x2a")

    def test_written_before_tokens_were_linked_join_by_instant_and_process(self) -> None:
        """Older records have no link: the same account, process and very instant at a screen is one login."""
        old = {
            name: value for name, value in logon("0x2a").items() if name != "TargetLinkedLogonId"
        }
        log = Log()
        log.security(4624, "03:42:00", **old)
        log.security(4624, "03:42:00", **old | {"TargetLogonId": "0x2b"})
        log.security(4624, "03:42:00.2", **old | {"TargetLogonId": "0x2c"})

        sessions = log.read().sessions

        assert [session.key[-4:] for session in sessions] == ["0x2a", "0x2c"]

    def test_of_the_same_logon_id_after_a_restart_are_two_sessions(self) -> None:
        """A restart ends every session; a LogonId used again afterwards is another one."""
        log = Log()
        log.security(4608, "03:00:00")
        log.security(4624, "03:42:00", **logon("0x2a"))
        log.security(4608, "05:00:00")
        log.security(4624, "05:10:00", **logon("0x2a"))
        log.security(4725, "05:11:00", TargetUserName="pat", **subject("0x2a"))

        reading = log.read()

        first, second = reading.sessions
        assert (first.ended, second.ended) == (at("05:00:00"), None)
        assert reading.observations[0].actor.session_key == second.key != first.key
        assert [gap.kind for gap in reading.gaps] == [GapKind.RESTART]

    def test_without_a_start_in_the_evidence_are_keyed_by_the_evidence(self) -> None:
        """A boot nobody saw is named for the file: true inside it, and never mixed up with another."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a"))

        (session,) = log.read().sessions

        assert session.key == "srv1.harbor.example|file-0123456789ab|0x2a"

    def test_of_services_are_kept_once_and_typed(self) -> None:
        """SYSTEM logs on again for every service, always as 0x3e7: one session of kind service."""
        system = logon("0x3e7", TargetUserSid=SYSTEM_SID, TargetUserName="SYSTEM", LogonType=5)
        log = Log()
        log.security(4624, "03:00:00", **system)
        log.security(4624, "03:10:00", **system)

        (session,) = log.read().sessions

        assert session.kind is SessionKind.SERVICE
        assert session.started == at("03:00:00")

    def test_are_ordered_by_record_number_when_the_clock_runs_backwards(self) -> None:
        """A logoff numbered before the logon of a reused LogonId does not end the later session."""
        log = Log()
        log.security(4634, "03:50:00", number=7, TargetLogonId="0x2a")
        log.security(4624, "03:42:00", number=8, **logon("0x2a"))

        (session,) = log.read().sessions

        assert session.ended is None


class TestTerminalSessions:
    def test_stay_open_over_a_disconnect(self) -> None:
        """24 and 25 are a disconnect and a reconnect; only 23 is the logoff."""
        log = Log()
        for event_id, time in (
            (21, "03:42:00"),
            (24, "03:50:00"),
            (25, "03:55:00"),
            (23, "04:20:00"),
        ):
            values = {"User": "HARBOR\\rogue", "SessionID": 2, "Address": "203.0.113.7"}
            log.add(LSM, event_id, time, channel=LSM_LOG, **values)

        (session,) = log.read().sessions

        assert (session.started, session.ended) == (at("03:42:00"), at("04:20:00"))
        assert (session.kind, session.source_address) == (SessionKind.REMOTE, "203.0.113.7")
        assert len(session.citations) == 4

    def test_join_the_logon_the_security_log_has(self) -> None:
        """Both logs tell of one login: one session, with the Security log's key and both records."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a", IpAddress="-"))
        values = {"User": "harbor\\Rogue", "SessionID": 2, "Address": "203.0.113.7"}
        log.add(LSM, 21, "03:42:03", channel=LSM_LOG, **values)

        (session,) = log.read().sessions

        assert session.key.endswith("|0x2a")
        assert session.source_address == "203.0.113.7"
        assert len(session.citations) == 2

    def test_are_not_opened_by_a_network_check(self) -> None:
        """1149 only says that an account passed the network check: known, counted, no session."""
        log = Log()
        log.add(
            RCM,
            1149,
            "03:41:00",
            channel=f"{RCM}/Operational",
            Param1="rogue",
            Param3="203.0.113.7",
        )

        reading = log.read()

        assert reading.sessions == ()
        assert reading.unknown == {}
        assert reading.by_type == {f"{RCM}/1149": 1}


class TestDatabaseSessions:
    def test_are_told_apart_though_the_number_is_used_again(self) -> None:
        """Session 51 belongs to two logins in turn: each audit row gets the login of its own time."""
        more = "<action_info><address>203.0.113.7</address></action_info>"
        log = Log()
        log.audit("03:42:00", "LGIS", "LX", more=more)
        log.audit("03:45:00", "LGEA", "SL", name="sa")
        log.audit("03:50:00", "LGO", "LX")
        log.audit("03:55:00", "LGIS", "LX", principal="HARBOR\\other", began_as="HARBOR\\other")
        log.audit("03:56:00", "LGDA", "SL", name="sa", began_as="HARBOR\\other")

        reading = log.read()

        first, second = reading.sessions
        assert (first.kind, first.source_address) == (SessionKind.DATABASE, "203.0.113.7")
        assert (first.ended, second.ended) == (at("03:50:00"), None)
        assert [seen.actor.session_key for seen in reading.observations] == [first.key, second.key]

    def test_of_the_error_log_join_the_audits_own(self) -> None:
        """18454 beside an LGIS row of the same login is no second session; alone it is one."""
        strings = [
            "sa",
            "Connection made using SQL Server authentication.",
            " [CLIENT: 203.0.113.7]",
        ]
        log = Log()
        log.audit("03:42:00", "LGIS", "LX", principal="sa")
        log.add("MSSQLSERVER", 18454, "03:42:01", strings=strings)
        log.add("MSSQLSERVER", 18454, "04:42:01", strings=strings)

        sessions = log.read().sessions

        assert [(session.account, len(session.citations)) for session in sessions] == [
            ("sa", 2),
            ("sa", 1),
        ]
        assert sessions[1].source_address == "203.0.113.7"

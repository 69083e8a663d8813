"""What SQL Server's audit and error log say, as changes: who did what to which login or setting."""

from __future__ import annotations

import pytest

from groundrules.core.evidence import GapKind, ItemKind
from tests.readers.evtx.written import (
    Log,
    at,
)


class TestSqlAudit:
    @pytest.mark.parametrize("action", ["PWC", "PWCS", "PWR", "PWRS"])
    def test_dates_a_password_change_by_its_own_time(self, action: str) -> None:
        """Rows as Microsoft documents them (no sample has one): event_time first, record time as the other bound."""
        log = Log()
        log.audit(
            "21:14:05",
            action,
            "LX",
            event_time="21:14:02.5",
            target="sa",
            began_as="sa",
            principal="sa",
        )

        (seen,) = log.read().observations

        assert (seen.kind, seen.key) == (ItemKind.PASSWORD, "sa")
        assert (seen.at, seen.recorded_at) == (at("21:14:02.500000"), at("21:14:05"))
        assert seen.actor.account == "sa"

    def test_joins_the_statement_and_the_password_row(self) -> None:
        """ALTER LOGIN with a password leaves an AL and a PWR row: one change."""
        statement = "ALTER LOGIN [sa] WITH PASSWORD = 'hunter2'"
        log = Log()
        log.audit("21:14:05", "AL", "SL", name="sa", statement=statement)
        log.audit("21:14:05", "PWR", "SL", name="sa", statement=statement)

        (seen,) = log.read().observations

        assert seen.kind is ItemKind.PASSWORD
        assert len(seen.supporting) == 1

    @pytest.mark.parametrize(
        "statement",
        [
            "ALTER LOGIN [sa] WITH PASSWORD = 'hunter2'",
            "ALTER LOGIN sa WITH PASSWORD=N'hunter2' OLD_PASSWORD='hunter2old'",
            "CREATE LOGIN x WITH PASSWORD = 'it''s hunter2', CHECK_POLICY=OFF",
            "ALTER LOGIN [sa] WITH PASSWORD\n=\n'hunter2",
            "ALTER LOGIN [sa] WITH PASSWORD /* new */ = 'hunter2'",
            "EXEC sp_password NULL, 'hunter2', 'sa'",
            'EXEC sp_password @new = "hunter2"',
            "EXEC sp_addlinkedsrvlogin 'X', 'false', NULL, 'sa', 'hunter2'",
            "CREATE CREDENTIAL c WITH IDENTITY = 'a', SECRET = 'hunter2'",
            "ALTER LOGIN sa WITH PASSWORD = hunter2",
            "ALTER LOGIN [sa] WITH PASSWORD = 'x\nadditional_information:hunter2'",
        ],
    )
    def test_keeps_no_secret_of_a_statement(self, statement: str) -> None:
        """A planted password is nowhere in the reading, however the statement is written."""
        log = Log()
        log.audit("21:14:05", "AL", "SL", name="sa", statement=statement)

        reading = log.read()

        assert "hunter2" not in repr(reading)
        assert len(reading.observations) == 1

    def test_keeps_no_part_of_a_statement_cut_in_two(self) -> None:
        """A later part of a long statement may begin inside a literal, so none of it is kept."""
        log = Log()
        log.audit("21:14:05", "AL", "SL", name="sa", statement="hunter2' , CHECK_POLICY = OFF")
        log.lines = [line.replace("sequence_number:1", "sequence_number:2") for line in log.lines]

        assert "hunter2" not in repr(log.read())

    def test_names_who_began_the_session_under_another_identity(self) -> None:
        """EXECUTE AS changes the current principal, not who is behind it."""
        log = Log()
        log.audit("21:14:05", "LGEA", "SL", name="sa", began_as="HARBOR\\rogue", principal="sa")

        (seen,) = log.read().observations

        assert (seen.actor.account, seen.actor.identifier) == ("HARBOR\\rogue", "")

    def test_marks_the_span_in_which_an_audit_was_off(self) -> None:
        """From STATE = OFF to STATE = ON nothing was audited: a gap with both ends."""
        log = Log()
        log.audit(
            "21:00:00",
            "AL",
            "A",
            name="MSP",
            statement="ALTER SERVER AUDIT [MSP]\r\nWITH (STATE = OFF)",
        )
        log.audit(
            "21:30:00",
            "AL",
            "A",
            name="MSP",
            statement="ALTER SERVER AUDIT [MSP]\r\nWITH (STATE = ON)",
        )

        reading = log.read()

        (gap,) = reading.gaps
        assert gap.kind is GapKind.AUDIT_OFF
        assert (gap.interval.not_before, gap.interval.not_after) == (at("21:00:00"), at("21:30:00"))
        assert {one.kind for one in reading.observations} == {ItemKind.AUDIT_POLICY}

    def test_does_not_call_an_option_set_to_itself_a_change(self) -> None:
        """15457 is written also when nothing is different."""
        log = Log()
        log.add("MSSQLSERVER", 15457, "03:00:00", strings=["xp_cmdshell", "1", "1"])
        log.add("MSSQLSERVER", 15457, "03:00:05", strings=["xp_cmdshell", "0", "1"])

        (seen,) = log.read().observations

        assert (seen.before, seen.after) == ("xp_cmdshell = 0", "xp_cmdshell = 1")

    def test_counts_failed_logins_without_a_change(self) -> None:
        """18456 and LGIF rows are known and counted; nothing changed and nobody was in."""
        log = Log()
        log.add(
            "MSSQLSERVER", 18456, "03:00:00", strings=["sa", "Reason: x", " [CLIENT: 203.0.113.7]"]
        )
        log.audit("03:00:00", "LGIF", "LX", succeeded="false", principal="sa")

        reading = log.read()

        assert (reading.observations, reading.sessions, reading.unknown) == ((), (), {})
        assert reading.records == 2

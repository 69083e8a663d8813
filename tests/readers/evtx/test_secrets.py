"""What is taken out before anything is kept, and what stays readable."""

from __future__ import annotations

import pytest

from groundrules.readers.evtx.secrets import LONGEST_KEPT, redact_command, redact_statement


class TestStatements:
    def test_without_a_secret_stay_as_they_are(self) -> None:
        """Names and values of harmless statements are what a person needs to read."""
        statement = "ALTER SERVER ROLE [sysadmin]\r\n  ADD MEMBER [test-sql]"

        assert redact_statement(statement) == "ALTER SERVER ROLE [sysadmin] ADD MEMBER [test-sql]"

    def test_with_a_password_lose_every_literal(self) -> None:
        """Also a hash, and a literal with a quote inside."""
        statement = (
            "CREATE LOGIN a WITH PASSWORD = 0x0200AB HASHED, SID = 0x24, DEFAULT_DATABASE = 'it''s'"
        )

        kept = redact_statement(statement)

        assert "0x0200AB" not in kept
        assert "it''s" not in kept
        assert kept.startswith("CREATE LOGIN a WITH PASSWORD = '[removed]'")

    def test_are_cut_after_the_secret_is_gone(self) -> None:
        """Cutting first could leave half a literal."""
        kept = redact_statement("SELECT 1 -- " + "x" * 600 + " PASSWORD = 'hunter2'")

        assert len(kept) == LONGEST_KEPT


class TestCommands:
    @pytest.mark.parametrize(
        "command",
        [
            "C:\\agent.exe -p hunter2 -v",
            "C:\\agent.exe /password:hunter2",
            'C:\\agent.exe --token "hunter2 and more"',
            "agent password=hunter2;x",
            "agent --config x;Pwd=hunter2",
            "cmd /c net user rogue hunter2 /add",
            "cmd /c net.exe user rogue hunter2",
            "sync https://rogue:hunter2@host/share",
        ],
    )
    def test_keep_no_secret(self, command: str) -> None:
        """Options, assignments, `net user` and logins in addresses."""
        kept = redact_command(command)

        assert "hunter2" not in kept
        assert "[removed]" in kept

    @pytest.mark.parametrize(
        "command",
        ["%SystemRoot%\\PSEXESVC.exe", "net user rogue /delete", "svchost.exe -k netsvcs"],
    )
    def test_without_one_stay_as_they_are(self, command: str) -> None:
        """Nothing else is touched."""
        assert redact_command(command) == command

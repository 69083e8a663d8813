"""The audit set-up: printed for a human, done only when asked, and honest when it cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from groundrules_collector.audit_setup import AuditSetupFailed, apply, plan
from groundrules_collector.audit_state import newly_lost
from groundrules_collector.main import main


class TestPlan:
    def test_is_printed_and_nothing_done(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Rules and commands are shown: a backlog of 8,192 with a wait, watches on accounts and access."""
        assert main(["audit-setup", "--root", str(tmp_path)]) == 0

        printed = capsys.readouterr().out
        assert "-b 8192" in printed
        assert "--backlog_wait_time 60000" in printed
        assert "-w /etc/shadow -p wa" in printed
        assert "--loginuid-immutable" not in printed
        assert list(tmp_path.iterdir()) == []

    def test_forbids_new_login_numbers_only_when_asked(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It breaks services that people start by hand, so it is a choice."""
        assert main(["audit-setup", "--immutable"]) == 0

        assert "--loginuid-immutable" in capsys.readouterr().out


class TestApply:
    def test_writes_the_rules_and_loads_them(self, tmp_path: Path) -> None:
        """The rules lie where augenrules finds them, readable by root alone, and every command is run."""
        (tmp_path / "etc/audit/rules.d").mkdir(parents=True)
        ran: list[str] = []

        def run(command: Sequence[str]) -> tuple[int, str]:
            ran.append(" ".join(command))
            return 0, ""

        said = apply(plan(tmp_path), run)

        rules = tmp_path / "etc/audit/rules.d/10-groundrules.rules"
        assert "-b 8192" in rules.read_text()
        assert rules.stat().st_mode & 0o777 == 0o600
        assert ran[0] == "augenrules --load"
        assert "auditctl -b 8192" in ran
        assert len(said) == len(ran)

    def test_says_which_command_failed(self, tmp_path: Path) -> None:
        """A kernel without audit refuses; the message has its words and where the rules are."""
        (tmp_path / "etc/audit/rules.d").mkdir(parents=True)

        with pytest.raises(AuditSetupFailed, match="ended with 1: not supported"):
            apply(plan(tmp_path), lambda _command: (1, "not supported"))

    def test_needs_auditd(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Without auditd nothing is written, and the message says what to install."""
        assert main(["audit-setup", "--apply", "--root", str(tmp_path)]) == 5

        assert "install auditd" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []


class TestLost:
    @pytest.mark.parametrize(
        ("before", "now", "lost"),
        [("", "5", 5), ("5", "5", 0), ("5", "30", 25), ("30", "2", 2), ("5", "", 0)],
        ids=["first look", "nothing new", "more", "counter began anew", "not told"],
    )
    def test_is_the_difference_of_the_counter(self, before: str, now: str, lost: int) -> None:
        """A counter that is smaller than before began anew, so all of it is new."""
        assert newly_lost(before, now) == lost

"""The script that opens and closes Windows accounts, which no test can run: parsed, and held to what it may do."""

from __future__ import annotations

import re

from groundrules.core.vendors.actions import HEAD
from tests.windows.powershell import FOLDER, all_of, commands, functions, name_of, said, tree
from tests.windows.test_scripts import code, script

GATE = FOLDER / "groundrules-gate.ps1"
# Everything else it calls is a function of its own, or one of the two programs below.
ASKED = {
    "Add-LocalGroupMember",
    "ConvertFrom-Json",
    "ConvertTo-Json",
    "Disable-LocalUser",
    "Enable-LocalUser",
    "ForEach-Object",
    "Get-LocalGroup",
    "Get-LocalUser",
    "Get-Process",
    "Get-ScheduledTask",
    "Invoke-RestMethod",
    "Join-Path",
    "New-Object",
    "New-ScheduledTaskAction",
    "New-ScheduledTaskPrincipal",
    "New-ScheduledTaskSettingsSet",
    "New-ScheduledTaskTrigger",
    "Out-Null",
    "Register-ScheduledTask",
    "Remove-LocalGroupMember",
    "Select-Object",
    "Set-LocalUser",
    "Set-StrictMode",
    "Sort-Object",
    "Start-Sleep",
    "Stop-Process",
    "Unregister-ScheduledTask",
    "Where-Object",
    "Write-Verbose",
}
RUNS_TEXT = re.compile(
    r"invoke-expression|\biex\b|add-type|start-process|invoke-webrequest|webclient|downloadstring|"
    r"encodedcommand|import-module|reflection|invoke-command|scriptblock\]::create|\.invokescript",
    re.IGNORECASE,
)


def body(name: str) -> str:
    """This function will return one function of the script."""
    return said(functions(tree(GATE))[name])


class TestGateScript:
    """What can be said of it without Windows."""

    def test_is_powershell_in_plain_ascii(self) -> None:
        """It parses without an error, and 5.1 reads it alike everywhere."""
        root = tree(GATE)

        assert not root.has_error
        assert GATE.read_bytes().isascii()
        assert script(GATE).startswith("#requires -Version 5.1\n")

    def test_calls_nothing_but_what_is_listed(self) -> None:
        """Its own functions, the listed commands, and two programs of Windows by name."""
        root = tree(GATE)
        called = {name for one in commands(root) if (name := name_of(one))}
        named = {name for name in called if not re.match(r"\d|\$", name)}

        assert named - functions(root).keys() - {"1..$Rounds", "1..20"} == ASKED
        assert set(re.findall(r"& ([\w.]+)", code(GATE))) == {"logoff.exe", "icacls.exe"}
        assert RUNS_TEXT.findall(code(GATE)) == []

    def test_checks_the_signature_before_it_believes_a_word(self) -> None:
        """Reading refuses an unsigned text first; nothing is done before every refusal was asked for."""
        read, acted = body("Read-Action"), body("Invoke-Action")

        assert read.index("Test-Signature") < read.index("$lines")
        order = [acted.index(word) for word in ("Read-Action", "Get-Refusal", "Save-State")]
        assert order == sorted(order)
        assert acted.index("Save-State") < acted.index("Open-Window")
        assert acted.index("$answer.refused -eq ''") < acted.index("Open-Window")
        assert f"$Head = '{HEAD}'" in code(GATE)

    def test_refuses_what_the_tests_host_refuses(self) -> None:
        """Another host, an old number, a strange verb, account or group, too early, too late, the administrator."""
        asked = re.findall(r"return \"?'?([^\"'\n]+)", body("Get-Refusal"))

        assert [says.split(" ")[-2:] for says in asked] == [
            ["for", "$($Action.host)"],
            ["taken", "before"],
            ["is", "$($Action.verb)"],
            ["plain", "name"],
            ["this", "gate"],
            ["this", "gate"],
            ["clock", "here"],
            ["clock", "here"],
            ["built-in", "administrator"],
        ]

    def test_writes_down_the_closing_before_it_opens(self) -> None:
        """State, closing task and expiry come before the account is enabled."""
        opened = body("Open-Window")
        order = [
            opened.index(word)
            for word in ("Save-State", "Register-Closing", "Set-Expiry", "Enable-LocalUser")
        ]

        assert order == sorted(order)

    def test_closes_before_it_asks_and_without_asking(self) -> None:
        """What is over is closed first in every run; disabling comes first, and forgetting last."""
        text = code(GATE)
        closing, account = body("Close-Window"), body("Close-Account")

        assert text.rindex("Invoke-Sweep") < text.rindex("Invoke-Turns")
        assert "if (-not $Sweep) { Invoke-Turns }" in text
        assert account.index("Disable-LocalUser") < account.index("Stop-Sessions")
        assert closing.index("Close-Account") < closing.index("$State.windows = ")

    def test_answers_every_fact_the_server_asks_for(self) -> None:
        """The names of the facts are those the core reads."""
        facts = body("Get-Facts")

        for name in ("known", "enabled", "groups", "missing", "processes", "others"):
            assert re.search(rf"^        {name} = ", facts, re.MULTILINE)

    def test_leaves_session_zero_alone(self) -> None:
        """Services live there: their programs are stopped one by one, the session is never ended."""
        assert "if ($session -gt 0) { & logoff.exe $session | Out-Null }" in body("Stop-Sessions")

    def test_never_hands_on_one_value_where_a_list_is_counted(self) -> None:
        """5.1 gives no Count to a single object in strict mode, so each counted list is made one."""
        bare = [
            line.strip()
            for line in code(GATE).splitlines()
            if re.search(r"\((Get-Others|Get-Programs|Get-MemberGroups)[^@]*\)\.Count", line)
            and "@(" not in line
        ]

        assert bare == []
        assert len(all_of(tree(GATE), "function_statement")) > 15

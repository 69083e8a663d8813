"""The Windows scripts, which no test can run: parsed, and held against what they must never do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tree_sitter import Node

from groundrules.core.evidence import ItemKind
from groundrules_wire import Manifest, Part
from tests.windows.powershell import (
    AUDIT,
    COLLECT,
    all_of,
    below,
    commands,
    functions,
    name_of,
    said,
    tree,
)

SCRIPTS = [COLLECT, AUDIT]
# Everything else a script calls is a function of its own.
ASKED = {
    COLLECT: {
        "ConvertFrom-Json",
        "ForEach-Object",
        "Get-CimInstance",
        "Get-Command",
        "Get-LocalUser",
        "Join-Path",
        "New-Object",
        "Set-StrictMode",
        "Sort-Object",
        "Where-Object",
    },
    AUDIT: {"ForEach-Object", "New-Object", "Set-StrictMode", "Where-Object", "Write-Verbose"},
}
CREATED = {
    "System.Data.DataTable",
    "System.Data.SqlClient.SqlConnection",
    "System.Diagnostics.Eventing.Reader.EventLogConfiguration",
    "System.Diagnostics.Eventing.Reader.EventLogQuery",
    "System.Diagnostics.Eventing.Reader.EventLogReader",
    "System.DirectoryServices.DirectoryEntry",
    "System.IO.FileInfo",
    "System.Security.AccessControl.DirectorySecurity",
    "System.Security.AccessControl.FileSystemAccessRule",
    "System.Security.Principal.SecurityIdentifier",
    "System.Text.StringBuilder",
    "System.Text.UTF8Encoding",
    "Schedule.Service",
    "System.Collections.Generic.List",
}
FORBIDDEN = re.compile(
    r"invoke-expression|\biex\b|add-type|start-process|invoke-webrequest|invoke-restmethod|webclient|"
    r"net\.sockets|net\.http|downloadstring|downloadfile|bitstransfer|encodedcommand|import-module|"
    r"frombase64string|reflection\.assembly|invoke-command|new-pssession|password_hash|\bpwdcompare\b",
    re.IGNORECASE,
)
WRITES = re.compile(
    r"\.(SaveChanges|SetValue|CreateSubKey|DeleteSubKey|DeleteValue|ExecuteNonQuery|CommitChanges|"
    r"ClearLog|SetInfo|Put|RegisterTask\w*|DeleteTask)\b|\b(Set|Remove|Clear|Stop|Restart|Disable)-(?!StrictMode)\w+"
)


def script(path: Path) -> str:
    return path.read_text(encoding="ascii")


def code(path: Path) -> str:
    """This function will return a script without its comments."""
    raw = path.read_bytes()
    for comment in reversed(all_of(tree(path), "comment")):
        raw = raw[: comment.start_byte] + raw[comment.end_byte :]
    return raw.decode("ascii").replace("\r\n", "\n")


def strings(node: Node) -> list[str]:
    """This function will return the texts written in a script."""
    kinds = {"string_literal"}
    return [said(one) for one in below(node) if one.type in kinds]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
class TestEveryScript:
    def test_is_powershell(self, path: Path) -> None:
        """It parses without an error or a missing part."""
        root = tree(path)

        assert not root.has_error
        assert len(all_of(root, "function_statement")) >= 5

    def test_is_read_alike_everywhere(self, path: Path) -> None:
        """PowerShell 5.1 reads a file without a mark in the machine's own code page: plain ASCII is the same in all."""
        assert path.read_bytes().isascii()
        assert script(path).startswith("#requires -Version 5.1\n")

    def test_calls_nothing_but_what_is_listed(self, path: Path) -> None:
        """Its own functions, and a short list of commands that come with Windows."""
        root = tree(path)

        called = {name for one in commands(root) if (name := name_of(one))}

        assert called - functions(root).keys() == ASKED[path]

    def test_creates_nothing_but_what_is_listed(self, path: Path) -> None:
        """No object that reaches a network, runs a program or loads code."""
        created = re.findall(r"New-Object (?:-ComObject )?'?([\w.]+)", code(path))

        assert created
        assert set(created) <= CREATED

    def test_has_nothing_forbidden(self, path: Path) -> None:
        """Nothing that runs text as code, fetches, compiles or asks for a hash."""
        assert FORBIDDEN.findall(code(path)) == []

    def test_reaches_sql_server_over_shared_memory(self, path: Path) -> None:
        """No network and no password: `lpc:` and the account it runs under."""
        assert "lpc:" in code(path)
        assert "Integrated Security=SSPI" in code(path)
        assert re.search(r"password\s*=", code(path), re.IGNORECASE) is None


class TestCollector:
    def test_writes_nothing_but_its_own_files(self) -> None:
        """No call that changes the machine; deleting is done once, to its own folder of exports."""
        assert WRITES.findall(code(COLLECT)) == []
        assert re.findall(
            r"\]::(?:Delete|Move|Replace|Create|WriteAllText)\([^)]*", code(COLLECT)
        ) == [
            "]::Create(",
            "]::Create(",
            "]::Replace($From, $To, [NullString]::Value",
            "]::Move($From, $To",
            "]::Create($partial",
            '::WriteAllText("$State.partial", (ConvertTo-CanonicalJson $known'.replace("::", "]::"),
            "]::Delete($Exports, $true",
        ]

    def test_only_selects(self) -> None:
        """Its two statements to SQL Server read names, kinds and dates."""
        statements = [text for text in strings(tree(COLLECT)) if re.search(r"\bFROM\b", text)]

        assert len(statements) == 2
        for statement in statements:
            assert statement.strip("@'\r\n").startswith("SELECT ")
            assert not re.search(r"hash|INSERT|UPDATE|DELETE|ALTER|EXEC|DROP|;", statement)

    def test_keeps_no_command_line(self) -> None:
        """Of a service's path and a task's definition only the program and a digest leave the server."""
        uses = re.findall(r"(\S+ \(\[string\])\$(?:service|driver)\.PathName", code(COLLECT))

        assert sorted(uses) == [
            "(Get-Program ([string]",
            "(Get-Program ([string]",
            "(Get-TextDigest ([string]",
        ]
        assert ".Arguments" not in code(COLLECT)
        assert re.findall(r"(\S+) \$task\.Xml", code(COLLECT)) == ["(Get-TextDigest"]

    def test_names_only_kinds_the_reader_knows(self) -> None:
        """Every item and every snapshot it writes is of a kind of ours."""
        known = {kind.value for kind in ItemKind}
        written = set(re.findall(r"New-EvidenceItem '([^']+)'", code(COLLECT)))
        listed = {
            kind
            for kinds in re.findall(r"Add-Snapshot \$Parts \S+ @\(([^)]*)\)", code(COLLECT))
            for kind in re.findall(r"'([^']+)'", kinds)
        }

        assert written == listed
        assert written <= known
        assert len(written) >= 10

    def test_writes_every_key_of_the_manifest(self) -> None:
        """What the server refuses to miss is there, key by key."""
        run = said(functions(tree(COLLECT))["Invoke-Collection"])
        part = said(functions(tree(COLLECT))["New-Part"])
        optional = {"facts", "origin", "start", "end"}

        assert {key for key in Manifest.__slots__ if f"{key} =" not in run} <= optional
        assert {key for key in Part.__slots__ if f"{key} =" not in part} <= optional


class TestAuditScript:
    def test_turns_the_four_groups_on(self) -> None:
        """Passwords, logins, who logged in, and the audit itself."""
        for group in (
            "LOGIN_CHANGE_PASSWORD_GROUP",
            "SERVER_PRINCIPAL_CHANGE_GROUP",
            "SUCCESSFUL_LOGIN_GROUP",
            "AUDIT_CHANGE_GROUP",
        ):
            assert f"'{group}'" in code(AUDIT)

    def test_changes_nothing_under_whatif(self) -> None:
        """Every change stands behind ShouldProcess, in the same function and before it."""
        root = tree(AUDIT)

        changing = {
            name: said(body)
            for name, body in functions(root).items()
            if re.search(r"Invoke-Change \$|\.SaveChanges\(", said(body))
        }

        assert "SupportsShouldProcess = $true" in code(AUDIT)
        assert changing.keys() == {"Enable-Audit", "Enable-Specification", "Expand-Log"}
        for body in changing.values():
            first = min(
                body.find(word) % len(body) for word in ("Invoke-Change $", ".SaveChanges(")
            )
            assert 0 < body.find("$PSCmdlet.ShouldProcess(") < first

    def test_only_ever_adds(self) -> None:
        """It creates and alters its own audit and raises log sizes; it drops nothing."""
        statements = re.findall(r'Invoke-Change \$Connection "([A-Z ]+) \[', code(AUDIT))

        assert set(statements) == {
            "CREATE SERVER AUDIT",
            "ALTER SERVER AUDIT",
            "CREATE SERVER AUDIT SPECIFICATION",
            "ALTER SERVER AUDIT SPECIFICATION",
        }
        assert "DROP" not in code(AUDIT)
        assert "if ($settings.MaximumSizeInBytes -ge $LogBytes) { return }" in code(AUDIT)

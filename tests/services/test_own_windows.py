"""Windows servers in our own work: the account's file, what the inventory says, and what is refused in words."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tree_sitter_powershell
from django.conf import settings
from tree_sitter import Language, Parser

from groundrules.cli.main import main
from groundrules.core.remote import LIBRARY
from groundrules.gateways.winrm import WinrmAccountWrong, read_account
from groundrules.records import models as books
from groundrules.services.doctor import Health, extras
from tests.services.test_own_commands import says

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
_WHOLE = 'user = "HARBOR\\\\castle-it"\ntransport = "ntlm"\npassword_file = "password"\n'


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This fixture will give a test the administrator's folder, with an account's password in it."""
    monkeypatch.setattr(settings, "GROUNDRULES_WINRM_ACCOUNTS", str(tmp_path))
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text("Wind0ws-and-s3a\n")
    return tmp_path


@pytest.fixture
def windows(gated: books.Client) -> books.Client:
    """This fixture will give a test the client, whose SRV2 is a Windows server."""
    gate = books.Gate.objects.get(asset__code="SRV2")
    books.ActionHost.objects.create(gate=gate, token_digest="d" * 64)
    return gated


class TestAccount:
    """`CLIENT.toml` in the folder GROUNDRULES_WINRM_ACCOUNTS names."""

    def test_of_a_server_comes_before_the_clients(self, accounts: Path) -> None:
        """Files are found beside it; the account's own name has no domain; another client has none."""
        own = '[servers.SRV2]\nport = 443\naddress = "srv2.harbor.example"\n'
        (accounts / "HARBOR.toml").write_text(_WHOLE + own)

        found = read_account(str(accounts), "HARBOR", "SRV2")

        assert found is not None
        assert (found.name, found.port, found.address) == ("castle-it", 443, "srv2.harbor.example")
        assert found.password_file == str(accounts / "password")
        other = read_account(str(accounts), "HARBOR", "SRV1")
        assert other is not None
        assert (other.port, other.address) == (5986, "")
        assert read_account(str(accounts), "OTHER", "SRV2") is None
        assert read_account(str(accounts), "../HARBOR", "SRV2") is None
        assert read_account("", "HARBOR", "SRV2") is None

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("user = ", "Invalid value"),
            ('user = "a"\npasword = "x"', "no 'pasword'"),
            ('user = "a"\nport = "5986"', "port must be a number"),
            ('user = "a"\nport = 0', "port is a number from 1"),
            ('transport = "kerberos"', "it must name the user"),
            ('user = "a"\ntransport = "plain"', "transport is one of: kerberos"),
            ('user = "a"\ntransport = "basic"', "basic needs a password_file"),
            ('user = "a"\ntransport = "certificate"', "needs certificate and key"),
            ('user = "a"\nca = "none.pem"', "none.pem is not there"),
            ('user = "a"\npassword_file = "it\'s"', "letters that are not taken"),
            ('user = "a"\npassword_file = "open"', "others may read"),
        ],
    )
    def test_says_what_is_wrong_with_it(self, written: str, sentence: str, accounts: Path) -> None:
        """Where, what, and which page says what belongs there."""
        (accounts / "open").touch(mode=0o644)
        (accounts / "it's").touch(mode=0o600)
        (accounts / "HARBOR.toml").write_text(written)

        with pytest.raises(WinrmAccountWrong, match=r"HARBOR\.toml") as refused:
            read_account(str(accounts), "HARBOR", "SRV2")

        assert sentence in str(refused.value)


@pytest.mark.usefixtures("windows")
class TestCommands:
    """What a newcomer is told."""

    def test_inventory_says_the_account_and_no_way_in(
        self, accounts: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As whom, and nothing that opens; a wrong file is said, not a stack of calls."""
        (accounts / "HARBOR.toml").write_text(_WHOLE)

        told = json.loads(says(capsys, "inventory", "--host", "HARBOR.SRV2"))

        assert (told["ansible_user"], told["ansible_winrm_transport"]) == (
            "HARBOR\\castle-it",
            "ntlm",
        )
        assert "ansible_password" not in told
        (accounts / "HARBOR.toml").write_text('user = ""')
        assert "it must name the user" in says(capsys, "inventory", "--list", ends=8)

    def test_patches_and_shells_are_refused_and_say_what_instead(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """No server is asked, and the way that is left is named."""
        refused = says(capsys, "patch", "policy", "HARBOR", "--ring", "a=SRV1,SRV2", ends=8)
        shell = says(capsys, "shell", "SRV2", "--why", "disk full", ends=8)

        assert "SRV2: a Windows server; patches are put in by apt only" in refused
        assert "ansible.windows.win_updates" in refused
        assert "SRV2: a Windows server; a shell is opened by SSH only" in shell

    def test_a_job_needs_an_account_and_lines_for_windows(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without an account it is said where one belongs; cleaning a disk is not for there."""
        restart = ("job", "plan", "HARBOR", "restart-service", "--with", "service=Spooler")
        clean = ("job", "plan", "HARBOR", "clean-disk", "--on", "SRV2")

        assert "write HARBOR.toml into the folder GROUNDRULES_WINRM_ACCOUNTS" in says(
            capsys, *restart, "--on", "SRV2", ends=3
        )
        assert "clean-disk is not for Windows servers; restart-service, collect-logs are" in says(
            capsys, *clean, ends=8
        )
        assert not books.WorkPlan.objects.exists()
        assert main(["job", "list"]) == 0


@pytest.mark.usefixtures("windows")
class TestDoctor:
    """What is used and not installed is named before a job is refused."""

    def test_names_what_reaching_a_server_needs(
        self, accounts: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Which package, for which servers; nothing where no server is reached so."""
        monkeypatch.setattr(extras, "find_spec", lambda _: None)
        before = extras.look_at_extras(AT)
        (accounts / "HARBOR.toml").write_text('user = "castle-it"\ntransport = "kerberos"\n')

        found = extras.look_at_extras(AT)

        assert before.health is Health.FINE
        assert found.health is Health.BROKEN
        assert "pywinrm is not installed here, and 1 server is reached by it: HARBOR/SRV2" in (
            found.says
        )
        assert "what pywinrm needs for kerberos is not installed here" in found.says
        assert "pip install 'groundrules[remote,winrm]' 'pywinrm[kerberos]'" in found.mend

    def test_names_ansible_where_patches_are_set_up(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A policy on record is carried out by nothing else."""
        assert main(["patch", "policy", "HARBOR", "--ring", "a=SRV1"]) == 0
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

        found = extras.look_at_extras(AT)

        assert (found.health, "Ansible is not installed here" in found.says) == (
            Health.BROKEN,
            True,
        )
        assert "pip install 'groundrules[remote]'" in found.mend

    def test_repeats_what_is_wrong_with_an_account(self, accounts: Path) -> None:
        """A file that nobody can use is told with its own sentence."""
        (accounts / "HARBOR.toml").write_text('user = ""')

        assert "it must name the user" in extras.look_at_extras(AT).says


class TestLibrary:
    """The lines PowerShell reads: parsed here and never run."""

    def test_is_powershell_without_errors(self) -> None:
        """Each line with its arguments in their place."""
        parser = Parser(Language(tree_sitter_powershell.language()))

        lines = [line for job in LIBRARY.values() for line in (job.windows_look, job.windows_act)]
        parsed = [
            parser.parse(line.format(service="Spooler", lines="200").encode())
            for line in lines
            if line
        ]

        assert len(parsed) == 4
        assert not [tree for tree in parsed if tree.root_node.has_error]

"""The way our own work reaches hosts: ansible-runner as a program of its own, our playbooks, events as they come.

Ansible is started, never imported: it is an optional extra (docs/decisions/0022) and may end without taking us along.
Keys and certificates lie in a folder that is gone afterwards; of the events only what hosts answered is handed on.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from groundrules.core.remote import WORK_ACCOUNT
from groundrules.gateways.gate import Pass, Way
from groundrules.gateways.winrm import WinrmAccount, why_unreachable, winrm_variables

_OUTCOMES = {
    "runner_on_start": "started",
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
}
_FOLDER = "groundrules-run-"
_SURELY_LEFT = 24 * 60 * 60
_FORKS = 20
_PRINTED = 400_000
_CONNECT_SECONDS = 10
_KERBEROS = ("KRB5CCNAME", "KRB5_CONFIG")


class AnsibleMissing(RuntimeError):
    """ansible-runner is not installed beside Groundrules."""


class RunCut(RuntimeError):
    """ansible-runner ended without having played its playbook to the end."""


class Reach(Protocol):
    """How one host is reached, and what lets us in."""

    @property
    def needs(self) -> str:
        """A package that must be beside Ansible for it; empty when none."""

    def lay(self, folder: Path, name: str) -> dict[str, str | int]:
        """This function will lay what is needed into a folder only we can read, and return Ansible's variables."""


@dataclass(frozen=True, slots=True)
class SshReach:
    """By SSH, with a certificate for this host and this run."""

    way: Way
    held: Pass

    @property
    def needs(self) -> str:
        """OpenSSH's own client does it."""
        return ""

    def lay(self, folder: Path, name: str) -> dict[str, str | int]:
        """This function will lay key, certificate and known host key."""
        return ssh_variables(name, self.way, lay_pass(folder, name, self.way, self.held))


@dataclass(frozen=True, slots=True)
class WinrmReach:
    """By WinRM over HTTPS, with an account of the administrator's."""

    account: WinrmAccount
    address: str

    @property
    def needs(self) -> str:
        """The library that speaks WinRM for Ansible, by the name it is imported by."""
        return "winrm"

    def lay(self, folder: Path, name: str) -> dict[str, str | int]:
        """This function will lay nothing: the account's secrets stay where they are."""
        del folder, name
        return winrm_variables(self.account, self.address, opens=True)


@dataclass(frozen=True, slots=True)
class Target:
    """One host of a run: its name, how it is reached, and the words its playbook needs."""

    name: str
    reach: Reach
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HostEvent:
    """What one host answered to one task: `started`, `ok`, `failed` or `unreachable`, and what it printed."""

    host: str
    task: str
    outcome: str
    at: datetime
    printed: str = ""
    says: str = ""


Tell = Callable[[HostEvent], None]


class Engine(Protocol):
    """Plays one of our playbooks over hosts and tells each answer as it comes."""

    def check(self, reaches: Iterable[Reach] = ()) -> None:
        """This function will refuse, before anything is written down, what cannot play; raises AnsibleMissing."""

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will play a playbook by its name; raises AnsibleMissing or RunCut."""


class NullEngine:
    """Reaches no host: tells the events it was given for a playbook, as a willing engine would."""

    def __init__(self, answers: Mapping[str, Sequence[HostEvent]]) -> None:
        self.answers = answers
        self.played: list[tuple[str, tuple[Target, ...]]] = []

    def check(self, reaches: Iterable[Reach] = ()) -> None:
        """This function will find nothing missing."""
        del reaches

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will tell what was prepared about the hosts asked."""
        self.played.append((playbook, tuple(targets)))
        asked = {target.name for target in targets}
        for event in self.answers.get(playbook, ()):
            if event.host in asked:
                tell(event)


@dataclass(frozen=True, slots=True)
class AnsibleEngine:
    """Plays by ansible-runner; `through` are words to run it with, such as those that enter a network."""

    through: tuple[str, ...] = ()

    def check(self, reaches: Iterable[Reach] = ()) -> None:
        """This function will look whether ansible-runner and what it needs are installed; raises AnsibleMissing."""
        _program()
        for needed in {reach.needs for reach in reaches if reach.needs}:
            if find_spec(needed) is None:
                message = (
                    "a Windows server is reached by pywinrm, which is not installed here; install it beside "
                    "Groundrules: pip install 'groundrules[remote,winrm]'"
                )
                raise AnsibleMissing(message)

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will play a playbook; the program and all it started end with this call."""
        self.check([target.reach for target in targets])
        program = _program()
        sweep_left(time.time() - _SURELY_LEFT)
        with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder:
            _lay_out(Path(folder), playbook, targets)
            forks = str(min(_FORKS, max(1, len(targets))))
            words = (
                *self.through,
                program,
                "run",
                folder,
                "--json",
                "-p",
                "play.yml",
                "--forks",
                forks,
            )
            environment = _environment(program, Path(folder))
            with subprocess.Popen(  # noqa: S603 - a fixed program; every word is ours
                words,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as running:
                try:
                    finished, last = _read(running.stdout or (), tell)
                finally:
                    _end(running)
        if not finished:
            message = f"ansible-runner ended with {running.returncode} and no result: {last[-300:]}"
            raise RunCut(message)


def sweep_left(before: float) -> int:
    """This function will remove what runs that were killed before `before` (Unix time) left, and return how many.

    The certificates beside such a key ended hours ago; the key itself should not lie about either.
    """
    left = [
        folder
        for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*")
        if not folder.is_symlink()
        and folder.is_dir()
        and folder.stat().st_uid == os.geteuid()
        and folder.stat().st_mtime < before
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _program() -> str:
    beside = Path(sys.executable).with_name("ansible-runner")
    if not beside.exists():
        message = (
            "Ansible is not installed here, so nothing was asked of any server; install it beside Groundrules: "
            "pip install 'groundrules[remote]'"
        )
        raise AnsibleMissing(message)
    return str(beside)


def _environment(program: str, folder: Path) -> dict[str, str]:
    """Nothing of our own settings and secrets is handed down; a Kerberos ticket is named where there is one."""
    return {
        **{name: os.environ[name] for name in _KERBEROS if name in os.environ},
        "PATH": f"{Path(program).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": os.environ.get("HOME", "/"),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(folder / "project" / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": str(_CONNECT_SECONDS),
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
    }


def _lay_out(folder: Path, playbook: str, targets: Iterable[Target]) -> None:
    for part in ("project", "inventory", "pass", "env"):
        (folder / part).mkdir(mode=0o700)
    text = (files("groundrules.gateways") / "playbooks" / f"{playbook}.yml").read_text("utf-8")
    (folder / "project" / "play.yml").write_text(text)
    # A configuration of the account we run under must not change what we do.
    (folder / "project" / "ansible.cfg").write_text("[defaults]\n")
    hosts = {target.name: _host(folder / "pass", target) for target in targets}
    (folder / "inventory" / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))


def _host(folder: Path, target: Target) -> dict[str, str | int]:
    return {**target.reach.lay(folder, target.name), **target.words}


def lay_pass(folder: Path, name: str, way: Way, held: Pass) -> tuple[Path, Path, Path]:
    """This function will lay a host's key, certificate and known host key into a folder only we can read."""
    key, certificate, known = (folder / f"{name}{end}" for end in ("", "-cert.pub", ".known"))
    for path, content in (
        (key, held.private_key),
        (certificate, f"{held.certificate}\n".encode()),
        (known, f"{name} {way.host_key}\n".encode()),
    ):
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
    return key, certificate, known


def ssh_variables(
    name: str, way: Way, laid: tuple[Path, Path, Path] | None = None
) -> dict[str, str | int]:
    """This function will return what Ansible must know to reach a host by SSH with a certificate of ours."""
    variables: dict[str, str | int] = {
        "ansible_connection": "ssh",
        "ansible_host": way.address,
        "ansible_port": way.port,
        "ansible_user": WORK_ACCOUNT,
        "ansible_become_method": "sudo",
        "ansible_ssh_use_tty": False,
        "groundrules_host_key": way.host_key,
    }
    if laid is None:
        return variables
    key, certificate, known = laid
    options = (
        f"CertificateFile={certificate}",
        f"UserKnownHostsFile={known}",
        "GlobalKnownHostsFile=/dev/null",
        f"HostKeyAlias={name}",
        "StrictHostKeyChecking=yes",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "BatchMode=yes",
        "ControlPath=none",
    )
    said = " ".join(f"-o {option}" for option in options)
    return {
        **variables,
        "ansible_ssh_private_key_file": str(key),
        "ansible_ssh_common_args": f"-F /dev/null {said}",
        "ansible_ssh_args": "",
    }


def _read(lines: Iterable[str], tell: Tell) -> tuple[bool, str]:
    """Every event is told; whether the end was among them, and the last line that was none."""
    finished, last = False, ""
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            last = line.strip() or last
            continue
        finished = finished or found.get("event") == "playbook_on_stats"
        event = _event(found)
        if event is not None:
            tell(event)
        elif found.get("stdout"):
            last = str(found["stdout"])
    return finished, last


def _event(found: Mapping[str, Any]) -> HostEvent | None:
    outcome, told = _OUTCOMES.get(str(found.get("event"))), found.get("event_data") or {}
    if outcome is None or "host" not in told:
        return None
    answer = told.get("res") or {}
    if told.get("ignore_errors"):
        outcome = "ok"
    return HostEvent(
        host=str(told["host"]),
        task=str(told.get("task", "")),
        outcome=outcome,
        at=datetime.fromisoformat(str(found["created"])),
        printed=str(answer.get("stdout") or "")[-_PRINTED:],
        says=_says(answer, outcome),
    )


def _says(answer: Mapping[str, Any], outcome: str) -> str:
    """What the engine itself says of an answer. A restart's words are ours: whether it was told to is what matters."""
    said = " ".join(str(answer.get(part) or "").strip() for part in ("msg", "stderr")).strip()
    if outcome == "unreachable":
        return why_unreachable(said)
    if not answer.get("rebooted"):
        return said
    if outcome == "ok":
        return f"back after {answer.get('elapsed')} s"
    return f"it was told to restart and was not back within {answer.get('elapsed')} s ({said})"


def _end(running: subprocess.Popen[str]) -> None:
    """Whatever stopped us stops what was started, too."""
    if running.poll() is None:
        try:
            running.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(30)

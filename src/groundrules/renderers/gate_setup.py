"""The script that gives a Linux host its gate: read it, run it as root, run it again at any time.

It touches only the accounts it is given: sshd trusts our authority for them alone, by a file of its own.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from importlib.resources import files

_PROGRAMS = ("groundrules-gate", "groundrules-session")
_HERE = "END_OF_GROUNDRULES_FILE"


@dataclass(frozen=True, slots=True)
class GateSetup:
    """What a host is told: the authorities to trust (one key line each) and the vendors' accounts on it.

    `work` is the account of our own work there and the one principal that lets it in, or nothing.
    """

    trusted: str
    accounts: tuple[str, ...]
    host: str
    control: str
    work: tuple[str, str] | None = None


class AccountNotPlain(ValueError):
    """An account's name is none that useradd would take."""


def setup_script(setup: GateSetup) -> str:
    """This function will write the shell script; raises AccountNotPlain for a name that has no place in one."""
    for account in setup.accounts:
        _check(account, setup.control)
    accounts = " ".join(shlex.quote(account) for account in sorted(setup.accounts))
    programs = "\n".join(
        _file(f"/usr/local/sbin/{name}", _text(name).rstrip("\n"), "755") for name in _PROGRAMS
    )
    parts = (
        _text("setup-head").replace("@HOST@", setup.host).replace("@ACCOUNTS@", accounts),
        programs,
        _file("/etc/groundrules-gate/trusted.pub", setup.trusted.rstrip("\n"), "644"),
        _file("/etc/groundrules-gate/accounts", "\n".join(sorted(setup.accounts)), "644"),
        _file("/etc/sudoers.d/groundrules-gate", _sudoers(setup), "440"),
        _file("/etc/ssh/sshd_config.d/40-groundrules-gate.conf", _sshd(setup), "644"),
        _work(setup),
        _text("setup-tail"),
    )
    return "\n".join(parts).replace("@CONTROL@", setup.control)


def _work(setup: GateSetup) -> str:
    """The account's own part; without one, what an earlier script gave is left as it is."""
    if setup.work is None:
        return ""
    account, principal = setup.work
    said = _text("setup-work").replace("@PRINCIPAL@", shlex.quote(principal))
    return "mkdir -p /etc/groundrules-gate/principals\n" + said.replace("@WORK@", account)


def _check(account: str, control: str) -> None:
    plain = account.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and account[0].isalpha()) or account == control:
        message = (
            f"{account!r} can't be an account of a gate; use letters, digits, '-', '_' and '.'"
        )
        raise AccountNotPlain(message)


def _text(name: str) -> str:
    """A file of the package's `gate` folder."""
    return (files("groundrules.renderers") / "gate" / name).read_text(encoding="utf-8")


def _file(path: str, text: str, mode: str) -> str:
    return f"put {path} {mode} <<'{_HERE}'\n{text}\n{_HERE}\n"


def _sudoers(setup: GateSetup) -> str:
    gate = "/usr/local/sbin/groundrules-gate"
    lines = [f"{setup.control} ALL=(root) NOPASSWD: {gate}"]
    lines += [
        f"{name} ALL=(root) NOPASSWD: {gate} record *, {gate} until *"
        for name in sorted(setup.accounts)
    ]
    if setup.work:
        lines.append(f"{setup.work[0]} ALL=(root) NOPASSWD: ALL")
    return "\n".join(lines)


def _sshd(setup: GateSetup) -> str:
    vendors = ",".join(sorted(setup.accounts))
    vendors_part = _text("sshd-vendors").replace("@VENDORS@", vendors) if vendors else ""
    work_part = _text("sshd-work").replace("@WORK@", setup.work[0]) if setup.work else ""
    return (_text("sshd-control") + vendors_part + work_part).rstrip("\n")

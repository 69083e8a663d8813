"""The way our own work reaches Windows: WinRM over HTTPS, with an account whose secret the administrator keeps.

An account stands in a file of the administrator's beside the programs, never in the database: a copy of the books opens
no server. A password is read by Ansible itself when it connects, from its own file; no inventory and no command has it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

TRANSPORTS = ("kerberos", "certificate", "ntlm", "credssp", "basic")
_FILES = frozenset({"password_file", "certificate", "key", "ca"})
_SECRET = frozenset({"password_file", "key"})
_SERVERS = "servers"
_PORT = 5986
_PORTS = range(1, 65536)
# A path is written into a template of Ansible's, which must not be able to read it as anything but a path.
_PLAIN_PATH = re.compile(r"/[\w./@+ -]*")
_CLIENT = re.compile(r"[\w.-]+")


class WinrmAccountWrong(ValueError):
    """What is written of an account for WinRM cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class WinrmAccount:
    """How we come onto a Windows server: as whom, how that is proven, and whose certificates are believed there.

    Without a `password_file`, Kerberos uses the ticket there is (`kinit`). `ca` is a PEM file; without it the system's.
    """

    user: str
    transport: str = "kerberos"
    address: str = ""
    port: int = _PORT
    password_file: str = ""
    certificate: str = ""
    key: str = ""
    ca: str = ""

    @property
    def name(self) -> str:
        """The account's own name, without the domain before or behind it."""
        return self.user.rpartition("\\")[2].partition("@")[0]

    @property
    def files(self) -> dict[str, str]:
        """The files that are named, by their key."""
        return {name: getattr(self, name) for name in sorted(_FILES) if getattr(self, name)}


def read_account(folder: str, client: str, server: str) -> WinrmAccount | None:
    """This function will read the account for a server from `CLIENT.toml`; None where there is no such file.

    What stands under `[servers.SERVER]` comes before what stands for all of them. Raises WinrmAccountWrong.
    """
    if not folder or not _CLIENT.fullmatch(client):
        return None
    place = Path(folder).resolve() / f"{client}.toml"
    if not place.is_file():
        return None
    try:
        written = tomllib.loads(place.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        message = f"{place}: {problem}"
        raise WinrmAccountWrong(message) from problem
    servers = written.pop(_SERVERS, {})
    own = servers.get(server, {}) if isinstance(servers, dict) else {}
    return _checked(place, {**written, **own})


def _checked(place: Path, written: Mapping[str, Any]) -> WinrmAccount:
    known = {field.name: type(field.default) for field in fields(WinrmAccount)} | {"user": str}
    strange = sorted(set(written) - set(known))
    odd = sorted(key for key in set(written) - set(strange) if type(written[key]) is not known[key])
    if strange:
        sentence = f"there is no {strange[0]!r}; it has {', '.join(known)}, and [servers.CODE]"
        raise _wrong(place, sentence)
    if odd:
        kind = "a number" if known[odd[0]] is int else "a text"
        raise _wrong(place, f"{odd[0]} must be {kind}")
    files = {key: str(place.parent / written[key]) for key in _FILES & set(written)}
    given: dict[str, Any] = {"user": "", **written, **files}
    account = WinrmAccount(**given)
    if problem := _problem(account):
        raise _wrong(place, problem)
    return account


def _wrong(place: Path, sentence: str) -> WinrmAccountWrong:
    return WinrmAccountWrong(
        f"{place}: {sentence}; docs/how-to/patch-servers.md says what belongs there"
    )


def _problem(account: WinrmAccount) -> str:
    by_certificate = account.transport == "certificate"
    by_password = account.transport in {"ntlm", "credssp", "basic"}
    checks = (
        (
            not account.name,
            "it must name the user we come as: what is done there is on record as that account's",
        ),
        (account.transport not in TRANSPORTS, f"transport is one of: {', '.join(TRANSPORTS)}"),
        (account.port not in _PORTS, "port is a number from 1 to 65535"),
        (by_password and not account.password_file, f"{account.transport} needs a password_file"),
        (
            by_certificate and not (account.certificate and account.key),
            "certificate needs certificate and key",
        ),
    )
    return next((says for holds, says in checks if holds), "") or _file_problem(account)


def _file_problem(account: WinrmAccount) -> str:
    for name, path in account.files.items():
        if not _PLAIN_PATH.fullmatch(path):
            return f"{name}: the path {path!r} has letters that are not taken; choose a plain one"
        if not os.access(path, os.R_OK):
            return f"{name}: {path} is not there, or not ours to read"
        if name in _SECRET and Path(path).stat().st_mode & 0o077:
            return f"{name}: others may read {path}; chmod 600"
    return ""


def winrm_variables(
    account: WinrmAccount | None, address: str, *, opens: bool = False
) -> dict[str, str | int]:
    """This function will return what Ansible must know to reach a host by WinRM; a way in only when it `opens`."""
    variables: dict[str, str | int] = {
        "ansible_connection": "winrm",
        "ansible_host": (account and account.address) or address,
        "ansible_port": account.port if account else _PORT,
        "ansible_winrm_scheme": "https",
        "ansible_winrm_transport": account.transport if account else "kerberos",
        "ansible_winrm_server_cert_validation": "validate",
    }
    if account is None:
        return variables
    variables["ansible_user"] = account.user
    if account.ca:
        variables["ansible_winrm_ca_trust_path"] = account.ca
    return {**variables, **(_way_in(account) if opens else {})}


def _way_in(account: WinrmAccount) -> dict[str, str | int]:
    """What only a run of ours is told. Windows has no sudo: the account does what it may."""
    told: dict[str, str | int] = {"ansible_become": False}
    if account.transport == "certificate":
        told["ansible_winrm_cert_pem"] = account.certificate
        told["ansible_winrm_cert_key_pem"] = account.key
    elif account.password_file:
        told["ansible_password"] = (
            f"{{{{ lookup('ansible.builtin.file', '{account.password_file}') }}}}"
        )
    else:
        told["ansible_winrm_kinit_mode"] = "manual"
    return told


def why_unreachable(says: str) -> str:
    """This function will put first, in words, what Ansible says of a host that was not reached."""
    found = next((words for sign, words in _WHY if sign in says), "")
    return f"{found} ({says})" if found else says


_WHY = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not to be trusted, so it was told nothing"),
    ("certificate verify failed", "its certificate is not to be trusted, so it was told nothing"),
    ("specified credentials were rejected", "it refuses the account it was offered"),
)

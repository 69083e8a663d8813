"""What the doctor sees of extras: parts installed only where somebody uses them, and missing where somebody does."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from groundrules.core.reasons import counted
from groundrules.gateways.winrm import WinrmAccount, WinrmAccountWrong
from groundrules.records.models import Gate, PatchPolicy, WorkPlan
from groundrules.services.doctor.finding import Finding, broken, fine
from groundrules.services.remote.passes import winrm_account

_NAME = "extras in use"
# What pywinrm proves itself by, and the module each way needs beside it.
_TRANSPORTS = {"kerberos": "kerberos", "credssp": "requests_credssp"}


def look_at_extras(_at: datetime) -> Finding:
    """This function will see whether what our own work on servers needs is installed, by what is on record."""
    try:
        accounts = dict(_windows_accounts())
    except WinrmAccountWrong as problem:
        return broken(
            _NAME, str(problem), "mend the file; nothing is run on that server until then"
        )
    missing = [*_engine(accounts), *_winrm(accounts)]
    if not missing:
        return fine(_NAME, "all that is used here is installed")
    wanted = dict.fromkeys(package for _, package in missing)
    says = "; ".join(dict.fromkeys(said for said, _ in missing))
    packages = " ".join(f"'{one}'" for one in wanted)
    return broken(_NAME, says, f"pip install {packages}, beside Groundrules")


def _windows_accounts() -> Iterator[tuple[str, WinrmAccount]]:
    """The Windows servers our work reaches by WinRM, each with its account."""
    for gate in Gate.objects.by_actions().select_related("asset__client", "action_host"):
        account = winrm_account(gate)
        if account is not None:
            yield f"{gate.asset.client.code}/{gate.asset.code}", account


def _engine(accounts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Plans and patch policies are carried out by Ansible, as work on Windows servers is."""
    used = any(accounts) or WorkPlan.objects.exists() or PatchPolicy.objects.current().exists()
    if used and not Path(sys.executable).with_name("ansible-runner").exists():
        yield (
            "patches and jobs are set up, and Ansible is not installed here",
            "groundrules[remote]",
        )


def _winrm(accounts: dict[str, WinrmAccount]) -> Iterator[tuple[str, str]]:
    if accounts and find_spec("winrm") is None:
        yield (
            f"pywinrm is not installed here, and {_reached(accounts)}",
            "groundrules[remote,winrm]",
        )
    for transport, module in _TRANSPORTS.items():
        by_it = [code for code, one in accounts.items() if one.transport == transport]
        if by_it and find_spec(module) is None:
            yield (
                f"what pywinrm needs for {transport} is not installed here, and {_reached(by_it)}",
                f"pywinrm[{transport}]",
            )


def _reached(codes: Iterable[str]) -> str:
    listed = sorted(codes)
    return (
        f"{counted(len(listed), 'server is', 'servers are')} reached by it: {', '.join(listed[:5])}"
    )

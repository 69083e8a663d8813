"""How Ansible reaches our clients' servers: one inventory from the cards, and certificates that last as long as a run.

One key per run, kept in memory or in one folder; one certificate per host, for that host only, that names the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import transaction

from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.remote import WORK_ACCOUNT, work_principal
from groundrules.gateways.ansible import Reach, SshReach, WinrmReach, lay_pass, ssh_variables
from groundrules.gateways.gate import Pass
from groundrules.gateways.ssh_certificates import UserCertificate
from groundrules.gateways.winrm import WinrmAccount, read_account, winrm_variables
from groundrules.records.models import Account as AccountRow
from groundrules.records.models import Asset, Client, Gate, Provider, Role
from groundrules.services import audit, cards
from groundrules.services.actor import Actor, require
from groundrules.services.gate.authority import certify, signing_authority
from groundrules.services.gate.ways import way_to


class HostUnknown(LookupError):
    """A server is not this client's, or it has no way that we could come in by."""


_SLACK = timedelta(minutes=5)
LONGEST = timedelta(hours=4)


def work_passes(
    assets: Iterable[Asset],
    run: str,
    *,
    at: datetime,
    lasts: timedelta = LONGEST,
    terminal: bool = False,
) -> dict[str, Pass]:
    """This function will make what lets one run in on each host, and nowhere else; raises NoAuthority.

    With `terminal` a person may have one there.
    """
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    authority = signing_authority()
    passes = {}
    for asset in assets:
        certificate = UserCertificate(
            serial=0,
            key_id=run,
            principal=work_principal(AssetId(asset.code)),
            valid_from=at - _SLACK,
            valid_to=at + lasts,
            terminal=terminal,
        )
        passes[asset.code] = Pass(text, certify(authority, private.public_key(), certificate))
    return passes


def own_account(gates: Iterable[Gate], *, actor: Actor, at: datetime) -> None:
    """This function will have our working account on record as ours wherever we work: we are a suspect there."""
    provider = Provider.objects.order_by("pk").first()
    if provider is None:
        return
    party = Party(PartyKind.PROVIDER, provider.code, provider.name)
    for gate in gates:
        asset, name = gate.asset, account_on(gate)
        if not AccountRow.objects.filter(host=asset, name=name).exists():
            account = Account(name=name, party=party, host=AssetId(asset.code))
            cards.keep(account, actor=actor, at=at, client=asset.client)


def inventory(
    client: Client | None = None, laid: Mapping[str, tuple[Path, Path, Path]] | None = None
) -> dict[str, object]:
    """This function will return the inventory as Ansible asks for it with --list: hosts by client and by system.

    A host is named `client.server`. Nothing secret is in it; `laid` are the files of passes made beforehand.
    """
    rows = Gate.objects.select_related("asset__client", "action_host").order_by(
        "asset__client__code", "asset__code"
    )
    gates = list(rows.filter(asset__client=client) if client else rows)
    variables = {name_of(gate.asset): _variables(gate, laid or {}) for gate in gates}
    groups: dict[str, list[str]] = {}
    for gate in gates:
        system = "windows" if is_windows(gate) else "linux"
        for group in (system, f"client_{_group(gate.asset.client.code)}"):
            groups.setdefault(group, []).append(name_of(gate.asset))
    listed: dict[str, object] = {name: {"hosts": hosts} for name, hosts in sorted(groups.items())}
    return {"_meta": {"hostvars": variables}, "all": {"children": sorted(groups)}, **listed}


def _variables(gate: Gate, laid: Mapping[str, tuple[Path, Path, Path]]) -> dict[str, str | int]:
    name = name_of(gate.asset)
    known: dict[str, str | int] = {
        "groundrules_client": gate.asset.client.code,
        "groundrules_server": gate.asset.code,
    }
    if is_windows(gate):
        return {**winrm_variables(winrm_account(gate), gate.address or gate.asset.name), **known}
    return {**ssh_variables(name, way_to(gate), laid.get(name)), **known}


def is_windows(gate: Gate) -> bool:
    """This function will say whether a gate is a Windows server's."""
    return hasattr(gate, "action_host")


def winrm_account(gate: Gate) -> WinrmAccount | None:
    """This function will return the account we reach a Windows server by, if any; raises WinrmAccountWrong."""
    folder, asset = settings.GROUNDRULES_WINRM_ACCOUNTS, gate.asset
    return read_account(folder, asset.client.code, asset.code)


def reach_of(gate: Gate, passes: Mapping[str, Pass]) -> Reach:
    """This function will return how a server is reached: by its pass, or by WinRM.

    Raises HostUnknown for a Windows server without an account, and WinrmAccountWrong.
    """
    if not is_windows(gate):
        return SshReach(way_to(gate), passes[gate.asset.code])
    account = winrm_account(gate)
    if account is None:
        code = gate.asset.client.code
        message = (
            f"{gate.asset.code} is a Windows server, and no account for WinRM is there at {code}: write "
            f"{code}.toml into the folder GROUNDRULES_WINRM_ACCOUNTS names; docs/how-to/patch-servers.md says what "
            "belongs there"
        )
        raise HostUnknown(message)
    return WinrmReach(account, gate.address or gate.asset.name)


def account_on(gate: Gate) -> str:
    """This function will return the name of the account our work on a server is done as."""
    account = winrm_account(gate) if is_windows(gate) else None
    return account.name if account else WORK_ACCOUNT


def _group(code: str) -> str:
    """Ansible's groups have letters, digits and underscores only."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in code)


def name_of(asset: Asset) -> str:
    """This function will return the one name a server has in the inventory."""
    return f"{asset.client.code}.{asset.code}"


def lay_passes(
    folder: Path, client: Client, *, lasts: timedelta, actor: Actor, at: datetime
) -> dict[str, object]:
    """This function will lay a key and certificates for a client's Linux servers into a folder; owners only.

    Whatever is done with them is done as our working account, which is on record as ours. Returns the inventory with
    them.
    """
    require(actor)
    gates = list(Gate.objects.by_ssh().filter(asset__client=client).select_related("asset__client"))
    run = f"BYHAND-{at:%Y%m%dT%H%M%SZ}"
    passes = work_passes([g.asset for g in gates], run, at=at, lasts=min(lasts, LONGEST))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    laid = {
        name_of(g.asset): lay_pass(folder, name_of(g.asset), way_to(g), passes[g.asset.code])
        for g in gates
    }
    with transaction.atomic():
        own_account(gates, actor=actor, at=at)
        says = f"certificates {run} for {len(gates)} servers, by hand, for {min(lasts, LONGEST)}"
        audit.record(audit.Entry("remote.pass", run, says, client), actor=actor, at=at)
    return inventory(client, laid)


def may_plan(actor: Actor) -> None:
    """This function will refuse with NotAllowed who may not plan or do our own work."""
    require(actor, Role.TECHNICIAN)

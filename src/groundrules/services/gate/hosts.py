"""Hosts with a gate: how each is reached, the key it must show, and that its control account is our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.remote import WORK_ACCOUNT, work_principal
from groundrules.gateways.gate import CONTROL, GateDoor, SshGateDoor
from groundrules.gateways.ssh_certificates import UserKeyUnusable, read_user_key
from groundrules.records.models import Account as AccountRow
from groundrules.records.models import Asset, Gate, Provider
from groundrules.renderers.gate_setup import GateSetup, setup_script
from groundrules.services import audit, cards
from groundrules.services.actor import Actor, require
from groundrules.services.gate.authority import signing_authority
from groundrules.services.gate.lists import trusted_keys

_MAX_PORT = 65_535


class HostKeyUnusable(ValueError):
    """What was given is no public host key, so the host could not be told from another."""


class OtherGate(ValueError):
    """The host has a gate of the other kind; a host has one gate."""


class NoAccounts(LookupError):
    """A gate for nobody: no vendor's account is on record for the host, and none was named."""


@dataclass(frozen=True, slots=True)
class GateTerms:
    """How a host is reached: address, port, its public host key; whether vendors' terminals are recorded there."""

    address: str
    host_key: str
    port: int = 22
    records_sessions: bool = False


def add_gate(asset: Asset, terms: GateTerms, *, actor: Actor, at: datetime) -> Gate:
    """This function will note, or change, how a host's gate is reached; owners only.

    Raises HostKeyUnusable or OtherGate.
    """
    require(actor)
    _check(terms)
    with transaction.atomic():
        before = Gate.objects.filter(asset=asset).first()
        if Gate.objects.by_actions().filter(asset=asset).exists():
            message = f"{asset.code} fetches signed actions; a host has one gate"
            raise OtherGate(message)
        row, _ = Gate.objects.update_or_create(
            asset=asset,
            defaults={
                "address": terms.address,
                "port": terms.port,
                "host_key": " ".join(terms.host_key.split()[:2]),
                "records_sessions": terms.records_sessions,
                "added_at": before.added_at if before else at,
            },
        )
        says = f"gate of {asset.code} at {terms.address}:{terms.port}"
        details = {"before": before.address if before else "", "host_key": row.host_key}
        entry = audit.Entry("gate.host", asset.code, says, asset.client, details)
        audit.record(entry, actor=actor, at=at)
        _own_control_account(asset, actor, at)
    return row


def _check(terms: GateTerms) -> None:
    try:
        read_user_key(terms.host_key)
    except UserKeyUnusable as problem:
        message = (
            "this is no public host key; take the line that the setup script printed, or "
            "/etc/ssh/ssh_host_ed25519_key.pub of the host, never what ssh-keyscan says"
        )
        raise HostKeyUnusable(message) from problem
    odd = not terms.address or terms.address.startswith("-") or set(terms.address) & set(" \t\n@%")
    if odd or not 0 < terms.port <= _MAX_PORT:
        message = (
            f"{terms.address!r}, port {terms.port}, is no address; give a name or an IP address"
        )
        raise HostKeyUnusable(message)


def _own_control_account(asset: Asset, actor: Actor, at: datetime) -> None:
    """Our own way in is a suspect like any other, so its account is on record as ours."""
    provider = Provider.objects.order_by("pk").first()
    if provider is None:
        return
    party = Party(PartyKind.PROVIDER, provider.code, provider.name)
    account = Account(name=CONTROL, party=party, host=AssetId(asset.code))
    cards.keep(account, actor=actor, at=at, client=asset.client)


def vendor_accounts(asset: Asset) -> tuple[str, ...]:
    """This function will list the vendors' named accounts on record for a host."""
    rows = AccountRow.objects.filter(
        client=asset.client, host=asset, party_kind=PartyKind.VENDOR, shared=False
    )
    return tuple(sorted(set(rows.values_list("name", flat=True))))


def setup_text(asset: Asset, accounts: tuple[str, ...] = (), *, own_work: bool = False) -> str:
    """This function will write the script that gives a host its gate, for the accounts named or those on record.

    With `own_work` also for our own patches and jobs. Raises NoAuthority, NoAccounts or AccountNotPlain.
    """
    signing_authority()
    named = accounts or vendor_accounts(asset)
    work = (WORK_ACCOUNT, work_principal(AssetId(asset.code))) if own_work else None
    if not named and work is None:
        message = f"no vendor's account is on record for {asset.code}; name them with --account"
        raise NoAccounts(message)
    return setup_script(GateSetup(trusted_keys().decode(), named, asset.code, CONTROL, work))


def ssh_door(through: tuple[str, ...] = ()) -> GateDoor:
    """This function will return the door to real hosts, reached by way of the words in `through`."""
    return SshGateDoor(through)

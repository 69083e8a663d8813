"""The actions of `groundrules gate` about authorities and hosts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Asset, CertificateAuthority, Gate
from groundrules.services.gate import (
    GateTerms,
    add_gate,
    add_windows_host,
    make_authority,
    retire_authority,
    setup_text,
)
from groundrules.services.who import acting

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it


def add_arguments(actions: Actions) -> None:
    """This function will declare `authority`, `retire`, `setup-script`, both ways to add a host, and `hosts`."""
    authority = actions.add_parser(
        "authority", help="make the authority that signs from now on (the first one, or to rotate)"
    )
    _as(authority)
    retire = actions.add_parser("retire", help="stop trusting an authority and destroy its key")
    retire.add_argument("number", type=int, help="its number, as `hosts` shows it")
    _as(retire)
    script = actions.add_parser(
        "setup-script", help="print the script that gives a host its gate; read it, run it as root"
    )
    _asset(script)
    script.add_argument(
        "--account",
        action="append",
        default=[],
        dest="accounts",
        help="a vendor's account on the host; repeat it; default: those on record for the host",
    )
    script.add_argument("--own-work", action="store_true", help="also for our own patches and jobs")
    adding = actions.add_parser("add-host", help="note how a host with a gate is reached")
    _asset(adding)
    adding.add_argument("--address", required=True, help="host name or IP address")
    adding.add_argument("--port", type=int, default=22)
    adding.add_argument(
        "--host-key", required=True, help="the key the setup script printed, or a file with it"
    )
    adding.add_argument(
        "--record-sessions", action="store_true", help="keep what vendors' terminals show there"
    )
    _as(adding)
    windows = actions.add_parser(
        "add-windows-host",
        help="give a Windows host its gate: prints its settings file, with a token that is shown this once",
    )
    _asset(windows)
    windows.add_argument(
        "--group",
        action="append",
        default=[],
        dest="groups",
        help="a local group an opened account is put into, by name or SID; repeat it; default: Remote Desktop Users",
    )
    _as(windows)
    hosts = actions.add_parser("hosts", help="list authorities and hosts with a gate")
    hosts.add_argument("--json", action="store_true", help="as data")


def _as(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", default="", dest="email", help="the user who does it")


def _asset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--client", required=True, help="the client's code")
    parser.add_argument("--asset", required=True, help="the code of the host's asset")


def asset_named(args: argparse.Namespace) -> Asset | None:
    """This function will find the asset the words name, or say what is wrong and return None."""
    asset = Asset.objects.filter(client__code=args.client, code=args.asset).first()
    if asset is None:
        problem = f"{args.client} has no asset {args.asset!r}; add its card first"
        print(f"groundrules: {problem}", file=sys.stderr)
    return asset


def _authority(args: argparse.Namespace) -> int:
    row = make_authority(actor=acting(args.email), at=timezone.now())
    print(row.public_key)
    print(
        f"Authority {row.pk} signs from now on. Hosts with a gate hear of it at the worker's next turn; "
        "retire the older one when `groundrules gate hosts` shows that all of them know.",
        file=sys.stderr,
    )
    return Exit.OK


def _retire(args: argparse.Namespace) -> int:
    retire_authority(args.number, actor=acting(args.email), at=timezone.now())
    print(f"Authority {args.number} is retired; its key is destroyed.")
    return Exit.OK


def _setup_script(args: argparse.Namespace) -> int:
    asset = asset_named(args)
    if asset is None:
        return Exit.NOT_FOUND
    accounts = tuple(dict.fromkeys(args.accounts))
    print(setup_text(asset, accounts, own_work=args.own_work), end="")
    return Exit.OK


def _add_host(args: argparse.Namespace) -> int:
    asset = asset_named(args)
    if asset is None:
        return Exit.NOT_FOUND
    key = Path(args.host_key).read_text() if Path(args.host_key).is_file() else args.host_key
    terms = GateTerms(args.address, key, args.port, args.record_sessions)
    add_gate(asset, terms, actor=acting(args.email), at=timezone.now())
    print(f"{asset.code} has a gate at {args.address}:{args.port}.")
    return Exit.OK


def _add_windows_host(args: argparse.Namespace) -> int:
    asset = asset_named(args)
    if asset is None:
        return Exit.NOT_FOUND
    groups, actor = tuple(args.groups), acting(args.email)
    _, text = add_windows_host(asset, groups, actor=actor, at=timezone.now())
    print(text, end="")
    print(
        f"Save this as C:\\ProgramData\\Groundrules\\gate.json on {asset.code}, beside groundrules-gate.ps1, and run "
        "there, as administrator: powershell -File groundrules-gate.ps1 -Install\n"
        "The token is not shown again. The script was written and tested without a Windows host: try it on a test "
        "server first (docs/how-to/open-and-close-access-on-windows.md).",
        file=sys.stderr,
    )
    return Exit.OK


def _hosts(args: argparse.Namespace) -> int:
    authorities = [
        {
            "number": row.pk,
            "public_key": row.public_key,
            "made": row.made_at.isoformat(timespec="seconds"),
            "retired": row.retired_at.isoformat(timespec="seconds") if row.retired_at else "",
        }
        for row in CertificateAuthority.objects.order_by("pk")
    ]
    gates = [
        {
            "client": row.asset.client.code,
            "asset": row.asset.code,
            "address": row.address,
            "port": row.port,
            "records_sessions": row.records_sessions,
            "knows_authorities": bool(row.trust_digest),
            "kind": "actions" if hasattr(row, "action_host") else "ssh",
            "last_called": _last_called(row),
        }
        for row in Gate.objects.select_related("asset__client", "action_host").order_by("pk")
    ]
    if args.json:
        print(json.dumps({"authorities": authorities, "gates": gates}, indent=2))
        return Exit.OK
    for one in authorities:
        print(f"authority {one['number']}  {one['retired'] or 'trusted'}  {one['public_key']}")
    for two in gates:
        reached = f"{two['address']}:{two['port']}"
        if two["kind"] == "actions":
            reached = f"fetches actions; last called {two['last_called'] or 'never'}"
        print(f"{two['client']:<10} {two['asset']:<12} {reached}")
    if not gates:
        print(
            "No host has a gate yet: groundrules gate setup-script (Linux) or add-windows-host, "
            "with --client … --asset …"
        )
    return Exit.OK


def _last_called(gate: Gate) -> str:
    heard = gate.action_host.heard_at if hasattr(gate, "action_host") else None
    return heard.isoformat(timespec="seconds") if heard else ""


ACTIONS = {
    "authority": _authority,
    "retire": _retire,
    "setup-script": _setup_script,
    "add-host": _add_host,
    "add-windows-host": _add_windows_host,
    "hosts": _hosts,
}

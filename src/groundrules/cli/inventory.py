"""`groundrules inventory`: clients' servers for Ansible, in the words it asks a dynamic inventory with."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import Client
from groundrules.services import remote
from groundrules.services.actor import NotAllowed
from groundrules.services.gate import NoAuthority
from groundrules.services.who import NobodyToActAs, acting

NAME = "inventory"
HELP = "List servers for Ansible."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare Ansible's two questions, and the folder for certificates."""
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--list", action="store_true", help="all servers and groups (the default)")
    asked.add_argument("--host", default="", metavar="NAME", help="the variables of one server")
    parser.add_argument("--client", default="", help="only this client's servers")
    parser.add_argument(
        "--make-pass",
        type=Path,
        default=None,
        metavar="DIR",
        help="lay a key and certificates for --client's Linux servers there, and name them; owners only",
    )
    parser.add_argument(
        "--minutes",
        type=int,
        default=60,
        help="how long the certificates are good (60; at most 240)",
    )
    parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    parser.add_argument("--json", action="store_true", help="print data (it always does)")


def run(args: argparse.Namespace) -> int:
    """This function will print the inventory, or one server's variables, and return the exit number."""
    client = Client.objects.filter(code=args.client).first() if args.client else None
    if args.client and client is None:
        return refuse(f"there is no client {args.client}", Exit.NOT_FOUND)
    try:
        found = _found(args, client)
    except (NotAllowed, NobodyToActAs) as refused:
        return refuse(refused, Exit.NOT_PERMITTED)
    except NoAuthority as missing:
        return refuse(missing, Exit.NOT_FOUND)
    except remote.WinrmAccountWrong as wrong:
        return refuse(wrong, Exit.BAD_INPUT)
    if found is None:
        return refuse("--make-pass needs --client and 1 to 240 --minutes", Exit.BAD_INPUT)
    if args.host:
        meta = found["_meta"]
        variables = meta["hostvars"].get(args.host) if isinstance(meta, dict) else None
        if variables is None:
            return refuse(f"there is no server {args.host} with a gate", Exit.NOT_FOUND)
        found = variables
    print(json.dumps(found, indent=2))
    return Exit.OK


def _found(args: argparse.Namespace, client: Client | None) -> dict[str, object] | None:
    if args.make_pass is None:
        return remote.inventory(client)
    if client is None or not 0 < args.minutes <= 240:  # noqa: PLR2004 - as the help says
        return None
    return remote.lay_passes(
        args.make_pass.resolve(),
        client,
        lasts=timedelta(minutes=args.minutes),
        actor=acting(args.email),
        at=timezone.now(),
    )

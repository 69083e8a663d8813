"""`groundrules keys`: how private keys lie on the disk, and encrypting them at rest."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.reasons import counted
from groundrules.services import keys
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "keys"
HELP = "Say how private keys lie on the disk, and encrypt them or change their password."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    keys.NoPasswordSet: Exit.BAD_INPUT,
    keys.KeyUnusable: Exit.CHECK_FAILED,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list` and `encrypt`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list", help="every private key's file, and whether it is encrypted"
    )
    changed = actions.add_parser("encrypt", help="encrypt all with GROUNDRULES_KEYS_PASSWORD_FILE")
    changed.add_argument(
        "--old-password-file", type=Path, default=None, metavar="FILE", help="the password before"
    )
    changed.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, changed):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        return _list(args) if args.action == "list" else _encrypt(args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _list(args: argparse.Namespace) -> int:
    found = keys.listed()
    if args.json:
        print(json.dumps([{"place": k.place, "encrypted": k.encrypted} for k in found], indent=2))
        return Exit.OK
    for one in found:
        print(f"{one.place}  {'encrypted' if one.encrypted else 'not encrypted'}")
    if not found:
        print("There is no private key yet.")
    return Exit.OK


def _encrypt(args: argparse.Namespace) -> int:
    changed = keys.encrypt(args.old_password_file, actor=acting(args.email), at=timezone.now())
    if args.json:
        print(json.dumps({"changed": changed}))
        return Exit.OK
    print(f"{counted(changed, 'key')} encrypted anew; the others were already.")
    return Exit.OK

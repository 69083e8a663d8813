"""`groundrules role`: what each role may do, and which roles sign in with a second factor only."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import Role
from groundrules.services.actor import NotAllowed
from groundrules.services.rights import ROLES, rights_of
from groundrules.services.signin import demands
from groundrules.services.who import NobodyToActAs, acting

NAME = "role"
HELP = "Say what each role may do."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `demand` and `release`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every role with its rights by name")
    asked = actions.add_parser("demand", help="users of a role sign in with a second factor only")
    freed = actions.add_parser("release", help="users of a role may sign in without one again")
    freed.add_argument("--reason", required=True, help="why; the audit book keeps it")
    for one in (asked, freed):
        one.add_argument("role", choices=Role.values, help="which role")
        one.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who acts")
    for one in (listed, asked, freed):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "demand": _demand,
        "release": _release,
    }
    try:
        return actions[args.action](args)
    except (NotAllowed, NobodyToActAs) as refused:
        return refuse(refused, Exit.NOT_PERMITTED)


def _list(args: argparse.Namespace) -> int:
    demanded = demands.demanded_roles()
    told = [
        {
            "role": one.role.value,
            "says": one.says,
            "second_factor_demanded": one.role.value in demanded,
            "rights": [right.name for right in rights_of(one.role.value)],
        }
        for one in ROLES
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in ROLES:
        demanded_words = "  Signs in with a second factor only." if one.role in demanded else ""
        print(f"{one.role.value:<11} {one.says}{demanded_words}")
        print(f"{'':<11} {' '.join(right.name for right in rights_of(one.role.value))}")
    return Exit.OK


def _demand(args: argparse.Namespace) -> int:
    ended = demands.demand(args.role, actor=acting(args.actor), at=timezone.now())
    words = f"The role {args.role} signs in with a second factor only; {ended} sign-ins without one ended."
    print(json.dumps({"role": args.role, "ended": ended}) if args.json else words)
    return Exit.OK


def _release(args: argparse.Namespace) -> int:
    demands.release(args.role, args.reason, actor=acting(args.actor), at=timezone.now())
    words = f"The role {args.role} may sign in without a second factor."
    print(json.dumps({"role": args.role}) if args.json else words)
    return Exit.OK

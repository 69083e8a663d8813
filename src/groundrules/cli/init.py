"""`groundrules init`: the database and the first owner of a new installation."""

from __future__ import annotations

import argparse
import getpass
import sys

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services import users
from groundrules.services.actor import Actor
from groundrules.services.database import migrate

NAME = "init"
HELP = "Set up a new installation: the database and its first owner."
NEEDS_DATABASE = True
_NEXT = """\
Next:
  groundrules import FILE      take your client, servers and agreement over from a readable file
                               (docs/reference/case-file.md; tests/cases/harbor.yaml is an example)
  groundrules collect --output HOST.grev            on this host; then take it in:
  groundrules evidence receive HOST.grev --host SERVER
  groundrules serve            the pages, with a sign-in link for you
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the owner's address, name and how the password is given."""
    parser.add_argument(
        "--email", required=True, help="the owner's e-mail address; it is the sign-in name"
    )
    parser.add_argument(
        "--name", required=True, help="the owner's name as letters and pages show it"
    )
    parser.add_argument(
        "--password-from-stdin",
        action="store_true",
        help="read a password from standard input (default: sign in by the link that serve prints)",
    )


def run(args: argparse.Namespace) -> int:
    """This function will migrate and make the owner; an installation that has one is left as it is."""
    migrate()
    now = timezone.now()
    try:
        owner = users.make_first_owner(email=args.email, name=args.name, at=now)
    except users.OwnerExists as exists:
        print(f"groundrules: {exists}", file=sys.stderr)
        return Exit.CONFLICT
    if args.password_from_stdin:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            users.set_password(owner, password, actor=Actor.of(owner), at=now)
        except users.PasswordTooWeak as weak:
            print(f"groundrules: the owner was added, without a password. {weak}", file=sys.stderr)
            return Exit.DEGRADED
    print(f"{owner.name} <{owner.email}> owns this installation.\n{_NEXT}", end="")
    return Exit.OK

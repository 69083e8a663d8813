"""`groundrules init`: the database and the first owner of a new installation, typed here or in the browser."""

from __future__ import annotations

import argparse
import getpass
import sys

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.serving import HOST, PORT, serve_pages
from groundrules.services import first_run, users
from groundrules.services.actor import Actor
from groundrules.services.database import NOTHING_YET, migrate, not_ready

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
        "--email", default="", help="the owner's e-mail address; it is the sign-in name"
    )
    parser.add_argument("--name", default="", help="the owner's name as letters and pages show it")
    parser.add_argument(
        "--in-browser",
        action="store_true",
        help="serve, and show a link to be set up by (instead of both)",
    )
    parser.add_argument(
        "--host", default=HOST, help=f"with --in-browser: address to listen on ({HOST})"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"with --in-browser: port ({PORT})")
    parser.add_argument(
        "--password-from-stdin",
        action="store_true",
        help="read a password from standard input (default: sign in by the link that serve prints)",
    )


def run(args: argparse.Namespace) -> int:
    """This function will migrate and make the owner; an installation that has one is left as it is."""
    if not args.in_browser and not (args.email.strip() and args.name.strip()):
        return refuse("say --email and --name of the owner, or --in-browser", Exit.USAGE)
    # One that has books already is upgraded with a way back, never in passing.
    if (waiting := not_ready()) not in {"", NOTHING_YET}:
        return refuse(waiting, Exit.CHECK_FAILED)
    migrate()
    if args.in_browser:
        return _in_browser(args)
    now = timezone.now()
    try:
        owner = users.make_first_owner(email=args.email, name=args.name, at=now)
    except users.OwnerExists as exists:
        return refuse(exists, Exit.CONFLICT)
    except users.NameRefused as refused:
        return refuse(refused, Exit.BAD_INPUT)
    if args.password_from_stdin:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            users.set_password(owner, password, actor=Actor.of(owner), at=now)
        except users.PasswordTooWeak as weak:
            print(f"groundrules: the owner was added, without a password. {weak}", file=sys.stderr)
            return Exit.DEGRADED
    print(f"{owner.name} <{owner.email}> owns this installation.\n{_NEXT}", end="")
    return Exit.OK


def _in_browser(args: argparse.Namespace) -> int:
    """Serves with a link of its own: only who sees this terminal becomes the owner."""
    try:
        token = first_run.make_link()
    except users.OwnerExists as exists:
        return refuse(exists, Exit.CONFLICT)
    return serve_pages(args.host, args.port, welcome=token)

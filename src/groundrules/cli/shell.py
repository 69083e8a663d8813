"""`groundrules shell`: a shell on a client's server that is on record as ours, or the list of those there were."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.remote_words import REFUSED, client_named
from groundrules.cli.saying import refuse
from groundrules.core.calendars import zone_label
from groundrules.records.models import Asset, Client
from groundrules.services import remote
from groundrules.services.who import acting

NAME = "shell"
HELP = "Open a shell on a client's server that is on record as ours."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    **REFUSED,
    remote.WhyMissing: Exit.BAD_INPUT,
    remote.SshMissing: Exit.CHECK_FAILED,
}
_GONE = (signal.SIGHUP, signal.SIGTERM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the server, the reason, and what else is written down."""
    parser.add_argument(
        "server", nargs="?", default="", help="the server's code; without one, the newest shells"
    )
    parser.add_argument("--why", default="", help="why you go there, in one line; it is kept")
    parser.add_argument("--for", dest="issue", default="", metavar="TICKET", help="the ticket")
    parser.add_argument("--client", default="", help="whose server, where several have its code")
    parser.add_argument(
        "--do", default="", metavar="COMMAND", help="do this one thing there instead of a terminal"
    )
    parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    parser.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will open the shell, or list the newest, and return the exit number."""
    try:
        return _open(args) if args.server else _list(args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _client_of(args: argparse.Namespace) -> Client:
    if args.client:
        return client_named(args.client)
    owners = [a.client for a in Asset.objects.filter(code=args.server).select_related("client")]
    if len(owners) == 1:
        return owners[0]
    message = (
        f"{args.server} is a server of {', '.join(sorted(c.code for c in owners))}; say whose with --client"
        if owners
        else f"no client has a server {args.server}"
    )
    raise remote.HostUnknown(message)


def _open(args: argparse.Namespace) -> int:
    client = _client_of(args)
    asked = remote.ShellAsked(args.server, args.why, args.issue, args.do)
    frozen = remote.freeze_on(client, args.server, timezone.now())
    if frozen:
        print(f"Careful: changes on {args.server} are frozen: {frozen}.", file=sys.stderr)
    with _ended_by_signals():
        shell, code = remote.open_shell(client, asked, actor=acting(args.email), clock=timezone.now)
    length = shell.period.seconds
    minutes = max(1, round(length / 60))
    told = f"{shell.id}: your shell on {args.server} is on record as ours, {minutes} min."
    if code == remote.NO_WAY_IN:
        why = "ssh did not get in, or lost the connection; that is on record as ours, too"
        return refuse(f"{shell.id} on {args.server}: {why}", Exit.CHECK_FAILED)
    print(f"{told} Log them: groundrules time log {shell.id}", file=sys.stderr)
    return Exit.DEGRADED if args.do and code else Exit.OK


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A terminal that is closed, or a stop, ends us as Ctrl-C does: the end of the shell is written down first."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in _GONE}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _list(args: argparse.Namespace) -> int:
    found = remote.newest_shells(client_named(args.client) if args.client else None)
    if args.json:
        print(json.dumps([_told(one) for one in found], indent=2))
        return Exit.OK
    for one in found:
        zone, shell = one.row.client.zone, one.shell
        end = shell.period.end
        until = f" to {zone_label(end, zone)}" if end else ""
        ticket = f" [{shell.issue}]" if shell.issue else ""
        print(f"{shell.id} {one.row.client.code} {shell.asset}: {one.standing}, {shell.person}")
        print(f"  {zone_label(shell.period.start, zone)}{until}: {shell.why}{ticket}")
    if not found:
        print("Nobody of ours had a shell yet: groundrules shell SERVER --why 'what for'")
    return Exit.OK


def _told(one: remote.ShellShown) -> dict[str, object]:
    shell, end = one.shell, one.shell.period.end
    return {
        "shell": shell.id,
        "client": one.row.client.code,
        "server": shell.asset,
        "person": shell.person,
        "why": shell.why,
        "ticket": shell.issue or None,
        "standing": one.standing,
        "began_at": shell.period.start.isoformat(),
        "ended_at": end.isoformat() if end else None,
        "end_known_by": shell.end_known.value,
    }

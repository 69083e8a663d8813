"""The actions of `groundrules gate` about windows: certificates, ending, extending, and keeping the gates."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.ids import WindowId
from groundrules.core.vendors.gate import GateRule
from groundrules.records.models import Client
from groundrules.services.gate import (
    GateReport,
    Keeper,
    end_now,
    extend,
    fetch_recordings,
    issue,
    keep_gates,
    revoke,
    ssh_door,
    standings,
    sync_lists,
)
from groundrules.services.gate.certificates import Asked
from groundrules.services.who import acting

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

_PAUSE_SECONDS = 1.0


def instant(text: str) -> datetime:
    """This function will read an instant with its offset, such as `2026-03-05T20:00-05:00`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no instant; write one such as 2026-03-05T20:00-05:00"
        raise argparse.ArgumentTypeError(message) from error
    if at.tzinfo is None:
        message = f"{text!r} says no offset from UTC; add it: {text}-05:00 or {text}Z"
        raise argparse.ArgumentTypeError(message)
    return at


def add_arguments(actions: Actions) -> None:
    """This function will declare `issue`, `revoke`, `end`, `extend`, `list` and `keep`."""
    issuing = actions.add_parser("issue", help="issue a certificate for an approved window")
    _window(issuing)
    issuing.add_argument("--account", required=True, help="the vendor's account on the host")
    issuing.add_argument("--key", required=True, help="the vendor's public key, or a file with it")
    revoking = actions.add_parser("revoke", help="revoke one certificate before its time")
    revoking.add_argument("serial", type=int, help="its serial number, as sshd's log shows it")
    revoking.add_argument("--reason", required=True, help="why; it stands in the books")
    _as(revoking)
    ending = actions.add_parser("end", help="end a window now")
    _window(ending)
    ending.add_argument("--reason", required=True, help="why; it stands in the books")
    extending = actions.add_parser("extend", help="extend an approved window before it ends")
    _window(extending)
    extending.add_argument("--until", required=True, type=instant, help="the new end, with offset")
    listing = actions.add_parser("list", help="list windows that are not surely closed")
    listing.add_argument("--json", action="store_true", help="as data")
    keeping = actions.add_parser("keep", help="open and close what is due, until stopped")
    keeping.add_argument("--once", action="store_true", help="do what is due now, and stop")


def _window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("window", help="the window's reference (WIN-31)")
    parser.add_argument("--client", required=True, help="the client's code")
    _as(parser)


def _as(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", default="", dest="email", help="the user who does it")


def _client(args: argparse.Namespace) -> Client | None:
    client = Client.objects.filter(code=args.client).first()
    if client is None:
        print(f"groundrules: there is no client {args.client!r}", file=sys.stderr)
    return client


def _issue(args: argparse.Namespace) -> int:
    client = _client(args)
    if client is None:
        return Exit.NOT_FOUND
    key = Path(args.key).read_text() if Path(args.key).is_file() else args.key
    asked = Asked(WindowId(args.window), args.account, key)
    row = issue(asked, client=client, actor=acting(args.email), at=timezone.now())
    print(row.text)
    print(
        f"Certificate {row.serial}: {row.account} on {row.gate.asset.code}, "
        f"{row.valid_from:%Y-%m-%d %H:%M} to {row.valid_to:%Y-%m-%d %H:%M} UTC, from {', '.join(row.networks)}.\n"
        "Save the line above beside the private key as NAME-cert.pub; ssh finds it there.",
        file=sys.stderr,
    )
    return Exit.OK


def _revoke(args: argparse.Namespace) -> int:
    revoke(args.serial, reason=args.reason, actor=acting(args.email), at=timezone.now())
    print(f"Certificate {args.serial} is revoked.")
    return _sync()


def _sync() -> int:
    problems = sync_lists(ssh_door(), at=timezone.now())
    for asset, problem in problems.items():
        print(f"groundrules: {asset} does not know yet: {problem}", file=sys.stderr)
    return Exit.DEGRADED if problems else Exit.OK


def _end(args: argparse.Namespace) -> int:
    client = _client(args)
    if client is None:
        return Exit.NOT_FOUND
    actor, window = acting(args.email), WindowId(args.window)
    end_now(window, reason=args.reason, client=client, actor=actor, at=timezone.now())
    print(f"{args.window} has ended. Closing:")
    return _once()


def _extend(args: argparse.Namespace) -> int:
    client = _client(args)
    if client is None:
        return Exit.NOT_FOUND
    actor, window = acting(args.email), WindowId(args.window)
    extend(window, args.until, client=client, actor=actor, at=timezone.now())
    print(f"{args.window} lasts until {args.until.isoformat(timespec='minutes')}.")
    return _once()


def _list(args: argparse.Namespace) -> int:
    found = standings(GateRule(), timezone.now())
    told = [
        {
            "window": one.gated.window.id,
            "client": one.gate.asset.client.code,
            "asset": one.gate.asset.code,
            "account": one.gated.account,
            "state": one.answer.state.value,
            "due": one.answer.due.value if one.answer.due else "",
            "due_at": one.answer.due_at.isoformat(timespec="seconds") if one.answer.due_at else "",
            "last": one.gated.attempts[-1].says if one.gated.attempts else "",
        }
        for one in found
    ]
    if args.json:
        print(json.dumps({"windows": told}, indent=2))
        return Exit.OK
    for row in told:
        due = f"{row['due']} due {row['due_at']}" if row["due"] else ""
        print(
            f"{row['window']:<12} {row['asset']:<12} {row['account']:<14} {row['state']:<12} {due} {row['last']}"
        )
    if not told:
        print("No window is open, waiting or closing.")
    return Exit.OK


def _keep(args: argparse.Namespace) -> int:
    if args.once:
        return _once()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    print("Keeping the gates. (Ctrl-C stops it)", flush=True)
    keeper = Keeper(ssh_door(), timezone.now)
    while not stop.is_set():
        _say(keep_gates(keeper))
        _complain(fetch_recordings(keeper.door, at=timezone.now()))
        sync_lists(keeper.door, at=timezone.now())
        stop.wait(_PAUSE_SECONDS)
    return Exit.OK


def _once() -> int:
    report = keep_gates(Keeper(ssh_door(), timezone.now))
    print(f"{report.opened} opened, {report.closed} closed and verified.")
    problems = (*report.problems, *fetch_recordings(ssh_door(), at=timezone.now()))
    _complain(problems)
    return max(_sync(), Exit.DEGRADED if problems else Exit.OK)


def _say(report: GateReport) -> None:
    if report.opened or report.closed:
        print(f"{report.opened} opened, {report.closed} closed and verified.", flush=True)
    _complain(report.problems)


def _complain(problems: tuple[str, ...]) -> None:
    for problem in problems:
        print(f"groundrules: {problem}", file=sys.stderr, flush=True)


ACTIONS = {
    "issue": _issue,
    "revoke": _revoke,
    "end": _end,
    "extend": _extend,
    "list": _list,
    "keep": _keep,
}

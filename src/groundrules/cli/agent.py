"""`groundrules agent`: let a collector enrol, list those that send, and revoke one."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import datetime, timedelta

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records.models import Agent, AgentKey, Asset, Batch
from groundrules.services.agents import (
    AgentAlreadyRevoked,
    RevocationUnexplained,
    Terms,
    UnknownAgent,
    make_token,
    revoke,
)
from groundrules.services.who import NobodyToActAs, acting

NAME = "agent"
HELP = "Let collectors enrol, list them, or revoke one."
NEEDS_DATABASE = True

_SPAN = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_EXITS = {
    UnknownAgent: Exit.NOT_FOUND,
    AgentAlreadyRevoked: Exit.CONFLICT,
    RevocationUnexplained: Exit.USAGE,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def span(text: str) -> timedelta:
    """This function will read a length of time such as `90s`, `30m`, `24h` or `7d`."""
    found = _SPAN.fullmatch(text)
    if found is None:
        message = f"{text!r} is no length of time; write one such as 90s, 30m, 24h or 7d"
        raise argparse.ArgumentTypeError(message)
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `token`, `list` and `revoke`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    token = actions.add_parser("token", help="make a token with which one collector enrols once")
    token.add_argument("--client", required=True, help="the client's code")
    token.add_argument("--asset", required=True, help="the code of the asset it will send about")
    token.add_argument(
        "--expires", type=span, default="24h", metavar="SPAN", help="how long the token is good"
    )
    token.add_argument(
        "--heartbeat",
        type=span,
        default="5m",
        metavar="SPAN",
        help="the longest time between two batches when all is well",
    )
    token.add_argument("--as", default="", dest="email", help="the user who makes it")
    listing = actions.add_parser("list", help="list collectors, the last batch of each, their keys")
    listing.add_argument("--format", choices=("text", "json"), default="text", dest="shape")
    revoking = actions.add_parser("revoke", help="end the trust in a collector's key, for good")
    revoking.add_argument("agent", help="the agent, as it is listed")
    revoking.add_argument("--reason", required=True, help="why; it stands in the books")
    revoking.add_argument("--as", default="", dest="email", help="the user who revokes it")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    actions = {"token": _token, "list": _list, "revoke": _revoke}
    try:
        return actions[args.action](args)
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]


def _token(args: argparse.Namespace) -> int:
    asset = Asset.objects.filter(client__code=args.client, code=args.asset).first()
    if asset is None:
        print(
            f"groundrules: {args.client} has no asset {args.asset!r}; add its card first",
            file=sys.stderr,
        )
        return Exit.NOT_FOUND
    terms = Terms(valid_for=args.expires, heartbeat=args.heartbeat)
    at = timezone.now()
    token = make_token(asset, actor=acting(args.email), at=at, terms=terms)
    print(token)
    print(
        f"For one collector on {asset.code}, until {(at + args.expires).isoformat(timespec='minutes')}. "
        "It is not shown again.",
        file=sys.stderr,
    )
    return Exit.OK


def _revoke(args: argparse.Namespace) -> int:
    revoke(args.agent, reason=args.reason, actor=acting(args.email), at=timezone.now())
    print(f"{args.agent} is revoked; what it sent before stays evidence.")
    return Exit.OK


def _list(args: argparse.Namespace) -> int:
    agents = Agent.objects.select_related("asset__client").order_by("pk")
    told = [_told(agent) for agent in agents]
    if args.shape == "json":
        print(json.dumps({"agents": told}, indent=2))
        return Exit.OK
    for one in told:
        state = f"revoked: {one['reason']}" if one["revoked"] else f"batch {one['last_sequence']}"
        seen = one["last_received"] or "never sent"
        print(f"{one['agent']}  {one['client']:<10} {one['asset']:<10} {seen}  {state}")
    if not told:
        print("No collector has enrolled yet; make a token: groundrules agent token")
    return Exit.OK


def _told(agent: Agent) -> dict[str, str | int | bool]:
    last = Batch.objects.last_of(agent)
    key = AgentKey.objects.standing().get(agent=agent)
    return {
        "agent": agent.code,
        "stream": agent.stream,
        "client": agent.asset.client.code,
        "asset": agent.asset.code,
        "hostname": agent.hostname,
        "software": agent.software,
        "heartbeat_seconds": agent.heartbeat_seconds,
        "enrolled": _said(agent.enrolled_at),
        "last_received": _said(last.received_at) if last else "",
        "last_sequence": last.sequence if last else 0,
        "public_key": key.public_key,
        "revoked": key.revoked,
        "reason": key.reason,
    }


def _said(at: datetime) -> str:
    return at.isoformat(timespec="seconds")

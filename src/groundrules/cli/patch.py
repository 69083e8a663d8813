"""`groundrules patch`: a policy per client, a plan by dry run, approval, the run, and a retry of what failed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import time

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.remote_words import REFUSED, client_named, lines, say_plan, told
from groundrules.cli.saying import refuse
from groundrules.core.ids import AssetId
from groundrules.core.remote import REBOOTS, PatchPolicy, Ring
from groundrules.services import remote
from groundrules.services.who import acting
from groundrules.services.world import NoAgreement, agreement_of

NAME = "patch"
HELP = "Plan patches by a dry run, approve, run and retry them."
NEEDS_DATABASE = True
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `policy`, `plan`, `approve`, `run`, `retry` and `show`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    policy = actions.add_parser("policy", help="show a client's patch policy, or set it")
    policy.add_argument("client", help="the client's code")
    _declare_policy(policy)
    plan = actions.add_parser("plan", help="ask a ring's servers what an upgrade would change")
    plan.add_argument("client", help="the client's code")
    plan.add_argument("ring", help="the ring's name")
    approve = actions.add_parser("approve", help="approve exactly what a plan shows")
    approve.add_argument(
        "--outside-hours",
        default="",
        metavar="REASON",
        help="let it run now all the same; owners only",
    )
    run_now = actions.add_parser(
        "run", help="do an approved plan, and say what each server answered"
    )
    again = actions.add_parser("retry", help="try the servers again that are not done")
    shown = actions.add_parser("show", help="how a plan stands, or the newest ones")
    for one in (approve, run_now, again, shown):
        optional = one is shown
        one.add_argument(
            "plan", nargs="?" if optional else None, default="", help="the plan's reference"
        )
    for one in (policy, plan, approve, run_now, again):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (policy, plan, approve, run_now, again, shown):
        one.add_argument("--json", action="store_true", help="print data")


def _declare_policy(policy: argparse.ArgumentParser) -> None:
    policy.add_argument(
        "--ring",
        action="append",
        default=[],
        metavar="NAME=SERVER,SERVER[@HOURS]",
        help="servers patched together, first ring first; @HOURS is how long the ring before must stand",
    )
    policy.add_argument(
        "--exclude",
        action="append",
        default=[],
        help="packages never touched, such as postgresql-*",
    )
    policy.add_argument(
        "--days", default="", help="when it may run: mon,tue,...; none: own windows only"
    )
    policy.add_argument("--from", dest="opens", default="19:00", metavar="TIME", help="(19:00)")
    policy.add_argument("--until", dest="closes", default="23:00", metavar="TIME", help="(23:00)")
    policy.add_argument(
        "--reboot",
        choices=REBOOTS,
        default="never",
        help="restart servers that ask for it; in a window: only in one of our own on the server (never)",
    )
    policy.add_argument(
        "--restart-minutes",
        type=int,
        default=10,
        help="how long a restarted server is waited for (10)",
    )
    policy.add_argument(
        "--approver",
        choices=("owner", "technician"),
        default="owner",
        help="who may approve (owner)",
    )
    policy.add_argument(
        "--precheck", default="", help="a command that must end with 0 on each server"
    )
    policy.add_argument("--free-mb", type=int, default=200, help="room that must be in /var (200)")
    policy.add_argument("--rollback", default="", help="what to do when it went wrong, in words")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "policy": _policy,
        "plan": _plan,
        "approve": _approve,
        "run": _run,
        "retry": _retry,
        "show": _show,
    }
    try:
        return actions[args.action](args)
    except tuple(REFUSED) as refused:
        number = next(number for kind, number in REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _policy(args: argparse.Namespace) -> int:
    client, at = client_named(args.client), timezone.now()
    if args.ring:
        try:
            agreement = str(agreement_of(client, at).id)
        except NoAgreement as missing:
            return refuse(missing, Exit.NOT_FOUND)
        remote.set_policy(_read(args, agreement), client, actor=acting(args.email), at=at)
    policy = remote.policy_of(client)
    if args.json:
        rings = [
            {"name": r.name, "servers": r.assets, "after_hours": r.after_hours}
            for r in policy.rings
        ]
        print(json.dumps({"agreement": policy.agreement, "rings": rings, "hours": policy.hours}))
        return Exit.OK
    print(f"Patches under {policy.agreement}: {policy.hours} ({client.zone})")
    for ring in policy.rings:
        wait = f", {ring.after_hours} h after the ring before" if ring.after_hours else ""
        print(f"  ring {ring.name}: {', '.join(ring.assets)}{wait}")
    print(f"  never touched: {', '.join(policy.excludes) or 'nothing is excluded'}")
    print(f"  restart: {policy.reboot}; approved by: {policy.approver}")
    print(
        f"  before: {policy.free_mb} MB free in /var{f'; {policy.precheck}' if policy.precheck else ''}"
    )
    print(f"  if it went wrong: {policy.rollback or 'nothing is written down'}")
    return Exit.OK


def _read(args: argparse.Namespace, agreement: str) -> PatchPolicy:
    try:
        opens, closes = time.fromisoformat(args.opens), time.fromisoformat(args.closes)
        days = frozenset(
            _DAYS.index(day.strip().lower()[:3]) for day in args.days.split(",") if day.strip()
        )
        rings = tuple(_ring(text) for text in args.ring)
    except ValueError as wrong:
        message = f"{wrong}; write --ring first=SRV1,SRV2 --days mon,tue --from 19:00 --until 23:00"
        raise remote.PolicyIncomplete(message) from wrong
    return PatchPolicy(
        agreement,
        rings,
        tuple(args.exclude),
        days,
        opens,
        closes,
        args.reboot,
        args.approver,
        args.precheck,
        args.rollback,
        args.free_mb,
        args.restart_minutes * 60,
    )


def _ring(text: str) -> Ring:
    name, _, rest = text.partition("=")
    servers, _, hours = rest.partition("@")
    assets = tuple(AssetId(code.strip()) for code in servers.split(",") if code.strip())
    return Ring(name.strip(), assets, int(hours or 0))


def _plan(args: argparse.Namespace) -> int:
    client = client_named(args.client)
    plan = remote.plan_patches(client, args.ring, actor=acting(args.email), at=timezone.now())
    return say_plan(args, remote.shown(remote.plan_called(plan.id)))


def _approve(args: argparse.Namespace) -> int:
    row = remote.plan_called(args.plan)
    remote.approve(
        row, actor=acting(args.email), at=timezone.now(), outside_hours=args.outside_hours
    )
    return say_plan(args, remote.shown(remote.plan_called(args.plan)))


def _run(args: argparse.Namespace) -> int:
    row = remote.plan_called(args.plan)
    return say_plan(args, remote.run(row, actor=acting(args.email), clock=timezone.now))


def _retry(args: argparse.Namespace) -> int:
    row = remote.plan_called(args.plan)
    return say_plan(args, remote.retry(row, actor=acting(args.email), clock=timezone.now))


def _show(args: argparse.Namespace) -> int:
    if args.plan:
        return say_plan(args, remote.shown(remote.plan_called(args.plan)))
    found = remote.newest_plans()
    if args.json:
        print(json.dumps([told(how) for how in found], indent=2))
    else:
        print(
            "\n".join(lines(how)[0] for how in found)
            or "Nothing is planned: groundrules patch plan"
        )
    return Exit.OK

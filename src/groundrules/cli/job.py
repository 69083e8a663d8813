"""`groundrules job`: small jobs of the reviewed library, tried first, approved, done, with every answer kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.remote_words import REFUSED, client_named, say_plan
from groundrules.cli.saying import refuse
from groundrules.services import remote
from groundrules.services.who import acting

NAME = "job"
HELP = "Do small reviewed jobs on servers."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `plan`, `approve`, `run`, `retry` and `show`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="the reviewed library: each job and its arguments")
    plan = actions.add_parser("plan", help="try a job on servers without doing it")
    plan.add_argument("client", help="the client's code")
    plan.add_argument("job", help="the job's name")
    plan.add_argument("--on", action="append", required=True, metavar="SERVER", help="repeat it")
    plan.add_argument("--with", dest="given", action="append", default=[], metavar="NAME=VALUE")
    acts = [
        actions.add_parser(name, help=says)
        for name, says in (
            ("approve", "approve a job as it was tried"),
            ("run", "do an approved job, and say what each server answered"),
            ("retry", "try the servers again that are not done"),
            ("show", "how a job stands"),
        )
    ]
    for one in acts:
        one.add_argument("plan", help="the reference")
    for one in (plan, *acts):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, plan, *acts):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "plan": _plan,
        "approve": _act,
        "run": _act,
        "retry": _act,
        "show": _act,
    }
    try:
        return actions[args.action](args)
    except tuple(REFUSED) as refused:
        number = next(number for kind, number in REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _list(args: argparse.Namespace) -> int:
    jobs = remote.LIBRARY.values()
    if args.json:
        told = [
            {"job": j.name, "says": j.says, "arguments": [a.name for a in j.arguments]}
            for j in jobs
        ]
        print(json.dumps(told, indent=2))
        return Exit.OK
    for job in jobs:
        print(f"{job.name}: {job.says}")
        for one in job.arguments:
            print(f"  --with {one.name}={one.otherwise or '...'}: {one.says}")
    return Exit.OK


def _plan(args: argparse.Namespace) -> int:
    given = dict(word.partition("=")[::2] for word in args.given)
    asked = remote.JobAsked(args.job, given, tuple(dict.fromkeys(args.on)))
    plan = remote.plan_job(
        client_named(args.client), asked, actor=acting(args.email), at=timezone.now()
    )
    return say_plan(args, remote.shown(remote.plan_called(plan.id)))


def _act(args: argparse.Namespace) -> int:
    row = remote.plan_called(args.plan)
    if args.action == "approve":
        remote.approve(row, actor=acting(args.email), at=timezone.now())
    elif args.action == "run":
        remote.run(row, actor=acting(args.email), clock=timezone.now)
    elif args.action == "retry":
        remote.retry(row, actor=acting(args.email), clock=timezone.now)
    return say_plan(args, remote.shown(remote.plan_called(args.plan)))

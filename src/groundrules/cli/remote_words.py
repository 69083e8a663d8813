"""What `groundrules patch` and `groundrules job` share: their refusals, and a plan as lines or as data."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from groundrules.cli.exits import Exit
from groundrules.core.remote import HostPlan
from groundrules.records.models import Client
from groundrules.services import remote
from groundrules.services.actor import NotAllowed
from groundrules.services.gate import KeyMissing, KeyUnusable, NoAuthority
from groundrules.services.who import NobodyToActAs

REFUSED: Mapping[type[Exception], Exit] = {
    remote.PolicyIncomplete: Exit.BAD_INPUT,
    remote.ArgumentWrong: Exit.BAD_INPUT,
    remote.NotForWindows: Exit.BAD_INPUT,
    remote.WinrmAccountWrong: Exit.BAD_INPUT,
    remote.PackageNotPlain: Exit.BAD_INPUT,
    remote.NothingToDo: Exit.BAD_INPUT,
    remote.PolicyUnknown: Exit.NOT_FOUND,
    remote.HostUnknown: Exit.NOT_FOUND,
    remote.PlanUnknown: Exit.NOT_FOUND,
    remote.JobUnknown: Exit.NOT_FOUND,
    Client.DoesNotExist: Exit.NOT_FOUND,
    NoAuthority: Exit.NOT_FOUND,
    remote.AlreadyApproved: Exit.CONFLICT,
    remote.AlreadyRunning: Exit.CONFLICT,
    remote.NothingToRetry: Exit.CONFLICT,
    remote.RunRefused: Exit.CONFLICT,
    remote.AnsibleMissing: Exit.CHECK_FAILED,
    remote.RunCut: Exit.CHECK_FAILED,
    KeyMissing: Exit.CHECK_FAILED,
    KeyUnusable: Exit.CHECK_FAILED,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def client_named(code: str) -> Client:
    """This function will return a client by its code; raises Client.DoesNotExist in words."""
    found = Client.objects.filter(code=code).first()
    if found is None:
        message = f"there is no client {code}"
        raise Client.DoesNotExist(message)
    return found


def say_plan(args: argparse.Namespace, how: remote.PlanShown) -> int:
    """This function will print a plan and how it stands; the exit number says whether all of it is well."""
    if args.json:
        print(json.dumps(told(how), indent=2))
    else:
        print("\n".join(lines(how)))
    bad = how.standing in {"partly failed", "broken off", "restart due"} or how.unwell
    return Exit.DEGRADED if bad else Exit.OK


def told(how: remote.PlanShown) -> dict[str, object]:
    """This function will return a plan as data."""
    plan = how.plan
    return {
        "plan": plan.id,
        "client": how.row.client.code,
        "title": plan.title,
        "standing": how.standing,
        "planned_at": plan.planned_at.isoformat(),
        "approved_by": plan.approved_by or None,
        "approved_at": plan.approved_at.isoformat() if plan.approved_at else None,
        "attempts": how.attempts,
        "unwell_after": list(how.unwell),
        "servers": [_host_told(host, how) for host in plan.hosts],
    }


def _host_told(host: HostPlan, how: remote.PlanShown) -> dict[str, object]:
    step = how.hosts.get(host.asset)
    return {
        "server": host.asset,
        "packages": [{"name": s.name, "before": s.before, "after": s.after} for s in host.steps],
        "excluded": list(host.excluded),
        "kept_back": list(host.kept_back),
        "problem": host.problem or None,
        "shown": host.shown or None,
        "state": step.state.value if step else None,
        "says": step.says if step else "",
        "evidence": how.evidence.get(host.asset),
        "health_after": [
            {"standing": s, "says": says} for s, says in how.health.get(host.asset, ())
        ],
    }


def lines(how: remote.PlanShown) -> list[str]:
    """This function will write a plan for a reader: what would change where, and how each server stands."""
    plan = how.plan
    head = f"{plan.id} {how.row.client.code}: {plan.title} - {how.standing}"
    said = [head if not plan.approved_by else f"{head} (approved by {plan.approved_by})"]
    for host in plan.hosts:
        step = how.hosts.get(host.asset)
        state = host.problem or (step.state.value if step else "nothing to do")
        said += _state_lines(host, state, step.says if step else "")
        said += [f"    afterwards: {says}" for _, says in how.health.get(host.asset, ())]
        said += [f"    {s.name} {s.before} -> {s.after}" for s in host.steps]
        said += [f"    excluded by the policy: {', '.join(host.excluded)}"] if host.excluded else []
        said += [f"    kept back by apt: {', '.join(host.kept_back)}"] if host.kept_back else []
        if step is None or not step.attempt:
            said += [f"    {line}" for line in host.shown.splitlines()]
    return said


def _state_lines(host: HostPlan, state: str, says: str) -> list[str]:
    """A job's output stands under its server, line by line; one sentence beside it."""
    if "\n" not in says:
        return [f"  {host.asset}: {state}" + (f" - {says}" if says else "")]
    return [f"  {host.asset}: {state}", *(f"    {line}" for line in says.splitlines())]

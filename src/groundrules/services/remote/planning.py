"""Policies and plans: what would change on which host is what the hosts themselves say in a dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from django.db import transaction

from groundrules.core.ids import AssetId
from groundrules.core.remote import (
    HostPlan,
    NotForWindows,
    PatchPolicy,
    WorkPlan,
    is_excluded,
    job_called,
    kept_output,
    pins,
    said_job,
    without_secrets,
)
from groundrules.gateways.ansible import AnsibleEngine, Engine, HostEvent, Target
from groundrules.readers.linux.apt_simulation import Simulated, read_simulation
from groundrules.records import models as books
from groundrules.records.models import Asset, Client, Gate
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.remote.passes import (
    HostUnknown,
    is_windows,
    may_plan,
    own_account,
    reach_of,
    work_passes,
)
from groundrules.services.shelf import short_digest
from groundrules.services.turns import take_turn

APT = "LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120"
_LOOK = f"{APT} -qq update >/dev/null && {APT} --simulate upgrade"
_SHOWN = 4_000
NO_WINDOWS_PATCHES = (
    "a Windows server; patches are put in by apt only, and nothing was asked of it. Patch it by a playbook of your own "
    "(ansible.windows.win_updates) with groundrules inventory, which knows how it is reached"
)


class PolicyUnknown(LookupError):
    """The client has no patch policy, or it has no such ring."""


class PlanUnknown(LookupError):
    """No plan has that reference."""


@dataclass(frozen=True, slots=True)
class JobAsked:
    """A job of the library as it is asked for: its name, its arguments as typed, and on which servers."""

    job: str
    given: Mapping[str, str]
    servers: Sequence[str]


def policy_of(client: Client) -> PatchPolicy:
    """This function will return the patch policy in force; raises PolicyUnknown."""
    row = books.PatchPolicy.objects.of_client(client).current().order_by("-pk").first()
    if row is None:
        message = (
            f"{client.code} has no patch policy; set one: groundrules patch policy {client.code} "
            "--ring NAME=SERVERS"
        )
        raise PolicyUnknown(message)
    return row.to_core()


def set_policy(policy: PatchPolicy, client: Client, *, actor: Actor, at: datetime) -> None:
    """This function will put a patch policy in force; owners only, as its check runs on clients' servers.

    Raises HostUnknown for a server that is not the client's or cannot be reached, NotForWindows for a Windows server.
    """
    require(actor)
    with transaction.atomic():
        named = [str(a) for ring in policy.rings for a in ring.assets]
        gates_of(client, named, windows=NO_WINDOWS_PATCHES)
        rings = "; ".join(f"{r.name}: {', '.join(r.assets)}" for r in policy.rings)
        says = f"patch policy of {policy.agreement}: {rings}; {policy.hours}"
        enter(policy, "remote.set_policy", says, Filing(client, actor, at))


def gates_of(client: Client, codes: Sequence[str], *, windows: str = "") -> list[Gate]:
    """This function will return the gates of a client's servers in the order named; raises HostUnknown.

    Raises NotForWindows for a Windows server, with `windows` as the sentence about it, when one is given.
    """
    rows = Gate.objects.filter(asset__client=client).select_related("asset__client", "action_host")
    found = {gate.asset.code: gate for gate in rows}
    missing = [code for code in codes if code not in found]
    refused = [code for code in codes if windows and code in found and is_windows(found[code])]
    if refused:
        message = f"{', '.join(refused)}: {windows}"
        raise NotForWindows(message)
    if missing or not codes:
        message = (
            f"{', '.join(missing) or 'no server'}: no gate by SSH on record at {client.code}; give it one with "
            "groundrules gate setup-script --own-work, then groundrules gate add-host"
        )
        raise HostUnknown(message)
    return [found[code] for code in codes]


def plan_called(ref: str, client: str = "") -> books.WorkPlan:
    """This function will return a plan as it stands; raises PlanUnknown."""
    rows = books.WorkPlan.objects.current().filter(ref=ref).select_related("client")
    row = rows.filter(client__code=client).first() if client else rows.first()
    if row is None:
        message = f"there is no plan {ref}; groundrules patch show lists them"
        raise PlanUnknown(message)
    return row


def plan_patches(
    client: Client, ring: str, *, actor: Actor, at: datetime, engine: Engine | None = None
) -> WorkPlan:
    """This function will ask every host of a ring what an upgrade would change, and file the answers as a plan.

    The hosts fetch their lists of packages; nothing else is changed. Raises PolicyUnknown, HostUnknown, AnsibleMissing.
    """
    may_plan(actor)
    policy = policy_of(client)
    chosen = next((one for one in policy.rings if one.name == ring), None)
    if chosen is None:
        known = ", ".join(one.name for one in policy.rings)
        message = f"the policy of {client.code} has no ring {ring!r}; it has {known}"
        raise PolicyUnknown(message)
    named = [str(asset) for asset in chosen.assets]
    gates = gates_of(client, named, windows=NO_WINDOWS_PATCHES)
    ref = _free_ref("PAT", client, at)
    looks = {gate.asset.code: _LOOK for gate in gates}
    answers = _asked(gates, ref, looks, actor=actor, at=at, engine=engine)
    hosts = tuple(_patched(gate.asset, answers.get(gate.asset.code), policy) for gate in gates)
    plan = WorkPlan(ref, "patch", f"Patches of ring {ring}", at, hosts, ring, policy)
    return _file(plan, client, actor, at)


def plan_job(
    client: Client, asked: JobAsked, *, actor: Actor, at: datetime, engine: Engine | None = None
) -> WorkPlan:
    """This function will try a job of the library on hosts without doing it, and file what they showed as a plan.

    Raises JobUnknown, ArgumentWrong, NotForWindows, HostUnknown, WinrmAccountWrong or AnsibleMissing.
    """
    may_plan(actor)
    job = job_called(asked.job)
    arguments, _, _ = said_job(job, asked.given)
    gates = gates_of(client, asked.servers)
    looks = {g.asset.code: said_job(job, asked.given, windows=is_windows(g))[1] for g in gates}
    ref = _free_ref("JOB", client, at)
    answers = _asked(gates, ref, looks, actor=actor, at=at, engine=engine)
    hosts = tuple(_tried(gate.asset, answers.get(gate.asset.code)) for gate in gates)
    plan = WorkPlan(ref, "job", job.says, at, hosts, job=job.name, arguments=arguments)
    return _file(plan, client, actor, at)


def _free_ref(kind: str, client: Client, at: datetime) -> str:
    """A reference nothing of the client has yet: two plans of one instant, or of one digest, are told apart."""
    said = f"{client.code}|{at.isoformat()}"
    for number in count():
        ref = f"{kind}-{short_digest(f'{said}|{number}' if number else said)[:8]}"
        if not books.WorkPlan.objects.of_client(client).filter(ref=ref).exists():
            break
    return ref


def _file(plan: WorkPlan, client: Client, actor: Actor, at: datetime) -> WorkPlan:
    """A plan is new: filed under a reference that was taken meanwhile, it would supersede the plan that has it."""
    says = f"{plan.title} of {client.code}: {len(plan.due_hosts)} of {len(plan.hosts)} servers"
    with transaction.atomic():
        take_turn(client)
        filed = replace(plan, id=_free_ref(plan.id.partition("-")[0], client, at))
        enter(filed, "remote.plan", says, Filing(client, actor, at))
    return filed


def targets_of(
    gates: Sequence[Gate], run: str, words: Mapping[str, Mapping[str, str]], *, at: datetime
) -> list[Target]:
    """This function will return what an engine must know of hosts: `words` are what each one's playbook needs."""
    by_ssh = [gate.asset for gate in gates if not is_windows(gate)]
    passes = work_passes(by_ssh, run, at=at) if by_ssh else {}
    return [
        Target(gate.asset.code, reach_of(gate, passes), words[gate.asset.code]) for gate in gates
    ]


def _asked(
    gates: Sequence[Gate],
    run: str,
    looks: Mapping[str, str],
    *,
    actor: Actor,
    at: datetime,
    engine: Engine | None,
) -> dict[str, HostEvent]:
    words = {code: {"groundrules_look": look} for code, look in looks.items()}
    targets = targets_of(gates, run, words, at=at)
    own_account(gates, actor=actor, at=at)
    answers: dict[str, HostEvent] = {}

    def keep(event: HostEvent) -> None:
        if event.outcome != "started":
            answers[event.host] = event

    (engine or AnsibleEngine()).play("look", targets, keep)
    return answers


def _problem(answer: HostEvent | None) -> str:
    if answer is None:
        return "it did not answer"
    if answer.outcome == "ok":
        return ""
    words = without_secrets(f"{answer.outcome}: {answer.says} {answer.printed}")
    return " ".join(words.split())[-_SHOWN:]


def _patched(asset: Asset, answer: HostEvent | None, policy: PatchPolicy) -> HostPlan:
    code, problem = AssetId(asset.code), _problem(answer)
    if problem or answer is None:
        return HostPlan(code, problem=problem)
    found: Simulated = read_simulation(answer.printed)
    if found.odd:
        return HostPlan(code, problem=f"its answer was not understood: {found.odd[0]}")
    excluded = tuple(step.name for step in found.steps if is_excluded(step.name, policy))
    steps = tuple(step for step in found.steps if step.name not in excluded)
    pins(steps)
    return HostPlan(code, steps, excluded, found.kept_back)


def _tried(asset: Asset, answer: HostEvent | None) -> HostPlan:
    code, problem = AssetId(asset.code), _problem(answer)
    return HostPlan(
        code, problem=problem, shown=kept_output(answer.printed, _SHOWN) if answer else ""
    )

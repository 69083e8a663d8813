"""Our own work on hosts: an inventory, patch policies, plans by dry run, approval, runs with every host's answer."""

from groundrules.core.remote import (
    LIBRARY,
    ArgumentWrong,
    JobUnknown,
    PackageNotPlain,
    PolicyIncomplete,
)
from groundrules.gateways.ansible import AnsibleEngine, AnsibleMissing, NullEngine, RunCut
from groundrules.services.remote.approving import AlreadyApproved, NothingToDo, approve
from groundrules.services.remote.passes import inventory, lay_passes
from groundrules.services.remote.planning import (
    HostUnknown,
    JobAsked,
    PlanUnknown,
    PolicyUnknown,
    plan_called,
    plan_job,
    plan_patches,
    policy_of,
    set_policy,
)
from groundrules.services.remote.running import (
    AlreadyRunning,
    NothingToRetry,
    RunRefused,
    retry,
    run,
)
from groundrules.services.remote.showing import PlanShown, newest_plans, shown
from groundrules.services.remote.starting import start

__all__ = [
    "LIBRARY",
    "AlreadyApproved",
    "AlreadyRunning",
    "AnsibleEngine",
    "AnsibleMissing",
    "ArgumentWrong",
    "HostUnknown",
    "JobAsked",
    "JobUnknown",
    "NothingToDo",
    "NothingToRetry",
    "NullEngine",
    "PackageNotPlain",
    "PlanShown",
    "PlanUnknown",
    "PolicyIncomplete",
    "PolicyUnknown",
    "RunCut",
    "RunRefused",
    "approve",
    "inventory",
    "lay_passes",
    "newest_plans",
    "plan_called",
    "plan_job",
    "plan_patches",
    "policy_of",
    "retry",
    "run",
    "set_policy",
    "shown",
    "start",
]

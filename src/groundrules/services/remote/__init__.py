"""Our own work on hosts: an inventory, patch policies, plans by dry run, approval, runs with every host's answer."""

from groundrules.core.remote import (
    LIBRARY,
    ArgumentWrong,
    JobUnknown,
    NotForWindows,
    PackageNotPlain,
    PolicyIncomplete,
    WhyMissing,
)
from groundrules.gateways.ansible import AnsibleEngine, AnsibleMissing, NullEngine, RunCut
from groundrules.gateways.shell import NO_WAY_IN, NullShellDoor, SshMissing, SshShellDoor
from groundrules.gateways.winrm import WinrmAccountWrong
from groundrules.services.remote.approving import AlreadyApproved, NothingToDo, approve
from groundrules.services.remote.passes import HostUnknown, inventory, lay_passes
from groundrules.services.remote.planning import (
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
from groundrules.services.remote.shells import (
    ShellAsked,
    ShellShown,
    freeze_on,
    newest_shells,
    open_shell,
    settle_shells,
)
from groundrules.services.remote.showing import PlanShown, newest_plans, shown
from groundrules.services.remote.starting import start

__all__ = [
    "LIBRARY",
    "NO_WAY_IN",
    "AlreadyApproved",
    "AlreadyRunning",
    "AnsibleEngine",
    "AnsibleMissing",
    "ArgumentWrong",
    "HostUnknown",
    "JobAsked",
    "JobUnknown",
    "NotForWindows",
    "NothingToDo",
    "NothingToRetry",
    "NullEngine",
    "NullShellDoor",
    "PackageNotPlain",
    "PlanShown",
    "PlanUnknown",
    "PolicyIncomplete",
    "PolicyUnknown",
    "RunCut",
    "RunRefused",
    "ShellAsked",
    "ShellShown",
    "SshMissing",
    "SshShellDoor",
    "WhyMissing",
    "WinrmAccountWrong",
    "approve",
    "freeze_on",
    "inventory",
    "lay_passes",
    "newest_plans",
    "newest_shells",
    "open_shell",
    "plan_called",
    "plan_job",
    "plan_patches",
    "policy_of",
    "retry",
    "run",
    "set_policy",
    "settle_shells",
    "shown",
    "start",
]

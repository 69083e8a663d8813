"""Our own remote work: what may be changed when, what a plan would change on which host, and how a run stands."""

from groundrules.core.remote.asking import (
    WORK_ACCOUNT,
    PackageNotPlain,
    expected,
    pins,
    work_principal,
)
from groundrules.core.remote.library import (
    LIBRARY,
    ArgumentWrong,
    JobUnknown,
    NotForWindows,
    job_called,
    said_job,
)
from groundrules.core.remote.model import (
    REBOOTS,
    HostPlan,
    HostState,
    HostStep,
    PackageStep,
    PatchPolicy,
    PolicyIncomplete,
    Ring,
    WorkPlan,
)
from groundrules.core.remote.output import kept_output, without_secrets
from groundrules.core.remote.restarts import Restart, left_says, restart_until
from groundrules.core.remote.rules import (
    against_ring,
    against_running,
    divided,
    is_excluded,
    states,
)
from groundrules.core.remote.shells import EndKnownBy, OwnShell, WhyMissing, end_in_log, ended

__all__ = [
    "LIBRARY",
    "REBOOTS",
    "WORK_ACCOUNT",
    "ArgumentWrong",
    "EndKnownBy",
    "HostPlan",
    "HostState",
    "HostStep",
    "JobUnknown",
    "NotForWindows",
    "OwnShell",
    "PackageNotPlain",
    "PackageStep",
    "PatchPolicy",
    "PolicyIncomplete",
    "Restart",
    "Ring",
    "WhyMissing",
    "WorkPlan",
    "against_ring",
    "against_running",
    "divided",
    "end_in_log",
    "ended",
    "expected",
    "is_excluded",
    "job_called",
    "kept_output",
    "left_says",
    "pins",
    "restart_until",
    "said_job",
    "states",
    "without_secrets",
    "work_principal",
]

"""What a host's playbook is told for one plan: lines for a shell, made of checked words only."""

from __future__ import annotations

import shlex
from datetime import datetime

from groundrules.core.changes.named_runs import RUN_OPTION
from groundrules.core.ids import AssetId
from groundrules.core.remote import WorkPlan, expected, job_called, pins, said_job
from groundrules.services.remote.planning import APT

_ONLY = "--only-upgrade --no-remove --no-install-recommends"


def words_for(
    plan: WorkPlan,
    asset: AssetId,
    run: str,
    *,
    again: bool,
    restart_until: datetime | None = None,
    windows: bool = False,
) -> dict[str, str]:
    """This function will return the words of one host's playbook; raises PackageNotPlain.

    `again` is a retry: what an attempt of ours left half done there is finished first, not refused. A restart begins
    before `restart_until` or not at all.
    """
    if plan.kind == "job":
        _, _, act = said_job(job_called(plan.job), plan.arguments, windows=windows)
        return {"groundrules_act": act}
    host = next(one for one in plan.hosts if one.asset == asset)
    listed = " ".join(shlex.quote(pin) for pin in pins(host.steps))
    may = " ".join(shlex.quote(line) for line in expected(host.steps))
    tried = f"{APT} --simulate {_ONLY} install {listed}"
    # What would change now and was not approved; fewer than approved is what a run broken off has left to do.
    compare = (
        f"seen=$({tried}) || exit 1; other=$(printf '%s\\n' \"$seen\" | "
        "grep -E '^(Inst|Remv|Purg) ' | cut -d' ' -f1,2 | "
        f"grep -vxF \"$(printf '%s\\n' {may})\"); "
        '[ -z "$other" ] || { echo "not approved: $other"; exit 1; }'
    )
    options = f"-o {RUN_OPTION}{run} -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold"
    doing = f"{APT.replace('apt-get', f'apt-get {options}', 1)} --yes {_ONLY} install {listed}"
    # One package that fails must not leave the others of the run unpacked and not set up.
    act = f"{doing} || {{ code=$?; dpkg --configure -a; exit $code; }}"
    return {
        "groundrules_precheck": _precheck(plan, again=again),
        "groundrules_compare": compare,
        "groundrules_act": act,
        "groundrules_run": run,
        "groundrules_restart_seconds": str(plan.policy.restart_seconds if plan.policy else 0),
        "groundrules_restart_until": str(int(restart_until.timestamp()) if restart_until else 0),
    }


def _precheck(plan: WorkPlan, *, again: bool) -> str:
    policy = plan.policy
    free = (policy.free_mb if policy else 0) * 1024
    left = "$(df -Pk /var | tail -n 1 | tr -s ' ' | cut -d' ' -f4)"
    room = f"[ {left} -ge {free} ] || {{ echo too little room in /var; exit 1; }}"
    refuse = "{ echo packages are half installed; dpkg --audit; exit 1; }"
    finish = "dpkg --configure -a" if again else refuse
    whole = f'[ -z "$(dpkg --audit)" ] || {finish}'
    own = f"; {policy.precheck}" if policy and policy.precheck else ""
    return f"{room}; {whole}{own}"

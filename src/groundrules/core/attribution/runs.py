"""Our own runs as suspects: which patch run, recovery or job a change by the system belongs to, if the record says.

The bridge from SYSTEM or root to a run must be explicit: the change names the run, or the run recorded the account or
component it acted with and covers the change. A run that only happened to be under way explains nothing by itself.
"""

from __future__ import annotations

from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.timing import covers
from groundrules.core.changes import Change, is_needed_by
from groundrules.core.changes.actors import is_service_account
from groundrules.core.work import OwnRun

# What the system itself installs and starts with, whoever asked for it.
_INSTALLERS = frozenset(
    [
        "msiinstaller",
        "msiexec",
        "msiexec.exe",
        "trustedinstaller",
        "trustedinstaller.exe",
        "services.exe",
        "svchost.exe",
        "systemd",
    ]
)


def names_run(change: Change, run: OwnRun) -> bool:
    """This function will say whether the change's own record names the run."""
    return bool(change.run) and change.run == run.id


def bridged(change: Change, run: OwnRun, context: AttributionContext, *, alone: bool) -> bool:
    """This function will say whether a change made by the system was explicitly this run's.

    `alone` says that no person was logged in then. The system's own name (SYSTEM, root) is everybody's, so without a
    recorded component it ties a change to a run only when nobody else was there, and the record names no program
    that the run does not list: agents update themselves as SYSTEM too.
    """
    if run.asset != change.asset or not covers(change.interval, run.period, context.slack):
        return False
    account, component = _matching_accounts(change, run), touches_component(change, run)
    if component is False:
        return False
    if component is True:
        return bool(account) or not run.accounts
    telling = {name for name in account if not _is_everybodys(name)}
    return bool(telling) or (bool(account) and alone and not _names_a_program(change))


def _names_a_program(change: Change) -> bool:
    """The record tells which program it was, and not one that installs for everybody: then it was not this run's."""
    program = change.actor.process.replace("\\", "/").rpartition("/")[2].casefold()
    return bool(program) and program not in _INSTALLERS


def touches_component(change: Change, run: OwnRun) -> bool | None:
    """This function will say whether the run recorded touching the component; None when it recorded none at all."""
    if not run.components:
        return None
    return any(is_needed_by(listed, change.component) for listed in run.components)


def _matching_accounts(change: Change, run: OwnRun) -> set[str]:
    actor = change.actor
    program = actor.process.replace("\\", "/").rpartition("/")[2]
    bare = actor.account.rpartition("\\")[2]
    seen = {actor.account, bare, actor.identifier, actor.process, program} - {""}
    listed = {name.casefold() for name in run.accounts}
    return {name for name in seen if name.casefold() in listed}


def _is_everybodys(name: str) -> bool:
    return is_service_account(name) or name in {"0", "S-1-5-18"} or name.casefold() == "root"

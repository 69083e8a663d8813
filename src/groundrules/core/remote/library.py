"""The reviewed library of small jobs: what each does, its typed arguments, how it is tried, and how it is done.

A job that is not here is not run. Arguments are checked word by word before they come near a shell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


class JobUnknown(LookupError):
    """The library has no such job."""


class NotForWindows(ValueError):
    """What was asked for is not done on a Windows server."""


class ArgumentWrong(ValueError):
    """A job's argument is missing, unknown, or not of its type."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One typed argument: what it means and how it must look."""

    name: str
    says: str
    pattern: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `look` shows what it would do and changes nothing, `act` does it. `{name}` stands for an argument.

    On Windows PowerShell reads the other two; a job without them is not done there.
    """

    name: str
    says: str
    arguments: tuple[Argument, ...]
    look: str
    act: str
    windows_look: str = ""
    windows_act: str = ""


_SERVICE = Argument("service", "the service's name", r"[A-Za-z0-9][A-Za-z0-9@._-]{0,63}")
_DAYS = Argument(
    "days",
    "older than so many days (1 to 3650)",
    r"[1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|36[0-4][0-9]|3650",
    "30",
)

_LINES = Argument(
    "lines", "how many of the last lines (1 to 2000)", r"[1-9][0-9]{0,2}|1[0-9]{3}|2000", "200"
)

LIBRARY: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job(
            "restart-service",
            "Restart a service and say how it stands afterwards.",
            (_SERVICE,),
            "service {service} status 2>&1 | head -n 20; [ -e /etc/init.d/{service} ] || "
            "systemctl cat {service}.service >/dev/null",
            "service {service} restart && service {service} status 2>&1 | head -n 20",
            "Get-Service -Name '{service}' -ErrorAction Stop | "
            "Format-List -Property @('Name', 'DisplayName', 'Status', 'StartType')",
            "Restart-Service -Name '{service}' -ErrorAction Stop; "
            "Get-Service -Name '{service}' | Format-List -Property @('Name', 'Status')",
        ),
        Job(
            "collect-logs",
            "Read the last lines of the system's log about a service; nothing is changed.",
            (_SERVICE, _LINES),
            "ls -l /var/log/syslog /var/log/all.log 2>/dev/null; "
            "echo would read the last {lines} lines about {service}",
            "if command -v journalctl >/dev/null && [ -d /run/systemd/system ]; then "
            "journalctl -u {service} -n {lines} --no-pager; else "
            "cat /var/log/syslog /var/log/all.log 2>/dev/null | grep -F -- {service} | tail -n {lines}; fi",
            "Get-WinEvent -ListLog @('System', 'Application') | "
            "Format-Table -Property @('LogName', 'RecordCount', 'LastWriteTime'); "
            "'would read the last {lines} records about {service}'",
            "Get-WinEvent -LogName @('System', 'Application') -MaxEvents 20000 -ErrorAction Stop | "
            "Where-Object -Property Message -Match -Value ([regex]::Escape('{service}')) | "
            "Select-Object -First {lines} | Sort-Object -Property TimeCreated | "
            "Format-List -Property @('TimeCreated', 'LogName', 'ProviderName', 'Id', 'LevelDisplayName', 'Message')",
        ),
        Job(
            "clean-disk",
            "Delete downloaded packages and rotated logs older than so many days.",
            (_DAYS,),
            "df -P / | tail -n 1; ls /var/cache/apt/archives/*.deb 2>/dev/null; "
            "find /var/log -xdev -type f -name '*.gz' -mtime +{days} -print",
            "df -P / | tail -n 1; apt-get clean; "
            "find /var/log -xdev -type f -name '*.gz' -mtime +{days} -print -delete; df -P / | tail -n 1",
        ),
    )
}


def job_called(name: str) -> Job:
    """This function will return a job of the library; raises JobUnknown, naming those there are."""
    job = LIBRARY.get(name)
    if job is None:
        message = (
            f"there is no job {name!r} in the reviewed library; there are {', '.join(LIBRARY)}"
        )
        raise JobUnknown(message)
    return job


def said_job(
    job: Job, given: Mapping[str, str], *, windows: bool = False
) -> tuple[dict[str, str], str, str]:
    """This function will return the checked arguments, the dry run and the deed as lines.

    Raises ArgumentWrong, and NotForWindows for a job that has no lines for there.
    """
    if windows and not job.windows_act:
        able = ", ".join(one.name for one in LIBRARY.values() if one.windows_act)
        message = f"{job.name} is not for Windows servers; {able} are"
        raise NotForWindows(message)
    known = {argument.name for argument in job.arguments}
    odd = sorted(set(given) - known)
    if odd:
        message = f"{job.name} has no argument {odd[0]!r}; it takes {', '.join(sorted(known))}"
        raise ArgumentWrong(message)
    values = {argument.name: _checked(job, argument, given) for argument in job.arguments}
    look, act = (job.windows_look, job.windows_act) if windows else (job.look, job.act)
    return values, look.format(**values), act.format(**values)


def _checked(job: Job, argument: Argument, given: Mapping[str, str]) -> str:
    value = given.get(argument.name, argument.otherwise)
    if re.fullmatch(argument.pattern, value):
        return value
    problem = f"{value!r} is not it" if value else "it is missing"
    message = f"{job.name} needs {argument.name} ({argument.says}); {problem}"
    raise ArgumentWrong(message)

"""When an application counts as healthy: the checks a person set, what a run of them found, and what goes on record.

A check that ran every minute would write half a million rows a year. On record goes every turn from well to unwell and
back, with the last look before the turn (so that the onset keeps the minute), and one look an hour in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from groundrules.core.evidence import HealthCheck
from groundrules.core.health.answers import Found, Level
from groundrules.core.health.certificates import Shown as ShownCertificate
from groundrules.core.health.certificates import judge_certificate
from groundrules.core.health.databases import (
    AddressUnusable,
    Answered,
    database_place,
    judge_database,
)
from groundrules.core.ids import ApplicationId, HealthCheckId
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

RETOLD = timedelta(hours=1)
LATEST_AFTER = 3
"""Turns that may be missed before the newest look is too old to speak for now."""
_SHORTEST, _LONGEST = 1, 24 * 60
_MOST_CHECKS = 20
_PORTS = range(1, 65_536)
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63}){0,20}")


class CheckKind(StrEnum):
    """What is asked: a page, whether a port takes connections, a database logins, a certificate there, a service."""

    HTTP = "http"
    PORT = "port"
    DATABASE = "database"
    CERTIFICATE = "certificate"
    SERVICE = "service"


class PlanRefused(ValueError):
    """A plan or a check of it cannot be carried out; the message says which and what to write instead."""


def _unsecret(spec: CheckSpec) -> str:
    """The target as a refusal may repeat it: a password somebody typed into an address goes into no log."""
    if spec.kind is CheckKind.SERVICE:
        return spec.target
    return re.sub(r"^(\w+://)?.*@", r"\1...@", spec.target, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One check: `target` is a URL, `host:port`, a database's address, or a service's name as the collector lists it.

    `expect` is the HTTP status wanted (200 when empty), `text` words the page must hold, or the name a certificate must
    be for in place of the host asked, `days` how many days it must still be valid. Raises PlanRefused.
    """

    kind: CheckKind
    target: str
    expect: int = 200
    text: str = ""
    days: int = 7

    def __post_init__(self) -> None:
        """Refuses what cannot be asked."""
        problem = _problem(self)
        if problem:
            message = f"{self.kind.value} check {_unsecret(self)!r}: {problem}"
            raise PlanRefused(message)

    @property
    def says(self) -> str:
        """The check in a few words."""
        if self.kind is CheckKind.HTTP:
            words = f' and holds "{self.text}"' if self.text else ""
            return f"{self.target} answers {self.expect}{words}"
        if self.kind is CheckKind.PORT:
            return f"{self.target} takes connections"
        if self.kind is CheckKind.DATABASE:
            return database_place(self.target).says
        if self.kind is CheckKind.CERTIFICATE:
            name = f"is for {self.text} and " if self.text else "is "
            days = counted(self.days, "more day")
            return f"the certificate at {self.target} {name}valid for {days}"
        return f"service {self.target} runs"


def _problem(spec: CheckSpec) -> str:
    if not spec.target.strip() or spec.target != spec.target.strip():
        return "name what is to be checked"
    if spec.kind is CheckKind.HTTP:
        well = spec.target.startswith(("http://", "https://")) and "@" not in spec.target
        return "" if well else "write a URL as https://mail.example/health, without a password"
    if spec.kind is CheckKind.SERVICE:
        return ""
    if spec.kind is CheckKind.DATABASE:
        return _address_problem(spec.target)
    if spec.kind is CheckKind.CERTIFICATE and spec.text and not _HOST.fullmatch(spec.text):
        return f"{spec.text!r} is no host's name; write it as portal.example"
    host, _, port = spec.target.rpartition(":")
    well = bool(host) and port.isascii() and port.isdecimal() and int(port) in _PORTS
    return "" if well else "write it as host:port, such as srv1.example:443"


def _address_problem(address: str) -> str:
    try:
        database_place(address)
    except AddressUnusable as problem:
        return str(problem)
    return ""


@dataclass(frozen=True, slots=True)
class HealthPlan:
    """The checks that make an application healthy: all of them must pass. `every` is in minutes (1 to 1,440).

    `since` is when it was set (UTC). A plan without checks stops. Raises PlanRefused.
    """

    application: ApplicationId
    checks: tuple[CheckSpec, ...]
    every: int
    since: datetime

    def __post_init__(self) -> None:
        """Refuses what cannot be kept up."""
        if not _SHORTEST <= self.every <= _LONGEST:
            message = f"{self.every} minutes: check every {_SHORTEST} to {_LONGEST} minutes"
            raise PlanRefused(message)
        if len(self.checks) > _MOST_CHECKS:
            message = f"{len(self.checks)} checks: an application has at most {_MOST_CHECKS}"
            raise PlanRefused(message)
        if len(set(self.checks)) != len(self.checks):
            message = "a check is there twice; leave one out"
            raise PlanRefused(message)


@dataclass(frozen=True, slots=True)
class NewestFound:
    """What each check found in the newest look, by the check's own words."""

    by_check: Mapping[str, Found]


def database_found(spec: CheckSpec, answered: Answered) -> Found:
    """This function will judge what a database answered."""
    return judge_database(database_place(spec.target), answered)


def certificate_found(spec: CheckSpec, shown: ShownCertificate, at: datetime) -> Found:
    """This function will judge a certificate for who asks by the check's name."""
    name = spec.text or host_and_port(spec.target)[0]
    return judge_certificate(spec.target, name, shown, at, timedelta(days=spec.days))


def host_and_port(target: str) -> tuple[str, int]:
    """This function will take `host:port` apart, as a check that was not refused has it."""
    host, _, port = target.rpartition(":")
    return host.strip("[]"), int(port)


def judge(plan: HealthPlan, found: Sequence[Found], at: datetime) -> HealthCheck | None:
    """This function will make one health check of what the plan's checks found (in the plan's order).

    One that failed makes the application unhealthy; without a failure, one that could not be asked makes the look say
    nothing (None): not knowing is neither well nor unwell.
    """
    failed = [one.says for one in found if one.passed is False]
    if not found or (not failed and any(one.passed is None for one in found)):
        return None
    stamp = utc(at).strftime("%Y%m%dT%H%M%SZ")
    ref = HealthCheckId(f"HC-{plan.application}-{stamp}")
    return HealthCheck(ref, plan.application, utc(at), not failed, "; ".join(failed))


@dataclass(frozen=True, slots=True)
class Turn:
    """What of a look goes on record: `file` in order of time, and what to `keep` in mind of it until the next."""

    file: tuple[HealthCheck, ...]
    keep: HealthCheck


def turn(before: HealthCheck | None, filed_at: datetime | None, now: HealthCheck) -> Turn:
    """This function will say what goes on record: turns with the look before them, and a look an hour.

    `before` is the look before, on record or not; `filed_at` is the instant of the last look on record.
    """
    if before is None or filed_at is None:
        return Turn((now,), now)
    if (before.healthy, before.signature) != (now.healthy, now.signature):
        last = () if utc(before.at) <= utc(filed_at) else (before,)
        return Turn((*last, now), now)
    return Turn((now,) if utc(now.at) - utc(filed_at) >= RETOLD else (), now)


@dataclass(frozen=True, slots=True)
class ServicesListed:
    """What the newest list of a server's services says: names to yes, no or failed, and until when it held (UTC).

    Older than `stale` it says nothing of now.
    """

    states: Mapping[str, str]
    until: datetime
    stale: timedelta


@dataclass(frozen=True, slots=True)
class Shown:
    """An application's health as people read it; `since` is how long it has been so, as far as looks tell."""

    level: Level
    sentence: str
    looked_at: datetime | None = None
    since: datetime | None = None


def shown_health(
    plan: HealthPlan | None,
    checks: Iterable[HealthCheck],
    newest: HealthCheck | None,
    at: datetime,
) -> Shown:
    """This function will say how an application stands at `at`; a look that is too old is UNKNOWN, never good.

    `checks` are those on record, `newest` the last look whether on record or not.
    """
    if plan is None or not plan.checks:
        return Shown(Level.UNKNOWN, "No checks are set, so nobody knows.")
    if newest is None:
        return Shown(Level.UNKNOWN, "Not looked at yet.")
    looked = utc(newest.at)
    since = _since(newest, checks)
    if at - looked > timedelta(minutes=plan.every * LATEST_AFTER):
        was = "healthy" if newest.healthy else "unhealthy"
        said = (
            f"Last looked at {looked:%Y-%m-%d %H:%M} UTC ({was} then); how it is now is not known."
        )
        return Shown(Level.UNKNOWN, said, looked, since)
    if newest.healthy:
        return Shown(Level.GOOD, "Healthy: every check passed.", looked, since)
    return Shown(Level.CRITICAL, f"Unhealthy: {newest.signature}.", looked, since)


def _since(newest: HealthCheck, checks: Iterable[HealthCheck]) -> datetime:
    """The first look of the run of equal ones that ends with the newest."""
    since = utc(newest.at)
    for one in sorted(checks, key=lambda c: utc(c.at), reverse=True):
        if one.healthy != newest.healthy:
            break
        since = min(since, utc(one.at))
    return since


def service_found(name: str, listed: ServicesListed | None, at: datetime) -> Found:
    """This function will judge a service by what the collector listed, or say why that does not speak for now."""
    if listed is None:
        says = f"no list of services is on record, so how service {name} is is not known"
        return Found(says)
    known = listed.states.get(name) or listed.states.get(f"{name}.service")
    words = {None: "is not in it", "yes": "ran", "failed": "had failed"}
    until = utc(listed.until)
    if utc(at) - until > listed.stale:
        was = words.get(known, "did not run")
        then = f"service {name} {was}{'' if known is None else ' then'}"
        says = f"the list of services is of {until:%Y-%m-%d %H:%M} UTC, too old to speak for now; {then}"
        return Found(says)
    if known is None:
        return Found(f"service {name} is not in the list of services of {until:%Y-%m-%d %H:%M} UTC")
    now = {"yes": "runs", "failed": "has failed"}
    return Found(f"service {name} {now.get(known, 'does not run')}", passed=known == "yes")

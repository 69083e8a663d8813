"""The rules of our own work: when a run is permitted, which ring's turn it is, and how each host of a plan stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, utc
from groundrules.core.remote.model import HostState, HostStep, PatchPolicy, WorkPlan
from groundrules.core.vendors import AccessWindow, Freeze
from groundrules.core.vendors.gate import window_end

_OPEN = (HostState.WAITING, HostState.RUNNING)


def is_excluded(package: str, policy: PatchPolicy) -> bool:
    """This function will say whether a policy forbids touching a package."""
    bare = package.partition(":")[0]
    return any(fnmatchcase(bare, pattern) for pattern in policy.excludes)


def against_running(
    plan: WorkPlan,
    at: datetime,
    zone: str,
    *,
    windows: Iterable[AccessWindow] = (),
    freezes: Iterable[Freeze] = (),
    only: Iterable[AssetId] = (),
) -> str:
    """This function will say why a plan may not run at `at`; empty when it may.

    A freeze forbids always. Otherwise the policy's hours permit it, or an approved window of our own on every host, or
    a person who said why outside hours. `only` are the hosts of a retry.
    """
    if plan.approved_at is None:
        return "it is not approved; a person must read and approve it first"
    named = frozenset(only) or {host.asset for host in plan.due_hosts}
    frozen = [f for f in freezes if f.period.contains(at) and (not f.assets or f.assets & named)]
    if frozen:
        return f"changes are frozen: {frozen[0].reason or frozen[0].id}"
    if plan.outside_hours or plan.policy is None or in_hours(plan.policy, at, zone):
        return ""
    if named and named <= {w.asset for w in windows if is_our_open_window(w, at)}:
        return ""
    return f"it is outside the hours for it ({plan.policy.hours}); wait, or give the reason for now"


def is_our_open_window(window: AccessWindow, at: datetime) -> bool:
    """This function will say whether a window is ours, approved, and open at an instant."""
    end = window_end(window)
    ours = window.vendor is None and window.approved_at is not None
    return ours and end is not None and utc(window.period.start) <= utc(at) < end


def in_hours(policy: PatchPolicy, at: datetime, zone: str) -> bool:
    """This function will say whether an instant is within a policy's hours, by the site's clock."""
    local = at.astimezone(ZoneInfo(zone))
    now, day = local.time(), local.weekday()
    if policy.opens < policy.closes:
        return day in policy.days and policy.opens <= now < policy.closes
    yesterday = (day - 1) % 7
    return (day in policy.days and now >= policy.opens) or (
        yesterday in policy.days and now < policy.closes
    )


def against_ring(
    policy: PatchPolicy, ring: str, ended_well: Mapping[str, datetime], at: datetime
) -> str:
    """This function will say why it is not a ring's turn; empty when it is.

    `ended_well` has each ring's last good end.
    """
    names = [one.name for one in policy.rings]
    place = names.index(ring)
    if place == 0:
        return ""
    before, wait = names[place - 1], timedelta(hours=policy.rings[place].after_hours)
    ended = ended_well.get(before)
    if ended is None:
        return (
            f"ring {before} comes first, and none of its runs has ended well yet; what was unwell after one must be "
            "well first: then plan that ring again"
        )
    if utc(at) < utc(ended) + wait:
        return f"ring {before} must stand for {policy.rings[place].after_hours} h first"
    return ""


def states(plan: WorkPlan, steps: Iterable[HostStep], *, alive: bool) -> dict[AssetId, HostStep]:
    """This function will return the last step of each host where something is to happen.

    A host that was being worked on when nobody works any more (`alive` False) was broken off: what reached it is known
    only when it is asked again.
    """
    found = {
        host.asset: HostStep(0, host.asset, HostState.WAITING, plan.planned_at)
        for host in plan.due_hosts
    }
    for step in steps:
        if step.asset in found:
            found[step.asset] = step
    if alive:
        return found
    return {asset: _settled(step) for asset, step in found.items()}


def _settled(step: HostStep) -> HostStep:
    if step.state is not HostState.RUNNING:
        return step
    says = (
        f"the run ended in the middle; the last step seen: {step.says or 'none'}. What was done after that is not "
        "known until it is retried"
    )
    return HostStep(step.attempt, step.asset, HostState.BROKEN_OFF, step.at, says)


def divided(period: Period, parts: int) -> tuple[Period, ...]:
    """This function will cut a run's time into equal parts, to the second: one person's time is counted once.

    The last part takes what is left. Fewer seconds than parts are cut to the microsecond, so that no part is missing.
    """
    if period.end is None or parts < 1:
        return ()
    whole = utc(period.end) - utc(period.start)
    seconds = int(whole.total_seconds()) // parts
    each = timedelta(seconds=seconds) if seconds else whole // parts
    if not each:
        return ()
    begins = [period.start + each * number for number in range(parts)]
    return tuple(Period(a, b) for a, b in zip(begins, [*begins[1:], period.end], strict=True))

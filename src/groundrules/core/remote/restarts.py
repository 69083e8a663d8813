"""Restarts after patches: until when one may begin, and what is said of a server that asked for one.

A restart takes a server away from its users, so it has a rule of its own: never, where it is needed while patches may
run, or only in a window of our own on that server. What is not restarted is said, and waits for a retry where the
policy would allow one at another time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.ids import AssetId
from groundrules.core.periods import utc
from groundrules.core.remote.model import IN_A_WINDOW, NEVER, PatchPolicy, WorkPlan
from groundrules.core.remote.rules import in_hours, is_our_open_window
from groundrules.core.vendors import AccessWindow
from groundrules.core.vendors.gate import window_end

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Restart:
    """What a server said of its restart in one attempt. `failed` is the engine's word of one that went wrong.

    `boot` and `boot_after` are the ids its kernel has for a boot; `took` is the engine's word on how long it was away;
    `not_started` are the units that had not failed before it and that systemd could not start afterwards.
    """

    needed: bool = False
    done: bool = False
    failed: str = ""
    boot: str = ""
    boot_after: str = ""
    took: str = ""
    not_started: tuple[str, ...] = ()

    @property
    def is_left(self) -> bool:
        """Whether the server asked for a restart and got none."""
        return self.needed and not self.done and not self.failed

    @property
    def says(self) -> str:
        """The restart in words; empty when there was none to speak of."""
        if self.failed:
            return f"restart failed: {self.failed}"
        if not self.done:
            return ""
        took = f", {self.took}" if self.took else ""
        return f"restarted: boot {self.boot[:8]} before, {self.boot_after[:8]} after{took}"


def restart_until(
    plan: WorkPlan,
    asset: AssetId,
    at: datetime,
    zone: str,
    *,
    windows: Iterable[AccessWindow] = (),
    longest: timedelta,
) -> datetime | None:
    """This function will return until when a restart may begin on a server; None when none may begin now.

    A window of ours on that server always permits one, unless the policy says never. `longest` is how long a run can
    last at all, which is the end where a person decided that it runs outside the hours.
    """
    policy = plan.policy
    if policy is None or policy.reboot == NEVER:
        return None
    ends = [_end(w) for w in windows if w.asset == asset and is_our_open_window(w, at)]
    if policy.reboot != IN_A_WINDOW:
        ends += [utc(at) + longest] if plan.outside_hours else []
        ends += [_closing(policy, at, zone)] if in_hours(policy, at, zone) else []
    return max(ends, default=None)


def _end(window: AccessWindow) -> datetime:
    end = window_end(window)
    return utc(end if end is not None else window.period.start)


def _closing(policy: PatchPolicy, at: datetime, zone: str) -> datetime:
    """When the hours that are open at `at` close, by the site's clock."""
    local = at.astimezone(ZoneInfo(zone))
    over_midnight = policy.closes <= policy.opens and local.time() >= policy.opens
    day = local.date() + _A_DAY if over_midnight else local.date()
    return utc(datetime.combine(day, policy.closes, tzinfo=ZoneInfo(zone)))


def left_says(plan: WorkPlan) -> tuple[bool, str]:
    """This function will say of a server left without the restart it asked for: whether it is due, and the sentence."""
    rule = plan.policy.reboot if plan.policy else NEVER
    if rule == NEVER:
        return False, "it asks for a restart, and the policy says never: restart it by hand"
    when = (
        "only in a window of our own on this server"
        if rule == IN_A_WINDOW
        else "only within the hours, and they were over"
    )
    says = f"patched; it asks for a restart, which is permitted {when}; retry it then"
    return True, f"{says} (groundrules patch retry {plan.id})"

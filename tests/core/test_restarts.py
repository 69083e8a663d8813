"""Restarts after patches: until when one may begin, and what is said of a server that asked for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.remote import (
    HostPlan,
    PackageStep,
    PatchPolicy,
    PolicyIncomplete,
    Restart,
    Ring,
    WorkPlan,
    left_says,
    restart_until,
)
from groundrules.core.vendors import AccessWindow

ZONE = "America/Los_Angeles"
TUESDAY_EVENING = datetime(2007, 2, 21, 4, 0, tzinfo=UTC)
"""Tuesday, 20:00 at the site."""
HOUR = timedelta(hours=1)
LONGEST = 4 * HOUR
SRV1, SRV2 = AssetId("SRV1"), AssetId("SRV2")
POLICY = PatchPolicy("MSA", (Ring("first", (SRV1,)),), days=frozenset({1}), reboot="if needed")
PLAN = WorkPlan(
    "PAT-1",
    "patch",
    "Patches of ring first",
    TUESDAY_EVENING - 2 * HOUR,
    (HostPlan(SRV1, (PackageStep("linux-image", "1", "2"),)),),
    "first",
    POLICY,
    approved_at=TUESDAY_EVENING - HOUR,
)
WINDOW = AccessWindow(
    WindowId("WIN-1"),
    SRV1,
    Period(TUESDAY_EVENING - HOUR, TUESDAY_EVENING + HOUR),
    approved_at=TUESDAY_EVENING - HOUR,
)


def by(policy: PatchPolicy, outside_hours: str = "") -> WorkPlan:
    """The plan under another policy."""
    return replace(PLAN, policy=policy, outside_hours=outside_hours)


def until(
    plan: WorkPlan, at: datetime = TUESDAY_EVENING, *windows: AccessWindow
) -> datetime | None:
    """Until when SRV1 may be restarted."""
    return restart_until(plan, SRV1, at, ZONE, windows=windows, longest=LONGEST)


class TestRestartUntil:
    """Until when a restart may begin."""

    def test_is_the_end_of_the_hours_by_the_sites_clock(self) -> None:
        """23:00 there; a restart whose turn comes later is left. Before and after the hours there is none."""
        assert until(PLAN) == TUESDAY_EVENING + 3 * HOUR
        assert until(PLAN, TUESDAY_EVENING - 2 * HOUR) is None
        assert until(PLAN, TUESDAY_EVENING + 3 * HOUR) is None

    def test_is_the_next_morning_where_the_hours_go_over_midnight(self) -> None:
        """From 22:00 to 04:00, asked before midnight and after it."""
        night = by(replace(POLICY, opens=time(22), closes=time(4)))
        four = TUESDAY_EVENING + 8 * HOUR

        assert until(night, TUESDAY_EVENING + 3 * HOUR) == four
        assert until(night, TUESDAY_EVENING + 6 * HOUR) == four

    def test_is_as_long_as_a_run_where_a_person_said_why_outside_hours(self) -> None:
        """An owner who lets patches run now lets them restart what asks for it."""
        noon = TUESDAY_EVENING - 8 * HOUR

        assert until(by(POLICY, outside_hours="a hole in use"), noon) == noon + LONGEST

    def test_is_the_end_of_our_own_window_on_that_server(self) -> None:
        """Not a vendor's, not another server's, not one that is not approved."""
        only_windows = by(replace(POLICY, reboot="in a window"), outside_hours="a hole in use")

        assert until(only_windows) is None
        assert until(only_windows, TUESDAY_EVENING, WINDOW) == TUESDAY_EVENING + HOUR
        for other in (
            replace(WINDOW, vendor=VendorId("V1")),
            replace(WINDOW, asset=SRV2),
            replace(WINDOW, approved_at=None),
            replace(WINDOW, ended_at=TUESDAY_EVENING - timedelta(minutes=1)),
        ):
            assert until(only_windows, TUESDAY_EVENING, other) is None

    def test_never_is_never(self) -> None:
        """No window changes it."""
        assert until(by(replace(POLICY, reboot="never")), TUESDAY_EVENING, WINDOW) is None


class TestRestart:
    """What is said of one."""

    def test_says_what_the_kernel_said_before_and_after(self) -> None:
        """Both boots by the beginning of their ids, and how long it took."""
        done = Restart(
            needed=True,
            done=True,
            boot="0a569532-00f3",
            boot_after="e1e8042c-95d1",
            took="back after 9 s",
        )

        assert done.says == "restarted: boot 0a569532 before, e1e8042c after, back after 9 s"
        assert not done.is_left

    def test_is_left_when_it_was_asked_for_and_not_tried(self) -> None:
        """One that failed was tried; a server that asks for none has nothing left."""
        assert Restart(needed=True).is_left
        assert not Restart(needed=True, failed="no python3").is_left
        assert not Restart().is_left

    def test_left_by_a_policy_that_says_never_is_done(self) -> None:
        """A retry would not restart it either; by the other rules it would, at another time."""
        assert left_says(by(replace(POLICY, reboot="never"))) == (
            False,
            "it asks for a restart, and the policy says never: restart it by hand",
        )
        for rule, words in (
            ("if needed", "within the hours"),
            ("in a window", "a window of our own"),
        ):
            is_due, says = left_says(by(replace(POLICY, reboot=rule)))
            assert is_due
            assert words in says
            assert says.endswith("retry it then (groundrules patch retry PAT-1)")


class TestPolicy:
    """What a policy must say of restarts."""

    def test_refuses_an_unknown_rule_and_no_time_to_come_back(self) -> None:
        """A server that is given no time would always be lost."""
        with pytest.raises(PolicyIncomplete, match="never, if needed, in a window"):
            replace(POLICY, reboot="always")
        with pytest.raises(PolicyIncomplete, match="given time"):
            replace(POLICY, restart_seconds=0)

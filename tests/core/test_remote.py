"""Our own remote work: who may run what when, how a plan stands, and what an argument may look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, FreezeId, SessionId, WindowId
from groundrules.core.periods import Period
from groundrules.core.remote import (
    LIBRARY,
    ArgumentWrong,
    EndKnownBy,
    HostPlan,
    HostState,
    HostStep,
    OwnShell,
    PackageNotPlain,
    PackageStep,
    PatchPolicy,
    PolicyIncomplete,
    Ring,
    WhyMissing,
    WorkPlan,
    against_ring,
    against_running,
    divided,
    end_in_log,
    ended,
    is_excluded,
    job_called,
    kept_output,
    pins,
    said_job,
    states,
)
from groundrules.core.vendors import AccessWindow, Freeze

ZONE = "America/Los_Angeles"
TUESDAY_EVENING = datetime(2007, 2, 21, 4, 0, tzinfo=UTC)
"""Tuesday, 20:00 at the site."""
SRV1, SRV2 = AssetId("SRV1"), AssetId("SRV2")
POLICY = PatchPolicy(
    "MSA", (Ring("first", (SRV1,)), Ring("rest", (SRV2,), 24)), ("postgresql-*",), frozenset({1})
)
PLAN = WorkPlan(
    "PAT-1",
    "patch",
    "Patches of ring first",
    TUESDAY_EVENING - timedelta(hours=2),
    (HostPlan(SRV1, (PackageStep("hello", "1.0", "2.0"),)), HostPlan(SRV2)),
    "first",
    POLICY,
    approved_at=TUESDAY_EVENING - timedelta(hours=1),
)


class TestAgainstRunning:
    """When a plan may run."""

    def test_runs_in_its_hours_by_the_sites_clock(self) -> None:
        """Tuesday evening at the site is Wednesday in UTC, and still within Tuesday's hours."""
        assert against_running(PLAN, TUESDAY_EVENING, ZONE) == ""
        assert "outside" in against_running(PLAN, TUESDAY_EVENING + timedelta(days=1), ZONE)

    def test_hours_over_midnight_end_the_next_morning(self) -> None:
        """Tuesday 22:00 to 04:00 includes Wednesday 03:00 and not Tuesday 03:00."""
        night = replace(PLAN, policy=replace(POLICY, opens=time(22), closes=time(4)))
        wednesday_early = datetime(2007, 2, 21, 11, 0, tzinfo=UTC)

        assert against_running(night, wednesday_early, ZONE) == ""
        assert against_running(night, wednesday_early - timedelta(days=1), ZONE)

    def test_never_runs_unapproved_or_frozen(self) -> None:
        """Neither the hours nor a reason beat a freeze."""
        freeze = Freeze(FreezeId("F1"), Period(TUESDAY_EVENING, None), reason="year end")
        forced = replace(PLAN, outside_hours="urgent")

        assert "approve" in against_running(replace(PLAN, approved_at=None), TUESDAY_EVENING, ZONE)
        assert "year end" in against_running(forced, TUESDAY_EVENING, ZONE, freezes=(freeze,))

    def test_runs_in_a_window_of_our_own_on_every_server(self) -> None:
        """A vendor's window permits the vendor, not us."""
        at = TUESDAY_EVENING + timedelta(days=2)
        own = AccessWindow(
            WindowId("W1"), SRV1, Period(at, at + timedelta(hours=1)), approved_at=at
        )

        assert against_running(PLAN, at, ZONE, windows=(own,)) == ""
        assert against_running(PLAN, at, ZONE, windows=(replace(own, approved_at=None),))
        assert against_running(PLAN, at, ZONE, windows=(replace(own, ended_at=at),))


class TestAgainstRing:
    """Whose turn it is."""

    def test_waits_for_the_ring_before(self) -> None:
        """The second ring waits until the first ended well, and then its hours."""
        ended = {"first": TUESDAY_EVENING}

        assert against_ring(POLICY, "first", {}, TUESDAY_EVENING) == ""
        assert "none of its runs" in against_ring(POLICY, "rest", {}, TUESDAY_EVENING)
        assert "24 h" in against_ring(POLICY, "rest", ended, TUESDAY_EVENING + timedelta(hours=23))
        assert not against_ring(POLICY, "rest", ended, TUESDAY_EVENING + timedelta(hours=24))


class TestStates:
    """How each host stands."""

    def test_says_broken_off_when_nobody_works_any_more(self) -> None:
        """A host that was at work when the program died is neither done nor failed."""
        step = HostStep(1, SRV1, HostState.RUNNING, TUESDAY_EVENING, "upgrade")

        assert states(PLAN, (step,), alive=True)[SRV1].state is HostState.RUNNING
        assert states(PLAN, (step,), alive=False)[SRV1].state is HostState.BROKEN_OFF
        assert states(PLAN, (), alive=False).keys() == {SRV1}


class TestDivided:
    """One person's time over many servers."""

    def test_counts_every_second_once(self) -> None:
        """The parts touch and end where the whole does, also where a quick run has fewer seconds than hosts."""
        whole = Period(TUESDAY_EVENING, TUESDAY_EVENING + timedelta(seconds=17))

        for count in (5, 18):
            parts = divided(whole, count)

            assert len(parts) == count
            assert [p.start for p in parts[1:]] == [p.end for p in parts[:-1]]
            assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
        assert all(p.start.microsecond == 0 for p in divided(whole, 5))
        assert divided(whole, 0) == ()


class TestWords:
    """What comes near a shell."""

    def test_refuses_what_is_no_package(self) -> None:
        """A host that answers with a command instead of a name gets nothing asked of it."""
        assert pins((PackageStep("libc6:amd64", "1", "2:2.36-9+deb12u4"),)) == (
            "libc6:amd64=2:2.36-9+deb12u4",
        )
        for odd in (PackageStep("a;reboot", "1", "2"), PackageStep("hello", "1", "$(id)")):
            with pytest.raises(PackageNotPlain):
                pins((odd,))

    def test_checks_each_argument_of_a_job(self) -> None:
        """A missing, unknown or odd argument is refused with the one that is meant."""
        job = job_called("restart-service")

        assert said_job(job, {"service": "nginx"})[0] == {"service": "nginx"}
        for given in (
            {},
            {"service": "nginx; reboot"},
            {"service": "a", "force": "yes"},
            {"service": "-a"},
        ):
            with pytest.raises(ArgumentWrong):
                said_job(job, given)

    def test_every_default_of_the_library_is_of_its_type(self) -> None:
        """A job needs nothing typed that has a default."""
        for job in LIBRARY.values():
            said_job(job, {a.name: a.otherwise or "nginx" for a in job.arguments})

    def test_excludes_by_pattern(self) -> None:
        """The architecture behind a name does not matter."""
        assert is_excluded("postgresql-15:amd64", POLICY)
        assert not is_excluded("hello", POLICY)


class TestPatchPolicy:
    """What a policy must say."""

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"rings": ()}, "at least one ring"),
            ({"rings": (Ring("a", (SRV1,)), Ring("b", (SRV1,)))}, "one ring"),
            ({"days": frozenset({9})}, "Monday"),
            ({"reboot": "always"}, "reboots"),
            ({"precheck": "test {{ x }}"}, "braces"),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, changed: dict[str, Any], says: str) -> None:
        """Each refusal says what to write."""
        with pytest.raises(PolicyIncomplete, match=says):
            replace(POLICY, **changed)


SECRETS = (
    "password=hunter2",
    "DB_PASSWORD: 'hunter2 and more'",
    '"api_key": "hunter2"',
    "DB_PASS=hunter2",
    "backup --password hunter2 --all",
    "postgres://app:hunter2@db.example/app",
    "Authorization: Bearer hunter2hunter2",
    "Authorization: Basic hunter2",
    "secretToken = hunter2",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nhunter2 cut off",
    "root:$6$hunter2$hunter2hunter2:19000",
    "ghp_hunter2hunter2hunter2hunter2",
)
PLAIN = (
    "Failed password for invalid user rogue from 203.0.113.9 port 4022 ssh2",
    "12 tests passed: 12, 3 tokens: of them",
    "/dev/sda1 20511312 9823 19437552 1% /",
    "see https://example.org/a:b for more",
    "Compass: north",
)


class TestKeptOutput:
    """What is kept of what a server printed."""

    @pytest.mark.parametrize("text", SECRETS)
    def test_leaves_out_what_looks_like_a_secret(self, text: str) -> None:
        """The secret is gone, the line around it stays, and that something is missing is said."""
        kept = kept_output(f"before\n{text}\nafter" if "cut off" not in text else text)

        assert "hunter2" not in kept
        assert "left out: it looks like a secret" in kept
        assert ("before" in kept and "after" in kept) or "cut off" in text

    @pytest.mark.parametrize("text", PLAIN)
    def test_keeps_ordinary_words(self, text: str) -> None:
        """A log stays readable."""
        assert kept_output(text) == text

    def test_keeps_the_end_of_what_is_long(self) -> None:
        """The newest lines matter; how much is missing stands at the top."""
        kept = kept_output("x" * 50 + "the end", 7)

        assert kept == "[the first 50 characters are left out]\nthe end"


class TestOwnShell:
    """A shell of one of our people."""

    SHELL = OwnShell("SHL-1", SRV1, "kim", "disk full", Period(TUESDAY_EVENING, None))

    @pytest.mark.parametrize("why", ["", "  ", "one\nline more", "x" * 301])
    def test_needs_a_reason_in_one_line(self, why: str) -> None:
        """Nobody goes onto a client's server without one."""
        with pytest.raises(WhyMissing, match="--why"):
            replace(self.SHELL, why=why)

    def test_ends_where_its_logins_do(self) -> None:
        """The last end the log has; none while a login is open, and none without a login."""
        minutes = [TUESDAY_EVENING + timedelta(minutes=n) for n in (5, 9)]
        logins = [
            Session(SessionId(f"S{n}"), SRV1, "w", TUESDAY_EVENING, end)
            for n, end in enumerate(minutes)
        ]
        named = [(login, "SHL-1") for login in logins]

        assert end_in_log(self.SHELL, named) == minutes[-1]
        assert end_in_log(self.SHELL, [*named, (replace(logins[0], ended=None), "SHL-1")]) is None
        assert end_in_log(self.SHELL, [(logins[0], "SHL-2")]) is None
        assert end_in_log(replace(self.SHELL, asset=SRV2), named) is None

    def test_is_closed_even_in_the_instant_it_began(self) -> None:
        """A period is never without length, and never ends before it began."""
        closed = ended(self.SHELL, TUESDAY_EVENING - timedelta(seconds=3), EndKnownBy.HOST)

        assert closed.period.end is not None
        assert closed.period.end > TUESDAY_EVENING
        assert closed.run.period == closed.period

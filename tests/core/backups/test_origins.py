"""Where a proof came from: what we measured, what somebody handed in, and what a mail only reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.backups import (
    OURS,
    BackupPolicy,
    BackupResult,
    BackupState,
    Origin,
    OriginKind,
    PolicyRefused,
    ProofStrength,
    RepositoryCheck,
    Resting,
    RestoreDrill,
    backup_states,
    drill_is_due,
    trend,
    verify_is_due,
)
from groundrules.core.backups.reported import report_gaps
from groundrules.core.health import Level
from groundrules.core.ids import AssetId
from groundrules.core.mail import Trust
from groundrules.core.periods import Period

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAILED = Origin(OriginKind.MAIL, "backup@vault.example", "veeam", "MAIL-7", Trust.DOMAIN)
BY_MAIL = "reported by veeam by mail (MAIL-7, sender's domain proven)"


def policy(**changed: Any) -> BackupPolicy:  # noqa: ANN401 - any field
    """The image of SRV1, made daily by its own product and reported by mail, watched for ten days."""
    kept: dict[str, Any] = {"product": "veeam", "every": 24, "since": NOW - 10 * DAY}
    return BackupPolicy(SRV1, "image", **{**kept, "reports_from": "vault.example", **changed})


def result(ago: timedelta, origin: Origin = MAILED, *, succeeded: bool = True) -> BackupResult:
    """A backup that ended so long ago."""
    return BackupResult(SRV1, "image", NOW - ago, NOW - ago, succeeded, origin=origin)


def drill(ago: timedelta, origin: Origin = MAILED, *, passed: bool = True) -> RestoreDrill:
    """A restore that took ten minutes, so long ago."""
    return RestoreDrill(
        SRV1,
        "image",
        NOW - ago,
        NOW - ago + HOUR / 6,
        passed,
        "no boot" * (not passed),
        origin=origin,
    )


def check(ago: timedelta, origin: Origin = MAILED, *, whole: bool = True) -> RepositoryCheck:
    """A check of the repository so long ago."""
    return RepositoryCheck(SRV1, "image", NOW - ago, NOW - ago, whole, origin=origin)


def state(p: BackupPolicy, *facts: BackupResult | RestoreDrill | RepositoryCheck) -> BackupState:
    """How it stands now."""
    results = [f for f in facts if isinstance(f, BackupResult)]
    drills = [f for f in facts if isinstance(f, RestoreDrill)]
    checks = [f for f in facts if isinstance(f, RepositoryCheck)]
    (one,) = backup_states([p], results, drills, NOW, checks=checks)
    return one


def said(one: BackupState) -> str:
    """All remarks."""
    return " ".join(r.sentence for r in one.remarks)


class TestOrigin:
    """What an origin is worth and how it is said."""

    def test_is_worth_what_stands_behind_it(self) -> None:
        """We measured, somebody answers for it, a mail reports; what is not noted says so."""
        told = [OURS, Origin(OriginKind.PERSON, "alex@castle-it.example"), MAILED, Origin()]

        assert [one.strength for one in told] == [
            ProofStrength.MEASURED,
            ProofStrength.HANDED_IN,
            ProofStrength.REPORTED,
            ProofStrength.HANDED_IN,
        ]
        assert [one.words for one in told] == [
            "measured by us",
            "handed in by alex@castle-it.example",
            BY_MAIL,
            "handed in, origin not noted",
        ]


class TestReported:
    """A mail's claim is shown, is never green, and counts for nothing but bad news."""

    def test_restore_by_mail_is_never_the_last_proven_one(self) -> None:
        """It stands beside the proven one, a drill stays due, and no trend is measured from it."""
        mine = drill(50 * DAY, OURS)
        one = state(policy(drill_every=30), result(HOUR), mine, drill(DAY))

        assert one.proven == mine
        assert one.last_drill == mine
        assert one.reported == drill(DAY)
        assert drill_is_due(one, NOW)
        assert "measured by us; a drill is due every 30 days." in said(one)
        assert f"is {BY_MAIL}; we did not see it, so it is no proof." in said(one)
        assert one.level is not Level.GOOD

    def test_restore_by_mail_makes_no_trend(self) -> None:
        """A newest one that took a day says something only where we measured it."""
        usual = [drill(3 * DAY, OURS), drill(4 * DAY, OURS)]
        slow = replace(drill(2 * DAY, OURS), ended=NOW - DAY)

        assert len(trend([*usual, slow])) == 1
        assert trend([*usual, replace(slow, origin=MAILED)]) == ()

    def test_restore_by_mail_hides_no_failure_of_ours(self) -> None:
        """A drill of ours that failed stays critical until we see one pass."""
        one = state(policy(), result(HOUR), drill(2 * DAY, OURS, passed=False), drill(DAY))

        assert one.level is Level.CRITICAL
        assert "The restore of backup image failed" in one.remarks[0].sentence

    def test_bad_news_by_mail_is_believed(self) -> None:
        """A failed restore, a failed run and a damaged repository are said with their origin."""
        failed = state(policy(), result(HOUR, succeeded=False), drill(DAY, passed=False))
        damaged = state(policy(), check(HOUR, whole=False))

        assert failed.level is damaged.level is Level.CRITICAL
        assert f"UTC, {BY_MAIL}: no boot." in said(failed)
        assert f"The newest run of backup image failed at 2026-11-28 11:00 UTC, {BY_MAIL}." in said(
            failed
        )
        assert f"was damaged at 2026-11-28 11:00 UTC, {BY_MAIL}" in said(damaged)

    def test_check_by_mail_clears_no_damage_of_ours(self) -> None:
        """Ours stands as the last one, and the next is due as if no mail had come."""
        one = state(
            policy(verify_every=30), result(HOUR), check(2 * DAY, OURS, whole=False), check(HOUR)
        )

        assert one.level is Level.CRITICAL
        assert one.last_check == check(2 * DAY, OURS, whole=False)
        assert verify_is_due(one, NOW)
        assert f"was whole at 2026-11-28 11:00 UTC is {BY_MAIL}; we did not verify it." in said(one)

    def test_promise_that_rests_on_a_mail_is_not_known_to_be_kept(self) -> None:
        """A report keeps the breach away and the page from being green; a stale one is a breach as ever."""
        promised = policy(loses_at_most=24 * 60, clause="3.12")
        kept, mine = state(promised, result(HOUR)), state(promised, result(HOUR, OURS))

        assert (kept.level, mine.level) == (Level.UNKNOWN, Level.GOOD)
        assert (
            f"than clause 3.12 promises is known only as {BY_MAIL}; we did not measure it."
            in said(kept)
        )
        assert state(promised, result(2 * DAY)).level is Level.CRITICAL


class TestMissingReport:
    """A report that is due and does not come is a gap."""

    def test_is_said_and_never_green(self) -> None:
        """A day late is a warning, and it says that nobody knows more."""
        fresh, late = state(policy(), result(HOUR)), state(policy(), result(40 * HOUR))
        never = state(policy())

        assert (fresh.level, late.level, never.level) == (
            Level.GOOD,
            Level.WARNING,
            Level.CRITICAL,
        )
        assert f"UTC, {BY_MAIL}." in said(fresh)
        assert "it is due every 24 hours, and no report from vault.example says more." in said(late)

    def test_is_a_gap_of_the_time_it_was_due_in(self) -> None:
        """Between two reports four days apart, and from the last one to now; a failed run is a report."""
        told = [result(9 * DAY), result(8 * DAY, succeeded=False), result(4 * DAY), result(3 * DAY)]
        week = Period(NOW - 7 * DAY, NOW + DAY)

        gaps = report_gaps(policy(), told, week, NOW)

        assert gaps == (Period(NOW - 7 * DAY, NOW - 4 * DAY), Period(NOW - 2 * DAY, NOW))
        assert report_gaps(policy(reports_from=""), told, week, NOW) == ()

    def test_is_no_gap_while_backups_rest(self) -> None:
        """What the agreement paused is owed by nobody; the time for the next report runs on at the return."""
        told = [result(8 * DAY + HOUR), result(DAY)]
        week = Period(NOW - 9 * DAY, NOW)
        off, back = NOW - 8 * DAY, NOW - 3 * DAY

        image = policy(since=off - HOUR)

        rested = report_gaps(image, told, week, NOW, Resting((Period(off, back),)))
        still = report_gaps(image, told[:1], week, NOW, Resting((Period(off),)))

        assert rested == (Period(back + 23 * HOUR, NOW - DAY),)
        assert still == ()

    @given(
        ages=st.lists(st.integers(1, 240), max_size=6),
        rest=st.tuples(st.integers(1, 240), st.integers(0, 239)).filter(lambda p: p[0] > p[1]),
    )
    def test_never_lies_in_a_rest(self, ages: list[int], rest: tuple[int, int]) -> None:
        """No gap touches a rest, none is new beside those without it, and each is as long as owed time allows."""
        told = [result(hours * HOUR) for hours in ages]
        span = Period(NOW - 10 * DAY, NOW)
        rests = Period(NOW - rest[0] * HOUR, NOW - rest[1] * HOUR)

        owed = report_gaps(policy(), told, span, NOW, Resting((rests,)))
        plain = report_gaps(policy(), told, span, NOW)

        assert not any(gap.overlaps(rests) for gap in owed)
        assert all(any(gap.intersection(all_of_it) == gap for all_of_it in plain) for gap in owed)


class TestReporter:
    """Who may report is an address or a domain."""

    @pytest.mark.parametrize(
        "wrong", ["anybody", "@vault.example", "a@b", "*.example", "A@vault.example x"]
    )
    def test_refuses_what_is_neither(self, wrong: str) -> None:
        """The refusal says what to write."""
        with pytest.raises(PolicyRefused, match=r"write backup@harbor\.example"):
            policy(reports_from=wrong)

    def test_refuses_a_repository_we_read_ourselves(self) -> None:
        """A mail must not say more than we can see."""
        with pytest.raises(PolicyRefused, match="read by us"):
            policy(product="restic", place="/srv/restic")

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.attribution.weigh import weigh
from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict, Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.onset import onset
from groundrules.core.causation.rank import rank
from groundrules.core.evidence import Action, Actor, GapKind, ItemKind
from groundrules.core.ids import ApplicationId, AssetId, IncidentId
from groundrules.core.parties import Application
from groundrules.core.periods import Interval, Order
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import (
    CAUSES,
    CONTEXT,
    DOTNET,
    INCIDENT,
    INSTALL,
    REMOVAL,
    SRV1,
    at,
    change,
    check,
    gap,
    needs,
    span,
)

LIKELY, CANDIDATES, UNKNOWN = (
    CauseVerdict.LIKELY_CHANGE,
    CauseVerdict.CANDIDATES,
    CauseVerdict.UNKNOWN,
)
TALE = (REMOVAL, INSTALL)


def of(answer: CauseAnswer, ref: str) -> CauseHypothesis:
    """The hypothesis about one change."""
    return next(h for h in answer.hypotheses if h.change == ref)


def why(answer: CauseAnswer, ref: str) -> str:
    """Everything said about one change."""
    return " ".join(r.sentence for r in of(answer, ref).reasons)


class TestOnset:
    def test_lies_between_the_last_good_and_the_first_bad_check(self) -> None:
        """The report came the next morning; the checks know better."""
        found = onset(INCIDENT, CAUSES.health_checks)

        assert (found.not_before, found.not_after) == (
            at("2007-02-21 19:55"),
            at("2007-02-21 20:01"),
        )

    def test_ends_with_the_report_when_no_check_failed(self) -> None:
        """A user's report before any failing check bounds the onset."""
        found = onset(INCIDENT, CAUSES.health_checks[:2])

        assert found.not_after == INCIDENT.opened_at

    def test_goes_back_thirty_days_without_a_good_check(self) -> None:
        """Nobody looked, so it may have begun long before."""
        found = onset(INCIDENT, CAUSES.health_checks[2:])

        assert found.width == timedelta(days=30)

    def test_takes_the_failures_the_report_belongs_to(self) -> None:
        """A failure that healed in between is another story."""
        earlier = (
            check("HC-A", "2007-02-20 10:00", healthy=False),
            check("HC-B", "2007-02-20 11:00", healthy=True),
        )

        assert onset(INCIDENT, (*earlier, *CAUSES.health_checks)) == onset(
            INCIDENT, CAUSES.health_checks
        )

    def test_begins_with_the_incidents_own_signature(self) -> None:
        """A failing check with another signature is not yet this failure."""
        slow = replace(check("HC-S", "2007-02-21 19:57", healthy=False), signature="slow")
        down = replace(CAUSES.health_checks[2], signature="no runtime")
        incident = replace(INCIDENT, signature="no runtime")

        found = onset(incident, (*CAUSES.health_checks[:2], slow, down))

        assert (found.not_before, found.not_after) == (
            at("2007-02-21 19:55"),
            at("2007-02-21 20:01"),
        )

    @pytest.mark.parametrize(
        ("told", "begins"), [("", "19:55"), ("HTTP 500", "19:55"), ("slow", "20:30")]
    )
    def test_takes_a_failure_that_had_healed_when_it_was_reported(
        self, told: str, begins: str
    ) -> None:
        """Reported while all was well, it can only mean the failure just before, unless its error was another one."""
        down = replace(CAUSES.health_checks[2], signature="HTTP 500")
        healed = check("HC-4", "2007-02-21 20:30", healthy=True)
        incident = replace(INCIDENT, opened_at=at("2007-02-21 21:00"), signature=told)

        found = onset(incident, (*CAUSES.health_checks[:2], down, healed))

        assert found.not_before == at(f"2007-02-21 {begins}")

    def test_takes_no_failure_of_the_day_before_for_a_report_while_all_is_well(self) -> None:
        """What healed half a day and more before the report is another story."""
        healed = check("HC-4", "2007-02-21 20:30", healthy=True)
        incident = replace(INCIDENT, opened_at=at("2007-02-22 09:00"))

        found = onset(incident, (*CAUSES.health_checks, healed))

        assert found.not_before == at("2007-02-21 20:30")

    def test_does_not_listen_to_other_applications(self) -> None:
        """Checks of another application say nothing about this one."""
        other = check("HC-X", "2007-02-21 19:59", healthy=True, of="Ledger")

        assert onset(INCIDENT, (*CAUSES.health_checks, other)).not_before == at("2007-02-21 19:55")


class TestRankTheTale:
    """Scenario 4: linked to the removal only."""

    def test_links_the_failure_to_the_removal_only(self) -> None:
        """The install came five minutes after the failure."""
        answer = rank(INCIDENT, TALE, CAUSES)

        assert (answer.verdict, answer.changes) == (LIKELY, (REMOVAL.id,))
        assert of(answer, REMOVAL.id).path == ("SharePoint", DOTNET)
        assert of(answer, INSTALL.id).rejected
        assert of(answer, INSTALL.id).order is Order.CERTAINLY_AFTER
        assert "after the failure" in why(answer, INSTALL.id)

    def test_lists_recovery_and_patches_with_reasons(self) -> None:
        """Both were over long before, and checks passed since."""
        said = {a.ref: a for a in rank(INCIDENT, TALE, CAUSES).alternatives}

        assert all(a.rejected for a in said.values())
        recovery = said["RUN-RECOVERY"].reasons[0].sentence
        assert "20 h 26 min before the failure; 2 checks of SharePoint passed after it" in recovery
        assert "17 h 21 min before the failure; 1 check" in said["RUN-PATCHES"].reasons[0].sentence

    def test_says_what_would_change_its_mind(self) -> None:
        """A passing check between the two moments would clear the removal."""
        said = rank(INCIDENT, TALE, CAUSES).would_change

        assert said[0].startswith("A passing check of SharePoint between Wed 2007-02-21 19:58 PST")

    def test_does_not_ask_what_was_permitted(self) -> None:
        """Who acted and what was allowed are not even inputs: any actor, the same answer."""
        ours = tuple(replace(c, actor=Actor(account="anna")) for c in TALE)

        assert weigh(ours[0], CONTEXT).party != weigh(REMOVAL, CONTEXT).party
        assert rank(INCIDENT, ours, CAUSES) == rank(INCIDENT, TALE, CAUSES)

    def test_clears_a_recovery_with_passing_checks_since(self) -> None:
        """A recovery 29 hours earlier, checks passing since, is listed and rejected."""
        recovered = Recovery(
            IncidentId("INC-1"),
            SRV1,
            failed_at=at("2007-02-20 13:10"),
            restore_point=at("2007-02-20 13:09"),
            recovered_at=at("2007-02-20 15:01"),
        )

        answer = rank(INCIDENT, TALE, replace(CAUSES, recoveries=(recovered,)))

        found = next(a for a in answer.alternatives if a.kind == "recovery")
        assert answer.verdict is LIKELY
        assert "29 h before the failure; 2 checks" in found.reasons[0].sentence

    def test_keeps_to_candidates_when_no_check_followed_the_recovery(self) -> None:
        """A recovery without a passing check after it is not ruled out."""
        recovered = Recovery(
            IncidentId("INC-1"),
            SRV1,
            at("2007-02-21 19:00"),
            at("2007-02-21 18:59"),
            at("2007-02-21 19:57"),
        )

        answer = rank(INCIDENT, TALE, replace(CAUSES, recoveries=(recovered,)))

        assert (answer.verdict, answer.established) == (CANDIDATES, ())


class TestRankOurPatch:
    """Scenario 6: our patch, not theirs."""

    HOTFIX = change(
        "CHG-HOTFIX",
        "2007-03-01 02:00",
        "Hotfix for Microsoft .NET Framework 2.0 (KB928365)",
        action=Action.ADDED,
        kind=ItemKind.PATCH,
    )
    THEIRS = change("CHG-THEIRS", "2007-03-01 09:20")
    CHECKS = (
        check("HC-1", "2007-03-01 01:59", healthy=True),
        check("HC-2", "2007-03-01 02:04", healthy=False),
    )

    def test_finds_the_hotfix_and_excludes_what_came_later(self) -> None:
        """The vendor's change came after the failure; the hotfix is for what SharePoint needs."""
        run = OwnRun("RUN-RMM", SRV1, span("2007-03-01 02:00", "2007-03-01 02:30"), "patch run")
        context = replace(CAUSES, health_checks=self.CHECKS, own_runs=(run,))
        incident = replace(INCIDENT, opened_at=at("2007-03-01 08:00"))

        answer = rank(incident, (self.HOTFIX, self.THEIRS), context)

        assert (answer.verdict, answer.changes) == (LIKELY, (self.HOTFIX.id,))
        assert of(answer, self.THEIRS.id).rejected
        assert not answer.alternatives[0].rejected


class TestRankPassword:
    """Scenario 7: both failures linked to the change, whoever made it."""

    SA = change("CHG-SA", "2007-02-26 21:14", "sa", kind=ItemKind.PASSWORD, action=Action.ALTERED)
    APPS = (
        Application(ApplicationId("Ledger"), "Ledger", SRV1),
        Application(ApplicationId("Xray"), "Xray", SRV1),
    )

    def failed_login(self, name: str) -> Incident:
        """The incident of one application, with the database's own error."""
        return replace(
            INCIDENT,
            application=ApplicationId(name),
            opened_at=at("2007-02-27 08:00"),
            signature="login failed for user sa",
        )

    def context(self, *applications: Application) -> CausationContext:
        """Every application needs the sa login and was checked before and after."""
        names = [a.name for a in applications]
        failing = {"Ledger", "Xray"}
        checks = [
            check(
                f"{name}-{moment}",
                f"2007-02-26 {moment}",
                healthy=early or name not in failing,
                of=name,
            )
            for name in names
            for moment, early in (("21:10", True), ("21:20", False))
        ]
        return replace(
            CAUSES,
            applications=applications,
            dependencies=tuple(needs(name, "sa") for name in names),
            health_checks=tuple(checks),
            gaps=(gap(GapKind.AUDIT_OFF, "2007-01-01 00:00", "2007-03-31 00:00"),),
        )

    @pytest.mark.parametrize("name", ["Ledger", "Xray"])
    def test_links_each_failure_to_the_password(self, name: str) -> None:
        """What broke it is known; who did it is another question."""
        incident = self.failed_login(name)

        answer = rank(incident, (self.SA,), self.context(*self.APPS))

        assert (answer.verdict, answer.changes) == (LIKELY, (self.SA.id,))
        assert of(answer, self.SA.id).path == (name, "sa")

    def test_is_not_misled_by_the_changers_own_healthy_application(self) -> None:
        """Whoever changes a password tells their own application; another one failing outweighs it."""
        rogue = Application(ApplicationId("Rogue"), "Rogue", SRV1)
        incident = self.failed_login("Ledger")

        assert rank(incident, (self.SA,), self.context(*self.APPS, rogue)).verdict is LIKELY
        assert rank(incident, (self.SA,), self.context(self.APPS[0], rogue)).verdict is CANDIDATES


class TestRankOrder:
    def test_is_made_improbable_by_a_passing_check_and_not_ruled_out(self) -> None:
        """Harm may wait for the next use or restart: it stays, and carries no verdict."""
        early = replace(REMOVAL, interval=Interval.exactly(at("2007-02-21 19:30")))
        silent = replace(INCIDENT, signature="HTTP 500")

        answer = rank(silent, (early,), CAUSES)

        assert (answer.established, of(answer, early.id).rejected) == ((), False)
        assert "31 min before the failure, and 1 check of SharePoint passed" in why(
            answer, early.id
        )
        now = rank(silent, (REMOVAL,), CAUSES)
        assert of(answer, early.id).probability < of(now, REMOVAL.id).probability

    @pytest.mark.parametrize(
        ("made", "component"),
        [("2007-02-14 19:00", DOTNET), ("2007-02-21 19:30", "a game")],
        ids=["long ago", "no dependency leads there"],
    )
    def test_is_cleared_by_a_passing_check_when_it_cannot_have_waited(
        self, made: str, component: str
    ) -> None:
        """Nothing that the application needs, or more than a week ago."""
        early = replace(REMOVAL, interval=Interval.exactly(at(made)), component=component)

        answer = rank(replace(INCIDENT, signature="HTTP 500"), (early,), CAUSES)

        assert (answer.verdict, of(answer, early.id).rejected) == (UNKNOWN, True)

    def test_is_not_ruled_out_by_another_server(self) -> None:
        """A map may lack the line that leads there: not linked, never a candidate, and not ruled out."""
        there = replace(REMOVAL, asset=AssetId("SRV9"))

        answer = rank(INCIDENT, (there,), CAUSES)

        found = of(answer, there.id)
        assert (answer.verdict, found.rejected, found.linked) == (UNKNOWN, False, False)
        assert "no recorded dependency leads there" in why(answer, there.id)

    def test_stays_a_candidate_when_it_may_have_come_after(self) -> None:
        """A snapshot interval that reaches past the failure proves no order."""
        wide = replace(REMOVAL, interval=Interval(at("2007-02-21 19:56"), at("2007-02-21 23:00")))

        answer = rank(INCIDENT, (wide,), CAUSES)

        assert answer.verdict is CANDIDATES
        assert "before or after" in why(answer, wide.id)

    def test_calls_simultaneity_no_order(self) -> None:
        """At the very instant of the failure is not before it."""
        same = replace(REMOVAL, interval=Interval.exactly(at("2007-02-21 20:01")))

        assert rank(INCIDENT, (same,), CAUSES).verdict is UNKNOWN

    def test_never_says_likely_without_a_good_check(self) -> None:
        """It may have been broken already."""
        context = replace(CAUSES, health_checks=CAUSES.health_checks[2:], own_runs=())

        assert rank(INCIDENT, (REMOVAL,), context).verdict is CANDIDATES

    def test_does_not_clear_what_a_restart_may_have_brought_to_effect(self) -> None:
        """Removed before the last good check, in effect after the restart: a candidate again."""
        early = replace(REMOVAL, interval=Interval.exactly(at("2007-02-21 19:30")))
        restart = gap(GapKind.RESTART, "2007-02-21 19:57", "2007-02-21 19:58")

        answer = rank(INCIDENT, (early,), replace(CAUSES, gaps=(restart,)))

        assert (answer.verdict, answer.changes) == (CANDIDATES, (early.id,))

    def test_clears_what_already_survived_an_earlier_restart(self) -> None:
        """Removed, restarted, checked well, restarted again: the removal was in effect and harmless."""
        early = replace(REMOVAL, interval=Interval.exactly(at("2007-02-21 18:00")))
        first = gap(GapKind.RESTART, "2007-02-21 18:30", "2007-02-21 18:35")
        second = gap(GapKind.RESTART, "2007-02-21 19:57", "2007-02-21 19:58")

        answer = rank(INCIDENT, (early,), replace(CAUSES, gaps=(first, second)))

        assert (answer.verdict, answer.changes) == (UNKNOWN, ())

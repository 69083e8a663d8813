from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.attribution import weigh
from groundrules.core.causation import (
    CausationContext,
    CauseAnswer,
    CauseHypothesis,
    CauseVerdict,
    onset,
    rank,
)
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, GapKind, ItemKind
from groundrules.core.ids import ApplicationId, ComponentId, IncidentId
from groundrules.core.parties import Application, Dependency, DependencyGrade
from groundrules.core.periods import Interval, Order
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import (
    CAUSES,
    CONTEXT,
    DOTNET,
    INCIDENT,
    INSTALL,
    NAMED,
    REMOVAL,
    SRV1,
    SRV2,
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
        incident = replace(
            INCIDENT, application=ApplicationId(name), opened_at=at("2007-02-27 08:00")
        )

        answer = rank(incident, (self.SA,), self.context(*self.APPS))

        assert (answer.verdict, answer.changes) == (LIKELY, (self.SA.id,))
        assert of(answer, self.SA.id).path == (name, "sa")

    def test_is_not_misled_by_the_changers_own_healthy_application(self) -> None:
        """Whoever changes a password tells their own application; another one failing outweighs it."""
        rogue = Application(ApplicationId("Rogue"), "Rogue", SRV1)
        incident = replace(
            INCIDENT, application=ApplicationId("Ledger"), opened_at=at("2007-02-27 08:00")
        )

        assert rank(incident, (self.SA,), self.context(*self.APPS, rogue)).verdict is LIKELY
        assert rank(incident, (self.SA,), self.context(self.APPS[0], rogue)).verdict is CANDIDATES


class TestRankOrder:
    def test_is_cleared_by_a_passing_check(self) -> None:
        """A change before the last good check did not break it."""
        early = replace(REMOVAL, interval=Interval.exactly(at("2007-02-21 19:30")))

        answer = rank(INCIDENT, (early,), CAUSES)

        assert (answer.verdict, answer.changes) == (UNKNOWN, ())
        assert "31 min before the failure, and 1 check of SharePoint passed" in why(
            answer, early.id
        )

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


class TestRankPath:
    def test_follows_dependencies_over_several_steps(self) -> None:
        """The path names every component on the way, and its weakest step is its grade."""
        context = replace(
            CAUSES,
            dependencies=(
                Dependency("SharePoint", ComponentId("IIS"), DependencyGrade.OBSERVED),
                needs("IIS", DOTNET),
            ),
        )

        found = of(rank(INCIDENT, (REMOVAL,), context), REMOVAL.id)

        assert found.path == ("SharePoint", "IIS", DOTNET)
        assert found.grade is DependencyGrade.DECLARED

    def test_prefers_the_better_known_path(self) -> None:
        """A longer observed path beats a shorter declared one."""
        observed = DependencyGrade.OBSERVED
        context = replace(
            CAUSES,
            dependencies=(
                needs("SharePoint", DOTNET),
                Dependency("SharePoint", ComponentId("IIS"), observed),
                Dependency("IIS", ComponentId(DOTNET), observed),
            ),
        )

        assert of(rank(INCIDENT, (REMOVAL,), context), REMOVAL.id).grade is observed

    def test_survives_circles(self) -> None:
        """Components that need each other are visited once."""
        context = replace(
            CAUSES,
            dependencies=(needs("SharePoint", "IIS"), needs("IIS", DOTNET), needs(DOTNET, "IIS")),
        )

        assert rank(INCIDENT, (REMOVAL,), context).verdict is LIKELY

    def test_reaches_an_application_on_another_server(self) -> None:
        """A database on SRV2 that SharePoint needs is on its path."""
        database = Application(ApplicationId("SQL"), "SQL", SRV2)
        context = replace(
            CAUSES,
            applications=(*CAUSES.applications, database),
            dependencies=(needs("SharePoint", "SQL"), needs("SQL", "sa")),
        )
        made = change("CHG-SA", "2007-02-21 19:58", "sa", asset=SRV2, kind=ItemKind.PASSWORD)

        answer = rank(INCIDENT, (made,), context)

        assert (answer.verdict, of(answer, made.id).path) == (LIKELY, ("SharePoint", "SQL", "sa"))

    def test_does_not_take_another_version_for_the_component(self) -> None:
        """Removing 1.0 is not removing 2.0."""
        other = replace(REMOVAL, component=".NET Framework 1.0")

        answer = rank(INCIDENT, (other,), CAUSES)

        assert answer.verdict is UNKNOWN
        assert "No recorded dependency leads from SharePoint" in why(answer, other.id)
        assert any(
            "A dependency of SharePoint on .NET Framework 1.0" in s for s in answer.would_change
        )

    def test_only_lists_candidates_without_any_map(self) -> None:
        """Same host is all that is known: listed, never likely."""
        answer = rank(INCIDENT, (REMOVAL,), replace(CAUSES, dependencies=()))

        assert (answer.verdict, of(answer, REMOVAL.id).grade) == (
            CANDIDATES,
            DependencyGrade.SAME_HOST,
        )


class TestRankSeveral:
    OTHER = change("CHG-CONFIG", "2007-02-21 19:59", "web.config", action=Action.ALTERED)
    CONTEXT = replace(
        CAUSES, dependencies=(*CAUSES.dependencies, needs("SharePoint", "web.config"))
    )

    def test_lists_independent_changes_without_picking_one(self) -> None:
        """Two changes on the path: both are candidates and neither is established."""
        answer = rank(INCIDENT, (REMOVAL, self.OTHER), self.CONTEXT)

        assert answer.verdict is CANDIDATES
        assert set(answer.changes) == {REMOVAL.id, self.OTHER.id}
        assert answer.established == ()

    def test_takes_one_command_for_one_act(self) -> None:
        """Two packages removed by one login within seconds are one operation."""
        second = replace(self.OTHER, actor=NAMED, action=Action.REMOVED)
        quick = replace(second, interval=Interval.exactly(at("2007-02-21 19:58:04")))

        answer = rank(INCIDENT, (REMOVAL, quick), self.CONTEXT)
        slow = rank(INCIDENT, (REMOVAL, second), self.CONTEXT)

        assert (answer.verdict, len(answer.changes)) == (LIKELY, 2)
        assert slow.verdict is CANDIDATES

    def test_does_not_call_nameless_changes_one_act(self) -> None:
        """Changes nobody is recorded for are not known to be one command."""
        pair = [
            replace(c, actor=Actor(), action=Action.REMOVED, interval=REMOVAL.interval)
            for c in (REMOVAL, self.OTHER)
        ]

        assert rank(INCIDENT, pair, self.CONTEXT).verdict is CANDIDATES

    def test_rejects_what_was_undone_before_the_failure(self) -> None:
        """Removed and put back before it failed: neither is likely, the first is ruled out."""
        back = change("CHG-BACK", "2007-02-21 19:59", action=Action.ADDED)

        answer = rank(INCIDENT, (REMOVAL, back), CAUSES)

        assert "undone before the failure" in why(answer, REMOVAL.id)
        assert (answer.verdict, answer.changes) == (CANDIDATES, (back.id,))

    def test_notes_when_undoing_healed_it(self) -> None:
        """Put back on Friday, and the next check passed."""
        back = change("CHG-BACK", "2007-02-23 10:00", action=Action.ADDED)
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(CAUSES, health_checks=(*CAUSES.health_checks, healed))

        answer = rank(INCIDENT, (REMOVAL, back), context)

        assert answer.verdict is LIKELY
        assert "put back, and the next check, 5 min later, passed" in why(answer, REMOVAL.id)


class TestRankObstacles:
    @pytest.mark.parametrize("kind", [GapKind.COLLECTOR_SILENT, GapKind.LOG_CLEARED])
    def test_keeps_to_candidates_while_evidence_is_missing(self, kind: GapKind) -> None:
        """Another change may have gone unrecorded."""
        hole = gap(kind, "2007-02-21 19:56", "2007-02-21 19:59")

        answer = rank(INCIDENT, TALE, replace(CAUSES, gaps=(hole,)))

        assert answer.verdict is CANDIDATES
        assert any(kind.value in r.sentence for r in answer.reasons)

    def test_explains_failed_hardware_without_a_change(self) -> None:
        """The maker's own signal explains it; no change is linked."""
        answer = rank(replace(INCIDENT, hardware="drive array"), TALE, CAUSES)

        assert (answer.verdict, answer.changes, answer.hardware) == (UNKNOWN, (), "drive array")

    def test_lets_a_failing_disk_compete(self) -> None:
        """A disk that failed in the same minutes keeps the verdict open."""
        disk = change(
            "CHG-DISK", "2007-02-21 19:57", "sda", kind=ItemKind.DISK, action=Action.ALTERED
        )

        assert rank(INCIDENT, (*TALE, disk), CAUSES).verdict is CANDIDATES

    @pytest.mark.parametrize(
        ("kind", "components", "verdict"),
        [
            ("patch run", (), CANDIDATES),
            ("patch run", (DOTNET,), CANDIDATES),
            ("patch run", ("KB1",), LIKELY),
            ("collection", (), LIKELY),
        ],
    )
    def test_weighs_our_unexplained_work(
        self, kind: str, components: tuple[str, ...], verdict: CauseVerdict
    ) -> None:
        """Our run in those minutes without a change on record keeps the verdict open."""
        run = OwnRun(
            "RUN-X",
            SRV1,
            span("2007-02-21 19:59", "2007-02-21 20:00"),
            kind,
            components=frozenset(components),
        )

        assert rank(INCIDENT, TALE, replace(CAUSES, own_runs=(run,))).verdict is verdict

    def test_counts_a_healthy_neighbour_against_the_change(self) -> None:
        """Another application that needs the same component worked on: not likely."""
        ledger = Application(ApplicationId("Ledger"), "Ledger", SRV1)
        context = replace(
            CAUSES,
            applications=(*CAUSES.applications, ledger),
            dependencies=(*CAUSES.dependencies, needs("Ledger", DOTNET)),
            health_checks=(
                *CAUSES.health_checks,
                check("HC-L", "2007-02-21 20:30", healthy=True, of="Ledger"),
            ),
        )

        answer = rank(INCIDENT, TALE, context)

        assert answer.verdict is CANDIDATES
        assert "Ledger needs .NET Framework 2.0 too, and was healthy" in why(answer, REMOVAL.id)

    def test_is_unknown_when_nothing_was_recorded(self) -> None:
        """No change on record explains it, and that is the answer."""
        answer = rank(INCIDENT, (), CAUSES)

        assert (answer.verdict, answer.changes) == (UNKNOWN, ())
        assert (
            "No recorded change explains the failure of SharePoint." in answer.reasons[1].sentence
        )


class TestRankWithoutApplication:
    def test_brackets_a_server_by_the_checks_of_its_applications(self) -> None:
        """An incident on the server itself lists what was changed there."""
        answer = rank(replace(INCIDENT, application=None), (REMOVAL,), CAUSES)

        found: Change = REMOVAL
        assert (answer.verdict, answer.changes) == (CANDIDATES, (found.id,))
        assert answer.onset.not_before == at("2007-02-21 19:55")

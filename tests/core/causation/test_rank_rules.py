from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, CauseVerdict
from groundrules.core.causation.rank import rank
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, GapKind, ItemKind
from groundrules.core.ids import ApplicationId, ComponentId, IncidentId
from groundrules.core.parties import Application, Dependency, DependencyGrade
from groundrules.core.periods import Interval
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import (
    CAUSES,
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

        answer = rank(replace(INCIDENT, signature="login failed for sa"), (made,), context)

        assert (answer.verdict, of(answer, made.id).path) == (LIKELY, ("SharePoint", "SQL", "sa"))

    def test_does_not_take_another_version_for_the_component(self) -> None:
        """Removing 1.0 is not removing 2.0."""
        other = replace(REMOVAL, component=".NET Framework 1.0")

        answer = rank(INCIDENT, (other,), CAUSES)

        assert answer.verdict is UNKNOWN
        assert "No recorded dependency leads from SharePoint" in why(answer, other.id)
        assert not of(answer, other.id).rejected
        assert not of(answer, other.id).linked
        assert any(
            "A dependency of SharePoint on .NET Framework 1.0" in s for s in answer.would_change
        )

    def test_asks_for_more_than_two_seconds_between_change_and_failure(self) -> None:
        """The log's clock and the checker's may differ so far, so a change one second earlier is only a candidate."""
        failing = CAUSES.health_checks[-1]
        exact = at("2007-02-21 20:01") - timedelta(seconds=1)

        near = replace(REMOVAL, interval=Interval.exactly(exact))
        clear = replace(REMOVAL, interval=Interval.exactly(exact - timedelta(seconds=2)))

        assert failing.at == at("2007-02-21 20:01")
        assert rank(INCIDENT, (near,), CAUSES).verdict is CANDIDATES
        assert rank(INCIDENT, (clear,), CAUSES).verdict is LIKELY

    def test_accuses_no_other_change_while_one_came_with_the_failure(self) -> None:
        """What happened in the same second may have come first, so the only other change is a candidate."""
        near = at("2007-02-21 20:01") + timedelta(seconds=1)
        with_it = change("CHG-NEAR", "2007-02-21 20:01", DOTNET, action=Action.ALTERED)
        with_it = replace(with_it, interval=Interval.exactly(near))

        answer = rank(INCIDENT, (REMOVAL, with_it), CAUSES)

        assert answer.verdict is CANDIDATES
        assert any("clocks do not tell which came first" in r.sentence for r in answer.reasons)

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
        """Two changes on the path took something away: both are candidates and neither is established."""
        other = replace(self.OTHER, action=Action.REMOVED)

        answer = rank(INCIDENT, (REMOVAL, other), self.CONTEXT)

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
        """Removed and put back, and a check passed after that: it is ruled out."""
        gone = change("CHG-GONE", "2007-02-21 19:20", action=Action.REMOVED)
        back = change("CHG-BACK", "2007-02-21 19:30", action=Action.ADDED)

        answer = rank(INCIDENT, (gone, back), CAUSES)

        assert "undone before the failure" in why(answer, gone.id)
        assert answer.established == ()

    def test_does_not_clear_what_was_put_back_before_anybody_looked(self) -> None:
        """Put back between the last good check and the failing one: what it broke may have stayed broken."""
        back = change("CHG-BACK", "2007-02-21 19:59", action=Action.ADDED)

        answer = rank(INCIDENT, (REMOVAL, back), CAUSES)

        assert "what it broke may have stayed broken" in why(answer, REMOVAL.id)
        assert (answer.verdict, set(answer.changes)) == (CANDIDATES, {REMOVAL.id, back.id})

    def test_does_not_take_another_version_for_putting_back(self) -> None:
        """Version 1 removed and version 2 put in its place is not undone."""
        gone = replace(REMOVAL, component="libapp", before="1.0")
        other = change("CHG-OTHER", "2007-02-21 19:59", "libapp", action=Action.ADDED, after="2.0")
        context = replace(CAUSES, dependencies=(needs("SharePoint", "libapp"),))

        answer = rank(INCIDENT, (gone, other), context)

        assert set(answer.changes) == {gone.id, other.id}

    def test_notes_when_undoing_healed_it(self) -> None:
        """Put back on Friday, and the next check passed."""
        back = change("CHG-BACK", "2007-02-23 10:00", action=Action.ADDED)
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(CAUSES, health_checks=(*CAUSES.health_checks, healed))

        answer = rank(INCIDENT, (REMOVAL, back), context)

        assert answer.verdict is LIKELY
        assert "put back, and the next check, 5 min later, passed" in why(answer, REMOVAL.id)


class TestWhatCameAfter:
    def test_says_when_it_worked_again_before_anything_was_put_right(self) -> None:
        """The application passed a check while the package was still gone, as far as the record tells."""
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(CAUSES, health_checks=(*CAUSES.health_checks, healed))

        answer = rank(INCIDENT, TALE, context)

        assert "causation: outlived" in {r.rule for r in of(answer, REMOVAL.id).reasons}
        assert "no record before it says" in why(answer, REMOVAL.id)

    def test_says_nothing_while_it_is_down_or_once_it_was_put_back(self) -> None:
        """Down still; or another version put in before the passing check; or the server restored."""
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        worked = replace(CAUSES, health_checks=(*CAUSES.health_checks, healed))
        back = change("CHG-BACK", "2007-02-23 10:00", action=Action.ADDED, after="2.0.1")
        restore = Recovery(
            IncidentId("INC-9"),
            SRV1,
            at("2007-02-22 12:00"),
            at("2007-02-21 01:00"),
            recovered_at=at("2007-02-23 09:00"),
        )

        for changes, context in (
            (TALE, CAUSES),
            ((*TALE, back), worked),
            (TALE, replace(worked, recoveries=(restore,))),
        ):
            rules = {r.rule for r in of(rank(INCIDENT, changes, context), REMOVAL.id).reasons}
            assert "causation: outlived" not in rules

    def test_takes_new_settings_for_putting_a_password_right(self) -> None:
        """Whoever has a new password needs no old one: the application is told the new one."""
        secret = change(
            "CHG-SA", "2007-02-21 19:58", "sa", kind=ItemKind.DATABASE_LOGIN, action=Action.ALTERED
        )
        told = change(
            "CHG-CONF",
            "2007-02-23 10:00",
            "web.config",
            kind=ItemKind.CONFIG_FILE,
            action=Action.ALTERED,
        )
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(
            CAUSES,
            health_checks=(*CAUSES.health_checks, healed),
            dependencies=(needs("SharePoint", "sa"), needs("SharePoint", "web.config")),
        )

        for changes, outlived in (((secret,), True), ((secret, told), False)):
            rules = {r.rule for r in of(rank(INCIDENT, changes, context), secret.id).reasons}
            assert ("causation: outlived" in rules) is outlived
            refused = replace(INCIDENT, signature="Login failed for user 'sa'")
            assert (rank(refused, changes, context).verdict is LIKELY) is not outlived

    def test_says_what_may_have_come_after_the_failure(self) -> None:
        """A snapshot that was taken after the failure does not tell."""
        seen = replace(REMOVAL, interval=Interval(at("2007-02-21 19:57"), at("2007-02-21 21:57")))

        answer = rank(INCIDENT, (seen,), CAUSES)

        assert "causation: straddles" in {r.rule for r in of(answer, REMOVAL.id).reasons}


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

    def test_does_not_explain_a_run_by_another_runs_change(self) -> None:
        """A change recorded under one run leaves another run under way unexplained."""
        runs = tuple(
            OwnRun(ref, SRV1, span("2007-02-21 19:57", "2007-02-21 20:00"), "patch run")
            for ref in ("RUN-X", "RUN-Y")
        )
        made = replace(REMOVAL, run="RUN-X")

        one = rank(INCIDENT, (made,), replace(CAUSES, own_runs=runs[:1]))
        both = rank(INCIDENT, (made,), replace(CAUSES, own_runs=runs))

        assert (one.verdict, both.verdict) == (LIKELY, CANDIDATES)

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

"""Time and path alone make a candidate: what else must tie a failure to a change before it is likely."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.naming import mentions
from groundrules.core.causation.rank import hold, rank, tied
from groundrules.core.causation.weights import WEIGHTS, digest
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.ids import ApplicationId
from groundrules.core.parties import Application
from tests.core.attribution.tale import (
    CAUSES,
    DOTNET,
    INCIDENT,
    REMOVAL,
    SRV1,
    change,
    check,
    needs,
)

LIKELY, CANDIDATES = CauseVerdict.LIKELY_CHANGE, CauseVerdict.CANDIDATES
WIKI = Application(ApplicationId("Wiki"), "Wiki", SRV1)
MAIL = Application(ApplicationId("Mail"), "Mail", SRV1)
WEB = replace(CAUSES, dependencies=(*CAUSES.dependencies, needs("SharePoint", "web.config")))


class TestConfirmation:
    @pytest.mark.parametrize(
        ("error", "verdict"),
        [
            ("could not load .NET Framework 2.0", LIKELY),
            (".NET runtime 2.0 not found", LIKELY),
            ("could not load .NET Framework 1.0", CANDIDATES),
            ("invalid setting in web.config", CANDIDATES),
            ("HTTP 500", CANDIDATES),
            ("", CANDIDATES),
            ("no space left on device", CANDIDATES),
            ("the certificate has expired", CANDIDATES),
            ("out of memory", CANDIDATES),
        ],
    )
    def test_needs_an_error_that_names_what_was_changed(
        self, error: str, verdict: CauseVerdict
    ) -> None:
        """The only change on the path, three minutes before: likely only when the error speaks of it."""
        answer = rank(replace(INCIDENT, signature=error), (REMOVAL,), WEB)

        assert answer.verdict is verdict
        assert answer.changes == (REMOVAL.id,)

    def test_says_what_is_missing(self) -> None:
        """The client reads why the only change is not enough."""
        answer = rank(replace(INCIDENT, signature="HTTP 500"), (REMOVAL,), CAUSES)

        assert (
            'The error ("HTTP 500") does not name .NET Framework 2.0' in answer.reasons[-1].sentence
        )

    def test_takes_a_repair_for_a_tie_that_is_certified_by_itself(self) -> None:
        """Put back, and the next check passed: tied, unless the error names another; likely once certified."""
        back = change("CHG-BACK", "2007-02-23 10:00", action=Action.ADDED)
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(WEB, health_checks=(*WEB.health_checks, healed))

        silent = rank(replace(INCIDENT, signature="HTTP 500"), (REMOVAL, back), context)
        other = rank(replace(INCIDENT, signature="web.config: error"), (REMOVAL, back), context)

        assert (silent.verdict, other.verdict) == (CANDIDATES, CANDIDATES)
        assert "calibration worlds do not certify that as enough" in silent.reasons[-1].sentence
        assert "neither a repair" in other.reasons[-1].sentence
        case, held = hold(replace(INCIDENT, signature="HTTP 500"), (REMOVAL, back), context)
        act, probability, tie = tied(case, held, WEIGHTS)
        assert (act, tie, probability > 0.9) == ((REMOVAL.id,), Tie.OTHERWISE, True)

    @pytest.mark.parametrize(
        ("missing", "tie", "verdict"),
        [
            ("", Tie.TWICE, CANDIDATES),
            ("who needs it failed too", Tie.OTHERWISE, CANDIDATES),
            ("who does not need it stayed healthy", Tie.OTHERWISE, CANDIDATES),
            ("the next check passed", Tie.OTHERWISE, CANDIDATES),
            ("put back before it worked again", Tie.OTHERWISE, CANDIDATES),
        ],
    )
    def test_tells_a_repair_and_who_failed_together_from_either(
        self, missing: str, tie: Tie, verdict: CauseVerdict
    ) -> None:
        """Put back and it worked again, and just those failed that need it: a tie of its own, and not likely."""
        seen = {
            "who needs it failed too": check("HC-7", "2007-02-21 20:01", healthy=False, of="Wiki"),
            "who does not need it stayed healthy": check(
                "HC-8", "2007-02-21 20:01", healthy=True, of="Mail"
            ),
            "the next check passed": check("HC-9", "2007-02-23 10:05", healthy=True),
        }
        if missing == "put back before it worked again":
            seen["too soon"] = check("HC-10", "2007-02-22 10:05", healthy=True)
        checks = tuple(c for name, c in seen.items() if name != missing)
        context = replace(
            CAUSES,
            applications=(*CAUSES.applications, WIKI, MAIL),
            dependencies=(*CAUSES.dependencies, needs("Wiki", DOTNET), needs("Mail", "smtp")),
            health_checks=(*CAUSES.health_checks, *checks),
        )
        back = change("CHG-BACK", "2007-02-23 10:00", action=Action.ADDED)
        silent = replace(INCIDENT, signature="HTTP 500")

        answer = rank(silent, (REMOVAL, back), context)

        act, _, found = tied(*hold(silent, (REMOVAL, back), context), WEIGHTS)
        assert (act, found) == ((REMOVAL.id,), tie)
        assert (answer.verdict, answer.changes) == (verdict, (REMOVAL.id,))

    def test_says_what_is_missing_where_the_error_names_it(self) -> None:
        """An error that names the change is not said to be silent about it."""
        added = replace(REMOVAL, action=Action.ADDED)
        altered = replace(REMOVAL, action=Action.ALTERED)
        healed = replace(
            WEB, health_checks=(*WEB.health_checks, check("HC-9", "2007-02-23 10:05", healthy=True))
        )
        early = check("HC-1", "2007-02-21 14:45", healthy=True)
        seldom = replace(WEB, health_checks=(early, *WEB.health_checks[-1:]))

        found = [
            rank(INCIDENT, (c,), context).reasons[-1].sentence
            for c, context in ((added, WEB), (altered, healed), (altered, seldom))
        ]

        assert all(f"names {DOTNET}, but" in said for said in found)
        assert "only added something" in found[0]
        assert "before any record says that this was put right" in found[1]
        assert "the checks lie 5 h 16 min apart" in found[2]

    def test_does_not_take_something_new_beside_it_for_a_cause(self) -> None:
        """A package that was only added took nothing away, whatever the error names."""
        added = replace(REMOVAL, action=Action.ADDED)

        assert rank(INCIDENT, (added,), CAUSES).verdict is CANDIDATES

    @pytest.mark.parametrize(
        ("action", "error", "verdict"),
        [
            (Action.ALTERED, "could not load .NET Framework 2.0", LIKELY),
            (Action.REMOVED, "could not load .NET Framework 2.0", CANDIDATES),
            (Action.ALTERED, "no .NET Framework 2.0: see web.config", CANDIDATES),
            (Action.ALTERED, "HTTP 500", CANDIDATES),
        ],
    )
    def test_stands_beside_what_was_altered_and_the_error_does_not_name(
        self, action: Action, error: str, verdict: CauseVerdict
    ) -> None:
        """Settings altered beside the removed runtime that the error names; not removed, nor named as well."""
        kind = ItemKind.CONFIG_FILE
        config = change("CHG-CONFIG", "2007-02-21 19:59", "web.config", kind=kind, action=action)

        answer = rank(replace(INCIDENT, signature=error), (config, REMOVAL), WEB)

        assert answer.verdict is verdict
        assert (answer.established == (REMOVAL.id,)) is (verdict is LIKELY)

    @pytest.mark.parametrize(
        ("put_back", "verdict"),
        [("2007-02-23 10:00", LIKELY), ("2007-02-23 10:10", CANDIDATES), (None, CANDIDATES)],
        ids=["healed", "worked before", "never put back"],
    )
    def test_is_not_shaken_by_another_removal_when_coming_back_healed(
        self, put_back: str | None, verdict: CauseVerdict
    ) -> None:
        """The runtime that the error names was gone, and it worked again when it came back, not before."""
        kind = ItemKind.CONFIG_FILE
        config = change("CHG-CONFIG", "2007-02-21 19:59", "web.config", kind=kind)
        back = [change("CHG-BACK", put_back, action=Action.ADDED)] if put_back else []
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(WEB, health_checks=(*WEB.health_checks, healed))

        answer = rank(INCIDENT, (config, REMOVAL, *back), context)

        assert answer.verdict is verdict
        assert answer.established == ((REMOVAL.id,) if verdict is LIKELY else ())

    @pytest.mark.parametrize(
        ("after", "beside", "verdict"),
        [("rw", True, LIKELY), ("rw,sync", True, CANDIDATES), ("rw,sync", False, LIKELY)],
        ids=["put back", "altered again beside a healthy neighbour", "altered again"],
    )
    def test_of_a_mere_alteration_beside_a_healthy_neighbour_takes_that_it_was_put_back(
        self, after: str, verdict: CauseVerdict, *, beside: bool
    ) -> None:
        """Somebody unseen may have altered it between, and harmed; what else needs it went on with the alteration."""
        mount = {"kind": ItemKind.MOUNT, "action": Action.ALTERED}
        made = change(
            "CHG-1", "2007-02-21 19:58", "/srv/data", before="rw", after="rw,noatime", **mount
        )
        again = change(
            "CHG-2", "2007-02-23 10:00", "/srv/data", before="rw,noatime", after=after, **mount
        )
        checks = [check("HC-9", "2007-02-23 10:05", healthy=True)]
        if beside:
            checks.append(check("HC-W", "2007-02-21 20:30", healthy=True, of="Wiki"))
        context = replace(
            CAUSES,
            applications=(*CAUSES.applications, WIKI),
            dependencies=(needs("SharePoint", "/srv/data"), needs("Wiki", "/srv/data")),
            health_checks=(*CAUSES.health_checks, *checks),
        )
        error = "/srv/data: no such file or directory"

        assert rank(replace(INCIDENT, signature=error), (made, again), context).verdict is verdict

    def test_says_that_something_was_changed_again_and_healed(self) -> None:
        """Not put back, but installed anew in another version: the next check passed, and it was failing before."""
        removed = change("CHG-1", "2007-02-21 19:58", "web.config", kind=ItemKind.CONFIG_FILE)
        again = change("CHG-AGAIN", "2007-02-23 10:00", "web.config", kind=ItemKind.CONFIG_FILE)
        again = replace(again, action=Action.ALTERED)
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(WEB, health_checks=(*WEB.health_checks, healed))
        still = replace(WEB, health_checks=(*WEB.health_checks, replace(healed, healthy=False)))

        rules = [
            {r.rule for h in rank(INCIDENT, (removed, again), c).hypotheses for r in h.reasons}
            for c in (context, still)
        ]

        assert ["causation: mended" in found for found in rules] == [True, False]

    @pytest.mark.parametrize(("last_good", "verdict"), [("19:45", LIKELY), ("15:45", CANDIDATES)])
    def test_takes_an_alteration_only_between_checks_of_half_a_working_day(
        self, last_good: str, verdict: CauseVerdict
    ) -> None:
        """An altered package that the error names is hardly chance in 16 minutes without a check; in 4 h it may be."""
        altered = replace(REMOVAL, action=Action.ALTERED)
        checks = (
            check("HC-1", f"2007-02-21 {last_good}", healthy=True),
            check("HC-2", "2007-02-21 20:01", healthy=False),
        )

        answer = rank(INCIDENT, (altered,), replace(CAUSES, health_checks=checks))

        assert answer.verdict is verdict


class TestMissingDependency:
    @pytest.mark.parametrize(
        ("error", "put_back", "beside", "verdict"),
        [
            ("could not load .NET Framework 2.0", "2007-02-23 10:00", None, LIKELY),
            ("could not load .NET Framework 2.0", None, None, CANDIDATES),
            ("could not load .NET Framework 2.0", "2007-02-23 10:10", None, CANDIDATES),
            ("HTTP 500", "2007-02-23 10:00", None, CANDIDATES),
            ("could not load .NET Framework 2.0", "2007-02-23 10:00", Action.REMOVED, CANDIDATES),
            ("could not load .NET Framework 2.0", "2007-02-23 10:00", Action.ALTERED, LIKELY),
        ],
    )
    def test_of_all_is_made_up_for_by_an_error_and_a_repair(
        self, error: str, put_back: str | None, beside: Action | None, verdict: CauseVerdict
    ) -> None:
        """Nothing is known of what it needs: the error names what was taken away, and putting it back healed it."""
        healed = check("HC-9", "2007-02-23 10:05", healthy=True)
        context = replace(CAUSES, dependencies=(), health_checks=(*CAUSES.health_checks, healed))
        made = [REMOVAL]
        made += [change("CHG-BACK", put_back, action=Action.ADDED)] if put_back else []
        made += [change("CHG-2", "2007-02-21 19:59", "web.config", action=beside)] if beside else []

        answer = rank(replace(INCIDENT, signature=error), made, context)

        assert answer.verdict is verdict
        assert answer.established == ((REMOVAL.id,) if verdict is LIKELY else ())

    def test_is_made_up_for_by_an_error_that_names_the_change(self) -> None:
        """The map lacks web.config and the error names it: a candidate, which keeps every other from being likely."""
        config = change("CHG-CONFIG", "2007-02-21 20:00", "web.config", action=Action.REMOVED)

        silent = rank(INCIDENT, (config,), CAUSES)
        named = rank(replace(INCIDENT, signature="no web.config"), (config,), CAUSES)

        assert (silent.verdict, silent.changes) == (CauseVerdict.UNKNOWN, ())
        assert (named.verdict, named.changes) == (CANDIDATES, (config.id,))


class TestMentions:
    @pytest.mark.parametrize(
        ("error", "component", "named"),
        [
            ("login failed for user sa", "sa", True),
            ("disaster in module", "sa", False),
            ("cannot parse web.config", r"C:\Inetpub\web.config", True),
            ("connection refused by postgresql", "postgresql.service", True),
            ("connection refused by postgresql-old", "postgresql", False),
            ("Security component .NET 2.0 failed", "Security Update for .NET 2.0 (KB1)", True),
            ("anything", "x", False),
            ("[Microsoft][ODBC Driver 17] Query timeout expired", "ODBC Driver 17", False),
            ("ODBC Driver 17 is not installed", "ODBC Driver 17", True),
            ("psycopg2.OperationalError: the server closed the connection", "psycopg2", False),
            ("ImportError: cannot load psycopg2", "psycopg2", True),
            ("502 Bad Gateway nginx", "nginx", False),
            ("HTTP 503 Service Unavailable (nginx/1.22)", "nginx", False),
            ("nginx: cannot bind", "nginx", True),
            ("Server Error. Version Information: .NET Framework 4.8", ".NET Framework 4.8", False),
            ("IIS 10.0 (W3SVC) Detailed Error 502.3", "W3SVC", False),
        ],
    )
    def test_matches_whole_names_only(self, error: str, component: str, *, named: bool) -> None:
        """A name inside another word, of one letter, or of whoever reports the error is no mention."""
        assert mentions(error, component) is named


class TestOrder:
    def test_puts_what_the_error_names_first(self) -> None:
        """Two candidates: the earlier one is named by the error and stands first."""
        config = change(
            "CHG-CONFIG",
            "2007-02-21 20:00",
            "web.config",
            kind=ItemKind.CONFIG_FILE,
            action=Action.ALTERED,
        )

        answer = rank(INCIDENT, (config, REMOVAL), WEB)
        other = rank(replace(INCIDENT, signature="web.config: error"), (config, REMOVAL), WEB)

        assert [h.change for h in answer.hypotheses] == [REMOVAL.id, config.id]
        assert other.changes == (config.id, REMOVAL.id)

    def test_puts_what_takes_away_before_what_adds(self) -> None:
        """Without a telling error the nature of a change and its distance order them."""
        added = change("CHG-ADD", "2007-02-21 19:58", "web.config", action=Action.ADDED)

        answer = rank(replace(INCIDENT, signature=""), (added, REMOVAL), WEB)

        assert answer.changes == (REMOVAL.id, added.id)
        assert DOTNET in REMOVAL.sentence

    def test_shows_which_weights_ordered_them(self) -> None:
        """The digest in the answer is that of the weights, and another weight has another one."""
        added = change("CHG-ADD", "2007-02-21 19:58", "web.config", action=Action.ADDED)

        answer = rank(INCIDENT, (added, REMOVAL), WEB)

        assert any(digest(WEIGHTS) in r.sentence for r in answer.reasons)
        assert digest(replace(WEIGHTS, temperature=0.5)) != digest(WEIGHTS)

    def test_lists_three_of_many(self) -> None:
        """Five changes remain: the three most plausible are candidates, and the reason says how many there were."""
        made = [change(f"CHG-{n}", f"2007-02-21 19:5{n}", "web.config") for n in range(6, 10)]

        answer = rank(replace(INCIDENT, signature=""), (*made, REMOVAL), WEB)

        assert answer.verdict is CANDIDATES
        assert len(answer.changes) == 3
        assert any("5 recorded changes remain" in r.sentence for r in answer.reasons)
        assert sum(not h.rejected for h in answer.hypotheses) == 5

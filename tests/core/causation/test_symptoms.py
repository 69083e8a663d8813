"""What only looks like a cause: words every error has, a service found stopped, and a failure that was there before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.naming import mentions
from groundrules.core.causation.rank import rank
from groundrules.core.evidence import Action, Actor, GapKind, HealthCheck, ItemKind
from tests.core.attribution.tale import (
    CAUSES,
    DOTNET,
    INCIDENT,
    REMOVAL,
    change,
    check,
    gap,
    needs,
)

LIKELY, CANDIDATES = CauseVerdict.LIKELY_CHANGE, CauseVerdict.CANDIDATES
MARIADB = replace(CAUSES, dependencies=(*CAUSES.dependencies, needs("SharePoint", "MariaDB")))
REFUSED = replace(INCIDENT, signature="connection refused by MariaDB")
STOPPED = change("CHG-STOP", "2007-02-21 19:58", "MariaDB", kind=ItemKind.SERVICE)
STOPPED = replace(STOPPED, action=Action.ALTERED, before="running", after="stopped")
SAID = "could not load .NET Framework 2.0"


class TestWords:
    @pytest.mark.parametrize(
        ("error", "component", "application"),
        [
            ("the server does not answer", "Server", ""),
            ("could not read file", "file", ""),
            ("Datenbank nicht erreichbar", "Datenbank 5", ""),
            ("Ledger: timeout", "Ledger", "Ledger"),
            ("Rogue Charts: timeout", "Rogue Charts", "Rogue Charts"),
            ("Charts is not there", "Charts 2", "Rogue Charts"),
        ],
    )
    def test_that_every_error_has_name_nothing(
        self, error: str, component: str, application: str
    ) -> None:
        """A word errors are made of, and what the application itself is called by."""
        assert not mentions(error, component, application)

    def test_that_only_sound_alike_still_name(self) -> None:
        """A longer name holds a common word, and another application's name is a name."""
        assert mentions("no SQL Server here", "SQL Server", "Rogue Charts")
        assert mentions("file-roller is missing", "file-roller", "")
        assert mentions("Charts is missing", "Charts", "Chartsworth")

    @pytest.mark.parametrize(
        ("error", "component", "named"),
        [
            ("cannot read /etc/app1/app.conf", "/etc/app1/app.conf", True),
            ("cannot read /etc/app2/app.conf", "/etc/app1/app.conf", False),
            (r"cannot read C:\Other\licence.dat", r"C:\App\licence.dat", False),
            ("conf/app.conf line 3", "/opt/x/conf/app.conf", True),
            ("missing key in 'app.conf'", "/etc/app.conf", True),
            ("»app.conf:14« missing", "/etc/app.conf", True),
            ("myapp.conf, app.conf.bak", "/etc/app.conf", False),
            ("/data/x is missing", "/srv/data", False),
        ],
    )
    def test_of_files_are_their_whole_path_or_their_name_alone(
        self, error: str, component: str, *, named: bool
    ) -> None:
        """A file of the same name elsewhere is another file."""
        assert mentions(error, component) is named

    @pytest.mark.parametrize(
        ("error", "named"),
        [
            ("HTTP 443", False),
            ("line 443", False),
            ("at 12:443", False),
            ("nothing answers on tcp/443", True),
            ("port 443 is closed", True),
            ("db.example:443 refused", True),
            ("10.0.0.5:443 refused", True),
        ],
    )
    def test_of_ports_are_more_than_their_number(self, error: str, *, named: bool) -> None:
        """A number is a port only where it is called one, or follows a host."""
        assert mentions(error, "tcp/443") is named


class TestErrorsThatSayWhy:
    @pytest.mark.parametrize(
        "error",
        [
            "MariaDB.OutOfMemoryError: heap space",
            "MariaDB: too many connections",
            "Datenträger voll: MariaDB",
        ],
    )
    def test_are_tied_to_nothing_whatever_they_begin_with(self, error: str) -> None:
        """What ran on it was removed, and the error begins with its name: it says why, and that is not it."""
        removed = replace(STOPPED, component="MariaDB", action=Action.REMOVED)

        answer = rank(replace(INCIDENT, signature=error), (removed,), MARIADB)

        assert answer.verdict is CANDIDATES
        assert "takes no change" in answer.reasons[-1].sentence


class TestSymptoms:
    @pytest.mark.parametrize(
        ("actor", "snapshot_only", "verdict"),
        [
            (Actor(account="v1-rogue"), False, LIKELY),
            (Actor(account="SYSTEM"), False, LIKELY),
            (Actor(), False, CANDIDATES),
            (Actor(account="v1-rogue"), True, CANDIDATES),
        ],
    )
    def test_take_a_record_of_somebody(
        self, actor: Actor, *, snapshot_only: bool, verdict: CauseVerdict
    ) -> None:
        """A service that crashed is found stopped, as one that was stopped is."""
        seen = replace(STOPPED, actor=actor, snapshot_only=snapshot_only)

        answer = rank(REFUSED, (seen,), MARIADB)

        assert answer.verdict is verdict
        assert answer.changes == (seen.id,)

    def test_say_so(self) -> None:
        """The client reads why the only change is not called likely."""
        answer = rank(REFUSED, (replace(STOPPED, actor=Actor()),), MARIADB)

        assert "Nobody is on record as having stopped MariaDB" in answer.reasons[-1].sentence

    def test_leave_what_was_taken_away(self) -> None:
        """A removed service or package does not come about by a crash, whoever did it."""
        removed = replace(STOPPED, action=Action.REMOVED, actor=Actor())

        assert rank(REFUSED, (removed,), MARIADB).verdict is LIKELY


class TestRecurring:
    EARLIER = (
        check("HC-E1", "2007-02-18 09:00", healthy=True),
        check("HC-E3", "2007-02-18 09:20", healthy=True),
    )

    def seen(self, signature: str) -> tuple[HealthCheck, ...]:
        """The checks of the tale, and a failure of ten minutes three days before."""
        bad = replace(check("HC-E2", "2007-02-18 09:10", healthy=False), signature=signature)
        return (*self.EARLIER, bad, *CAUSES.health_checks)

    @pytest.mark.parametrize(
        ("signature", "verdict"), [(SAID.upper(), CANDIDATES), ("timeout", LIKELY), ("", LIKELY)]
    )
    def test_same_error_without_a_change_needs_none_now(
        self, signature: str, verdict: CauseVerdict
    ) -> None:
        """It had failed three days before with the same words, and nothing had changed then."""
        context = replace(CAUSES, health_checks=self.seen(signature))

        answer = rank(replace(INCIDENT, signature=SAID), (REMOVAL,), context)

        assert answer.verdict is verdict
        told = [r for r in answer.reasons if r.rule == "causation: recurring"]
        assert [f.ref for r in told for f in r.facts] == (
            ["HC-E2"] if verdict is CANDIDATES else []
        )

    def test_failure_that_a_change_explains_is_no_such(self) -> None:
        """Removed by somebody then, or brought about by a restart: that failure had its own cause."""
        then = change("CHG-THEN", "2007-02-18 09:05", DOTNET)
        incident = replace(INCIDENT, signature=SAID)
        context = replace(CAUSES, health_checks=self.seen(SAID))
        restart = gap(GapKind.RESTART, "2007-02-18 09:02", "2007-02-18 09:05")

        assert rank(incident, (REMOVAL, then), context).verdict is LIKELY
        assert rank(incident, (REMOVAL,), replace(context, gaps=(restart,))).verdict is LIKELY

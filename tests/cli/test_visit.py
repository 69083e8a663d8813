"""`groundrules visit`: the visit of scenario 15, and of a vendor's changes in and out of plan."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from groundrules.cli.main import main
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, HealthCheck, ItemKind
from groundrules.core.ids import ApplicationId, AssetId, ChangeId, HealthCheckId
from groundrules.core.periods import Interval
from groundrules.records import models as books
from groundrules.services import attribution
from groundrules.services.filing import Filing, file_facts
from groundrules.services.vendors import record_window
from tests.web import harbor_books

pytestmark = pytest.mark.django_db


def at(hour: int, minute: int) -> datetime:
    """An instant on the evening of scenario 15, New York's 5 March 2026."""
    return datetime(2026, 3, 5, hour, minute, tzinfo=ZoneInfo("America/New_York"))


def report(capsys: pytest.CaptureFixture[str], window: str = "WIN-1") -> dict[str, Any]:
    """What the command says as data."""
    assert main(["visit", window, "--client", "HARBOR", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def removed(name: str, kind: ItemKind, moment: datetime, account: str = "rogue-svc") -> Change:
    """A removal that the record ties to an account."""
    return Change(
        ChangeId(f"CHG-{name}"),
        AssetId("SRV1"),
        kind,
        name,
        Action.REMOVED,
        Interval.exactly(moment),
        before="1",
        actor=Actor(account=account),
    )


class TestVisit:
    """The report of a window."""

    def test_counts_the_minutes_of_scenario_15(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Login at 17:52 and logout at 20:25 are 8 minutes early and 25 over, one login."""
        harbor_books.take_over("15-access-window.yaml")

        told = report(capsys)

        assert (told["minutes_early"], told["minutes_over"]) == (8, 25)
        assert [s["session"] for s in told["sessions"]] == ["SES-1"]

    def test_sorts_changes_by_plan_and_window(self, capsys: pytest.CaptureFixture[str]) -> None:
        """In plan, outside plan and outside the window are told apart; another's change is not the vendor's."""
        told = harbor_books.take_over("15-access-window.yaml")
        filing = Filing(told.client, harbor_books.KIM, told.at)
        window = books.AccessWindow.objects.current().get(ref="WIN-1").to_core()
        narrow = replace(window, kinds=frozenset({ItemKind.PACKAGE}))
        record_window(narrow, client=told.client, actor=harbor_books.KIM, at=told.at)
        file_facts(
            (
                removed("app", ItemKind.PACKAGE, at(19, 0)),
                removed("runtime", ItemKind.RUNTIME, at(19, 10)),
                removed("late", ItemKind.PACKAGE, at(20, 10)),
                removed("ours", ItemKind.PACKAGE, at(19, 20), account="nobody-known"),
            ),
            filing,
        )
        attribution.propose(client=told.client, actor=harbor_books.KIM, at=told.at)

        said = report(capsys)

        places = {c["change"]: c["place"] for c in said["changes"]}
        assert places == {
            "CHG-app": "in plan",
            "CHG-runtime": "outside plan",
            "CHG-late": "outside window",
        }
        assert said["unnamed_changes"] == ["CHG-ours"]

    def test_says_health_before_and_after(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The last check before the visit and the first after it, without saying why."""
        told = harbor_books.take_over("15-access-window.yaml")
        app = told.client.applications.filter(asset__code="SRV1").order_by("code")[0].code
        checks = [
            HealthCheck(HealthCheckId(f"H-{n}"), ApplicationId(app), moment, healthy)
            for n, (moment, healthy) in enumerate(
                [(at(12, 0), False), (at(17, 30), True), (at(19, 0), True), (at(20, 40), False)]
            )
        ]
        file_facts(checks, Filing(told.client, harbor_books.KIM, told.at))

        health = {h["application"]: (h["before"], h["after"]) for h in report(capsys)["health"]}

        assert health[app] == (True, False)

    def test_says_what_is_missing(self, capsys: pytest.CaptureFixture[str]) -> None:
        """An unknown window or client is one sentence and exit 3."""
        harbor_books.take_over("15-access-window.yaml")

        assert main(["visit", "WIN-9", "--client", "HARBOR"]) == 3
        assert "no window 'WIN-9'" in capsys.readouterr().err
        assert main(["visit", "WIN-1", "--client", "NOBODY"]) == 3

"""The pages of our own work: exactly what would change, an approval, and each server's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.ids import AssetId, FreezeId
from groundrules.core.periods import Period
from groundrules.core.remote import HostPlan, OwnShell, PackageStep, PatchPolicy, Ring, WorkPlan
from groundrules.core.vendors import Freeze
from groundrules.records import models as books
from groundrules.services.filing import Filing, file_facts
from groundrules.services.remote import approve
from tests.kept import Kept, anew
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"
PAGE = "/patches/HARBOR/PAT-1/"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books]) -> harbor_books.Books:
    """Scenario 4, with a plan for both of Harbor's servers."""
    made = replace(taken_over.made, client=anew(taken_over.made.client))
    servers = (AssetId("SRV1"), AssetId("SRV2"))
    policy = PatchPolicy(
        "MSA-HARBOR", (Ring("first", servers),), rollback="restore the night before"
    )
    hosts = (
        HostPlan(servers[0], (PackageStep("hello", "1.0", "2.0"),), excluded=("postgresql-15",)),
        HostPlan(servers[1], problem="unreachable: no route"),
    )
    at = timezone.now()
    plan = WorkPlan("PAT-1", "patch", "Patches of ring first", at, hosts, "first", policy)
    file_facts((plan,), Filing(made.client, ALEX, at))
    return made


class TestShells:
    """`/shells/`, and the server's timeline."""

    def test_are_listed_and_stand_on_the_timeline(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Who, why, the ticket and the end; a lane and a row of the timeline lead there. One without an end says so."""
        began = timezone.now() - timedelta(minutes=20)
        for ref, period in (
            ("SHL-1", Period(began, began + timedelta(minutes=9))),
            ("SHL-2", Period(began, None)),
        ):
            shell = OwnShell(ref, AssetId("SRV1"), ALEX.label, "disk full", period, issue="INC-2")
            file_facts((shell, shell.run), Filing(told.client, ALEX, began))
        client.force_login(harbor_books.person("technician"))

        page = client.get("/shells/").content.decode()
        timeline = client.get("/servers/HARBOR/SRV1/?range=24h").content.decode()

        assert (page.count("disk full"), page.count("(INC-2)")) == (2, 2)
        assert page.count("End not seen") == 1
        assert "our shell" in timeline
        assert f"shell of {ALEX.label}: disk full, until" in timeline
        assert 'href="/shells/#SHL-2"' in timeline
        assert "Our own work" in timeline


class TestPlanPage:
    """`/patches/HARBOR/PAT-1/`."""

    def test_is_approved_by_who_may_and_run_when_it_may(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A technician reads it and is refused; an owner approves; a freeze is said and nothing is started."""
        client.force_login(harbor_books.person("technician"))
        page = client.get(PAGE).content.decode()
        assert "hello 1.0 → 2.0" in page
        assert "postgresql-15" in page
        assert "unreachable: no route" in page
        assert "PAT-1" in client.get("/patches/").content.decode()
        refused = client.post(f"{PAGE}act/", {"act": "approve"}, follow=True).content.decode()
        assert "this needs owner" in refused
        client.force_login(harbor_books.person("owner"))
        answer = client.post(
            f"{PAGE}act/", {"act": "approve", "outside_hours": "a hole in use"}, follow=True
        )
        assert "a hole in use" in answer.content.decode()
        assert "Run now" in answer.content.decode()
        began = timezone.now() - timedelta(hours=1)
        freeze = Freeze(FreezeId("F-1"), Period(began, None), reason="year end")
        file_facts((freeze,), Filing(told.client, ALEX, timezone.now()))
        answer = client.post(f"{PAGE}act/", {"act": "run"}, follow=True)
        assert "changes are frozen: year end" in answer.content.decode()
        assert not books.RunStep.objects.exists()

    def test_says_at_once_that_ansible_is_not_installed(
        self,
        told: harbor_books.Books,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        """Not "started", and a program that dies where nobody looks: what is missing, and how to install it."""
        row = books.WorkPlan.objects.current().get(ref="PAT-1")
        approve(row, actor=KIM, at=timezone.now(), outside_hours="a hole in use")
        monkeypatch.setattr("groundrules.gateways.ansible.sys.executable", str(tmp_path / "python"))
        client.force_login(harbor_books.person("owner"))

        answer = client.post(f"{PAGE}act/", {"act": "run"}, follow=True).content.decode()

        assert "Ansible is not installed here" in answer
        assert "pip install" in answer
        assert not books.RunStep.objects.exists()

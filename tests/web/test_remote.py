"""The pages of our own work: exactly what would change, an approval, and each server's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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
from groundrules.services.vendors import own_windows_now
from tests.kept import Kept, anew
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"
PAGE = "/patches/HARBOR/PAT-1/"
WINDOWS = "/patches/HARBOR/windows/"


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


class TestOwnWindows:
    """`/patches/HARBOR/windows/`: what the command does, for who sits at no shell."""

    def test_an_owner_agrees_one_and_a_technician_ends_it(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """It is on record with who agreed it; ended, it is over at once; both stand in the books."""
        start = (timezone.now() + timedelta(days=2)).astimezone(ZoneInfo(told.client.zone))
        said = {
            "act": "agree",
            "server": "SRV1",
            "starts": f"{start:%Y-%m-%dT20:00}",
            "ends": f"{start:%Y-%m-%dT22:00}",
            "reason": "with Dr. Wen",
        }
        client.force_login(harbor_books.person("owner"))

        agreed = client.post(WINDOWS, said, follow=True).content.decode()

        (window,) = own_windows_now(told.client, timezone.now())
        assert f"{window.id} stands" in agreed
        assert "with Dr. Wen, agreed by kim@" in agreed
        assert (window.vendor, window.asset) == (None, "SRV1")
        assert window.period.seconds == 2 * 60 * 60
        client.force_login(harbor_books.person("technician"))
        page = client.get(WINDOWS).content.decode()
        assert "Agree it" not in page
        assert "An owner agrees windows" in page
        ended = {"act": "end", "window": window.id}
        assert f"{window.id} is over" in client.post(WINDOWS, ended, follow=True).content.decode()
        assert own_windows_now(told.client, timezone.now()) == ()

    @pytest.mark.parametrize(
        ("role", "changed", "says"),
        [
            ("technician", {}, "this needs owner"),
            ("owner", {"ends": "2026-12-01T19:00"}, "ends before it begins"),
            ("owner", {"ends": ""}, "choose when the window begins and ends"),
            ("owner", {"starts": "2007-01-01T20:00", "ends": "2007-01-01T21:00"}, "still to come"),
            ("owner", {"server": "NOBODY"}, "choose the server"),
            ("owner", {"reason": " "}, "say with whom it was agreed"),
            ("owner", {"act": "end", "window": "WIN-99"}, "no window of our own"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self,
        role: str,
        changed: dict[str, str],
        says: str,
        told: harbor_books.Books,
        client: Client,
    ) -> None:
        """Nothing is kept, and what was typed stands there still."""
        said = {
            "act": "agree",
            "server": "SRV2",
            "starts": "2026-12-01T20:00",
            "ends": "2098-12-01T22:00",
            "reason": "with Dr. Wen",
        }
        client.force_login(harbor_books.person(role))

        answer = client.post(WINDOWS, {**said, **changed})

        assert answer.status_code == 422
        assert says in answer.content.decode().lower()
        assert own_windows_now(told.client, timezone.now()) == ()

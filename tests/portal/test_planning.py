"""Freezes and routine work on their page, and what they do to a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.ids import FreezeId
from groundrules.core.periods import Period
from groundrules.core.vendors import ChangeRequestType, Freeze
from groundrules.core.vendors.touches import kinds_of
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services.access.standing import Routine, approve_beforehand, end_standing
from groundrules.services.vendors import add_freeze, freezes_now, record_freeze
from tests.cast import OLGA, TARIQ
from tests.portal.harbor import END, NOW, START, WANTED, Harbor

pytestmark = pytest.mark.django_db
APPLICATION = kinds_of(("application",))
ROUTINE = Routine("Monthly update", APPLICATION, frozenset(range(5)), time(17), time(21), 120)
FITS = replace(WANTED, kinds=APPLICATION)


def stands(harbor: Harbor, ref: str = "WIN-1") -> books.AccessWindow:
    """The window as it stands."""
    return books.AccessWindow.objects.current().of_client(harbor.client).get(ref=ref)


class TestRoutineWork:
    """Approved beforehand."""

    def test_is_approved_as_it_is_asked_for(self, harbor: Harbor) -> None:
        """Both are told, nobody is called to decide; what does not fit, or comes after its end, waits."""
        approve_beforehand(ROUTINE, harbor.vendor, client=harbor.client, actor=OLGA, at=NOW)

        harbor.ask(FITS)
        harbor.ask(replace(WANTED, starts_at=END, ends_at=END + timedelta(hours=1)))

        core = stands(harbor).to_core()
        assert (core.type, core.approved_by) == (ChangeRequestType.STANDARD, OLGA.label)
        assert core.reason == "STD-1: Monthly update"
        assert harbor.mails("Approved: Harbor's server, WIN-1")
        assert stands(harbor, "WIN-2").to_core().approved_at is None
        end_standing("STD-1", client=harbor.client, actor=TARIQ, at=NOW + timedelta(minutes=1))
        assert stands(harbor).to_core().approved_at == NOW

    def test_waits_for_a_person_when_something_stands_against_it(self, harbor: Harbor) -> None:
        """A freeze that evening: nothing is approved, and the request is on record."""
        approve_beforehand(ROUTINE, harbor.vendor, client=harbor.client, actor=OLGA, at=NOW)
        freeze = Freeze(FreezeId("FRZ-1"), Period(START, END), reason="year-end close")
        record_freeze(freeze, client=harbor.client, actor=OLGA, at=NOW)

        harbor.ask(FITS)

        assert stands(harbor).to_core().approved_at is None


class TestPlanning:
    """The page."""

    def test_never_puts_one_freeze_over_another(self, harbor: Harbor) -> None:
        """Two people wrote their freezes before either was on record: each has its own reference, and both stand."""
        written = [Freeze(FreezeId("FRZ-1"), Period(START, END), reason=why) for why in ("a", "b")]

        for freeze in written:
            add_freeze(freeze, client=harbor.client, actor=OLGA, at=NOW)

        standing = [(one.id, one.reason) for one in freezes_now(harbor.client, NOW)]
        assert standing == [("FRZ-1", "a"), ("FRZ-2", "b")]

    def test_freezes_thaws_approves_and_ends(self, harbor: Harbor, client: Client) -> None:
        """Each button does what it says; what is left out is asked for."""
        user = User.objects.create(email="t@castle-it.example", name="T", role=Role.TECHNICIAN)
        client.force_login(user)
        address = "/vendors/harbor/V1/planning/"
        day = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d")
        freeze = {
            "act": "freeze",
            "starts": f"{day}T08:00",
            "ends": f"{day}T20:00",
            "reason": "Close",
        }
        routine = {"act": "approve", "says": "Updates", "opens": "18:00", "closes": "21:00"}
        whole = routine | {"minutes": "60", "touches": ["application"], "days": ["0", "3"]}

        assert client.post(address, freeze | {"ends": ""}).status_code == 422
        assert client.post(address, routine).status_code == 422
        for odd in ({"minutes": "9" * 5000}, {"days": ["9" * 5000]}):
            assert client.post(address, whole | odd).status_code == 422
        backwards = freeze | {"ends": f"{day}T07:00"}
        words = "Nothing was changed. The freeze ends before it begins; choose a later end."
        assert words in client.post(address, backwards).content.decode()
        for said in (freeze, whole):
            assert client.post(address, said).status_code == 302
        page = client.get(address).content.decode()
        assert "FRZ-1" in page
        assert "STD-1: Updates: Monday, Thursday, 18:00 to 21:00, 60 min at most" in page
        for said in ({"act": "thaw", "freeze": "FRZ-1"}, {"act": "end", "approval": "STD-1"}):
            assert client.post(address, said).status_code == 302
        assert "No freeze stands" in client.get(address).content.decode()
        assert client.post(address, {"act": "end", "approval": "STD-1"}).status_code == 422

    def test_keeps_every_tick_of_what_was_refused(self, harbor: Harbor, client: Client) -> None:
        """No server ticked means all servers: a refusal must not widen what was meant."""
        user = User.objects.create(email="t@castle-it.example", name="T", role=Role.TECHNICIAN)
        client.force_login(user)
        one = harbor.asset.code
        begun = {"act": "freeze", "starts": "", "ends": "", "assets": [one]}
        routine = {"act": "approve", "says": "Updates", "opens": "", "assets": [one]}
        ticks = {"touches": ["database"], "days": ["3"]}

        freeze = client.post("/vendors/harbor/V1/planning/", begun)
        beforehand = client.post("/vendors/harbor/V1/planning/", routine | ticks)

        assert (freeze.status_code, beforehand.status_code) == (422, 422)
        server = f'name="assets" value="{one}" checked'
        assert freeze.content.decode().count(server) == 1
        page = beforehand.content.decode()
        assert page.count(server) == 1
        assert 'value="database" checked' in page
        assert 'name="days" value="3" checked' in page
        assert page.count(" checked>") == 3

    def test_has_very_many_servers_written_by_name(self, harbor: Harbor, client: Client) -> None:
        """With more servers than anybody ticks: one a line, by name or code; an unknown one refuses and is named."""
        user = User.objects.create(email="t@castle-it.example", name="T", role=Role.TECHNICIAN)
        client.force_login(user)
        for number in range(120):
            books.Asset.objects.create(
                client=harbor.client, code=f"X{number}", name=f"Till {number}"
            )
        address, day = "/vendors/harbor/V1/planning/", (timezone.now() + timedelta(days=3)).date()
        freeze = {"act": "freeze", "starts": f"{day}T08:00", "ends": f"{day}T18:00"}

        page = client.get(address).content.decode()
        wrong = client.post(address, freeze | {"servers": "Till 7\nTil 8"})
        client.post(address, freeze | {"servers": "till 7\r\nX8\r\n\r\n"})

        assert 'name="assets"' not in page
        assert wrong.status_code == 422
        assert "Til 8: no server of" in wrong.content.decode()
        assert "Till 7\nTil 8</textarea>" in wrong.content.decode()
        (stands,) = freezes_now(harbor.client, timezone.now())
        assert stands.assets == {"X7", "X8"}

"""Calendars by secret address: what they show, to whom, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from groundrules.core.ids import AssetId, FreezeId, VendorId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow, Freeze
from groundrules.records import models as books
from groundrules.records.models import CalendarLink, User
from groundrules.services import calendar_links
from groundrules.services.vendors import record_freeze, record_window
from tests.cast import TARIQ

pytestmark = pytest.mark.django_db


@pytest.fixture
def tariq() -> User:
    """A technician."""
    return User.objects.create(email=TARIQ.label, name="Tariq", role="technician")


@pytest.fixture(autouse=True)
def planned() -> None:
    """A window and a freeze at two clients."""
    now = timezone.now().replace(microsecond=0)
    vendor = books.Vendor.objects.create(code="V1", name="Rogue, Inc; Dental")
    for code in ("HARBOR", "OTHER"):
        client = books.Client.objects.create(code=code, name=code, zone="UTC", currency="USD")
        books.Asset.objects.create(client=client, code="SRV1", name=f"{code}-SRV1")
        period = Period(now + timedelta(days=1), now + timedelta(days=1, hours=2))
        window = AccessWindow(WindowId("WIN-1"), AssetId("SRV1"), period, VendorId(vendor.code))
        record_window(window, client=client, actor=TARIQ, at=now)
        freeze = Freeze(FreezeId("FRZ-1"), period, reason="year end")
        record_freeze(freeze, client=client, actor=TARIQ, at=now)


def feed(browser: Browser, user: User, *kinds: str, clients: tuple[str, ...] = ()) -> str:
    """What a calendar program fetches, without a session."""
    wanted = calendar_links.Wanted("mine", kinds, clients)
    token = calendar_links.make(wanted, user=user, at=timezone.now())[1]
    return browser.get(f"/calendar/{token}.ics").content.decode()


class TestFeed:
    """What stands in it."""

    def test_shows_windows_and_freezes(self, tariq: User, client: Browser) -> None:
        """With escaped words, lasting identities, and in the form calendar programs read."""
        told = feed(client, tariq, "windows", "freezes")

        assert told.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
        assert told.count("BEGIN:VEVENT") == told.count("END:VEVENT") == 4
        assert "SUMMARY:HARBOR-SRV1: Rogue\\, Inc\\; Dental (asked for)" in told
        assert "UID:WIN-1-HARBOR@" in told
        assert "ORGANIZER" not in told

    def test_shows_only_the_clients_it_is_for(self, tariq: User, client: Browser) -> None:
        """Of others not even a name."""
        told = feed(client, tariq, "windows", "freezes", "drills", clients=("HARBOR",))

        assert "HARBOR" in told
        assert "OTHER" not in told

    def test_ends_with_its_user_and_its_role(self, tariq: User, client: Browser) -> None:
        """Revoked, shut out, or no longer a role that sees windows: nothing at the address."""
        wanted = calendar_links.Wanted("mine", ["windows"])
        row, token = calendar_links.make(wanted, user=tariq, at=timezone.now())
        address = f"/calendar/{token}.ics"
        assert client.get(address).status_code == 200

        User.objects.update(role="accountant")
        assert client.get(address).status_code == 404
        User.objects.update(role="technician", is_active=False)
        assert client.get(address).status_code == 404
        User.objects.update(is_active=True)
        calendar_links.revoke(row, actor=TARIQ, at=timezone.now())
        assert client.get(address).status_code == 404
        assert client.get("/calendar/guess.ics").status_code == 404


class TestPage:
    """Making and closing one."""

    def test_shows_the_address_once(self, tariq: User, client: Browser) -> None:
        """In the answer to the form; only its digest is kept."""
        client.force_login(tariq)

        page = client.post("/connect/calendars/", {"name": "desk", "kind": ["windows"]})
        address = page.content.decode().split('<code tabindex="0">')[1].split("<")[0]
        row = CalendarLink.objects.get()

        assert client.get("/" + address.split("/", 3)[3]).status_code == 200
        assert address not in client.get("/connect/calendars/").content.decode()
        client.post(f"/connect/calendars/{row.pk}/revoke/")
        assert CalendarLink.objects.get().revoked_at is not None

    def test_says_what_is_wrong(self, tariq: User, client: Browser) -> None:
        """Nothing chosen is nothing to show."""
        client.force_login(tariq)

        assert client.post("/connect/calendars/", {"name": "desk"}).status_code == 422

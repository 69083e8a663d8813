"""Sites on their pages: added, changed, servers placed and moved, and what is open and was done there."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.test import TestCase
from django.utils import timezone

from groundrules.core.ids import AssetId, TechnicianId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.work import TimeEntry, WorkPlace
from groundrules.records import models as books
from groundrules.records.models import User
from groundrules.services.work import record_time
from tests.web import harbor_books

HILL = {
    "code": "HILL",
    "name": "Hill branch",
    "address": "1 Hill Road\r\nDenver",
    "zone": "America/Denver",
    "contact": "PAT",
}
PLACE = {"act": "place", "assets": ["SRV1"]}


class TestSites(TestCase):
    """Harbor, whose servers stand nowhere yet."""

    told: ClassVar[harbor_books.Books]
    users: ClassVar[dict[str, User]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = harbor_books.take_over("12-the-way-back.yaml")
        cls.users = harbor_books.people(cls.told.at)

    def setUp(self) -> None:
        """A technician is signed in."""
        self.client.force_login(self.users["technician"])

    def page(self, address: str) -> str:
        """What a page says."""
        return self.client.get(address).content.decode()

    def test_are_added_and_servers_put_there(self) -> None:
        """Added, a server placed, then moved by the clock of the other site; each page tells it."""
        self.client.post("/clients/HARBOR/new-site/", HILL)
        self.client.post("/clients/HARBOR/new-site/", {"code": "MAIN", "name": "Quay Street"})
        self.client.post("/clients/HARBOR/sites/MAIN/act/", PLACE)
        moved = PLACE | {"since": "2007-03-01T08:00", "reason": "new practice"}
        self.client.post("/clients/HARBOR/sites/HILL/act/", moved)

        page = self.page("/clients/HARBOR/sites/HILL/")
        assert "since Thu 2007-03-01 08:00 MST, from MAIN: new practice" in page
        assert "1 Hill Road<br>Denver" in page
        assert "SRV1 until Thu 2007-03-01 07:00 PST, then HILL" in self.page(
            "/clients/HARBOR/sites/MAIN/"
        )
        assert "Hill branch</a>" in self.page("/clients/HARBOR/")
        assert "Hill branch</a>" in self.page("/servers/HARBOR/SRV1/")
        assert 'href="/clients/HARBOR/sites/HILL/"' in self.page("/search/?q=hill+road")
        listed = self.page("/servers/?site=hill&cols=server,site")
        assert ("SRV1" in listed, "/servers/HARBOR/SRV2/" in listed) == (True, False)

    def test_say_what_is_wrong_and_keep_what_was_typed(self) -> None:
        """A code that is taken, a password in the notes, nothing ticked, a move without news: nothing changes."""
        self.client.post("/clients/HARBOR/new-site/", HILL)
        tries = (
            ("/clients/HARBOR/new-site/", HILL, "has a site HILL already"),
            (
                "/clients/HARBOR/sites/HILL/act/",
                HILL | {"notes": "password: x1"},
                "looks like a password",
            ),
            ("/clients/HARBOR/sites/HILL/act/", HILL | {"name": ""}, "needs a code and a name"),
            ("/clients/HARBOR/sites/HILL/act/", {"act": "place"}, "ick the servers"),
            ("/clients/HARBOR/sites/HILL/act/", PLACE | {"since": "soon"}, "is no time"),
            ("/clients/HARBOR/sites/HILL/act/", PLACE | {"corrects": "on"}, "note one instead"),
            (
                "/clients/HARBOR/sites/HILL/act/",
                PLACE | {"since": "2007-03-11T02:30"},
                "clocks jump",
            ),
        )
        for address, said, words in tries:
            answer = self.client.post(address, said)
            assert answer.status_code == 422, (address, said)
            assert words in answer.content.decode(), words
        assert not books.Asset.objects.filter(site__isnull=False).exists()
        assert books.Site.objects.get().notes == ""

    def test_are_read_by_others_and_kept_by_those_who_work(self) -> None:
        """An accountant reads the card without forms, servers' links or incidents; what they send is refused."""
        self.client.post("/clients/HARBOR/new-site/", HILL)
        self.client.force_login(self.users["accountant"])

        page = self.page("/clients/HARBOR/sites/HILL/")
        answer = self.client.post("/clients/HARBOR/sites/HILL/act/", PLACE)

        assert "1 Hill Road" in page
        assert "Change the card" not in page
        assert "Open here" not in page
        assert answer.status_code == 422
        assert books.Asset.objects.get(code="SRV1").site is None

    def test_tell_what_is_open_and_who_worked_there(self) -> None:
        """An incident of a server here, and work on site while it stood here; remote work is no visit."""
        self.client.post("/clients/HARBOR/new-site/", HILL)
        self.client.post("/clients/HARBOR/sites/HILL/act/", PLACE)
        start = timezone.now() - timedelta(days=2)
        for ref, place in (("W-1", WorkPlace.ON_SITE), ("W-2", WorkPlace.REMOTE)):
            entry = TimeEntry(
                TimeEntryId(ref),
                TechnicianId("A"),
                Period(start, start + timedelta(minutes=30)),
                f"Issue {ref}",
                asset=AssetId("SRV1"),
                place=place,
            )
            record_time(entry, client=self.told.client, actor=harbor_books.KIM, at=timezone.now())
        incident = books.Incident.objects.current().filter(resolved_at=None).first()

        page = self.page("/clients/HARBOR/sites/HILL/")

        assert "Issue W-1" in page
        assert "Issue W-2" not in page
        assert (incident is None) == ("No incident is open" in page)

    def test_are_listed_and_given_as_csv_without_formulas(self) -> None:
        """One row each, and nothing a spreadsheet would run."""
        self.client.post(
            "/clients/HARBOR/new-site/", HILL | {"name": "=1+1", "address": "@SUM(A1)"}
        )

        answer = self.client.get("/sites/?format=csv")

        sheet = b"".join(answer).decode().splitlines()
        assert sheet[0] == "Site,Client,Address,Servers,Phone,Ask for"
        assert sheet[1] == "'=1+1,Harbor Dental,'@SUM(A1),0,,Pat Owner"

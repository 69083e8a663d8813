"""Stars on pages, the tray and its uses, without scripts: what a form and a link can do."""

from __future__ import annotations

import hashlib
import re
from typing import ClassVar

from django.test import TestCase

from groundrules.records import models as books
from tests.web import harbor_books


class TestTrayPages(TestCase):
    """Harbor after the rogue change, before anybody wrote."""

    told: ClassVar[harbor_books.Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = harbor_books.with_people("04-rogue-change.yaml")

    def setUp(self) -> None:
        """The owner is signed in."""
        self.client.force_login(harbor_books.person("owner"))

    def _star(self, what: str = "change|CHG-1", name: str = "star") -> str:
        said = {name: f"HARBOR|{what}", "next": "/changes/HARBOR/CHG-1/"}
        return self.client.post("/tray/star/", said).headers["Location"]

    def _act(self, act: str, **more: str) -> str:
        numbers = books.Star.objects.values_list("pk", flat=True)
        said = {"client": "HARBOR", "star": [str(pk) for pk in numbers], "act": act, **more}
        return self.client.post("/tray/act/", said).headers["Location"]

    def _read(self, address: str) -> str:
        return self.client.get(address).content.decode()

    def test_star_is_pressed_and_counted_and_leads_back(self) -> None:
        """The button says whether it is pressed, the header how many there are, on pages and in rows."""
        assert 'aria-pressed="false"' in self._read("/changes/HARBOR/CHG-1/")

        back = self._star()

        assert back == "/changes/HARBOR/CHG-1/#star-HARBOR-change-CHG-1"
        page = self._read("/changes/HARBOR/CHG-1/")
        assert 'name="unstar" value="HARBOR|change|CHG-1" aria-pressed="true"' in page
        assert '<span id="tray-count">1</span>' in page
        rows = self._read("/servers/HARBOR/SRV1/changes/")
        assert rows.count('aria-pressed="true"') == 1
        night = self._read("/servers/HARBOR/SRV1/?from=2007-02-21T18:00&to=2007-02-22T09:00")
        for what in ("change|CHG-2", "login|SES-1", "incident|INC-2"):
            assert f'value="HARBOR|{what}"' in night
        self._star(name="unstar")
        assert '<span id="tray-count">0</span>' in self._read("/tray/")

    def test_star_answers_a_script_with_data(self) -> None:
        """Without leaving the page: what it is now, how many, and why not."""
        asked = {"X-Requested-With": "fetch"}
        done = self.client.post("/tray/star/", {"star": "HARBOR|change|CHG-1"}, headers=asked)
        assert done.json() == {"starred": True, "count": 1, "refused": ""}

        refused = self.client.post(
            "/tray/star/", {"star": "HARBOR|change|CHG-9"}, headers=asked
        ).json()
        assert refused["starred"] is False
        assert "on record" in refused["refused"]
        assert self.client.post("/tray/star/", {"star": "HARBOR|thing|1"}).status_code == 404

    def test_notice_is_drafted_from_stars_with_copies_to_check(self) -> None:
        """From the tray to the letter; each copy downloads as the bytes its SHA-256 names, and can be taken out."""
        self._star()
        self._star("incident|INC-2")
        tray = self._read("/tray/")
        assert "A notice about SRV1" in tray
        assert 'class="strength strength-recorded"' in tray

        letter = self._act("notice:SRV1")

        page = self._read(letter)
        found = re.findall(r'href="(/tray/copies/\d+/)"', page)
        assert len(found) == 2
        copy = self.client.get(found[0])
        assert hashlib.sha256(copy.content).hexdigest() == copy.headers["X-Document-SHA256"]
        assert copy.headers["X-Document-SHA256"] in page
        assert "used in" in self._read("/tray/")
        ref = letter.removeprefix("/letters/").removesuffix("/")
        number = found[1].split("/")[-2]
        assert self._act("take out", letter=ref, copy=number) == letter
        assert found[1] not in self._read(letter)

    def test_refusals_are_sentences_and_nothing_is_used(self) -> None:
        """Nothing ticked, nothing proven, a letter that is not this client's."""
        assert self._act("notice:SRV1") == "/tray/"
        assert "Nothing is chosen" in self._read("/tray/")
        self._star("incident|INC-2")
        assert self._act("notice:SRV1") == "/tray/"
        assert "No change on SRV1 is chosen" in self._read("/tray/")
        missing = {"client": "HARBOR", "act": "letter", "letter": "LTR-none"}
        assert self.client.post("/tray/act/", missing).status_code == 404
        assert not books.FrozenCopy.objects.exists()

    def test_ticket_shows_its_copies_and_removing_keeps_them(self) -> None:
        """What was put on a ticket stays there when the tray is emptied."""
        self._star()
        assert self._act("ticket", ticket="INC-2") == "/incidents/HARBOR/INC-2/"
        assert self._act("remove") == "/tray/"

        digest = books.FrozenCopy.objects.get().digest
        assert digest in self._read("/incidents/HARBOR/INC-2/")
        assert "Nothing is starred yet" in self._read("/tray/")

    def test_others_see_no_star(self) -> None:
        """Who only reads has no tray; a colleague's stars are not theirs."""
        self._star()
        self.client.force_login(harbor_books.person("technician"))
        assert "Nothing is starred yet" in self._read("/tray/")
        self.client.force_login(harbor_books.person("auditor"))
        assert "button.star" not in self._read("/changes/HARBOR/CHG-1/")
        assert 'form="stars"' not in self._read("/changes/HARBOR/CHG-1/")
        assert self.client.get("/tray/").status_code == 403

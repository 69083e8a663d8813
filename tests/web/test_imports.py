"""Bringing in what other programs know, in the browser: handed in, mapped, rehearsed, kept once, taken back."""

from __future__ import annotations

import html
import re
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

from groundrules.records import models as books
from groundrules.records.models import AuditEntry, ImportBatch, Role, User, WaitingImport
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying import carry_waiting
from groundrules.services.imports import waiting
from groundrules.services.imports.mapping import Mapped
from tests.web import harbor_books

_SERVERS = (
    b"Firma,Computer Name,Device Type\nHarbor View Dental,HV-FILE1,Server\nNobody Ltd,N-1,Server\n"
)
_MAPPED = {
    "act": "rehearse",
    "column-client": "Firma",
    "column-name": "Computer Name",
    "column-kind": "Device Type",
}


class TestImports(TestCase):
    """One set of books; every test acts as its owner."""

    users: ClassVar[dict[str, User]]

    @classmethod
    def setUpTestData(cls) -> None:
        """One client, and a person of each role."""
        books.Client.objects.create(
            code="HARBOR", name="Harbor View Dental", zone="America/Los_Angeles", currency="USD"
        )
        cls.users = harbor_books.people(timezone.now())

    def setUp(self) -> None:
        """The owner is signed in."""
        self.client.force_login(self.users["owner"])

    def _hand_in(self, raw: bytes = _SERVERS, kind: str = "assets", name: str = "x.csv") -> str:
        sent = SimpleUploadedFile(name, raw, "text/csv")
        answer = self.client.post("/connect/imports/", {"kind": kind, "file": sent})
        assert answer.status_code == 302, answer.content.decode()
        return answer.headers["Location"]

    def _refused(self, raw: bytes, kind: str = "assets", name: str = "x.csv") -> str:
        sent = SimpleUploadedFile(name, raw, "text/csv")
        answer = self.client.post("/connect/imports/", {"kind": kind, "file": sent})
        assert (answer.status_code, WaitingImport.objects.count()) == (422, 0)
        return answer.content.decode()

    def _post(self, page: str, said: dict[str, str]) -> str:
        return self.client.post(page, said, follow=True).content.decode()

    def test_are_mapped_and_rehearsed_row_by_row(self) -> None:
        """The form proposes what it knows by heading; the rehearsal names the row at fault and keeps nothing."""
        page = self._hand_in()
        shown = self.client.get(page).content.decode()
        before = books.Asset.objects.count()

        unmapped = self._post(page, {"act": "rehearse", "column-name": "Computer Name"})
        came = self._post(page, _MAPPED)
        mended = self.client.get(f"{page}faults.csv").content.decode()

        assert "<option selected>Computer Name</option>" in shown
        assert "no column is known for client" in unmapped.lower()
        assert "no client here" in came
        assert "Bring in the 1 others" in came
        assert mended.splitlines()[0] == "Firma,Computer Name,Device Type,what is at fault"
        assert mended.splitlines()[1].startswith("Nobody Ltd,N-1,Server,")
        assert books.Asset.objects.count() == before

    def test_are_kept_once_and_taken_back(self) -> None:
        """Words that differ are said, one press keeps all, the next file is mapped alike, and the way back is open."""
        page = self._hand_in()
        said = _MAPPED | {"words": "client: Nobody Ltd = Harbor View Dental"}
        self._post(page, said)

        kept = self._post(page, {"act": "keep"})
        again = self._post(page, {"act": "keep"})
        batch = ImportBatch.objects.get()
        proposed = self.client.get(self._hand_in()).content.decode()
        back = self._post(f"/connect/imports/{batch.pk}/undo/", {})

        assert "x.csv is brought in: 2 added." in kept
        assert "kept or put away already" in again
        assert "<option selected>Firma</option>" in proposed
        assert "client: Nobody Ltd = Harbor View Dental" in proposed
        assert "2 cards taken away, 0 stay." in back
        assert not books.Asset.objects.filter(code="HV-FILE1").exists()
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
        assert {"imports.put_down", "imports.bring_in", "imports.undo"} <= verbs

    def test_keep_the_others_only_when_asked(self) -> None:
        """With a row at fault the plain press keeps nothing; the other keeps what is good."""
        page = self._hand_in()
        self._post(page, _MAPPED)

        plain = self._post(page, {"act": "keep"})
        count = ImportBatch.objects.count()
        others = self._post(page, {"act": "keep-good"})

        assert ("rows are at fault" in plain, count) == (True, 0)
        assert "1 left out, 1 added" in others
        assert books.Asset.objects.filter(code="HV-FILE1").exists()

    def test_refuse_what_is_too_large_or_no_table(self) -> None:
        """A wrong file is refused with what to do, and does not wait."""
        many = b"name\n" + b"x\n" * (waiting.MOST_ROWS + 1)

        assert "save it as CSV first" in self._refused(b"PK\x03\x04 ...", name="x.xlsx")
        assert "larger than 8 MiB" in self._refused(b"a" * (waiting.MOST_BYTES + 1))
        assert "a page takes 20,000 at most" in self._refused(many)
        assert "5,000 of them time" in self._refused(b"name\n" + b"x\n" * 5_001, kind="time")
        assert "holds NUL characters" in self._refused(b"a,b\n\0,1\n")
        assert "The file x.csv is empty" in self._refused(b"")
        assert "no row below the names of its columns" in self._refused(b"Name,Client\n")
        assert "creates none of the tables" in self._refused(b"x", kind="itflow", name="d.sql")
        assert "Choose what the rows are" in self._refused(b"a\n1\n", kind="nothing")
        assert "Choose the file" in self.client.post("/connect/imports/", {}).content.decode()

    def test_say_in_the_forms_words_what_is_at_fault(self) -> None:
        """No word of a programming language, each with what to do; a row told twice is in the file, not on record."""
        books.Technician.objects.create(code="A", name="Alex", role="technician")
        rows = (
            b"HARBOR,A,SRV1,31/06/2007 09:00,1\nHARBOR,Zed,,2007-06-01 09:00,1\nHARBOR,A,SRV9,2007-06-01 09:00,1\n"
            b"HARBOR,A,,2007-06-01 09:00,1\nHARBOR,A,,2007-06-01 09:00,1\n"
        )
        page = self._hand_in(
            b"client,technician,server,started_at,hours,issue,colour\n"
            + b"".join(line + b",T-1,red\n" for line in rows.splitlines()),
            kind="time",
        )

        unread = self.client.get(page).content.decode()
        fields = ("client", "technician", "started_at", "hours", "issue")
        said = {f"column-{name}": name for name in fields} | {"column-asset": "server"}
        came = html.unescape(self._post(page, {"act": "rehearse"} | said))

        assert "In no field, so not brought in: colour." in unread
        assert "started at: '31/06/2007 09:00' is not a time; write 2026-03-01 14:30" in came
        assert "isoformat" not in came
        assert "their word = ours: technician: Zed = CODE" in came
        assert "HARBOR has no server 'SRV9'; bring its servers in first" in came
        assert "is in an earlier row of this file" in came
        assert "1 would come, 1 there already" in " ".join(re.sub("<[^>]*>", "", came).split())

    def test_make_codes_of_letters_without_their_accents(self) -> None:
        """Windows' old code page is read, and a name keeps its letters in the code."""
        raw = "Company,Zone,Currency\nMüller & Söhne,Europe/Berlin,EUR\n".encode("cp1252")
        page = self._hand_in(raw, kind="clients")

        self._post(
            page,
            {"act": "rehearse", "column-name": "Company", "column-zone": "Zone"}
            | {"column-currency": "Currency"},
        )
        self._post(page, {"act": "keep"})

        assert books.Client.objects.filter(code="MULLER-SOHNE", name="Müller & Söhne").exists()

    def test_say_which_line_of_the_words_is_wrong(self) -> None:
        """What was typed stays in the form."""
        page = self._hand_in()

        answer = self.client.post(page, _MAPPED | {"words": "technician jsmith"})

        assert answer.status_code == 422
        assert "line 1 of the words that differ" in answer.content.decode().lower()
        assert "technician jsmith</textarea>" in answer.content.decode()

    def test_are_put_away_and_forgotten(self) -> None:
        """Nobody's file lies here for good: it is put away by its owner, or forgotten after a day."""
        away, old = self._hand_in(), self._hand_in(name="old.csv")
        WaitingImport.objects.filter(name="old.csv").update(
            made_at=timezone.now() - waiting.KEPT_FOR * 2
        )

        answer = self._post(away, {"act": "away"})
        forgotten = waiting.forget_old(timezone.now())

        assert "x.csv is put away; nothing of it was kept." in answer
        assert forgotten == 1
        assert "kept or put away already" in self.client.get(old, follow=True).content.decode()

    def test_are_the_owners_alone(self) -> None:
        """The service refuses as the page does, whoever calls it."""
        number = int(self._hand_in().rstrip("/").rsplit("/", 1)[1])
        sam = Actor("sam@greenway.example", Role.TECHNICIAN)

        for act in (
            lambda: waiting.rehearse(number, Mapped(), actor=sam, at=timezone.now()),
            lambda: waiting.keep(number, without_errors=False, actor=sam, at=timezone.now()),
            lambda: waiting.put_away(number, actor=sam, at=timezone.now()),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_of_a_long_file_are_a_workers_with_a_page_that_says_how_far(self) -> None:
        """A press leads to the run's page at once; it lives, can be stopped, is told of on Today until it was seen."""
        raw = b"client,name\n" + b"".join(
            b"HARBOR,S%d\n" % n for n in range(waiting.AT_ONCE_ROWS + 1)
        )
        page = self._hand_in(raw)
        said = {"act": "rehearse", "column-client": "client", "column-name": "name"}
        pressed = self.client.post(page, said)
        going = self.client.get(pressed.headers["Location"]).content.decode()
        today = self.client.get("/").content.decode()
        again = self.client.get(page)
        carry_waiting(timezone.now)
        told = self.client.get("/").content.decode()
        over = self.client.get(pressed.headers["Location"]).content.decode()
        quiet = self.client.get("/").content.decode()
        kept = self.client.post(page, {"act": "keep"}).headers["Location"]
        self.client.post(f"{kept}act/", {"act": "stop"})
        stopped = self.client.get(kept).content.decode()

        assert "A worker" not in going
        assert "waits for a worker" in going.lower()
        assert 'http-equiv="refresh"' in going
        assert 'hx-trigger="every 2s"' in going
        assert again.headers["Location"] == pressed.headers["Location"]
        assert ("Rehearse x.csv: waiting" in today, "Rehearse x.csv: done" in told) == (True, True)
        assert "Rehearse x.csv" not in quiet
        assert (
            f"{waiting.AT_ONCE_ROWS + 1} rows rehearsed, 0 at fault." in over,
            'http-equiv="refresh"' in over,
        ) == (
            True,
            False,
        )
        assert "stopped it before it began." in stopped
        self.client.force_login(self.users["technician"])
        assert self.client.get(kept).status_code == 404
        assert self.client.post(f"{kept}act/", {"act": "stop"}).status_code == 404

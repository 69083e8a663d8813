"""The pages say what the books say: the numbers of the scenarios, the reasons, and the acts of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from groundrules.records import models as books
from groundrules.services import letters as letter_services
from tests.kept import Kept, anew, kept
from tests.web import harbor_books

BEGAN = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="class")
def books_of_class(
    request: pytest.FixtureRequest,
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[harbor_books.Books]]:
    """The books a class says how to make, made once for it."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("books"), request.cls.MAKE) as made:
        yield made


@pytest.fixture
def told(books_of_class: Kept[harbor_books.Books], db: None) -> harbor_books.Books:  # noqa: ARG001 - pytest opens the database by this name
    """Those books, as they were made."""
    return replace(books_of_class.made, client=anew(books_of_class.made.client))


def sign_in(client: Client, told: harbor_books.Books, role: str = "owner") -> None:
    client.force_login(harbor_books.people(told.at)[role])


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)

    assert answer.status_code == 200
    return answer.content.decode()


def decision_of(entry: str) -> books.Decision:
    return books.Decision.objects.current().get(ref=entry)


class TestDecisionPage:
    def test_splits_the_night_the_array_died(self, db: None, client: Client) -> None:
        """Scenario 1: 575.00 shown at 0.00, 2,025.00 charged under 4.2, with Pat's own message."""
        told = harbor_books.take_over("01-drive-array-recovery.yaml")
        sign_in(client, told)
        row = books.Decision.objects.current().order_by("pk")[0]

        page = text(client, f"/work/{row.number}/")

        assert "Split" in page
        assert "$575.00" in page
        assert "Charged <strong>$2,025.00</strong>" in page
        assert "6.75 h x $300.00 = $2,025.00" in page
        assert "After-hours work you ask for" in page
        assert "MSG-1" in page

    def test_shows_both_decisions_when_facts_came_late(self, db: None, client: Client) -> None:
        """Scenario 5: superseded, never edited; the old page says which one stands."""
        told = harbor_books.take_over("05-wasted-time.yaml")
        sign_in(client, told)
        chain = list(books.Decision.objects.chain("W-SP"))

        old, new = (text(client, f"/work/{row.number}/") for row in (chain[0], chain[-1]))

        assert len(chain) == 2
        assert f'The one that stands is <a href="/work/{chain[-1].number}/">' in old
        assert "was superseded" not in new
        assert "forgone $975.00" in new
        assert "Our cost $357.50" in new

    def test_keeps_what_was_forgone_from_a_technician(self, db: None, client: Client) -> None:
        """What a vendor cost us is the owner's to know."""
        told = harbor_books.take_over("05-wasted-time.yaml")
        sign_in(client, told, "technician")

        page = text(client, f"/work/{decision_of('W-SP').number}/")

        assert "forgone" not in page.lower()
        assert "357.50" not in page

    def test_says_what_would_change_the_answer(self, db: None, client: Client) -> None:
        """Every verdict carries its clause, the clauses not used, and the facts that would turn it."""
        told = harbor_books.take_over("05b-the-same-in-april.yaml")
        sign_in(client, told)
        row = books.Decision.objects.current().get(ref="W-SP")

        page = text(client, f"/work/{row.number}/")

        assert "Billable" in page
        assert "Charged <strong>$975.00</strong>" in page
        for label in ("Because", "Clause", "Not used", "Would change it", "History"):
            assert f'<div class="block-label">{label}</div>' in page
        assert "6.2" in page


class TestChangePage:
    MAKE = staticmethod(partial(harbor_books.take_over, "04-rogue-change.yaml"))

    def test_names_who_and_why_nobody_else(self, told: harbor_books.Books, client: Client) -> None:
        """Scenario 4: Rogue, recorded, grade A; our own recovery and patches listed and ruled out."""
        sign_in(client, told, "technician")

        page = text(client, "/changes/HARBOR/CHG-1/")

        assert "Rogue Dental Software" in page
        assert "Grade A" in page
        assert "patch run RUN-PATCH" in page
        assert "18 h 8 min before the change" in page
        assert "Outside any approved window" in page

    def test_notes_a_dispute_beside_the_answer(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A person's word is kept with their name; the evidence's answer stays."""
        sign_in(client, told, "technician")

        client.post("/changes/HARBOR/CHG-1/verdict/", {"dispute": "1", "reason": "Ray says no"})
        page = text(client, "/changes/HARBOR/CHG-1/")

        assert "<strong>disputed</strong> by alex@greenway.example: Ray says no" in page
        assert "Grade A" in page

    def test_keeps_every_word_in_view(self, told: harbor_books.Books, client: Client) -> None:
        """Our later word supersedes our earlier one; the vendor's reply stands beside it, here and at the incident."""
        sign_in(client, told, "technician")
        words = "/changes/HARBOR/CHG-1/verdict/"

        client.post(words, {"dispute": "1", "reason": "Ray says no"})
        client.post(words, {"expect": "1", "reason": "Pat knew of it"})
        client.post(words, {"reply": "1", "vendor": "V1", "reason": "We were asked by phone"})

        page, incident = (
            text(client, f"/{where}/")
            for where in ("changes/HARBOR/CHG-1", "incidents/HARBOR/INC-2")
        )
        assert "Ray says no (superseded)" in page
        assert "<strong>expected</strong> by alex@greenway.example: Pat knew of it" in page
        assert "<strong>reply</strong> of V1, filed by alex@greenway.example" in page
        assert "We were asked by phone" in incident
        assert "Outside any approved window" in page
        assert books.AuditEntry.objects.filter(verb__startswith="attribution.reply").count() == 1

    def test_refuses_a_reply_of_nobody(self, told: harbor_books.Books, client: Client) -> None:
        """A reply needs a vendor on record; nothing is written."""
        sign_in(client, told, "technician")

        answer = client.post(
            "/changes/HARBOR/CHG-1/verdict/",
            {"reply": "1", "vendor": "V9", "reason": "It was us"},
            follow=True,
        )

        assert "no vendor on record" in answer.content.decode()
        assert not books.Standing.objects.exists()

    def test_refuses_a_verdict_without_a_reason(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The refusal says why, and nothing is written."""
        sign_in(client, told, "technician")

        answer = client.post("/changes/HARBOR/CHG-1/verdict/", {"confirm": "1"}, follow=True)

        assert "without a reason" in answer.content.decode()
        assert not books.Standing.objects.exists()


APART = ("cause", "actor", "authority", "proof")


class TestChangeByNobody:
    def test_names_nobody_where_nobody_is_recorded(self, db: None, client: Client) -> None:
        """Scenario 7: when, not who; and there is nothing to confirm."""
        told = harbor_books.take_over("07-sa-password.yaml")
        sign_in(client, told, "technician")
        row = books.Change.objects.current().get(component="sa")

        page = text(client, f"/changes/HARBOR/{row.ref}/")

        assert "Grade C" in page
        assert "Confirm attribution" not in page
        assert "Dispute attribution" in page


class TestIncidentPage:
    MAKE = staticmethod(partial(harbor_books.take_over, "04-rogue-change.yaml"))

    def test_tells_the_cause_and_what_was_ruled_out(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The removal explains the failure; the later installation cannot."""
        sign_in(client, told)

        page = text(client, "/incidents/HARBOR/INC-2/")

        assert "Likely change" in page
        assert "can&#x27;t be its cause" in page
        assert "RUN-RECOVERY" in page

    def test_keeps_the_four_answers_apart(self, told: harbor_books.Books, client: Client) -> None:
        """Cause, actor, authority and proof each stand by themselves; nothing was tested, and that is said."""
        sign_in(client, told)

        page = text(client, "/incidents/HARBOR/INC-2/")

        parts = [page.split(f'id="{name}"')[1].split('<div class="block"')[0] for name in APART]
        cause, actor, authority, proof = parts
        assert "Rogue Dental Software" not in cause + proof
        assert "Rogue Dental Software (recorded)" in actor
        assert "Outside" in authority
        assert "Not tested" in proof
        short = page.split('aria-label="In short"')[1].split("</dl>")[0]
        assert all(f">{said}<" in short for said in ("Likely change", "Outside", "Not tested"))


class TestIncidentWithoutCause:
    def test_names_nobody_when_nothing_is_established(self, db: None, client: Client) -> None:
        """A failed array is nobody's act: no party stands under actor."""
        told = harbor_books.take_over("01-drive-array-recovery.yaml")
        sign_in(client, told)

        page = text(client, "/incidents/HARBOR/INC-1/")

        assert "The hardware failed" in page
        assert "Not asked" in page.split('id="actor"')[1].split('<div class="block"')[0]


class TestLetters:
    MAKE = staticmethod(partial(harbor_books.with_documents, "09-suspension-letter.yaml"))

    def test_are_approved_and_sent_by_people(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Approved, sent after a hold, called back, frozen: each step is a button, and the PDF is what was sent."""
        sign_in(client, told)
        letter = books.LetterDraft.objects.get(kind="suspension")
        address = f"/letters/{letter.ref}/"

        client.post(f"{address}decide/", {"act": "approve"})
        client.post(f"{address}decide/", {"act": "send"})
        leaving = text(client, address)
        client.post(f"{address}decide/", {"act": "call back"})
        called_back = text(client, address)
        client.post(f"{address}decide/", {"act": "send"})
        letter_services.send_due(at=timezone.now() + timedelta(minutes=11))
        pdf = client.get(f"{address}letter.pdf")

        assert "Leaves at" in leaving
        assert "Send letter" not in leaving
        assert "Send letter" in called_back
        assert books.LetterDraft.objects.get(pk=letter.pk).state == "sent"
        assert pdf.content.startswith(b"%PDF-")
        assert pdf.headers["Content-Type"] == "application/pdf"

    def test_are_not_approved_by_their_author(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A technician's own letter waits for another pair of eyes."""
        sign_in(client, told, "technician")
        letter = books.LetterDraft.objects.get(kind="suspension")

        page = client.post(f"/letters/{letter.ref}/decide/", {"act": "approve"}, follow=True)

        assert "someone else approves it" in page.content.decode()
        assert books.LetterDraft.objects.get(pk=letter.pk).state == "drafted"

    def test_can_be_held_with_a_reason(self, told: harbor_books.Books, client: Client) -> None:
        """A held letter says why, and opens again."""
        sign_in(client, told)
        letter = books.LetterDraft.objects.get(kind="suspension")
        address = f"/letters/{letter.ref}/"

        client.post(f"{address}decide/", {"act": "hold", "reason": "Call Pat first"})
        held = text(client, address)
        client.post(f"{address}decide/", {"act": "release"})

        assert "Held: Call Pat first" in held
        assert "Approve letter" in text(client, address)

    def test_know_no_other_act(self, told: harbor_books.Books, client: Client) -> None:
        """A made-up act does nothing."""
        sign_in(client, told)
        letter = books.LetterDraft.objects.get(kind="suspension")

        assert client.post(f"/letters/{letter.ref}/decide/", {"act": "burn"}).status_code == 404

    def test_have_pictures_of_their_pages_and_no_more(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A draft is typeset as it would leave; there is no page 99."""
        sign_in(client, told)
        letter = books.LetterDraft.objects.get(kind="suspension")

        first = client.get(f"/letters/{letter.ref}/pages/1/")
        missing = client.get(f"/letters/{letter.ref}/pages/99/")

        assert first.content.startswith(b"\x89PNG")
        assert missing.status_code == 404
        nowhere = client.get("/nowhere/").content.decode()
        assert "Nothing is stored under this address. Nothing was changed." in nowhere
        assert "Resolver404" not in nowhere

    def test_escape_what_a_vendor_wrote(self, told: harbor_books.Books, client: Client) -> None:
        """Words from outside are text, wherever they are shown."""
        sign_in(client, told)
        books.LetterDraft.objects.update(subject="<script>alert(1)</script>")

        page = text(client, "/letters/")

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


class TestInvoicePage:
    MAKE = staticmethod(partial(harbor_books.with_documents, "11-fee-credit-and-return.yaml"))

    def test_shows_the_document_as_issued(self, told: harbor_books.Books, client: Client) -> None:
        """Lines, working, the value at 0.00, the seal, a picture of the paper and the frozen PDF."""
        sign_in(client, told, "accountant")
        row = books.Issued.objects.order_by("pk")[0]

        page = text(client, f"/invoices/{row.ref}/")
        pdf = client.get(f"/invoices/{row.ref}/invoice.pdf")

        assert row.seal in page
        assert f"/invoices/{row.ref}/pages/1/" in page
        assert row.pdf is not None
        assert pdf.content == bytes(row.pdf.content)
        assert all(line.to_core().description in page for line in row.lines.order_by("pk"))

    def test_opens_the_decision_and_the_chain_of_each_line(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Any amount opens what made it, down to the evidence."""
        sign_in(client, told, "accountant")
        line = next(x for x in books.IssuedLine.objects.order_by("pk") if x.decisions)

        page = text(client, f"/invoices/{line.document.ref}/")
        chain = text(client, f"/explain/{line.ref}/")

        assert f"/work/{line.decisions[0]}/" in page
        assert f"/explain/{line.ref}/" in page
        assert line.decisions[0] in chain


class TestChainPage:
    MAKE = staticmethod(partial(harbor_books.take_over, "04-rogue-change.yaml"))

    def test_walks_from_a_change_to_its_login(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Each record is shown with what it rests on, and opens."""
        sign_in(client, told)

        page = text(client, "/explain/CHG-1/")

        assert 'href="/logins/HARBOR/SES-1/"' in page
        assert "203.0.113.7" in page

    def test_gives_an_accountant_no_link_that_would_be_refused(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The chain may be read by everyone who may see work; its links follow the areas."""
        sign_in(client, told, "accountant")

        assert 'href="/logins/' not in text(client, "/explain/CHG-1/")

    def test_knows_only_what_is_on_record(self, told: harbor_books.Books, client: Client) -> None:
        """An unknown reference is a page that isn't there."""
        sign_in(client, told)

        assert client.get("/explain/INV-99999/3/").status_code == 404


class TestSearch:
    MAKE = staticmethod(partial(harbor_books.take_over, "04-rogue-change.yaml"))

    @pytest.mark.parametrize(
        ("query", "where"),
        [
            ("CHG-1", "/changes/HARBOR/CHG-1/"),
            ("inc-2", "/incidents/HARBOR/INC-2/"),
            ("SES-1", "/logins/HARBOR/SES-1/"),
        ],
    )
    def test_jumps_to_an_exact_reference(
        self, told: harbor_books.Books, client: Client, query: str, where: str
    ) -> None:
        """A pasted reference opens its record at once, whatever its case."""
        sign_in(client, told)

        assert client.get("/search/", {"q": query}).headers["Location"] == where

    def test_finds_by_words_and_names(self, told: harbor_books.Books, client: Client) -> None:
        """A vendor, a server, a person or a word of a change."""
        sign_in(client, told)
        seen = {word: text(client, f"/search/?q={word}") for word in ("rogue", "net", "pat", "srv")}

        assert "Rogue Charts" in seen["rogue"]
        assert ".NET Framework 2.0 removed" in seen["net"]
        assert "Pat Owner" in seen["pat"]
        assert "/servers/HARBOR/SRV1/" in seen["srv"]

    def test_shows_an_accountant_only_what_opens(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A reference in an area of others is not even confirmed to exist."""
        sign_in(client, told, "accountant")

        assert "Nothing matches" in text(client, "/search/?q=CHG-1")


class TestToday:
    def test_lists_what_waits_for_the_owner(self, db: None, client: Client) -> None:
        """Letters to decide, incidents still open; what is quiet is one line."""
        told = harbor_books.with_documents("04-rogue-change.yaml")
        sign_in(client, told)

        page = text(client, "/")

        assert "Letters waiting for you" in page
        assert "SharePoint stopped working" in page
        assert "Every change has a recorded or matched actor." in page

    def test_is_calm_before_anything_is_on_record(self, db: None, client: Client) -> None:
        """An empty installation is pleasant too: it leads its owner on, and leaves a technician be."""
        people = harbor_books.people(BEGAN)

        client.force_login(people["technician"])
        waiting = text(client, "/")
        client.force_login(people["owner"])
        new = text(client, "/")

        assert "Nothing waits for you." in waiting
        assert "This installation is new: say who you are" in new
        assert "Nothing waits for you." not in new


class TestDependencies:
    MAKE = staticmethod(partial(harbor_books.take_over, "04-rogue-change.yaml"))

    def test_draw_and_list_the_same_edges(self, told: harbor_books.Books, client: Client) -> None:
        """Each edge is a line of the drawing and a row of the table; the CSV has them too."""
        sign_in(client, told, "technician")

        page = text(client, "/servers/HARBOR/SRV1/needs/?application=CHARTS")
        answer = client.get("/servers/HARBOR/SRV1/needs/?application=CHARTS&format=csv")
        rows = answer.getvalue().decode()

        assert page.count('<path class="edge-declared"') == 3  # two edges, and the legend
        assert "<title>Rogue Charts needs sa (declared)</title>" in page
        assert [line.split(",")[:2] for line in rows.splitlines()[1:]] == [
            ["Rogue Charts", ".NET Framework 1.0"],
            ["Rogue Charts", "sa"],
        ]

    def test_are_edited_with_a_reason(self, told: harbor_books.Books, client: Client) -> None:
        """An edge is added and taken out again; without a reason nothing happens."""
        sign_in(client, told, "technician")
        edit = "/servers/HARBOR/SRV1/needs/edit/"
        edge = {"dependent": "SHAREPOINT", "component": "sa"}

        client.post(edit, {**edge, "reason": ""})
        assert not told.client.dependencies.filter(**edge).exists()
        client.post(edit, {**edge, "reason": "seen in its settings"})
        assert told.client.dependencies.get(**edge).source.endswith("seen in its settings")
        client.post(edit, {"withdraw": "1", "edge": "SHAREPOINT\nsa", "reason": "a mistake"})
        assert not told.client.dependencies.filter(**edge).exists()

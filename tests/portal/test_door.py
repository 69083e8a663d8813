"""The client's door through its edge: one page for all who read, a code for all who act, shut at once when ended."""

from __future__ import annotations

import re
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin

from django.apps import apps
from django.test import Client, TestCase, override_settings
from django.utils import timezone

from groundrules.core.ids import ContactId, RequestId
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxRule
from groundrules.core.money import Money
from groundrules.core.work import Request
from groundrules.records import models as books
from groundrules.services import (
    access,
    client_reports,
    door,
    invoices,
    lifecycle_due,
    report_mail,
    requests,
    taxes,
)
from groundrules.services.case_import import import_case
from groundrules.services.cases import check_case
from tests.nowadays import move
from tests.web.harbor_books import KIM

_HREF = re.compile(r'(?:href|action|formaction)="([^"#]*)"')
_NAME = re.compile(r'name="([a-z_]+)"')
CODE = re.compile(r"code is (\d{6})")


def rows() -> dict[str, list[object]]:
    """Everything in every table."""
    models = apps.get_models()
    return {m._meta.db_table: list(m._default_manager.order_by("pk").values()) for m in models}


class Behind(TestCase):
    """Harbor this week: SRV1 is off, the rules are not accepted, the fee not agreed. Pat and Robin have links."""

    story: ClassVar[tuple[str, date, tuple[str, ...]]] = (
        "12-the-way-back.yaml",
        date(2007, 4, 4),
        ("version: 2, accepted_by", "condition: fee"),
    )
    client_row: ClassVar[books.Client]
    pat: ClassVar[str]
    robin: ClassVar[str]
    folder: ClassVar[tempfile.TemporaryDirectory[str]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        name, told_at, without = cls.story
        path = move(name, told_at, Path(cls.folder.name), without)
        now = timezone.now()
        world = check_case(path.read_bytes(), path).case.world
        cls.client_row = import_case(world, at=now, actor=KIM).client
        lifecycle_due.apply_due(at=now)
        cls.pat = cls.invite("PAT")
        cls.robin = cls.invite("ROBIN")

    @classmethod
    def invite(cls, code: str) -> str:
        """A contact's link, with everything open."""
        contact = cls.client_row.contacts.get(code=code)
        return door.invite(contact, tuple(door.AREAS), actor=KIM, at=timezone.now())[1]

    def setUp(self) -> None:
        """Mails go to a folder of the test's own."""
        data = override_settings(GROUNDRULES_DATA=Path(self.folder.name), GROUNDRULES_MAIL="outbox")
        data.enable()
        self.addCleanup(data.disable)

    def act(self, token: str, **form: object) -> tuple[int, str]:
        """An act with the code that was mailed; the status after it, and the page one lands on."""
        address = f"/c/{token}/act/"
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(address, {**form, "step": "code"})
        code = self.code()
        with self.captureOnCommitCallbacks(execute=True):
            answer = self.client.post(
                address, {**form, "step": "confirm", "code": code}, follow=True
            )
        return answer.status_code, unescape(answer.content.decode())

    def code(self) -> str:
        """The newest code in the outbox."""
        files = sorted(
            (Path(self.folder.name) / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns
        )
        found = [CODE.search(f.read_text()) for f in files]
        return [match[1] for match in found if match][-1]

    def read(self, token: str, page: str = "") -> tuple[int, str]:
        """A page as somebody reads it."""
        answer = self.client.get(f"/c/{token}/{page}")
        return answer.status_code, unescape(answer.content.decode(errors="replace"))

    def let_in(self, **more: object) -> str:
        """A consultant whom Pat let in for SRV1; their token."""
        until = (timezone.now() + timedelta(days=30)).date().isoformat()
        form: dict[str, object] = {
            "do": "delegate",
            "person": "R. Maddox",
            "email": "maddox@consult.example",
            "areas": ["servers", "requests", "letters"],
            "servers": ["SRV1"],
            "until": until,
        }
        status, page = self.act(self.pat, **(form | more))
        assert status == 200, page
        mails = sorted(
            (Path(self.folder.name) / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns
        )
        texts = [m.read_text().replace("=\n", "") for m in mails]
        links = [re.search(r"/c/([\w-]+)/", t) for t in texts if "maddox@consult.example" in t]
        return [link[1] for link in links if link][-1]


class TestReading(Behind):
    def test_says_what_there_is_to_do_to_everyone_alike(self) -> None:
        """The owner, the receptionist and the consultant read the same list and words; only the buttons differ."""
        consultant = self.let_in()
        bodies = [
            re.sub(r"(?s)<footer.*|/c/[\w-]+/|<nav.*?</nav>|<form.*?</form>", "", body)
            for token in (self.pat, self.robin, consultant)
            for _, body in [self.read(token, "servers/SRV1/")]
        ]

        assert "5 of 7 done" in bodies[0]
        assert "Rogue accepts version 2 of the rules of engagement" in bodies[0]
        assert "The words to send to Rogue Dental Software" in bodies[0]
        assert bodies[0] == bodies[1] == bodies[2]

    def test_shows_a_delegate_of_one_server_no_request_of_others(self) -> None:
        """What Robin asked for is the client's to read; who was let in for SRV1 reads only what he asked himself."""
        token = self.let_in()
        outsider = self.client_row.contacts.get(email="maddox@consult.example")
        now = timezone.now()
        for number, code in enumerate(("ROBIN", outsider.code)):
            asked = Request(RequestId(f"REQ-9{number}"), ContactId(code), now, f"Words of {code}")
            requests.record(asked, client=self.client_row, actor=KIM, at=now)

        page = self.read(token, "requests/")[1]

        assert f"Words of {outsider.code}" in page
        assert "Words of ROBIN" not in page
        assert "Words of ROBIN" in self.read(self.pat, "requests/")[1]

    def test_adds_an_invoice_up_with_its_tax(self) -> None:
        """Net and each tax stand above the total, and the value is its column's sum."""
        now = timezone.now()
        today = now.date()
        rule = TaxRule(
            date(2000, 1, 1), TaxedKind.EVERYTHING, Tax(TaxCategory.STANDARD, Decimal(10), "VAT")
        )
        taxes.add_rule(rule, client=None, actor=KIM, at=now)
        span = {"first": today - timedelta(days=60), "end": today}
        drafted = invoices.draft(client=self.client_row, **span, actor=KIM, at=now)
        row = invoices.issue(drafted, client=self.client_row, key="1", actor=KIM, at=now)
        core = row.to_core()

        page = self.read(self.pat, f"invoices/{row.ref}/")[1]
        foot = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
        shown = re.findall(r">(-?\$[\d,.]+)</td>", foot)

        tax = Money(row.tax_minor, row.currency)
        value = sum((line.value for line in core.lines), Money.zero(row.currency))
        assert row.tax_minor
        assert shown == [str(value), str(core.total), str(tax), str(core.total + tax)]
        assert "$0.00 is not charged" not in page

    def test_shows_a_report_as_it_was_given(self) -> None:
        """To who may see work and money of all servers; one whose mail waits is not given yet, nor its letter shown."""
        now = timezone.now()
        span = (now.date() - timedelta(days=60), now.date() - timedelta(days=1))
        given, draft = report_mail.give_by_mail(self.client_row, *span, actor=KIM, at=now)
        waiting = self.read(self.pat, f"reports/{given.ref}/")[0]
        books.LetterDraft.objects.filter(pk=draft.pk).update(state="sent", decided_at=now)
        consultant = self.let_in(areas=["servers", "work"], servers=[])

        status, page = self.read(self.pat, f"reports/{given.ref}/")
        report = given.to_core()

        assert report is not None
        assert (waiting, status) == (404, 200)
        assert all(sentence in page for sentence in report.short)
        assert str(report.value.fees.amount) in page
        assert given.ref in self.read(self.pat, "work/")[1]
        assert (
            self.client.get(f"/c/{self.pat}/reports/{given.ref}/report.pdf").content[:4] == b"%PDF"
        )
        assert self.read(consultant, f"reports/{given.ref}/")[0] == 404
        assert given.ref not in self.read(consultant, "work/")[1]

    def test_changes_nothing_however_hard_a_scanner_tries(self) -> None:
        """It follows every link, HEADs and POSTs everything with every field it saw; all tables stay as they were."""
        month = timezone.now().date().replace(day=1)
        span = (month - timedelta(days=60), month - timedelta(days=1))
        client_reports.give(self.client_row, *span, actor=KIM, at=timezone.now())
        before = rows()
        queue, seen = [f"/c/{self.pat}/"], set[str]()
        while queue:
            address = queue.pop()
            if address in seen or not address.startswith("/c/"):
                continue
            seen.add(address)
            self.client.head(address)
            page = self.client.get(address).content.decode(errors="replace")
            fields = dict.fromkeys(_NAME.findall(page), "1")
            self.client.post(address, {})
            for name in ("say", "agree", "ratify", "delegate", "revoke"):
                for more in ({}, {"step": "confirm"}, {"step": "confirm", "code": ""}):
                    self.client.post(f"/c/{self.pat}/act/", fields | {"do": name} | more)
            queue += [urljoin(address, unescape(href)) for href in _HREF.findall(page)]

        assert f"/c/{self.pat}/servers/SRV1/" in seen
        assert f"/c/{self.pat}/people/" in seen
        assert any("/reports/REP-" in address for address in seen)
        assert rows() == before

    def test_needs_the_form_it_belongs_to(self) -> None:
        """A POST from elsewhere is forbidden, also with the right code."""
        strict = Client(enforce_csrf_checks=True)

        answer = strict.post(f"/c/{self.pat}/act/", {"do": "say", "says": "x", "step": "confirm"})

        assert answer.status_code == 403

    def test_opens_no_other_door(self) -> None:
        """A client's link asks for no window, and a link that nobody made says only that."""
        assert self.client.get(f"/v/{self.pat}/").status_code == 410
        status, page = self.read("invented")
        assert status == 410
        assert "Harbor" not in page


class TestActing(Behind):
    def test_is_logged_and_copied_and_changes_nothing(self) -> None:
        """Who may not commit tells us something: it is on record, Pat gets a copy, the conditions stay."""
        status, page = self.act(self.robin, do="say", says="Rogue will sign", server="SRV1")

        assert status == 200
        assert "We have your message" in page
        said = books.Message.objects.current().get(says="Rogue will sign")
        assert (said.channel, said.sender, said.asset and said.asset.code) == (
            "portal",
            "Robin Frontdesk",
            "SRV1",
        )
        mails = [f.read_text() for f in (Path(self.folder.name) / "outbox").glob("*.eml")]
        assert any("Copy: Harbor" in m and "pat@harbor.example" in m for m in mails)
        assert "5 of 7 done" in self.read(self.pat, "servers/SRV1/")[1]

    def test_wants_the_code_that_was_mailed(self) -> None:
        """A wrong code, none, or one used before: nothing is done, and the page says so."""
        form = {"do": "say", "says": "hello", "step": "confirm"}
        for code in ("", "000000"):
            answer = self.client.post(f"/c/{self.pat}/act/", form | {"code": code})
            assert (answer.status_code, "Nothing was done." in answer.content.decode()) == (
                422,
                True,
            )
        self.act(self.pat, do="say", says="first")
        used = self.code()
        page = self.client.post(f"/c/{self.pat}/act/", form | {"step": ""}).content.decode()
        buttons = re.findall(r'name="step" value="(\w+)"', page)
        assert buttons[0] == "confirm", "Enter in the field of the code presses the first button"
        again = self.client.post(f"/c/{self.pat}/act/", form | {"code": used})

        assert again.status_code == 422
        assert list(
            books.Message.objects.filter(channel="portal").values_list("says", flat=True)
        ) == ["first"]

    def test_lets_an_outsider_in_within_a_scope_and_out_again_at_once(self) -> None:
        """Only SRV1, no invoices, no other server; ended by Pat the very next click is refused."""
        token = self.let_in()
        assert self.read(token)[0] == 200
        assert "SRV2" not in self.read(token)[1]
        assert self.read(token, "servers/SRV2/")[0] == 404
        status, page = self.read(token, "invoices/")
        assert (status, "not open to you" in page, "Go to Today" in page) == (404, True, False)
        held = books.Delegation.objects.get()
        other = self.let_in(person="O. Ther", email="other@consult.example")
        assert other
        for one in books.Delegation.objects.all():
            refused = self.act(token, do="revoke", number=one.pk)
            assert "may not commit" in refused[1]
            assert "O. Ther" not in refused[1]
        books.Delegation.objects.exclude(pk=held.pk).delete()

        self.act(self.pat, do="revoke", number=held.pk)

        for page in ("", "servers/SRV1/", "requests/"):
            assert self.read(token, page)[0] == 410
        assert self.client.post(f"/c/{token}/act/", {"do": "say"}).status_code == 410
        assert books.Delegation.objects.get().revoked_by == "pat@harbor.example"

    def test_is_over_when_its_date_has_passed_or_a_contact_left(self) -> None:
        """A delegation ends with its day; one of the client's own loses the door with their authority."""
        token = self.let_in()
        past = timezone.now() - timedelta(minutes=1)
        books.Delegation.objects.update(starts_at=past - timedelta(days=1), ends_at=past)
        assert self.read(token)[0] == 410

        self.client_row.contacts.filter(code="PAT").update(authorised_to=past)

        assert self.read(self.pat)[0] == 410

    def test_is_granted_only_by_who_may_and_for_what_there_is(self) -> None:
        """Robin can't let anybody in; nobody in for nothing, for ever, or as somebody who is in already."""
        until = (timezone.now() + timedelta(days=30)).date().isoformat()
        good = {
            "do": "delegate",
            "person": "M",
            "email": "m@x.example",
            "areas": ["servers"],
            "until": until,
        }
        for token, more, says in (
            (self.robin, {}, "may not commit Harbor Dental; ask Pat Owner"),
            (self.pat, {"areas": []}, "at least one thing"),
            (self.pat, {"until": "2099-01-01"}, "within a year"),
            (self.pat, {"until": ""}, "Choose until when"),
            (self.pat, {"until": "9999-12-31"}, "Choose until when"),
            (self.pat, {"servers": ["SRV9"]}, "not yours"),
            (self.pat, {"email": "robin@harbor.example"}, "own people"),
            (self.pat, {"email": "nobody"}, "mail address"),
        ):
            _, page = self.act(token, **(good | more))
            assert says in page, says
        assert not books.Delegation.objects.exists()

    def test_agrees_to_a_fee_for_who_may_commit(self) -> None:
        """Robin is refused; with Pat's code the condition is met, under Pat's name; twice there is nothing to agree."""
        form = {"do": "agree", "server": "SRV1", "condition": "fee", "says": "One monthly fee"}
        assert "ask Pat Owner" in self.act(self.robin, **form)[1]
        assert "Agree to it" in self.read(self.pat, "servers/SRV1/")[1]
        assert "Agree to it" not in self.read(self.robin, "servers/SRV1/")[1]

        _, page = self.act(self.pat, **form)

        assert "Noted: you agree." in page
        page = self.read(self.robin, "servers/SRV1/")[1]
        assert "6 of 7 done" in page
        assert "Recorded by Pat Owner: Agreed on the page, with a code mailed to pat@harbor" in page
        assert "nothing to agree to" in self.act(self.pat, **form)[1]

    def test_disputes_a_line_and_takes_it_back(self) -> None:
        """Pat's amount is not due until we answer; nobody else is offered it, and without a code nothing is written."""
        now = timezone.now()
        span = {"first": now.date() - timedelta(days=60), "end": now.date()}
        drafted = invoices.draft(client=self.client_row, **span, actor=KIM, at=now)
        row = invoices.issue(drafted, client=self.client_row, key="1", actor=KIM, at=now)
        line = next(one for one in row.lines.order_by("position") if one.amount_minor > 0)
        form = {"do": "dispute", "subject": "line", "ref": line.ref, "says": "Not ours."}
        held = str(Money(line.amount_minor, line.currency))
        page = f"invoices/{row.ref}/"
        assert "Dispute this" in self.read(self.pat, page)[1]
        assert "Dispute this" not in self.read(self.robin, page)[1]
        assert "may not dispute" in self.act(self.robin, **form)[1]
        asked = self.client.post(f"/c/{self.pat}/act/", {**form, "step": "confirm", "code": ""})
        assert asked.status_code == 422
        assert not books.Dispute.objects.exists()

        assert "It is disputed." in self.act(self.pat, **form)[1]

        assert f"{held} of it before tax is disputed and not due" in re.sub(
            r"<[^>]+>", "", self.read(self.pat, page)[1]
        )
        assert "We answer by the end of" in self.read(self.robin, "disputes/")[1]
        taken = self.act(self.pat, do="withdraw", ref="DSP-1")[1]
        assert "It is taken back." in taken
        assert "not due" not in self.read(self.pat, page)[1]

    def test_disputes_as_a_delegate_within_the_scope(self) -> None:
        """Let in for reading only, it is refused in words; so is what they can't see."""
        reader = self.let_in(areas=["servers", "work"], servers=["SRV1"])
        form = {"do": "dispute", "subject": "line", "ref": "INV-1/1", "says": "Too much."}

        assert "where it is shown" in self.act(reader, **form)[1]
        work = form | {"subject": "decision", "ref": books.Decision.objects.current()[0].number}
        assert "not let in to dispute" in self.act(reader, **work)[1]
        assert not books.Dispute.objects.exists()


class TestUnderNotice(Behind):
    """SRV1 is under notice all this week; nothing is off."""

    story = ("09-suspension-letter.yaml", date(2007, 3, 5), ())

    def test_is_never_called_done(self) -> None:
        """The first page says that the server is under notice, not that there is nothing to do; SRV2 alone is done."""
        page = self.read(self.pat)[1]

        assert "Nothing to do." not in page
        assert ": notice.</strong>" in page
        assert "Nothing to do." in self.read(self.let_in(servers=["SRV2"]))[1]


class TestInviting(Behind):
    def test_is_for_the_clients_own_people_with_an_address(self) -> None:
        """An outsider is let in by the client, not by us."""
        self.let_in()
        outsider = self.client_row.contacts.get(email="maddox@consult.example")

        with self.assertRaisesMessage(door.NotToBeInvited, "an authorised contact lets them in"):
            door.invite(outsider, ("servers",), actor=KIM, at=timezone.now())

    def test_link_is_withdrawn_like_any_other(self) -> None:
        """A link that we withdraw opens nothing."""
        link = books.PortalLink.objects.filter(contact__code="ROBIN").get()
        access.revoke_link(link, actor=KIM, at=timezone.now())

        assert self.read(self.robin)[0] == 410

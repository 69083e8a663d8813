"""Every address of the web floor, walked as each role and as nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from django.test import TestCase
from django.urls import URLPattern, reverse

from groundrules.core.disputes import DisputeSubject
from groundrules.core.ids import AssetId, SiteId, VendorId, WindowId
from groundrules.core.parties import Site
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import mail_in, tokens, webhooks
from groundrules.services.actor import Actor
from groundrules.services.conversations import Said, note
from groundrules.services.disputes import Raised, client_speaker, open_dispute
from groundrules.services.frozen_files import freeze
from groundrules.services.month_end import open_run
from groundrules.services.rights import READERS
from groundrules.services.sites import add_site
from groundrules.services.vendors import record_window
from groundrules.web.access import AREAS
from groundrules.web.urls import urlpatterns
from tests.web import harbor_books

RECORDING = "20070223T181500Z-253"
_OPEN = {
    "calendar-feed",
    *("alive", "ready", "metrics", "welcome"),
    *("sign-in", "sign-in-link", "sign-in-second", "sign-in-passkey", "sign-in-passkey-ask"),
    *("sign-in-sso", "sign-in-sso-back"),
}
_EVERYONE = {"sign-out", "preferences"}
_OF_A_SERVER = (
    *("server", "server-changes", "server-standing", "server-standing-act"),
    *("dependencies", "dependencies-edit"),
    *("health", "health-edit", "backup-reporter", "incident-open"),
)
_BY_NUMBER: dict[str, list[Any]] = {
    **{key: ["HARBOR", "DSP-1"] for key in ("dispute", "dispute-answer")},
    "signature-file": [1, "signed"],
    **{key: [1] for key in ("token-revoke", "webhook", "webhook-act", "calendar-revoke")},
    **{key: [1] for key in ("run", "run-act", "run-file", "installation-stop")},
    **{key: [1] for key in ("time-aside", "outgoing-act", "tray-copy")},
    **{key: [1] for key in ("import", "import-undo", "import-waiting", "import-faults")},
}
_OF_HARBOR: dict[str, list[Any]] = {
    "change": ["HARBOR", "CHG-1"],
    "change-verdict": ["HARBOR", "CHG-1"],
    "incident": ["HARBOR", "INC-2"],
    "incident-resolve": ["HARBOR", "INC-2"],
    "recovery": ["HARBOR", "INC-2"],
    "recovery-act": ["HARBOR", "INC-2"],
    "own-windows": ["HARBOR"],
    "remote-plan": ["HARBOR", "PAT-1"],
    "remote-act": ["HARBOR", "PAT-1"],
    "time-own": ["SHL-1"],
    "agreement-editor": ["HARBOR", "MSA-HARBOR"],
    "agreement-judgement": ["HARBOR", "MSA-HARBOR"],
    "month-end-run": ["RUN-2007-03"],
    "month-end-act": ["RUN-2007-03"],
    "profit-across": ["vendor"],
    "month-end-file": ["RUN-2007-03", "RUN-2007-03-csv-1.csv"],
    "month-end-lines": ["RUN-2007-03"],
    "month-end-client": ["RUN-2007-03", "HARBOR"],
    "agreement-prices": ["HARBOR", "MSA-HARBOR"],
    "client-report": ["HARBOR"],
    "client-report-pdf": ["HARBOR"],
    "profit-decide": ["HARBOR"],
    "profit-client": ["HARBOR"],
    "recording": ["HARBOR", "WIN-1", RECORDING],
    "vendor-agency": ["HARBOR", "V1"],
    "vendor-rules": ["HARBOR", "V1"],
    "vendor-planning": ["HARBOR", "V1"],
    "vendor-register": ["HARBOR", "V1"],
    "vendor-agency-file": ["HARBOR", "LOA-NONE"],
    "profit-work": ["HARBOR"],
}
_MAIL = b"From: x@y.example\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nHello"
_RECEIVED_AT = datetime(2007, 2, 23, 18, 15, tzinfo=UTC)


def _named(name: str) -> URLPattern:
    return next(pattern for pattern in urlpatterns if pattern.name == name)


def ask_for_window(told: harbor_books.Books, raw: books.RawEvidence) -> None:
    """A vendor's window that nobody has decided, and a session recorded in it."""
    recorded_session(raw)
    period = Period(_RECEIVED_AT, _RECEIVED_AT + timedelta(hours=1))
    asked = AccessWindow(WindowId("WIN-1"), AssetId("SRV1"), period, vendor=VendorId("V1"))
    record_window(asked, client=told.client, actor=harbor_books.KIM, at=told.at)


def recorded_session(raw: books.RawEvidence) -> None:
    """A recording whose archive is on record, and whose bytes are not in the store."""
    assert raw.asset is not None
    gate = books.Gate.objects.create(
        asset=raw.asset, address="srv1", host_key="ssh-ed25519 AAAA", added_at=_RECEIVED_AT
    )
    kept = {"recorded_at": _RECEIVED_AT, "recorded_by": "groundrules"}
    archive = books.RawEvidence.objects.create(
        **kept,
        client=raw.client,
        asset=raw.asset,
        digest="cd" * 32,
        length=10,
        format="terminal-recordings",
        name="WIN-1-recordings.tar",
    )
    books.SessionRecording.objects.create(
        **kept, gate=gate, window="WIN-1", name=RECORDING, evidence_digest=archive.digest
    )


def accounting_file(run: books.BillingRun) -> None:
    """A file of a run that was handed to accounting."""
    content = freeze(b"document\r\n", "text/csv", actor=harbor_books.KIM, at=run.recorded_at)
    books.AccountingFile.objects.create(
        recorded_at=run.recorded_at,
        recorded_by=run.recorded_by,
        run=run,
        form="csv",
        number=1,
        name=f"{run.ref}-csv-1.csv",
        content=content,
    )


def dispute_of(document: books.Issued, told: harbor_books.Books) -> None:
    """Pat disputes the first line of a document."""
    pat = client_speaker(told.client.contacts.get(code="PAT"), told.at)
    line = document.lines.order_by("position")[0]
    raised = Raised(DisputeSubject.LINE, line.ref, "Not ours", pat)
    open_dispute(raised, client=told.client, actor=harbor_books.KIM, at=told.at)


def site_of(told: harbor_books.Books) -> None:
    """Harbor's main site."""
    site = Site(SiteId("MAIN"), "Quay")
    add_site(site, client=told.client, actor=harbor_books.KIM, at=told.at)


def of_letter(ref: str) -> dict[str, list[Any]]:
    """The addresses about one letter and what letters say."""
    about = ("letter", "letter-decide", "letter-words", "letter-pdf")
    return {
        **{key: [ref] for key in about},
        "letter-page": [ref, 1],
        "letter-text": ["notice", "en"],
    }


def conversations_of(told: harbor_books.Books) -> dict[str, list[Any]]:
    """A call that was logged and a mail nobody could place, with the addresses of their pages."""
    said = Said("How can we get back on?", told.at, contact="COLE", asset="SRV1")
    spoken = note(said, client=told.client, actor=harbor_books.KIM, at=told.at)
    mail = mail_in.take_file(_MAIL, name="a stranger's", at=told.at)
    assert mail is not None
    return {
        **{key: ["HARBOR", spoken.ref] for key in ("message", "message-act")},
        **{key: [mail.pk] for key in ("mail", "mail-file")},
        "mail-attachment": [mail.pk, 1],
        "log-call": ["HARBOR"],
    }


class TestEveryPage(TestCase):
    """One scenario with letters and invoices; each page is opened with a record that exists."""

    told: ClassVar[harbor_books.Books]
    users: ClassVar[dict[str, User]]
    arguments: ClassVar[dict[str, list[Any]]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = harbor_books.with_documents("12-the-way-back.yaml")
        cls.users = harbor_books.people(cls.told.at)
        raw = books.RawEvidence.objects.create(
            recorded_at=_RECEIVED_AT,
            recorded_by="groundrules",
            client=cls.told.client,
            asset=cls.told.client.assets.get(code="SRV1"),
            digest="ab" * 32,
            length=10,
            format="syslog",
            name="auth.log",
        )
        ask_for_window(cls.told, raw)
        accounting_file(open_run(date(2007, 3, 1), actor=harbor_books.KIM, at=cls.told.at))
        document = books.Issued.objects.order_by("pk")[0]
        dispute_of(document, cls.told)
        site_of(cls.told)
        decision = books.Decision.objects.order_by("pk")[0]
        cls.arguments = {
            **conversations_of(cls.told),
            **{key: ["HARBOR", "SRV1"] for key in _OF_A_SERVER},
            "session": ["HARBOR", "SES-1"],
            **{key: [decision.number] for key in ("decision", "decision-exception", "explain")},
            "client": ["HARBOR"],
            **{key: ["HARBOR"] for key in ("client-door", "client-billing", "client-language")},
            "client-notice-address": ["HARBOR"],
            "site-new": ["HARBOR"],
            **{key: ["HARBOR", "MAIN"] for key in ("site", "site-act")},
            "agreement": ["HARBOR", "MSA-HARBOR", 1],
            **of_letter(books.LetterDraft.objects.get(kind="reinstatement").ref),
            "invoice": [document.ref],
            "invoice-page": [document.ref, 1],
            "invoice-pdf": [document.ref],
            **{key: [document.ref] for key in ("invoice-ubl", "invoice-cii", "invoice-log")},
            "raw": [raw.digest],
            "vendor": ["HARBOR", "V1"],
            **{key: ["HARBOR", "V1"] for key in ("vendor-invite", "vendor-write")},
            "window": ["HARBOR", "WIN-1"],
            "visit": ["HARBOR", "WIN-1"],
            **_OF_HARBOR,
            **_BY_NUMBER,
            **{key: ["not-a-token"] for key in ("sign-in-link", "welcome")},
        }

    def _address(self, name: str) -> str:
        return reverse(f"web:{name}", args=self.arguments.get(name, []))

    def _guarded(self) -> list[str]:
        return [str(p.name) for p in urlpatterns if str(p.name) not in _OPEN | _EVERYONE]

    def test_each_belongs_to_an_area(self) -> None:
        """A page that nobody guards is a fault."""
        unguarded = [
            name
            for name in self._guarded()
            if getattr(_named(name).callback, "area", "") not in AREAS
        ]

        assert unguarded == []

    def test_each_sends_a_stranger_to_sign_in(self) -> None:
        """Without a session every page leads to the sign-in form, and says where to go on."""
        for name in [*self._guarded(), *_EVERYONE]:
            answer = self.client.get(self._address(name))

            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/sign-in/?next="), name

    def test_each_opens_for_its_roles_and_refuses_the_others(self) -> None:
        """The table in access.py is what really happens."""
        posted = {
            *("change-verdict", "letter-decide", "dependencies-edit", "health-edit"),
            "backup-reporter",
            *("recovery-act", "remote-act", "incident-resolve"),
            *("month-end-open", "month-end-act", "profit-decide"),
            *("time-timer", "time-aside", "time-own", "decision-exception"),
            *("vendor-invite", "vendor-write", "client-notice-address", "site-act"),
            *("server-standing-act", "client-door", "review-ratify", "message-act", "mail-file"),
            *("account-act", "account-passkey", "account-passkey-ask", "people-act"),
            *("outgoing-act", "installation-stop"),
            *("invoices-export", "dispute-answer"),
            *("invoices-export", "client-language", "token-revoke"),
            *("webhook-act", "calendar-revoke", "import-undo", "run-act"),
            "installation-export",
            *("tray-star", "tray-act"),
        }
        for role in Role.values:
            self.client.force_login(self.users[role])
            for name in self._guarded():
                allowed = role in AREAS[getattr(_named(name).callback, "area")]  # noqa: B009 - set by the guard
                status = self.client.get(self._address(name), follow=False).status_code
                rendered = {
                    "letter-pdf": {200, 404},
                    "recording": {422},
                    "tray-copy": {404},
                    "dispute-new": {404},
                    "remote-plan": {404},
                    "signature-file": {404},
                    "vendor-agency-file": {404},
                    **{one: {404} for one in ("webhook", "run", "run-file")},
                    **{one: {404} for one in ("import", "import-faults")},
                    "import-waiting": {302},
                }
                expected = {405} if name in posted else rendered.get(name, {200})

                assert status in (expected if allowed else {403}), (role, name, status)

    def test_gives_lists_that_are_no_tables_as_csv(self) -> None:
        """Disputes and windows, all columns of the page, and nothing a spreadsheet would run."""
        self.client.force_login(self.users["owner"])
        books.Client.objects.filter(pk=self.told.client.pk).update(name="=1+1")

        sheets = [
            b"".join(self.client.get(f"/{page}/?format=csv")).decode().splitlines()
            for page in ("disputes", "vendors")
        ]

        assert sheets[0][0].startswith("Dispute,Client,")
        assert "DSP-1,'=1+1," in sheets[0][1]
        assert sheets[1][0] == "Window,Client,Server,Vendor,When,State"

    def test_gives_what_is_kept_for_owners_as_csv(self) -> None:
        """People, tokens, what a webhook was told, and what the numbers rest on: as on their pages, nothing secret."""
        owner = self.users["owner"]
        self.client.force_login(owner)
        User.objects.filter(pk=owner.pk).update(name="=1+1")
        actor, at = Actor.of(owner), self.told.at
        wanted = tokens.Wanted("@board", ["clients:read"])
        _, token = tokens.make(wanted, user=owner, actor=actor, at=at)
        hook, secret = webhooks.add(
            webhooks.Wanted("chat", "https://1.1.1.1/x", [], []), actor=actor, at=at
        )
        webhooks.try_out(hook, actor=actor, at=at)
        pages = ("people", "connect/tokens", f"connect/webhooks/{hook.pk}", "profit/assumptions")
        more = ("connect/webhooks", "letters/texts", "installation")
        kinds = {f"/{page}/": "csv" for page in (*pages, *more)} | {"/people/#": "csv-sign-ins"}

        sheets = [
            b"".join(self.client.get(page.rstrip("#"), {"format": kind})).decode()
            for page, kind in kinds.items()
        ]

        heads = [sheet.splitlines()[0].split(",")[0] for sheet in sheets]
        assert heads == ["Who", "Token", "Event", "What", "Webhook", "Letter", "State", "Who"]
        assert "chat,https://1.1.1.1/x,everything,every client,well" in sheets[4]
        assert "suspension,German,as shipped" in sheets[5]
        assert ",database," in sheets[6]
        assert f"'=1+1,{owner.email},Owner,yes," in sheets[0]
        assert "'@board," in sheets[1]
        assert ",webhook.test," in sheets[2]
        assert token not in "".join(sheets)
        assert secret not in "".join(sheets)

    def test_says_who_may_open_a_refused_page(self) -> None:
        """A refusal names the roles that may, and the one that asked."""
        self.client.force_login(self.users["accountant"])

        answer = self.client.get(self._address("letters"))

        assert answer.status_code == 403
        assert "owner or technician; you are signed in as accountant" in answer.content.decode()

    def test_shows_navigation_only_to_what_opens(self) -> None:
        """No link leads to a refusal."""
        self.client.force_login(self.users["accountant"])

        page = self.client.get("/").content.decode()

        assert 'href="/invoices/"' in page
        assert 'href="/evidence/"' not in page
        assert 'href="/servers/"' not in page

    def test_keeps_cost_to_the_owner(self) -> None:
        """What work cost us is on the owner's page, and on nobody else's."""
        number = self.arguments["decision"][0]
        seen = {}
        for role in Role.values:
            self.client.force_login(self.users[role])
            seen[role] = "Our cost" in self.client.get(f"/work/{number}/").content.decode()

        assert seen == {role: role == "owner" for role in Role.values}

    def test_lets_who_only_reads_change_nothing(self) -> None:
        """Whatever form an auditor or observer sends, no page but those about themselves takes it."""
        assert sorted(READERS) == ["auditor", "observer"]
        before = books.AuditEntry.objects.count()
        for role in READERS:
            self.client.force_login(self.users[role])
            for name in self._guarded():
                if getattr(_named(name).callback, "own", False):
                    continue
                answer = self.client.post(self._address(name), {"act": "anything"})

                assert answer.status_code == 403, (role, name)
        assert books.AuditEntry.objects.count() == before

    def test_answers_an_unknown_address_in_the_house_style(self) -> None:
        """A page that isn't there says so, without a stack and without a guess."""
        self.client.force_login(self.users["owner"])

        answer = self.client.get("/changes/HARBOR/CHG-NOT-THERE/")

        assert answer.status_code == 404
        assert "Nothing was changed." in answer.content.decode()

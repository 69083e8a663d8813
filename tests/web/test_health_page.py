"""The health page: what is wrong first, what nobody knows said so, and checks set, changed and refused in words."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groundrules.cli.main import main
from groundrules.core.backups import BackupPolicy, RestoreDrill
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.gateways.imap import Arrived
from groundrules.records import models as books
from groundrules.services import mail_in
from groundrules.services.filing import Filing, file_facts
from groundrules.services.health import summarise_due
from groundrules.web.times import minute
from tests.kept import Kept, anew
from tests.web import harbor_books
from tests.web.harbor_books import ALEX

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"
PAGE = "/servers/HARBOR/SRV1/health/"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books], client: Client) -> harbor_books.Books:
    """Scenario 4, with the technician signed in."""
    client.force_login(harbor_books.person("technician"))
    return replace(taken_over.made, client=anew(taken_over.made.client))


def disks(told: harbor_books.Books, reallocated: int, days_ago: int) -> None:
    """A list of SRV1's disks, as its collector handed it in."""
    at = timezone.now() - timedelta(days=days_ago)
    words = {"health": "passed", "model": "ST2000DM008", "reallocated": str(reallocated)}
    item = Item(ItemKind.DISK_HEALTH, "/dev/sda", words)
    cited = Citation(EvidenceId("c" * 64), "disk-health", "snapshot/1")
    kinds = frozenset({ItemKind.DISK_HEALTH})
    seen = Snapshot(AssetId("SRV1"), at, kinds, (item,), cited)
    file_facts((seen,), Filing(told.client, ALEX, timezone.now()))


def certificates(told: harbor_books.Books, *names: str) -> None:
    """A list of SRV1's certificates that ran out, as its collector handed it in."""
    at = timezone.now()
    over = (at - timedelta(days=9)).isoformat()
    kind = ItemKind.CERTIFICATE
    items = tuple(Item(kind, name, {"subject": name, "not_after": over}) for name in names)
    cited = Citation(EvidenceId("d" * 64), "certificates", "snapshot/1")
    seen = Snapshot(AssetId("SRV1"), at, frozenset({kind}), items, cited)
    file_facts((seen,), Filing(told.client, ALEX, at))


def mailed_drill(ended: datetime, checked: str) -> bytes:
    """A mail of vault.example that reports a restore of SRV1's image, with our server's verdict on its domain."""
    told = {"restore_drill": 1, "product": "veeam", "server": "SRV1", "name": "image"}
    told |= {"began": (ended - timedelta(hours=1)).isoformat(), "ended": ended.isoformat()}
    message = EmailMessage(policy=SMTP)
    verdict = f"mx.example; dmarc={checked} header.from=vault.example"
    message["Authentication-Results"] = verdict
    message["From"], message["To"] = "backup@vault.example", "desk@castle-it.example"
    message["Date"] = format_datetime(timezone.now())
    message.set_content("The restore of tonight.")
    content = json.dumps({**told, "passed": True}).encode()
    message.add_attachment(content, maintype="application", subtype="json", filename="r.json")
    return message.as_bytes()


class TestHealthPage:
    """`/servers/HARBOR/SRV1/health/` and the card on the first page."""

    def test_warns_on_both_pages(self, told: harbor_books.Books, client: Client) -> None:
        """A disk that wears out is on the server's page at once, and on the first page when it was worked out."""
        disks(told, 8, 3)
        disks(told, 24, 0)
        said = "rose from 8 to 24"
        page = client.get(PAGE).content.decode()
        assert said in page
        assert "Nobody has looked at the disk arrays of SRV1." in page
        assert "2 servers whose parts nobody looked at lately" in client.get("/").content.decode()
        assert summarise_due(timezone.now()) == 1
        assert summarise_due(timezone.now()) == 0
        today = client.get("/").content.decode()
        assert said in today
        assert "1 server whose parts nobody looked at lately" in today

    def test_tells_alike_parts_together(self, told: harbor_books.Books, client: Client) -> None:
        """Certificates that ran out are one row with each behind it, on the page and on the first page."""
        certificates(told, "Root CA", "Old Root", "Older Root")

        page = client.get(PAGE).content.decode()
        summarise_due(timezone.now())

        together = "3 certificates ran out; who trusts them is refused."
        assert page.count(together) == 1
        assert "Each of the 3" in page
        assert page.count("ran out at") == 3
        assert together in client.get("/").content.decode()

    def test_gives_every_row_as_csv(self, told: harbor_books.Books, client: Client) -> None:
        """Nothing is put together in the CSV; a name that a spreadsheet would run is text there."""
        certificates(told, "=cmd|' /C calc'!A1", "Old Root", "Older Root")
        check = {"application": "SHAREPOINT", "kind": "port", "target": "127.0.0.1:1"}
        client.post(f"{PAGE}edit/", check)

        answer = client.get(f"{PAGE}?format=csv")

        rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
        listed = [row for row in rows if row["what"] == "certificate"]
        assert [row["name"] for row in listed] == [
            "'=cmd|' /C calc'!A1",
            "Old Root",
            "Older Root",
        ]
        assert {(row["state"], row["evidence"]) for row in listed} == {("critical", "d" * 64)}
        assert {row["server"] for row in rows} == {"SRV1"}
        assert {"disk", "application", "check"} <= {row["what"] for row in rows}
        assert "health-SRV1.csv" in answer["Content-Disposition"]

    def test_is_given_alike_by_the_command(
        self, told: harbor_books.Books, client: Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """`groundrules health show SRV1 --csv` prints what the page hands out."""
        certificates(told, "Old Root")
        page = b"".join(client.get(f"{PAGE}?format=csv")).decode()

        assert main(["health", "show", "SRV1", "--csv"]) == 0

        assert capsys.readouterr().out.splitlines() == page.splitlines()

    def test_lists_drills_on_every_page(self, told: harbor_books.Books, client: Client) -> None:
        """Each drill with both figures, how they go, the last proven restore on the server's page and its timeline."""
        at = timezone.now()
        policy = BackupPolicy(AssetId("SRV1"), "files", "restic", 24, at - timedelta(days=99))
        drills = [
            RestoreDrill(
                AssetId("SRV1"),
                "files",
                at - timedelta(days=days),
                at - timedelta(days=days) + timedelta(minutes=took),
                passed=True,
                says="3 files came back and passed the check",
                data_from=at - timedelta(days=days, hours=2),
            )
            for days, took in ((1, 40), (31, 10), (61, 11))
        ]
        file_facts((policy, *drills), Filing(told.client, ALEX, at))

        page = client.get(PAGE).content.decode()
        server = client.get("/servers/HARBOR/SRV1/?range=7d").content.decode()

        assert "3 restore drills" in page
        assert "40 min" in page
        assert "Coming back takes longer than it did: 40 minutes" in page
        ended = minute(drills[0].ended, told.client.zone)
        assert f"Last proven restore: {ended}" in server
        assert "restore drill" in server

    def test_tells_what_a_mail_reports_from_what_is_proven(
        self, told: harbor_books.Books, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who may report is set there; what they mail is shown as reported, what waits with the reason, and the gap."""
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL_CHECKED_BY", "mx.example")
        at = timezone.now()
        policy = BackupPolicy(AssetId("SRV1"), "image", "veeam", 24, at - timedelta(days=9))
        file_facts((policy,), Filing(told.client, ALEX, at))
        sets = {"backup": "image", "sender": "everybody"}
        refused = client.post(f"{PAGE}reporter/", sets, follow=True).content.decode()
        taken = client.post(f"{PAGE}reporter/", {**sets, "sender": "Vault.example"}, follow=True)
        assert "no mail address and no domain" in refused
        assert "Reports of image are taken by mail from vault.example." in taken.content.decode()

        mail = [mailed_drill(at - timedelta(days=1), checked) for checked in ("pass", "none")]
        rows = [mail_in.take(Arrived("1", one, received_at=at), name="imap", at=at) for one in mail]

        page = client.get(PAGE).content.decode()
        server = client.get("/servers/HARBOR/SRV1/?range=7d").content.decode()
        assert "1 mail in the name of who may report a backup here waits to be looked at" in page
        assert f"{rows[1]}</a>: in the name of backup@vault.example, who may report" in page
        assert "reported, not proven" in page
        assert "Last proven restore: none on record; one of" in server
        assert f"reported by veeam by mail ({rows[0]}, sender&#x27;s domain proven)" in server
        assert "no report of backup image by veeam came, though one was due" in server
        assert rows[0] is not None
        reported = client.get(reverse("web:mail", args=[rows[0].pk])).content.decode()
        assert "taken by itself as reported; it proves no restore" in reported

    def test_sets_changes_and_takes_out(self, told: harbor_books.Books, client: Client) -> None:
        """Checks are added one by one; what cannot be asked is refused and changes nothing."""
        app = {"application": "SHAREPOINT"}
        page = {"kind": "http", "target": "https://portal.example/", "text": "Sign in"}
        edit = f"{PAGE}edit/"
        client.post(edit, {**app, **page})
        answer = client.post(edit, {**app, "kind": "port", "target": "nowhere"}, follow=True)
        assert "write it as host:port" in answer.content.decode()
        answer = client.post(edit, {**app, "rhythm": "1", "every": "0"}, follow=True)
        assert "1 to 1440 minutes" in answer.content.decode()
        client.post(edit, {**app, "rhythm": "1", "every": "15"})
        (row,) = books.HealthPlan.objects.current()
        plan = row.to_core()
        assert (plan.every, len(plan.checks)) == (15, 1)
        gone = {"kind": "database", "target": "postgresql://127.0.0.1:1"}
        client.post(edit, {**app, **gone})
        client.post(edit, {**app, "remove": plan.checks[0].says})
        client.post(edit, {**app, "look": "1"})
        said = client.get(PAGE).content.decode()
        assert "the database at 127.0.0.1:1 takes logins (PostgreSQL)" in said
        assert "Failed: 127.0.0.1:1: connection refused" in said
        client.post(
            edit, {**app, "remove": "the database at 127.0.0.1:1 takes logins (PostgreSQL)"}
        )
        assert books.HealthPlan.objects.current().get().to_core().checks == ()
        assert client.post(edit, {"application": "NOBODY", **page}).status_code == 404
        assert told.client.code == "HARBOR"

"""The register of a vendor, backups and rules: on the pages and from a shell."""

from __future__ import annotations

import json
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.cli.main import main
from groundrules.core.ids import BackupHoursId
from groundrules.core.periods import Period
from groundrules.core.vendors import ApprovalRefused
from groundrules.core.vendors.backups import BackupHours
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services.access import Deciding, approve
from groundrules.services.agency import remind, reminders_of
from groundrules.services.vendors import record_backup_hours
from tests.cast import OLGA
from tests.portal.harbor import BACKED_UP, NOW, Harbor

pytestmark = pytest.mark.django_db
HERE = ("--client", "harbor")


@pytest.fixture
def staff(harbor: Harbor) -> Client:  # noqa: ARG001 - the owner is the harbor's provider's
    """This fixture will sign the owner in."""
    user = User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def shell(
    staff: Client,  # noqa: ARG001 - commands act as the owner
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """This fixture will run commands as the owner."""
    return Shell(capsys)


class Shell:
    """Runs a command and reads what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.said = ""

    def run(self, *words: str) -> int:
        """This function will run a command; what it said on either stream is kept."""
        self.capsys.readouterr()
        number = main(words)
        out, err = self.capsys.readouterr()
        self.said = out + err
        return number

    def data(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command answers
        """This function will run a command with --json and return its answer."""
        assert self.run(*words, "--json") == 0, self.said
        return json.loads(self.said)


class TestPage:
    """What the owner sees and keeps."""

    PAGE = "/vendors/harbor/V1/register/"

    def post(self, staff: Client, **said: Any) -> int:  # noqa: ANN401 - form fields
        """This function will send one form."""
        return staff.post(self.PAGE, said).status_code

    def test_keeps_card_account_and_contract(self, harbor: Harbor, staff: Client) -> None:
        """Each form keeps what it says, and the vendor's page shows it."""
        card = {
            "email": "desk@rogue.example",
            "zone": "Asia/Kolkata",
            "people": "Rae Rogue\nBo Rogue",
        }
        assert self.post(staff, act="card", networks="203.0.113.9/28\n198.51.100.7", **card) == 302
        assert self.post(staff, act="account", name="bo", person="Bo Rogue", host="SRV1") == 302
        contract = {"number": "SUP-77", "covers": "the application", "last_day": "2030-12-31"}
        assert (
            self.post(
                staff, act="support", tools="ScreenConnect", escalation="Desk\nBoss", **contract
            )
            == 302
        )

        vendor = books.Vendor.objects.get(code="V1")
        assert vendor.networks == ["203.0.113.0/28", "198.51.100.7/32"]
        shown = staff.get("/vendors/harbor/V1/").content.decode()
        for word in (
            "bo</span> on Harbor",
            "SUP-77",
            "until",
            "2030-12-31",
            "ScreenConnect",
            "may refuse to talk",
        ):
            assert word in shown, word
        assert "SUP-77" in staff.get(self.PAGE).content.decode()

    def test_refuses_in_words_and_keeps_what_was_typed(self, harbor: Harbor, staff: Client) -> None:
        """No network, no zone, no person, no day, an account twice: nothing changes."""
        for said in (
            {"act": "card", "networks": "somewhere", "zone": ""},
            {"act": "card", "networks": "", "zone": "Mars/Base"},
            {"act": "card", "networks": "", "zone": "../etc/passwd"},
            {"act": "account", "name": "x", "person": " ", "host": "SRV1"},
            {"act": "account", "name": "RAE", "person": "Rae Rogue", "host": "SRV1"},
            {"act": "account", "name": "x", "person": "Rae", "host": "SRV9"},
            {"act": "support", "last_day": "soon"},
            {"act": "support", "assets": ["SRV9"]},
        ):
            answer = staff.post(self.PAGE, said)
            assert answer.status_code == 422, said
            assert "Nothing was changed" in answer.content.decode()
        assert (
            staff.post(self.PAGE, {"act": "card", "networks": "somewhere"}).content.count(
                b"somewhere"
            )
            >= 2
        )
        assert books.Vendor.objects.get(code="V1").networks == ["203.0.113.0/28"]
        assert not books.SupportContract.objects.exists()

    def test_ends_an_account_and_lets_it_be_given_anew(self, harbor: Harbor, staff: Client) -> None:
        """What it did stays its person's; the next holder begins now; the second end is refused."""
        row = books.Account.objects.get(name="rae")
        assert self.post(staff, act="end-account", account=str(row.pk)) == 302
        assert self.post(staff, act="end-account", account=str(row.pk)) == 422
        assert self.post(staff, act="account", name="rae", person="Ray Rogue", host="SRV1") == 302

        first, second = books.Account.objects.filter(name="rae").order_by("pk")
        assert first.held_to is not None
        assert second.held_from is not None
        assert second.held_from >= first.held_to
        assert (first.person, second.person) == ("Rae Rogue", "Ray Rogue")


class TestBackups:
    """A window beside a backup."""

    def test_needs_somebody_who_wants_both(self, harbor: Harbor) -> None:
        """The evening's image begins at seven: nobody approves the window by oversight."""
        backup = BackupHours(
            BackupHoursId("BKP-1"),
            "Image to the NAS",
            frozenset(range(5)),
            time(19),
            time(20),
            Period(NOW, None),
        )
        given: dict[str, Any] = {"client": harbor.client, "actor": OLGA, "at": NOW}
        record_backup_hours(backup, **given)
        row = harbor.ask()

        with pytest.raises(ApprovalRefused, match="Image to the NAS"):
            approve(row.ref, BACKED_UP, **given)
        approve(row.ref, Deciding(backup_confirmed=True, clash_accepted=True), **given)

    def test_is_kept_and_ended_from_a_shell(self, shell: Shell) -> None:
        """It is listed until it is ended, and ended once."""
        hours = ("--days", "mon-fri", "--opens", "22:00", "--closes", "01:00")
        said = shell.data("planning", "backup", *HERE, "--says", "Image to the NAS", *hours)

        assert [one["reference"] for one in said["backups"]] == ["BKP-1"]
        assert shell.run("planning", "end-backup", "BKP-1", *HERE) == 0
        assert shell.data("planning", "list", *HERE)["backups"] == []
        assert shell.run("planning", "end-backup", "BKP-1", *HERE) == 3

    def test_is_put_on_record_on_the_page(self, harbor: Harbor, staff: Client) -> None:
        """With its days and hours; too little is refused and stays typed."""
        page = "/vendors/harbor/V1/planning/"
        said = {
            "act": "backup",
            "says": "Image",
            "days": ["0", "4"],
            "opens": "22:00",
            "closes": "01:00",
        }

        assert staff.post(page, said).status_code == 302
        refused = staff.post(page, {**said, "days": [], "says": "Tape"})

        assert (
            "Image of every server: Monday, Friday, from 22:00 to 01:00"
            in staff.get(page).content.decode()
        )
        assert refused.status_code == 422
        assert "choose the days" in refused.content.decode().casefold()
        assert 'value="Tape"' in refused.content.decode()
        assert staff.post(page, {"act": "end-backup", "backup": "BKP-1"}).status_code == 302
        assert staff.post(page, {"act": "end-backup", "backup": "BKP-1"}).status_code == 422


class TestShell:
    """The same services as the pages."""

    def test_keeps_the_register(self, harbor: Harbor, shell: Shell) -> None:
        """Card, account, contract; what is not named stays; and what is due is listed."""
        shell.data("vendor", "card", "V1", *HERE, "--email", "desk@rogue.example")
        shell.data(
            "vendor", "account", "V1", *HERE, "--name", "bo", "--person", "Bo", "--asset", "SRV1"
        )
        ends = f"{timezone.now() + timedelta(days=10):%Y-%m-%d}"
        shell.data("vendor", "support", "V1", *HERE, "--number", "S-1", "--last-day", ends)

        said = shell.data("vendor", "list", *HERE)

        (one,) = said["vendors"]
        assert (one["email"], one["networks"]) == ("desk@rogue.example", ["203.0.113.0/28"])
        assert [account["name"] for account in one["accounts"]] == ["bo", "rae"]
        assert one["support"]["last_day"] == ends
        assert [due["vendor"] for due in said["due"]] == ["V1"]
        assert (
            shell.run("vendor", "end-account", "V1", *HERE, "--name", "bo", "--asset", "SRV1") == 0
        )
        assert (
            shell.run("vendor", "end-account", "V1", *HERE, "--name", "bo", "--asset", "SRV1") == 3
        )
        assert shell.run("vendor", "show", "V9", *HERE) == 3
        assert "no vendor 'V9'" in shell.said
        assert shell.run("vendor", "card", "V1", *HERE, "--network", "x") == 8

    def test_reminds_of_a_contract_once(self, harbor: Harbor, shell: Shell) -> None:
        """Thirty days ahead on-call is mailed, once for that last day."""
        now = timezone.now()
        ends = f"{now + timedelta(days=10):%Y-%m-%d}"
        shell.data("vendor", "support", "V1", *HERE, "--last-day", ends)

        assert len(remind(at=now)) == 1
        assert remind(at=now) == ()
        (mail,) = harbor.mails("support contract")
        assert f"ends after {ends}" in mail.get_content()
        assert reminders_of(harbor.client, now - timedelta(days=40)) == ()

    def test_freezes_and_approves_beforehand(self, harbor: Harbor, shell: Shell) -> None:
        """Both stand, are listed for people and as data, and end once."""
        times = (
            "--starts",
            "2040-12-24T00:00",
            "--ends",
            "2040-12-27T00:00",
            "--reason",
            "Christmas",
        )
        shell.data("planning", "freeze", *HERE, *times)
        work = ("--says", "Monthly update", "--touches", "application", "--minutes", "120")
        hours = ("--days", "mon,thu", "--opens", "18:00", "--closes", "21:00", "--asset", "SRV1")
        said = shell.data("planning", "routine", *HERE, "--vendor", "V1", *work, *hours)

        assert said["freezes"][0]["starts"] == "2040-12-24T05:00:00+00:00"
        assert said["routine"][0]["days"] == "mon,thu"
        assert shell.run("planning", "list", *HERE) == 0
        assert (
            "FRZ-1    freeze, Mon 2040-12-24 00:00 EST to Thu 2040-12-27 00:00 EST on every server (Christmas)"
            in shell.said
        )
        for action, ref in (("thaw", "FRZ-1"), ("end-routine", "STD-1")):
            assert shell.run("planning", action, ref, *HERE) == 0
            assert shell.run("planning", action, ref, *HERE) == 3
        assert (
            shell.run("planning", "freeze", *HERE, "--starts", "2040-03-11T02:30", *times[2:]) == 8
        )
        assert "does not exist" in shell.said

    def test_takes_a_letter_of_agency_through_its_steps(
        self,
        harbor: Harbor,
        shell: Shell,
        tmp_path: Any,  # noqa: ANN401 - a path
    ) -> None:
        """Drafted, signed with its file, delivered, in force at one instant and not at another, called, revoked."""
        books.Technician.objects.create(code="T1", name="Tariq")
        harbor.client.address, harbor.client.notice_email = "1 Main St", "pat@harbor.example"
        harbor.client.save()
        books.Provider.objects.update(address="2 Side St", email="desk@castle.example")
        signer = ("--vendor", "V1", "--signer", "Pat Harbor")
        drafted = shell.run("agency", "draft", *HERE, *signer, "--verify-with", "call 555 0100")
        assert drafted == 0, shell.said
        assert shell.run("agency", "step", "LOA-1", "delivered", *HERE) == 5
        letter = tmp_path / "loa.pdf"
        letter.write_bytes(b"%PDF-1.7 signed")
        signed = ("--file", str(letter), "--signed-by", "Pat Harbor")
        shell.data("agency", "step", "LOA-1", "signed", *HERE, *signed)
        assert shell.run("agency", "in-force", *HERE, "--vendor", "V1", "--asset", "SRV1") == 6
        shell.data("agency", "step", "LOA-1", "delivered", *HERE)

        assert shell.run("agency", "in-force", *HERE, "--vendor", "V1", "--asset", "SRV1") == 0
        before = ("--at", "2020-01-01T00:00Z")
        assert (
            shell.run("agency", "in-force", *HERE, "--vendor", "V1", "--asset", "SRV1", *before)
            == 6
        )
        assert shell.run("agency", "step", "LOA-1", "call-made", *HERE) == 5
        assert "say what came of the call" in shell.said
        shell.data("agency", "step", "LOA-1", "call-made", *HERE, "--says", "Dana knows us now")
        (one,) = shell.data("agency", "list", *HERE)["letters"]
        assert [step["step"] for step in one["steps"]] == [
            "drafted",
            "signed",
            "delivered",
            "call made",
        ]
        assert len(one["file_digest"]) == 64

    def test_publishes_rules_and_notes_who_accepted(self, harbor: Harbor, shell: Shell) -> None:
        """Version 1 waits, is accepted on paper by a person, and only as the newest."""
        chosen = ("--clause", "window-first", "--own", "Call Kim first.")
        said = shell.data("rules", "publish", "V1", *HERE, *chosen)
        assert (said["version"], said["waits"], said["refuses"]) == (1, True, True)
        assert shell.run("rules", "accept", "V1", *HERE, "--version", "2", "--person", "Rae") == 5
        assert shell.run("rules", "accept", "V1", *HERE, "--version", "1", "--person", " ") == 8

        said = shell.data("rules", "accept", "V1", *HERE, "--version", "1", "--person", "Rae Rogue")

        assert (said["accepted_by"], said["waits"]) == ("Rae Rogue", False)
        assert shell.run("rules", "publish", "V1", *HERE, *chosen) == 8
        assert shell.run("rules", "show", "V1", *HERE) == 0
        assert "Call Kim first." in shell.said
        assert any(c["id"] == "rollback" for c in shell.data("rules", "library")["clauses"])

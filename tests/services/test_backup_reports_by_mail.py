"""Another product's report of its backups that came by mail: taken by itself when all fits, else a person looks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.backups import BackupPolicy, OriginKind, PolicyRefused
from groundrules.core.health import Level
from groundrules.core.ids import AssetId
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.mail import Trust
from groundrules.gateways.imap import Arrived
from groundrules.readers.mail import AttachmentMissing
from groundrules.records import models as books
from groundrules.records.models import IncomingMail, MailFiling
from groundrules.services import backups, mail_in
from groundrules.services.actor import NotAllowed
from groundrules.services.filing import Filing, file_facts
from groundrules.services.mail_in import backup_reports
from groundrules.services.mail_in.evidence import keep_evidence
from groundrules.services.verification import verify
from tests.cast import ANNA, OLGA, TARIQ

NOON = datetime(2007, 3, 14, 20, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OURS = "mx.castle-it.example"
SENDER = "backup@vault.example"
PROVEN = f"{OURS}; dmarc=pass header.from=vault.example"
REPORT = {
    "restore_drill": 1,
    "product": "veeam",
    "server": "SRV1",
    "name": "image",
    "began": "2007-03-14T08:00:00-07:00",
    "ended": "2007-03-14T09:00:00-07:00",
    "passed": True,
}


def made(ended: datetime = NOON - HOUR, **changed: object) -> dict[str, object]:
    """A report of one backup of SRV1."""
    entry = {"name": "image", "began": (ended - HOUR).isoformat(), "ended": ended.isoformat()}
    result = {**entry, "succeeded": True}
    return {"backups": 1, "product": "veeam", "server": "SRV1", "results": [result], **changed}


def mailed(*reports: object, sender: str = SENDER, checked: str = PROVEN, **heads: str) -> bytes:
    """A mail with reports as its files; a head's underscores are hyphens."""
    message = EmailMessage(policy=SMTP)
    if checked:
        message["Authentication-Results"] = checked
    message["From"], message["To"] = sender, "desk@castle-it.example"
    for name, value in ({"Date": format_datetime(NOON)} | heads).items():
        message[name.replace("_", "-")] = value
    message.set_content("The report of tonight is attached.")
    for number, one in enumerate(reports):
        content = one if isinstance(one, bytes) else json.dumps(one).encode()
        name = f"report-{number}.json"
        message.add_attachment(content, maintype="application", subtype="json", filename=name)
    return message.as_bytes()


def arrives(raw: bytes, at: datetime = NOON) -> MailFiling:
    """Fetch a mail from the mailbox, and return how it stands."""
    row = mail_in.take(Arrived("1", raw, received_at=at), name="imap", at=at)
    assert row is not None
    return stands(row)


def stands(row: IncomingMail) -> MailFiling:
    """How a mail stands."""
    step = mail_in.last_filing(row)
    assert step is not None
    return step


@pytest.mark.django_db
class TestReportByMail:
    """What a mailed report says is handed in only by a person."""

    def test_is_given_out_byte_for_byte_and_proves_nothing_before(
        self, harbor: books.Client
    ) -> None:
        """The mail alone makes no proven restore; taken out and handed in, its bytes are the evidence."""
        asset = harbor.assets.get(code="SRV1")
        content = json.dumps(REPORT).encode()

        row = mail_in.take_file(mailed(content), name="report.eml", at=NOON)
        assert row is not None
        assert not books.RestoreDrill.objects.exists()

        given = mail_in.attachment(row, 1)
        taken = backups.take(given.content, given.attached.name, asset, actor=TARIQ, at=NOON)

        assert given.content == content
        assert taken.evidence is not None
        assert (taken.new, taken.evidence.digest) == (1, given.attached.sha256)
        assert taken.evidence.recorded_by == TARIQ.label
        assert books.RestoreDrill.objects.get().asset == asset

    def test_keeps_back_what_is_no_text(self, harbor: books.Client) -> None:
        """A file that only calls itself JSON stays in the sealed mail, with the reason."""
        row = mail_in.take_file(mailed(b"{\x00}"), name="report.eml", at=NOON)
        assert row is not None

        with pytest.raises(AttachmentMissing, match="it is called \\.json and is no text"):
            mail_in.attachment(row, 1)

    def test_is_refused_for_another_server_than_it_names(self, harbor: books.Client) -> None:
        """A slip of the hand puts no proof beside the wrong server."""
        asset = harbor.assets.get(code="SRV2")

        with pytest.raises(backups.NotABackupReport, match="is about SRV1, not about HARBOR/SRV2"):
            backups.take(json.dumps(REPORT).encode(), "r.json", asset, actor=TARIQ, at=NOON)


@pytest.fixture
def asset(harbor: books.Client, monkeypatch: pytest.MonkeyPatch) -> books.Asset:
    """SRV1, whose image veeam makes daily and SENDER may report."""
    monkeypatch.setattr(settings, "GROUNDRULES_MAIL_CHECKED_BY", OURS)
    asset = harbor.assets.select_related("client").get(code="SRV1")
    policy = BackupPolicy(AssetId("SRV1"), "image", "veeam", 24, NOON - 9 * DAY)
    backups.set_policy(policy, asset, actor=TARIQ, at=NOON - 9 * DAY)
    backups.let_report(asset, "image", f" {SENDER.upper()} ", actor=TARIQ, at=NOON - 9 * DAY)
    return asset


@pytest.mark.django_db
class TestTakenByItself:
    """A proven mail of a registered sender about exactly one backup is taken, once, and only as reported."""

    def test_is_on_record_as_reported(self, asset: books.Asset) -> None:
        """The backup is fresh by its report, the restore is not proven by it, mail and file are sealed."""
        step = arrives(mailed(made()))
        arrives(mailed(REPORT))

        assert (step.kind, step.client, step.trust) == ("report", asset.client, "domain")
        assert step.says == (
            f"1 new entry of backup image of SRV1, reported by veeam by mail ({step.mail}, sender's domain proven)"
        )
        origin = books.BackupResult.objects.get().to_core().origin
        assert (origin.kind, origin.who, origin.mail, origin.trust) == (
            OriginKind.MAIL,
            SENDER,
            str(step.mail),
            Trust.DOMAIN,
        )
        (state,) = backups.states_of(asset, NOON)
        assert state.level is Level.UNKNOWN
        assert state.last_good is not None
        assert (state.proven, state.last_drill) == (None, None)
        assert state.reported is not None
        assert {row.format for row in books.RawEvidence.objects.all()} == {"mail", "backups"}
        assert not books.Message.objects.exists()
        assert verify(asset.client).findings == []

    def test_counts_once_however_often_it_comes(self, asset: books.Asset) -> None:
        """By another way, in another mail, and an old one sent again under a new name: nothing new."""
        raw = mailed(made(), Message_ID="<1@vault.example>")
        arrives(raw)

        twice = arrives(b"Received: by another.example\r\n" + raw)
        again = arrives(mailed(made(), Message_ID="<2@vault.example>"))
        late = arrives(mailed(made(), Message_ID="<3@vault.example>"), NOON + 4 * DAY)

        assert twice.kind == MailFiling.SAME
        assert again.says.startswith("nothing new of backup image of SRV1")
        assert late.kind == MailFiling.WAITING
        assert "may be an old mail sent again" in late.says
        assert books.BackupResult.objects.count() == 1

    def test_comes_whole_or_not_yet_when_the_job_is_killed(
        self, asset: books.Asset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed between the report and the mail's step, nothing is on record; the next look takes it, once."""

        def killed(*_: object, **__: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as patched:
            patched.setattr(backup_reports, "keep_evidence", killed)
            step = arrives(mailed(made()))
        assert step.kind == MailFiling.TRYING
        assert not books.BackupResult.objects.exists()
        assert not books.RawEvidence.objects.exists()

        mail_in.collect(at=NOON + HOUR)
        mail_in.collect(at=NOON + 2 * HOUR)

        assert stands(step.mail).kind == MailFiling.REPORT
        assert books.BackupResult.objects.get().asset == asset

    def test_is_taken_by_one_of_two_workers(
        self, asset: books.Asset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One that looks while another files leaves it alone; one whose step is refused leaves nothing behind."""
        looked: list[MailFiling] = []

        def meanwhile(mail: IncomingMail, *args: Any, **named: Any) -> books.RawEvidence:  # noqa: ANN401
            mail_in.collect(at=NOON + timedelta(minutes=1))
            looked.append(stands(mail))
            return keep_evidence(mail, *args, **named)

        def refused(*_: object, **__: object) -> None:
            raise IntegrityError

        with monkeypatch.context() as patched:
            patched.setattr(backup_reports, "keep_evidence", meanwhile)
            first = arrives(mailed(made()))
            patched.setattr(backup_reports, "keep_evidence", refused)
            second = arrives(mailed(REPORT))

        assert [one.kind for one in looked] == [MailFiling.TRYING]
        kinds = [one.kind for one in first.mail.filings.order_by("number")]
        assert kinds == ["arrived", "trying", "report"]
        assert books.BackupResult.objects.get().asset == asset
        assert second.kind == MailFiling.TRYING
        assert not books.RestoreDrill.objects.exists()

    def test_gives_way_to_who_answers_for_it(self, asset: books.Asset) -> None:
        """A person who hands the same restore in proves it; the mail's claim stays readable behind it."""
        arrives(mailed(REPORT))

        taken = backups.take(json.dumps(REPORT).encode(), "r.json", asset, actor=TARIQ, at=NOON)

        assert taken.new == 1
        (state,) = backups.states_of(asset, NOON)
        assert state.proven is not None
        assert state.proven.origin.kind is OriginKind.PERSON
        assert books.RestoreDrill.objects.count() == 2
        assert len(backups.drills_of(asset, NOON)) == 1
        again = arrives(mailed(REPORT, Subject="again"))
        assert again.says.startswith("nothing new")


NOT_TAKEN = {
    "a From line alone": (mailed(made(), checked=""), "its sender is not proven"),
    "a forged From": (
        mailed(made(), checked=f"{OURS}; dmarc=fail header.from=vault.example"),
        "vault.example did not send it",
    ),
    "a check by a stranger": (
        mailed(made(), checked="mx.evil.example; dmarc=pass header.from=vault.example"),
        "its sender is not proven",
    ),
    "no date": (mailed(made(), Date=""), "does not say when it was written"),
    "too late": (mailed(made(NOON - 4 * DAY)), "more than 3 days before the mail came"),
    "still to come": (mailed(made(NOON + HOUR)), "after the mail came"),
    "another client's server": (
        mailed(made(server="SRV9")),
        "about image of SRV9, and its sender may not report that",
    ),
    "another client": (mailed(made(client="OTHER")), "about image of OTHER/SRV1"),
    "no server": (mailed(made(server="")), "does not name exactly one server"),
    "another product": (mailed(made(product="acronis")), "it is by acronis, and image"),
    "two files": (mailed(made(), REPORT), "it has 2 JSON files"),
    "damage": (mailed(made(results=[{"name": "image"}])), "not all of it can be read (result 1"),
    "no report": (mailed({"hello": 1}), "not all of it can be read"),
    "too large": (mailed(made(says="x" * backup_reports.LARGEST)), "more than 1048576"),
    "another backup": (
        mailed({**REPORT, "name": "files"}),
        "about files of SRV1, and its sender may not report that",
    ),
}


@pytest.mark.django_db
class TestWaits:
    """Where one thing does not fit, nothing is on record, and a person is told which."""

    @pytest.mark.parametrize("why", NOT_TAKEN)
    def test_for_a_person_with_the_reason(self, asset: books.Asset, why: str) -> None:
        """It waits, stands beside the server, and counts for nothing."""
        raw, says = NOT_TAKEN[why]

        step = arrives(raw)

        assert (step.kind, step.client) == (MailFiling.WAITING, None)
        assert says in step.says
        assert mail_in.reports_waiting(asset) == ((step.mail, step.says),)
        assert not books.BackupResult.objects.exists()
        assert not books.RestoreDrill.objects.exists()
        assert not books.RawEvidence.objects.exists()

    def test_when_it_was_saved_as_a_file(self, asset: books.Asset) -> None:
        """A file can hold any server's verdict, so a person hands it in under their own name."""
        row = mail_in.take_file(mailed(made()), name="report.eml", at=NOON)

        assert row is not None
        assert "handed in as a file" in stands(row).says
        assert not books.BackupResult.objects.exists()

    def test_when_its_server_is_suspended(self, asset: books.Asset) -> None:
        """Nothing is taken by itself of a server that is off the agreement; before that day it was."""
        before = arrives(mailed(made(), Message_ID="<1@vault.example>"), NOON - HOUR / 2)
        entry = LifecycleEntry(
            AssetId("SRV1"), EntryKind.SUSPENDED, NOON - HOUR / 4, NOON - HOUR / 4
        )
        file_facts((entry,), Filing(asset.client, OLGA, NOON - HOUR / 4))

        assert before.kind == MailFiling.REPORT
        assert "SRV1 is suspended since 2007-03-14" in arrives(mailed(REPORT)).says
        assert not books.RestoreDrill.objects.exists()

    def test_when_it_says_otherwise_than_what_is_on_record(self, asset: books.Asset) -> None:
        """What stands stays; a person decides between the two."""
        arrives(mailed(REPORT))

        step = arrives(mailed({**REPORT, "passed": False}))

        assert "1 entry of it say otherwise than what is on record" in step.says
        assert books.RestoreDrill.objects.get().passed

    def test_when_several_clients_have_such_a_server(self, asset: books.Asset) -> None:
        """One console reports for all: its report must name the client."""
        other = books.Client.objects.create(code="ELM", name="Elm", zone="UTC", currency="USD")
        twin = books.Asset.objects.create(client=other, code="SRV1", name="srv1")
        policy = BackupPolicy(AssetId("SRV1"), "image", "veeam", 24, NOON - DAY)
        backups.set_policy(policy, twin, actor=TARIQ, at=NOON - DAY)
        backups.let_report(twin, "image", "vault.example", actor=TARIQ, at=NOON - DAY)

        assert "which several clients have; it must name the client" in arrives(mailed(made())).says
        assert arrives(mailed(made(client="ELM"))).client == other
        assert books.BackupResult.objects.get().asset == twin

    def test_is_not_asked_of_a_mail_of_anybody_else(self, asset: books.Asset) -> None:
        """Who is not registered, and who sends no JSON, goes the way of all mail."""
        sender = "backup@vault.example.evil.example"
        step = arrives(
            mailed(made(), sender=sender, checked=f"{OURS}; dmarc=pass header.from=evil.example")
        )

        assert step.says == "nobody it names is on record; say whom it is about"
        assert "nobody it names is on record" in arrives(mailed()).says
        assert not books.BackupResult.objects.exists()


@pytest.mark.django_db
class TestWhoMayReport:
    """Registered with the policy by a person, and on record in the audit."""

    def test_is_audited_kept_and_taken_back(self, asset: books.Asset) -> None:
        """Setting the policy anew keeps it, another product does not; nobody means nobody."""
        (entry,) = books.AuditEntry.objects.filter(verb="backups.let_report")
        assert entry.says == f"SRV1: {SENDER} may report image (veeam) by mail"
        policy = BackupPolicy(AssetId("SRV1"), "image", "veeam", 12, NOON)
        assert backups.set_policy(policy, asset, actor=TARIQ, at=NOON).reports_from == SENDER
        other = BackupPolicy(AssetId("SRV1"), "image", "acronis", 12, NOON)
        assert backups.set_policy(other, asset, actor=TARIQ, at=NOON).reports_from == ""

        backups.let_report(asset, "image", "", actor=OLGA, at=NOON)
        assert "nobody it names" in arrives(mailed(made(product="acronis"))).says

    def test_refuses_what_is_no_sender_and_who_may_not(self, asset: books.Asset) -> None:
        """In words, and nothing changes."""
        with pytest.raises(PolicyRefused, match="no mail address and no domain"):
            backups.let_report(asset, "image", "everybody", actor=TARIQ, at=NOON)
        with pytest.raises(backups.PolicyUnknown):
            backups.let_report(asset, "files", SENDER, actor=TARIQ, at=NOON)
        with pytest.raises(NotAllowed):
            backups.let_report(asset, "image", SENDER, actor=ANNA, at=NOON)

    def test_is_set_and_told_by_command(
        self,
        asset: books.Asset,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The command says what it is worth, warns where no sender can be proven, and `show` has it as data."""
        now = timezone.now()
        arrives(mailed(made(now - HOUR), Date=format_datetime(now)), now)
        one = ["backup", "reports-from", "SRV1", "image", "--as", OLGA.label]
        books.User.objects.create(email=OLGA.label, name="Olga", role="owner")

        assert main([*one, "--sender", "vault.example"]) == 0
        said = capsys.readouterr()
        assert "they count as reported, not as proven" in said.out
        assert said.err == ""
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL_CHECKED_BY", "")
        assert main([*one, "--sender", "vault.example"]) == 0
        assert "so no sender is proven" in capsys.readouterr().err
        assert main([*one, "--sender", "everybody"]) == Exit.BAD_INPUT
        assert "no mail address and no domain" in capsys.readouterr().err
        assert main(["backup", "show", "--json"]) == 0
        (told,) = json.loads(capsys.readouterr().out)
        assert told["reports_from"] == "vault.example"
        assert (told["last_good_by"]["strength"], told["last_good_by"]["trust"]) == (
            "reported",
            "domain",
        )
        assert told["last_proven_restore"] is told["proven_by"] is None
        assert main([*one, "--nobody", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["reports_from"] == ""

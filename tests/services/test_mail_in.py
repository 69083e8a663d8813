"""Mail that arrives in a real mailbox: filed, sealed, believed as far as it goes, and never lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from groundrules.core.ids import ContactId, RequestId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.work import Request
from groundrules.records import models as books
from groundrules.records.models import IncomingMail, MailFiling
from groundrules.services import approvals, delivering, letters, mail_in, requests
from groundrules.services.mail_in import filing, placing
from groundrules.services.storage import raw_store
from groundrules.services.verification import verify
from tests.cast import TARIQ, TESSA
from tests.mail_post import PASSWORD, ImapServer, Letterbox, imap_server, letterbox

NOON = datetime(2007, 3, 14, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SAMPLES = Path(__file__).parents[1] / "readers" / "mail"
OURS = "mx.castle-it.example"


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    """This fixture will run an IMAP server for the tests of this file."""
    with imap_server() as server:
        yield server


@pytest.fixture
def post(
    imap: ImapServer, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Post]:
    """This fixture will send through a real SMTP server and read a real mailbox of the test's own."""
    user = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    with letterbox() as box:
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL", box.url)
        monkeypatch.setattr(settings, "GROUNDRULES_IMAP_URL", imap.url(user))
        monkeypatch.setattr(settings, "GROUNDRULES_IMAP_PASSWORD", PASSWORD)
        yield Post(box, imap, user)


class Post:
    """Both directions of mail in one test."""

    def __init__(self, box: Letterbox, imap: ImapServer, user: str) -> None:
        self.box, self.imap, self.user = box, imap, user

    def arrives(self, content: bytes, at: datetime = NOON) -> IncomingMail:
        """This function will deliver a mail and take it in."""
        self.imap.deliver(content, self.user, at.strftime("%d-%b-%Y %H:%M:%S +0000"))
        (row,) = mail_in.collect(at=at).taken
        return row


def mail(sender: str, text: str, **heads: str) -> bytes:
    """This function will write a mail; a head's underscores are hyphens."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, "desk@castle-it.example"
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def last(row: IncomingMail) -> MailFiling:
    """This function will return how a mail stands."""
    found = mail_in.last_filing(row)
    assert found is not None
    return found


@pytest.fixture
def letter(harbor: books.Client, post: Post) -> books.Letter:  # noqa: ARG001 - it is sent through it
    """This fixture will send a letter to Harbor Dental's notice address."""
    written = LetterDraft(
        LetterKind.NOTICE, "Castle IT", "Pat Owner", "About SRV1", (Paragraph("We go on."),)
    )
    draft = letters.keep_draft(written, client=harbor, actor=TARIQ, at=NOON)
    letters.approve(draft=draft, actor=TESSA, at=NOON)
    sent = letters.send(draft=draft, actor=TARIQ, at=NOON)
    delivering.deliver(sent, at=NOON)
    return sent


def way(letter: books.Letter) -> list[str]:
    """This function will list the steps of a letter."""
    return list(letter.deliveries.order_by("number").values_list("kind", flat=True))


class TestFiling:
    def test_files_a_contacts_mail_and_seals_it(self, harbor: books.Client, post: Post) -> None:
        """Client, writer and server are found; the bytes get a leaf in the client's log and verify."""
        raw = mail("Pat <pat@harbor.example>", "Is SRV1 well?", Subject="A question")

        row = post.arrives(raw)

        step = last(row)
        assert (step.kind, step.client, step.trust) == ("filed", harbor, "claimed")
        assert step.message is not None
        assert step.message.contact == harbor.contacts.get(code="PAT")
        assert step.message.asset == harbor.assets.get(code="SRV1")
        assert step.message.says == "A question\n\nIs SRV1 well?"
        assert step.message.sent_at == NOON
        assert step.evidence is not None
        assert raw_store().get(step.evidence.digest) == raw
        assert step.evidence.leaf.log.client == harbor
        assert verify(harbor).findings == []

    def test_takes_each_mail_once(self, harbor: books.Client, post: Post) -> None:
        """A second look finds nothing; the same mail by another way is the same mail."""
        raw = mail("pat@harbor.example", "Hello", Message_ID="<1@harbor.example>")
        first = post.arrives(raw)

        assert mail_in.collect(at=NOON).taken == ()
        again = post.arrives(b"Received: by another.example\r\n" + raw)

        assert (last(again).kind, last(again).says) == ("same as another", f"as {first}")
        assert books.Message.objects.count() == 1

    @pytest.mark.parametrize("died", ["before the mark", "before the filing", "while filing"])
    def test_loses_nothing_when_the_job_is_killed(
        self, harbor: books.Client, post: Post, monkeypatch: pytest.MonkeyPatch, died: str
    ) -> None:
        """Wherever it stops, the next turn ends it: one mail, one message, one leaf."""
        post.imap.deliver(mail("pat@harbor.example", "Hello"), post.user)
        with monkeypatch.context() as killed:
            place = {
                "before the mark": "groundrules.gateways.imap.ImapMailbox.mark_logged",
                "before the filing": "groundrules.services.mail_in.taking._file",
                "while filing": "groundrules.services.mail_in.filing.write_step",
            }[died]
            killed.setattr(place, _die)
            with pytest.raises(KeyboardInterrupt):
                mail_in.collect(at=NOON)

        mail_in.collect(at=NOON + 11 * MINUTE)

        (row,) = IncomingMail.objects.all()
        assert last(row).kind == "filed"
        assert books.Message.objects.count() == books.RawEvidence.objects.count() == 1
        assert mail_in.collect(at=NOON + 12 * MINUTE) == mail_in.Collected()

    def test_lets_no_mail_keep_out_the_next(
        self, harbor: books.Client, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One whose filing fails by our own mistake is kept, tried again, and then waits for a person."""
        whole = placing.place
        monkeypatch.setattr(
            filing, "place", lambda row, read: 1 // 0 if "bad" in read.text else whole(row, read)
        )
        bad = mail("pat@harbor.example", "bad")
        post.imap.deliver(bad, post.user)
        post.imap.deliver(mail("pat@harbor.example", "good"), post.user)

        first, second = mail_in.collect(at=NOON).taken
        for turn in range(1, 5):
            mail_in.collect(at=NOON + turn * 11 * MINUTE)

        assert last(second).kind == "filed"
        assert last(first).kind == "waiting"
        assert "broke off three times" in last(first).says
        assert raw_store().get(first.digest) == bad

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (mail("someone@elsewhere.example", "Buy this"), "nobody it names is on record"),
            (b"no mail at all\r\n", "no head"),
            (
                mail(
                    "pat@harbor.example",
                    "Stop all work",
                    Authentication_Results=f"{OURS}; dmarc=fail header.from=harbor.example",
                ),
                "harbor.example did not send it",
            ),
        ],
    )
    def test_keeps_for_a_person_what_it_cannot_place(
        self,
        harbor: books.Client,
        post: Post,
        monkeypatch: pytest.MonkeyPatch,
        raw: bytes,
        why: str,
    ) -> None:
        """A stranger's, a broken and a forged mail wait with the reason; a person files them or sets them aside."""
        monkeypatch.setattr(settings, "GROUNDRULES_MAIL_CHECKED_BY", OURS)
        row = post.arrives(raw)
        assert last(row).kind == "waiting"
        assert why in last(row).says
        assert raw_store().get(row.digest) == raw
        assert not books.Message.objects.exists()

        mail_in.set_aside(row, "no business of ours", actor=TARIQ, at=NOON)
        placing = mail_in.Placing(harbor, harbor.assets.get(code="SRV1"))
        step = mail_in.file_by_hand(row, placing, actor=TESSA, at=NOON)

        assert (step.kind, step.client, step.recorded_by) == ("filed", harbor, TESSA.label)
        with pytest.raises(mail_in.MailAlreadyFiled, match="filed"):
            mail_in.file_by_hand(row, placing, actor=TARIQ, at=NOON)

    def test_never_guesses_between_clients(
        self, harbor: books.Client, post: Post, letter: books.Letter
    ) -> None:
        """A writer of two clients, or of another than the letter's, waits for a person."""
        other = books.Client.objects.create(
            code="BAY", name="Bay View", zone="America/New_York", currency="USD"
        )
        other.contacts.create(code="SUE", name="Sue", email="sue@bay.example")
        for client in (harbor, other):
            client.contacts.create(code="LEE", name="Lee", email="lee@both.example")

        of_two = post.arrives(mail("lee@both.example", "Hello"))
        of_other = post.arrives(mail("sue@bay.example", "Hello", In_Reply_To=letter.sent_as))

        assert "several clients (Bay View, Harbor Dental)" in last(of_two).says
        assert "on record at Bay View" in last(of_other).says
        assert {last(of_two).kind, last(of_other).kind} == {"waiting"}

    def test_believes_our_own_servers_clock_and_no_later_one(
        self, harbor: books.Client, post: Post
    ) -> None:
        """A date the writer chose moves nothing; a server whose clock is ahead counts as now."""
        raw = mail("pat@harbor.example", "Hello", Date="Mon, 1 Jan 2007 09:00:00 -0800")
        post.imap.deliver(raw, post.user, "15-Mar-2007 20:00:00 +0000")

        (row,) = mail_in.collect(at=NOON).taken

        assert row.received_at == NOON

    def test_says_which_mailbox_it_cannot_read(
        self, db: None, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A wrong password is a refusal, not silence."""
        monkeypatch.setattr(settings, "GROUNDRULES_IMAP_PASSWORD", "wrong")

        with pytest.raises(mail_in.MailboxUnusable, match="AUTHENTICATIONFAILED"):
            mail_in.collect(at=NOON)


class TestLetters:
    @pytest.mark.parametrize(
        ("sample", "kinds", "says"),
        [
            ("postfix_delivered.eml", ["delivered"], "2.0.0"),
            ("postfix_unknown_user.eml", ["bounced"], "unknown user"),
            ("postfix_delayed.eml", [], ""),
            ("displayed.eml", ["read"], "displayed"),
        ],
    )
    def test_learn_what_became_of_them(
        self, letter: books.Letter, post: Post, sample: str, kinds: list[str], says: str
    ) -> None:
        """Real reports, about our letter: each is a step, evidence of the client, and no message of anybody."""
        row = post.arrives(report(sample, letter.sent_as, letter.to))

        assert way(letter)[3:] == kinds
        assert (last(row).kind, last(row).letter) == ("report", letter)
        assert last(row).evidence is not None
        assert not books.Message.objects.exists()
        step = delivering.last_of(letter)
        assert step is not None
        assert says in step.says

    def test_take_a_reports_time_between_sending_and_now(
        self, letter: books.Letter, post: Post
    ) -> None:
        """A report dated 2026 about a letter of 2007 counts as now: clocks elsewhere prove nothing."""
        post.arrives(report("postfix_delivered.eml", letter.sent_as, letter.to), NOON + MINUTE)

        step = delivering.last_of(letter)
        assert step is not None
        assert step.happened_at == NOON + MINUTE

    def test_are_not_moved_by_a_report_about_somebody_else(
        self, letter: books.Letter, post: Post
    ) -> None:
        """A report that names our letter and a stranger waits for a person."""
        row = post.arrives(
            report("postfix_unknown_user.eml", letter.sent_as, "gone@elsewhere.example")
        )

        assert way(letter) == ["waiting", "trying", "handed over"]
        assert "to whom" in last(row).says
        assert last(row).kind == "waiting"

    def test_go_on_when_a_report_about_an_earlier_attempt_comes_late(
        self, letter: books.Letter, post: Post
    ) -> None:
        """A letter that a person sends once more is not stopped by the first attempt's second bounce."""
        post.arrives(report("postfix_unknown_user.eml", letter.sent_as, letter.to))
        delivering.repeat(letter, actor=TARIQ, at=NOON)
        post.arrives(report("postfix_no_such_domain.eml", letter.sent_as, letter.to))

        delivering.deliver_due(at=NOON)

        assert way(letter)[-1] == "handed over"
        assert len(post.box.taken) == 2

    def test_know_a_reply_and_its_thread(
        self, harbor: books.Client, letter: books.Letter, post: Post
    ) -> None:
        """The addressee's answer is a step; a consultant's says nothing about the addressee, and is in the thread."""
        cole = mail(
            "cole@consulting.example", "Put it back", In_Reply_To=letter.sent_as, Message_ID="<c@x>"
        )
        pat = mail(
            "pat@harbor.example",
            "We will",
            In_Reply_To="<c@x>",
            References=f"{letter.sent_as} <c@x>",
        )

        from_cole = post.arrives(cole)
        assert way(letter)[-1] == "handed over"
        from_pat = post.arrives(pat)

        assert way(letter)[-1] == "replied"
        assert from_cole.thread == from_pat.thread == letter.sent_as
        assert last(from_pat).letter == last(from_cole).letter == letter

    def test_are_answered_by_no_machine(self, letter: books.Letter, post: Post) -> None:
        """An out-of-office is logged; it is no reply, and nobody gets a copy of it."""
        row = post.arrives(
            mail(
                "cole@consulting.example",
                "I am away",
                In_Reply_To=letter.sent_as,
                Auto_Submitted="auto-replied",
            )
        )

        assert last(row).kind == "filed"
        assert way(letter)[-1] == "handed over"
        assert not books.LetterDraft.objects.filter(kind="copy of a message").exists()


def report(sample: str, letter: str, recipient: str) -> bytes:
    """This function will make a real report one about this letter and recipient, and its text otherwise untouched."""
    raw = (SAMPLES / sample).read_bytes()
    for old in (b"<ltr-", b"rfc822;"):
        pieces = raw.split(old)
        ends = {b"<ltr-": b">", b"rfc822;": b"\n"}[old]
        new = {b"<ltr-": letter.encode(), b"rfc822;": b"rfc822; " + recipient.encode() + b"\n"}[old]
        raw = pieces[0] + b"".join(new + piece.split(ends, 1)[1] for piece in pieces[1:])
    return raw


def _die(*_given: object, **_more: object) -> None:
    raise KeyboardInterrupt


class TestConsultant:
    """Scenario 13 by mail: he threatens; it is logged, nothing changes, Pat is copied, and only Pat's word commits."""

    def test_is_logged_and_pat_gets_a_copy(self, harbor: books.Client, post: Post) -> None:
        """The copy waits out the hold, and leaves by SMTP with his words and the sentence that nothing changed."""
        raw = mail(
            "Cole <cole@consulting.example>",
            "Put SRV1 back today, or we re-evaluate our relationship.",
        )
        row = post.arrives(raw)

        (copy,) = letters.send_due(at=NOON + 10 * MINUTE)
        delivering.deliver_due(at=NOON + 10 * MINUTE)

        ((_, recipients, content),) = post.box.taken
        assert recipients == ["pat@harbor.example"]
        assert b"re-evaluate our relationship" in content
        assert "Coverage, rates and conditions are unchanged" in " ".join(copy.text.split())
        assert last(row).kind == "filed"
        assert not books.LifecycleEntry.objects.exists()

    def test_commits_nobody_until_pat_writes_the_code(
        self,
        harbor: books.Client,
        post: Post,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        """Quotes of our mail, wrong codes, and the code in anybody else's mail decide nothing; Pat's line does."""
        promised = post.arrives(
            mail("cole@consulting.example", "We will pay for two technicians around the clock.")
        )
        message = last(promised).message
        assert message is not None
        with django_capture_on_commit_callbacks(execute=True):
            approvals.ask_about_promise(message, actor=TARIQ, at=NOON)
        asked = post.box.taken[-1][2].decode()
        ask_id, code = (
            _between(asked, "Message-ID: ", "\r\n"),
            _between(asked, "Your code is ", "."),
        )

        for sender, text in (
            ("pat@harbor.example", "Yes!\n\n> " + "\n> ".join(asked.splitlines())),
            ("pat@harbor.example", "APPROVE 0000-0000"),
            ("cole@consulting.example", f"APPROVE {code}"),
            ("someone@elsewhere.example", f"APPROVE {code}"),
        ):
            row = post.arrives(mail(sender, text, In_Reply_To=ask_id))
            assert "nothing is decided" in last(row).says
            assert books.Promise.objects.current().get().to_core().approved_in is None
        approval = post.arrives(mail("pat@harbor.example", f"APPROVE {code}", In_Reply_To=ask_id))
        again = post.arrives(mail("pat@harbor.example", f"DECLINE {code}", In_Reply_To=ask_id))

        promise = books.Promise.objects.current().get().to_core()
        assert promise.approved_in == str(approval)
        assert (last(approval).kind, last(approval).trust) == ("answered", "code")
        assert "decided before" in last(again).says

    def test_may_ask_for_work_that_pat_ratifies_by_mail(
        self,
        harbor: books.Client,
        post: Post,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        """Scenario 3: the receptionist asks at 18:10; Pat's code by 17:00 next day makes the request the client's."""
        asked_for = Request(
            RequestId("REQ-9"), ContactId("ROBIN"), NOON, "Please stay and fix the printer"
        )
        row = requests.record(asked_for, client=harbor, actor=TARIQ, at=NOON)
        with django_capture_on_commit_callbacks(execute=True):
            approvals.ask_about_request(row, actor=TARIQ, at=NOON)
        asked = post.box.taken[-1][2].decode()
        code = _between(asked, "Your code is ", ".")

        post.arrives(mail("pat@harbor.example", f"Approve {code}"), NOON + 60 * MINUTE)

        ratified = books.Request.objects.current().get(ref="REQ-9")
        assert ratified.ratified_at == NOON + 60 * MINUTE

    def test_finds_no_code_by_trying(self, harbor: books.Client, post: Post) -> None:
        """Codes of nothing that was asked are counted too: after five nothing is decided in that name for an hour."""
        asked_for = Request(RequestId("REQ-9"), ContactId("ROBIN"), NOON, "Please stay")
        row = requests.record(asked_for, client=harbor, actor=TARIQ, at=NOON)
        pat = books.Contact.objects.get(client=harbor, code="PAT")
        code = approvals.code_for(approvals.requested(row), pat)

        for number in range(5):
            wrong = mail("pat@harbor.example", f"APPROVE 0000-000{number}")
            post.arrives(wrong, NOON + number * MINUTE)
        tried = post.arrives(mail("pat@harbor.example", f"APPROVE {code}"), NOON + 6 * MINUTE)
        assert "too many wrong codes" in last(tried).says
        assert books.Request.objects.current().get(ref="REQ-9").ratified_at is None

        post.arrives(mail("pat@harbor.example", f"Approve {code}"), NOON + 70 * MINUTE)
        assert books.Request.objects.current().get(ref="REQ-9").ratified_at is not None


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]

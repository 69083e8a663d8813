"""Mail goes out by SMTP and comes in by IMAP, against real servers on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from groundrules.gateways.imap import MailboxUnusable, open_mailbox
from groundrules.gateways.mail import Mail, MailDelayed, MailRefused, MailUncertain, message_id
from groundrules.gateways.mail_servers import MailServer, MailServerUnusable, mail_server
from groundrules.gateways.smtp import SmtpOutbox
from tests.loopback import free_port
from tests.mail_post import PASSWORD, ImapServer, Letterbox, imap_server, letterbox

MAIL = Mail(
    "LTR-1",
    "Castle IT <desk@castle-it.example>",
    "pat@harbor.example",
    "About SRV1",
    "Wir gehen weiter. Größe.\n",
    datetime(2007, 3, 5, 17, 0, tzinfo=UTC),
    cc=("rae@harbor.example",),
)


@pytest.fixture
def post() -> Iterator[Letterbox]:
    """This fixture will run an SMTP server."""
    with letterbox() as box:
        yield box


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    """This fixture will run an IMAP server for the tests of this file."""
    with imap_server() as server:
        yield server


def _outbox(post: Letterbox) -> SmtpOutbox:
    return SmtpOutbox(mail_server(post.url, "", kind="smtp"), seconds=5)


class TestSmtp:
    def test_hands_a_mail_over_whole_with_its_copies(self, post: Letterbox) -> None:
        """The server gets the envelope's addresses, the Message-ID, and the text letter for letter."""
        name = _outbox(post).send(MAIL)

        ((sender, recipients, content),) = post.taken
        assert sender == "desk@castle-it.example"
        assert recipients == ["pat@harbor.example", "rae@harbor.example"]
        message = message_from_bytes(content)
        assert message["Message-ID"] == name == message_id(MAIL)
        text = message.get_payload(decode=True)
        assert isinstance(text, bytes)
        assert "Größe" in text.decode()

    @pytest.mark.parametrize(
        ("answer", "refusal"),
        [("550 nobody here", MailRefused), ("451 try later", MailDelayed)],
    )
    def test_sends_to_all_or_to_none(
        self, post: Letterbox, answer: str, refusal: type[Exception]
    ) -> None:
        """One recipient the server does not take keeps the mail from the other; the words say which and why."""
        post.refuses["rae@harbor.example"] = answer

        with pytest.raises(refusal, match=f"does not take rae@harbor.example: {answer}"):
            _outbox(post).send(MAIL)

        assert post.taken == []

    def test_says_when_nobody_knows_whether_a_mail_left(self, post: Letterbox) -> None:
        """A server that hangs up after the whole mail may have taken it: neither sent nor refused."""
        post.falls_silent = True

        with pytest.raises(MailUncertain, match="did not say whether it keeps it"):
            _outbox(post).send(MAIL)

    def test_waits_when_the_server_refuses_the_content_for_now_or_is_away(
        self, post: Letterbox
    ) -> None:
        """Greylisting and a closed port are tried again; a refusal for good is not."""
        post.at_the_end = "452 full"
        with pytest.raises(MailDelayed, match="452 full"):
            _outbox(post).send(MAIL)
        post.at_the_end = "554 no such thing here"
        with pytest.raises(MailRefused, match="554"):
            _outbox(post).send(MAIL)
        away = MailServer("smtp+plain", "127.0.0.1", free_port())
        with pytest.raises(MailDelayed, match="cannot be used"):
            SmtpOutbox(away, seconds=5).send(MAIL)

    def test_says_nothing_to_a_server_without_tls(self, post: Letterbox) -> None:
        """A server that must be encrypted and does not offer it gets neither password nor mail."""
        server = replace(mail_server(post.url, PASSWORD, kind="smtp"), scheme="smtp", user="desk")

        with pytest.raises(MailDelayed, match="STARTTLS"):
            SmtpOutbox(server, seconds=5).send(MAIL)

        assert post.taken == []

    @pytest.mark.parametrize("to", ["Pat Owner", "pat@harbor.example\r\nBcc: all@harbor.example"])
    def test_refuses_what_is_no_address(self, post: Letterbox, to: str) -> None:
        """A letter to a name alone cannot be mailed, and no address smuggles a header in."""
        with pytest.raises(MailRefused, match="no mail address"):
            _outbox(post).send(replace(MAIL, to=to))


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("smtp://desk:secret@mail.example", "holds a password"),
            ("smtp+plain://mail.example", "mail to it is encrypted"),
            ("http://mail.example", "is no SMTP server"),
            ("smtp://", "is no SMTP server"),
            ("smtp://mail.example:many", "cannot be read"),
        ],
    )
    def test_are_refused_when_they_would_leak_or_mean_nothing(self, url: str, says: str) -> None:
        """Passwords stay out of addresses, and clear text stays on this host; no refusal repeats a password."""
        with pytest.raises(MailServerUnusable, match=says) as refused:
            mail_server(url, "", kind="smtp")

        assert "secret" not in str(refused.value)

    def test_have_the_usual_ports_and_never_show_the_password(self) -> None:
        """`imaps://user@host` is port 993 and the INBOX."""
        server = mail_server("imaps://desk%40castle@mail.example", "hidden", kind="imap")

        assert (server.port, server.user, server.folder) == (993, "desk@castle", "INBOX")
        assert "hidden" not in repr(server)


class TestImap:
    def test_gives_each_mail_until_it_is_logged(self, imap: ImapServer) -> None:
        """A mail stays waiting until it is marked, and a person's unread mark stays."""
        imap.deliver(b"Subject: one\r\n\r\nfirst\r\n", "tia")
        imap.deliver(b"Subject: two\r\n\r\nsecond\r\n", "tia")
        server = mail_server(imap.url("tia"), PASSWORD, kind="imap")
        with open_mailbox(server) as box:
            one, two = box.waiting()
            box.mark_logged(one)

        with open_mailbox(server) as box:
            (left,) = box.waiting()

        assert (left.uid, left.content, left.is_whole) == (two.uid, two.content, True)
        assert all(rb"\Seen" not in flags for flags in imap.flags("tia"))

    def test_takes_only_the_head_of_what_is_too_large(
        self, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A mail above the limit is not fetched; its head says who sent what."""
        monkeypatch.setattr("groundrules.gateways.imap.LARGEST", 100)
        imap.deliver(b"Subject: long\r\n\r\n" + b"x" * 200, "tom")

        with open_mailbox(mail_server(imap.url("tom"), PASSWORD, kind="imap")) as box:
            (mail,) = box.waiting()

        assert not mail.is_whole
        assert mail.content == b"Subject: long\r\n\r\n"

    def test_says_why_a_mailbox_cannot_be_read(self, imap: ImapServer) -> None:
        """A wrong password, a folder that is not there, and a server that is away are named."""
        for server, says in (
            (mail_server(imap.url(), "wrong", kind="imap"), "AUTHENTICATIONFAILED"),
            (replace(mail_server(imap.url(), PASSWORD, kind="imap"), folder="No"), "NO"),
            (MailServer("imap+plain", "127.0.0.1", free_port()), "refused"),
            (replace(mail_server(imap.url(), PASSWORD, kind="imap"), scheme="imap"), "TLS"),
        ):
            with pytest.raises(MailboxUnusable, match=says), open_mailbox(server):
                pass

"""Mail as bytes: what real mail systems report, what people write, and bytes nobody meant as mail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.mail import Fate, MailRead
from groundrules.readers.mail import AttachmentMissing, MailUnreadable, content_of, read_mail

HERE = Path(__file__).parent
SAMPLES = {path.name: path.read_bytes() for path in sorted(HERE.glob("*.eml"))}
NOTICE = "<ltr-0a1b2c3d4e5f.aafc6fcce9e5e57e@groundrules.invalid>"
PLAIN = b"From: pat@harbor.example\r\nDate: Fri, 2 Mar 2007 09:00:00 -0800\r\n"


def _read(name: str) -> MailRead:
    return read_mail(SAMPLES[name])


class TestReports:
    @pytest.mark.parametrize(
        ("name", "letter", "recipient", "fate", "says"),
        [
            ("postfix_delivered.eml", "0a1b", "pat@harbor.example", Fate.DELIVERED, "2.0.0"),
            ("postfix_unknown_user.eml", "2a1b", "gone@harbor.example", Fate.BOUNCED, "5.1.1"),
            ("postfix_no_such_domain.eml", "1a1b", "pat@nowhere.example", Fate.BOUNCED, "5.1.2"),
            ("postfix_delayed.eml", "3a1b", "pat@slow.example", Fate.DELAYED, "4.4.1"),
            ("displayed.eml", "0a1b", "pat@harbor.example", Fate.READ, "displayed"),
        ],
    )
    def test_name_the_letter_the_recipient_and_its_fate(
        self, name: str, letter: str, recipient: str, fate: Fate, says: str
    ) -> None:
        """Four reports as Postfix 3.7 wrote them about our own mail, and a read receipt."""
        mail = _read(name)

        (report,) = mail.reports
        assert report.about.startswith(f"<ltr-{letter}")
        assert (report.recipient, report.fate) == (recipient, fate)
        assert says in report.says
        assert report.at == mail.written_at is not None
        assert mail.automatic

    def test_are_not_taken_from_mail_that_only_talks_about_one(self) -> None:
        """The words of a report inside a text, or a receipt that says deleted, report nothing."""
        talk = PLAIN + b"\r\nFinal-Recipient: rfc822; pat@harbor.example\r\nAction: failed\r\n"
        deleted = SAMPLES["displayed.eml"].replace(b"; displayed", b"; deleted")

        assert read_mail(talk).reports == ()
        assert read_mail(deleted).reports[0].fate is Fate.OTHER


class TestRead:
    def test_reads_a_reply_as_people_wrote_it(self) -> None:
        """Names and subject decoded, the thread, what was added and what was quoted; HTML stands behind plain text."""
        mail = _read("outlook_reply.eml")

        assert (mail.sender, mail.sender_name) == ("cole@consulting.example", "Cole Consultant")
        assert mail.cc == ("juergen@harbor.example",)
        assert mail.subject == "RE: SRV1: managed service stops"
        assert mail.in_reply_to == mail.references == (NOTICE,)
        assert mail.own_text == "Put SRV1 back today, or we re-evaluate our relationship."
        assert "no longer under managed service" in mail.text
        assert "alert" not in mail.text
        assert mail.written_at == datetime(2007, 3, 14, 17, 5, tzinfo=UTC)

    def test_takes_only_the_topmost_check_of_each_server(self) -> None:
        """What stands below in our server's name may have been there before."""
        checks = _read("outlook_reply.eml").checks

        assert [(c.server, c.method, c.result, c.domain) for c in checks] == [
            ("mx.castle-it.example", "dkim", "pass", "consulting.example"),
            ("mx.castle-it.example", "spf", "pass", "consulting.example"),
            ("mx.castle-it.example", "dmarc", "pass", "consulting.example"),
            ("elsewhere.example", "dkim", "pass", "harbor.example"),
        ]

    @pytest.mark.parametrize(
        ("written", "domains"),
        [
            ("spf=none (a (b) ; dmarc=pass header.from=bank.example (c)) smtp.mailfrom=x@y.example", ["y.example"]),
            ('spf=none smtp.mailfrom="a; dmarc=pass header.from=bank.example "@y.example', ["y.example"]),
            ('spf=none smtp.mailfrom="a@bank.example"@y.example', ["y.example"]),
            ('spf=none smtp.mailfrom="a\\"; dkim=pass header.d=bank.example "@y.example', ["y.example"]),
            ("dkim=none (\\) ; dmarc=pass header.from=bank.example ) header.d=y.example", ["y.example"]),
            ('dkim=none reason="dmarc=pass header.from=bank.example', [""]),
            ("spf=none smtp.helo=x.header.d=bank.example smtp.mailfrom=y.example", ["y.example"]),
            ('dkim=pass header.d="y.example"; dmarc=pass header.from=y.example', ["y.example"] * 2),
        ],
    )  # fmt: skip
    def test_believes_no_check_that_the_sender_wrote_himself(
        self, written: str, domains: list[str]
    ) -> None:
        """A comment, nested or not, and a quoted string hold the sender's words: no check stands in them."""
        raw = SAMPLES["outlook_reply.eml"].replace(
            b"dkim=pass header.d=consulting.example;", f"{written};".encode(), 1
        )

        checks = read_mail(raw).checks

        ours = [c for c in checks if c.server == "mx.castle-it.example"][: len(domains)]
        assert [c.domain for c in ours] == domains
        assert "bank.example" not in {c.domain for c in checks}

    def test_gives_out_only_files_that_are_what_they_are_called(self) -> None:
        """A name is no path; a program, a page and a false PDF stay in the sealed mail, with the reason."""
        raw = SAMPLES["outlook_reply.eml"]

        quote, program, false, page = read_mail(raw).attachments

        assert (quote.name, quote.why_not) == ("quote.pdf", "")
        assert content_of(raw, quote) == b"%PDF-1.7 quote"
        assert "kept, not given out" in program.why_not
        assert false.name == "Angebot Größe.pdf"
        assert "does not begin like one" in false.why_not
        assert "kept, not given out" in page.why_not
        with pytest.raises(AttachmentMissing, match=r"fix\.exe is not given out"):
            content_of(raw, program)

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            (b"<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
            (b"<style>p{}</style><!-- x --><b>Hi</b><script>alert(1)</script> there", "Hi there"),
            (b"Before<script>never ends", "Before"),
            (b"a < b", "a"),
        ],
    )
    def test_shows_html_as_text(self, html: bytes, text: str) -> None:
        """Nothing of a page is run; what is hidden in it stays hidden."""
        assert read_mail(PLAIN + b"Content-Type: text/html\r\n\r\n" + html).text == text

    @pytest.mark.parametrize(
        "quote",
        [
            "On Mon, Mar 5, 2007 at 9:00 AM Castle IT <desk@castle-it.example> wrote:\n> hello",
            "On Mon, Mar 5, 2007 at 9:00 AM Castle IT\n<desk@castle-it.example> wrote:\n> hello",
            "Am 05.03.2007 um 09:00 schrieb Castle IT:\n> hello",
            "-----Original Message-----\nFrom: x",
            "________________________________\nFrom: x",
            "> hello\n> again",
        ],
    )
    def test_tells_what_was_added_from_what_was_quoted(self, quote: str) -> None:
        """Five ways programs quote; the whole text stays beside it."""
        mail = read_mail(PLAIN + b"\r\nYes, please.\r\n\r\n" + quote.encode())

        assert mail.own_text == "Yes, please."
        assert "hello" in mail.text or "From: x" in mail.text

    def test_names_no_sender_where_several_stand(self) -> None:
        """A From line with two people, or none, is nobody's; the mail is read all the same."""
        two = read_mail(b"From: pat@harbor.example, cole@consulting.example\r\n\r\nHello")

        assert (two.sender, two.text) == ("", "Hello")
        assert two.problems == ("its From line names 2 senders", "it has no date that can be read")

    def test_hides_no_direction_and_no_control(self) -> None:
        """Characters that turn or hide text are left out of everything people read."""
        mail = read_mail(PLAIN + "Subject: a\u202eb\r\n\r\nc\x1b[31m\u200bd".encode())

        assert (mail.subject, mail.text) == ("ab", "c[31md")

    def test_gives_a_mail_without_an_id_one_of_its_bytes(self) -> None:
        """The same bytes are the same mail, others are another."""
        one, other = read_mail(PLAIN + b"\r\none"), read_mail(PLAIN + b"\r\nother")

        assert one.message_id == read_mail(PLAIN + b"\r\none").message_id != other.message_id


class TestBounds:
    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (b"", "no head"),
            (b"\x00" * 1000, "no head"),
            (b"From: " + b"=?a?q?" * 50_000 + b"\r\n\r\nx", "its head has"),
            (PLAIN + b"\r\n" + b"\n" * 1_000_000, "lines"),
            (
                PLAIN
                + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                + b"--b\r\n\r\nx\r\n" * 400
                + b"--b--",
                "more than 300 parts",
            ),
            (
                PLAIN
                + b"".join(
                    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
                    for n in range(30)
                )
                + b"\r\nx",
                "nested deeper",
            ),
            (PLAIN + b"\r\n" + b"x" * (26 * 1024 * 1024), "bytes, more than"),
        ],
    )
    def test_are_kept_and_said(self, raw: bytes, why: str) -> None:
        """Each is refused by name before it is taken apart; without its bound the reader would be busy for minutes."""
        with pytest.raises(MailUnreadable, match=why):
            read_mail(raw)

    @pytest.mark.parametrize("name", SAMPLES)
    def test_hold_for_every_beginning_of_a_real_mail(self, name: str) -> None:
        """Cut anywhere, a mail is read as far as it goes or refused; never anything else."""
        raw = SAMPLES[name]

        for end in range(0, len(raw), 37):
            _read_or_refuse(raw[:end])

    @given(
        st.sampled_from(sorted(SAMPLES)),
        st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=12)), max_size=12),
    )
    def test_hold_for_real_mails_with_bytes_replaced(
        self, name: str, changes: list[tuple[int, bytes]]
    ) -> None:
        """Whatever stands where, the reader answers or refuses."""
        raw = bytearray(SAMPLES[name])
        for place, new in changes:
            raw[place % len(raw) : place % len(raw) + len(new)] = new

        _read_or_refuse(bytes(raw))

    @given(st.lists(st.tuples(st.sampled_from(_FIELDS := (
        "From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type",
        "Content-Disposition", "Content-Transfer-Encoding", "Authentication-Results",
    )), st.text(max_size=60)), max_size=10), st.binary(max_size=200))  # fmt: skip
    def test_hold_for_any_fields(self, fields: list[tuple[str, str]], body: bytes) -> None:
        """Heads of any words before any bytes."""
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)

        _read_or_refuse(head.encode("utf-8", "replace") + b"\r\n" + body)


def _read_or_refuse(raw: bytes) -> None:
    try:
        mail = read_mail(raw)
    except MailUnreadable:
        return
    assert mail.message_id.startswith("<")
    assert "\x00" not in mail.text + mail.subject + mail.sender

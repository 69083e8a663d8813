"""Another product's report of its backups that came by mail: taken out by a person, and handed in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from groundrules.readers.mail import AttachmentMissing
from groundrules.records import models as books
from groundrules.services import backups, mail_in
from tests.cast import TARIQ

NOON = datetime(2007, 3, 14, 20, 0, tzinfo=UTC)
REPORT = {
    "restore_drill": 1,
    "product": "veeam",
    "name": "image",
    "began": "2007-03-14T08:00:00-07:00",
    "ended": "2007-03-14T09:00:00-07:00",
    "passed": True,
}


def _mailed(name: str, content: bytes) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "backup@elsewhere.example", "desk@castle-it.example"
    message["Date"] = "Wed, 14 Mar 2007 12:00:00 -0700"
    message.set_content("The report of tonight is attached.")
    message.add_attachment(content, maintype="application", subtype="json", filename=name)
    return message.as_bytes()


@pytest.mark.django_db
class TestReportByMail:
    """What a mailed report says is on record only once a person took it."""

    def test_is_given_out_byte_for_byte_and_proves_nothing_before(
        self, harbor: books.Client
    ) -> None:
        """The mail alone makes no proven restore; taken out and handed in, its bytes are the evidence."""
        asset = harbor.assets.get(code="SRV1")
        content = json.dumps(REPORT).encode()

        row = mail_in.take_file(_mailed("report.json", content), name="report.eml", at=NOON)
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
        row = mail_in.take_file(_mailed("report.json", b"{\x00}"), name="report.eml", at=NOON)
        assert row is not None

        with pytest.raises(AttachmentMissing, match="it is called \\.json and is no text"):
            mail_in.attachment(row, 1)

"""`groundrules letter` and `groundrules mail`: every act, every refusal with its number, and the data they print."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from groundrules.cli.main import main
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import delivering, letters, users
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from tests.cast import OLGA, TARIQ, TESSA

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[1] / "cases"
MAILS = Path(__file__).parents[1] / "readers" / "mail"
LETTER = LetterDraft(
    LetterKind.NOTICE, "Castle IT", "Pat Owner", "About SRV1", (Paragraph("We go on."),)
)


@pytest.fixture
def harbor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> books.Client:
    """This fixture will keep Harbor's cards and three of our people, in a data folder of the test's own."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    path = CASES / "01-drive-array-recovery.yaml"
    client = keep_cards(run_case(path.read_bytes(), path).case.world, actor=OLGA)
    for actor, role in ((OLGA, Role.OWNER), (TARIQ, Role.TECHNICIAN), (TESSA, Role.TECHNICIAN)):
        users.let_in(email=actor.label, name=actor.label, role=role, actor=OLGA, at=timezone.now())
    return client


@pytest.fixture
def draft(harbor: books.Client) -> str:
    """This fixture will draft a letter as Tariq, and return its reference."""
    return letters.keep_draft(LETTER, client=harbor, actor=TARIQ, at=timezone.now()).ref


def told(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """What a command says as data."""
    assert main([*words, "--json"]) == 0
    said: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return said


def refused(capsys: pytest.CaptureFixture[str], number: int, *words: str) -> str:
    """Why a command refused, with the number it must end with."""
    assert main(list(words)) == number
    return capsys.readouterr().err


class TestLetter:
    def test_walks_a_letter_from_draft_to_its_way(
        self, draft: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Approved by somebody else, held, released, sent, called back, sent again, and seen to have left."""
        by = ("--as", TESSA.label)
        assert (
            told(capsys, "letter", "hold", draft, "--reason", "Ask Pat first", *by)[0]["state"]
            == "held"
        )
        assert told(capsys, "letter", "release", draft, *by)[0]["state"] == "drafted"
        assert told(capsys, "letter", "approve", draft, *by)[0]["state"] == "approved"
        assert told(capsys, "letter", "send", draft, *by)[0]["leaves_at"]
        assert told(capsys, "letter", "call-back", draft, *by)[0]["leaves_at"] is None
        told(capsys, "letter", "send", draft, *by)
        letters.send_due(at=timezone.now() + timedelta(minutes=11))
        delivering.deliver_due(at=timezone.now() + timedelta(minutes=11))

        (said,) = told(capsys, "letter", "list", "--client", "HARBOR")

        assert said["letter"] == draft
        assert [step["kind"] for step in said["way"]] == ["waiting", "trying", "handed over"]
        assert said["message_id"].startswith(f"<{draft.lower()}.")
        assert main(["letter", "show", draft]) == 0
        shown = capsys.readouterr().out
        assert "We go on." in shown
        assert "handed over to pat@harbor.example" in shown

    def test_refuses_with_a_number_and_what_to_do(
        self, draft: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One's own letter, an unapproved one, no reason, a second sender, nothing to repeat, and no such letter."""
        own = refused(capsys, 4, "letter", "approve", draft, "--as", TARIQ.label)
        assert "someone else approves it" in own
        assert "approve it before it is sent" in refused(capsys, 5, "letter", "send", draft)
        assert "only with a reason" in refused(capsys, 8, "letter", "hold", draft, "--reason", " ")
        told(capsys, "letter", "approve", draft)
        told(capsys, "letter", "send", draft)
        assert "leaves at" in refused(capsys, 5, "letter", "send", draft)
        letters.send_due(at=timezone.now() + timedelta(minutes=11))
        assert "waiting" in refused(capsys, 5, "letter", "repeat", draft)
        assert "letter list names them" in refused(capsys, 3, "letter", "show", "LTR-NONE")
        assert "no such client" in refused(capsys, 3, "letter", "draft", "--client", "NONE")
        assert "no active user" in refused(
            capsys, 4, "letter", "release", draft, "--as", "x@y.example"
        )

    def test_asks_an_owner_alone_for_the_name_their_letter_strikes(
        self, harbor: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A shop of one confirms by typing."""
        ref = letters.keep_draft(LETTER, client=harbor, actor=OLGA, at=timezone.now()).ref

        why = refused(capsys, 4, "letter", "approve", ref, "--as", OLGA.label, "--confirm", "SRV2")
        (said,) = told(capsys, "letter", "approve", ref, "--confirm", harbor.name)

        assert f"write {harbor.name} to approve it" in why
        assert said["state"] == "approved"


class TestMail:
    def test_takes_a_mail_files_it_and_gives_its_file_out(
        self, harbor: books.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A saved mail of the consultant is filed by rule; its PDF is written once and never over another file."""
        (said,) = told(capsys, "mail", "take", str(MAILS / "outlook_reply.eml"))
        assert said["sender"] == "cole@consulting.example"
        assert [step["kind"] for step in said["way"]] == ["arrived", "trying", "filed"]
        assert said["way"][-1]["client"] == harbor.code
        assert told(capsys, "mail", "take", str(MAILS / "outlook_reply.eml")) == []
        output = tmp_path / "quote.pdf"
        saving = ("mail", "attachment", said["mail"], "--output", str(output), "--number")

        told(capsys, *saving, "1")

        assert output.read_bytes() == b"%PDF-1.7 quote"
        assert "exists; name another" in refused(capsys, 5, *saving, "1")
        assert "kept, not given out" in refused(capsys, 3, *saving, "2")

    def test_lists_what_waits_and_files_it_by_hand(
        self, harbor: books.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A stranger's mail waits; a wrong client, a missing reason and a second filing are refused."""
        file = tmp_path / "x.eml"
        file.write_bytes(b"From: x@y.example\r\nSubject: Hello\r\n\r\nHello\r\n")
        assert "Is a directory" in refused(capsys, 8, "mail", "take", str(file), str(tmp_path))
        assert "No such file" in refused(capsys, 3, "mail", "take", str(file), str(tmp_path / "y"))
        assert told(capsys, "mail", "list") == []
        (said,) = told(capsys, "mail", "take", str(file))
        assert [one["mail"] for one in told(capsys, "mail", "list")] == [said["mail"]]
        refused(capsys, 3, "mail", "file", said["mail"], "--client", "NONE")
        refused(capsys, 8, "mail", "set-aside", said["mail"], "--reason", " ")

        filing = (
            "mail",
            "file",
            said["mail"],
            "--client",
            harbor.code,
            "--asset",
            "SRV1",
            "--contact",
            "COLE",
        )
        (filed,) = told(capsys, *filing)

        assert (filed["way"][-1]["kind"], filed["way"][-1]["by"]) == ("filed", OLGA.label)
        assert books.Message.objects.get().contact == harbor.contacts.get(code="COLE")
        assert "only a waiting mail" in refused(capsys, 5, *filing)
        assert told(capsys, "mail", "list") == []
        assert "mail list --all names them" in refused(capsys, 3, "mail", "show", "MAIL-999")
        assert main(["mail", "show", said["mail"]]) == 0
        assert "as olga@castle-it.example says" in capsys.readouterr().out

    @pytest.mark.usefixtures("harbor")
    def test_says_when_there_is_nothing_and_which_setting_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without a mailbox nothing arrives; an address that means nothing is a refusal."""
        assert main(["mail", "fetch"]) == 0
        assert capsys.readouterr().out == "No new mail.\n"
        monkeypatch.setattr(settings, "GROUNDRULES_IMAP_URL", "http://mail.example")

        assert "is no IMAP server" in refused(capsys, 8, "mail", "fetch")

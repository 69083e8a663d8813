"""A request decided by mail reply: by our own people only, with the code, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings

from groundrules.gateways.imap import Arrived
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import mail_in
from groundrules.services.access import AnswerNotTrusted, answer_request_by_mail
from tests.portal.harbor import NOW, Harbor

pytestmark = pytest.mark.django_db
OLGA = "olga@castle-it.example"


@pytest.fixture
def asked(harbor: Harbor, monkeypatch: pytest.MonkeyPatch) -> Harbor:
    """This fixture will have Rae ask for a window, with Olga on call."""
    monkeypatch.setattr(settings, "GROUNDRULES_ONCALL", OLGA)
    User.objects.create(email=OLGA, name="Olga", role=Role.OWNER)
    User.objects.create(email="anna@castle-it.example", name="Anna", role=Role.ACCOUNTANT)
    harbor.ask()
    return harbor


def code(harbor: Harbor) -> str:
    """The code as the request's mail to on-call says it."""
    found = re.search(r"code is (\d{4}-\d{4})", harbor.mails("is asked for")[0].get_content())
    assert found
    return found[1]


def stands(harbor: Harbor) -> object:
    """How the window stands."""
    return books.AccessWindow.objects.current().get(client=harbor.client, ref="WIN-1").to_core()


class TestAnswerByMail:
    """What a reply does."""

    def test_approves_once_and_tells_everybody(self, asked: Harbor) -> None:
        """The window is approved in the writer's name; the same reply again is nobody's."""
        line = f"Approve {code(asked)} with backup"

        answered = answer_request_by_mail(OLGA.upper(), line, at=NOW)

        assert answered is not None
        assert (answered.window, answered.done) == ("WIN-1", True)
        assert books.AccessWindow.objects.current().get(ref="WIN-1").to_core().approved_by == OLGA
        assert asked.mails("Approved: Harbor's server, WIN-1")
        assert [m["To"] for m in asked.mails("WIN-1 is approved, and both are told")] == [OLGA]
        assert answer_request_by_mail(OLGA, line, at=NOW) is None

    def test_says_what_stands_against_it(self, asked: Harbor) -> None:
        """Without a backup nothing is changed, and the writer is told so."""
        answered = answer_request_by_mail(OLGA, f"APPROVE {code(asked)}", at=NOW)

        assert answered is not None
        assert not answered.done
        assert "Nobody has confirmed a backup" in answered.says

    @pytest.mark.parametrize("rest", ["with backup, no emergency", "backup not done yet"])
    def test_asks_back_instead_of_guessing(self, asked: Harbor, rest: str) -> None:
        """Words that can be read both ways change nothing, and the reply asks; a clear one decides afterwards."""
        before = stands(asked)

        answered = answer_request_by_mail(OLGA, f"APPROVE {code(asked)} {rest}", at=NOW)

        assert answered is not None
        assert not answered.done
        assert f'Nothing was changed. What does "{rest}" mean?' in answered.says
        assert stands(asked) == before
        assert answer_request_by_mail(OLGA, f"APPROVE {code(asked)} with backup", at=NOW).done  # type: ignore[union-attr]

    def test_moves_and_then_needs_the_new_code(self, asked: Harbor) -> None:
        """Another time stands; the old code decides nothing any more."""
        old = code(asked)

        moved = answer_request_by_mail(OLGA, f"MOVE {old} 2026-03-06 20:00-21:00", at=NOW)

        assert moved is not None
        assert answer_request_by_mail(OLGA, f"APPROVE {old} with backup", at=NOW) is None
        new = re.search(r"now (\d{4}-\d{4})", moved.says)
        assert new
        denied = answer_request_by_mail(OLGA, f"DENY {new[1]} not this week", at=NOW)
        assert denied is not None
        assert denied.done

    @pytest.mark.parametrize(
        "sender", ["rae@rogue.example", "anna@castle-it.example", "who@else.example"]
    )
    def test_is_not_for_who_asked_or_anybody_else(self, asked: Harbor, sender: str) -> None:
        """Even with the code: the vendor's person, an accountant and a stranger decide nothing."""
        before = stands(asked)

        with pytest.raises(AnswerNotTrusted):
            answer_request_by_mail(sender, f"APPROVE {code(asked)} with backup", at=NOW)

        assert stands(asked) == before

    def test_is_not_found_by_trying(self, asked: Harbor) -> None:
        """After five wrong codes in somebody's name, not even the right one counts for an hour, and they are told."""
        right = f"APPROVE {code(asked)} with backup"
        wrong = f"{(int(code(asked)[:4]) + 1) % 10_000:04}-0000"

        for _ in range(5):
            assert answer_request_by_mail(OLGA, f"APPROVE {wrong} with backup", at=NOW) is None

        with pytest.raises(AnswerNotTrusted, match="5 wrong codes"):
            answer_request_by_mail(OLGA, right, at=NOW + timedelta(minutes=59))
        assert [m["To"] for m in asked.mails("Replies with wrong codes")] == [OLGA]
        later = answer_request_by_mail(OLGA, right, at=NOW + timedelta(minutes=61))
        assert later is not None
        assert later.done

    def test_is_never_what_we_mailed_ourselves(self, asked: Harbor) -> None:
        """The request's own mail, sent back whole without a quote mark, decides nothing."""
        said = asked.mails("is asked for")[0].get_content()

        assert answer_request_by_mail(OLGA, said, at=NOW) is None

    def test_is_read_from_incoming_mail(self, asked: Harbor) -> None:
        """A reply that arrives is filed to the client its code is about, and does what it says, once."""
        line = f"DENY {code(asked)} Not this week"
        raw = (
            f"From: Olga <{OLGA}>\r\nTo: desk@castle-it.example\r\nSubject: Re: [on call]\r\n"
            f"Message-ID: <1@castle-it.example>\r\n\r\n{line}\r\n\r\n> what we mailed\r\n"
        ).encode()

        row = mail_in.take(Arrived("1", raw, received_at=NOW), name="imap", at=NOW)

        assert row is not None
        filed = mail_in.last_filing(row)
        assert filed is not None
        assert (filed.kind, filed.client, filed.trust) == ("answered", asked.client, "code")
        assert books.AccessWindow.objects.current().get(ref="WIN-1").to_core().denied_at == NOW
        assert "Not this week" in asked.mails("WIN-1 was denied")[0].get_content()

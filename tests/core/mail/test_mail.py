"""Who a mail is from and how far that is believed; which thread it is in; and the words that decide something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.ids import VendorId
from groundrules.core.mail import (
    Checked,
    CodeWritten,
    Known,
    MailRead,
    Person,
    Trust,
    code_in,
    recognise,
    thread_of,
    with_code,
)
from groundrules.core.parties import Vendor
from tests.core.harbor import CONSULTANT, PAT, harbor_client

OURS = "mx.castle-it.example"
PAT_WRITES = replace(PAT, email="Pat@harbor.example")
COLE = replace(CONSULTANT, email="cole@consulting.example", outside=True)
ROGUE = Vendor(VendorId("V1"), "Rogue Dental Software", email="support@rogue.example")
KNOWN = Known(
    client=replace(harbor_client(), contacts=(PAT_WRITES, COLE)),
    vendors=(ROGUE,),
    ours=frozenset({"desk@castle-it.example"}),
    checked_by=OURS,
)


def _mail(sender: str, *checks: Checked, **more: object) -> MailRead:
    mail = MailRead("<1@x>", sender, "Somebody", "Hello", "Hello", "Hello", checks=checks)
    return replace(mail, **more)  # type: ignore[arg-type]


def _check(method: str, result: str, domain: str, server: str = OURS) -> Checked:
    return Checked(server, method, result, domain)


class TestRecognise:
    @pytest.mark.parametrize(
        ("sender", "person", "name"),
        [
            ("pat@harbor.example", Person.CONTACT, PAT.name),
            ("cole@consulting.example", Person.DELEGATE, CONSULTANT.name),
            ("support@rogue.example", Person.VENDOR, "Somebody (Rogue Dental Software)"),
            ("dev@rogue.example", Person.VENDOR, "Somebody (Rogue Dental Software)"),
            ("desk@castle-it.example", Person.OURS, "Somebody"),
            ("anyone@elsewhere.example", Person.UNKNOWN, "Somebody"),
            ("", Person.UNKNOWN, "Somebody"),
        ],
    )
    def test_names_whom_the_address_belongs_to(
        self, sender: str, person: Person, name: str
    ) -> None:
        """By the cards, whatever is capital; a vendor's colleague by the domain; and only as claimed."""
        found = recognise(_mail(sender), KNOWN)

        assert (found.person, found.name, found.trust) == (person, name, Trust.CLAIMED)
        assert found.trust.strength == "inferred"
        assert "anyone can write it" in found.sentence

    def test_takes_no_domain_that_two_vendors_share(self) -> None:
        """A mail provider's domain names nobody; the exact address still does."""
        other = Vendor(VendorId("V2"), "Other", email="info@rogue.example")
        known = replace(KNOWN, vendors=(ROGUE, other))

        assert recognise(_mail("dev@rogue.example"), known).person is Person.UNKNOWN
        assert recognise(_mail("info@rogue.example"), known).vendor == "V2"

    @pytest.mark.parametrize(
        ("check", "trust"),
        [
            (_check("dmarc", "pass", "harbor.example"), Trust.DOMAIN),
            (_check("dkim", "pass", "harbor.example"), Trust.DOMAIN),
            (_check("dkim", "pass", "example"), Trust.CLAIMED),
            (_check("dkim", "pass", "mailer.example"), Trust.CLAIMED),
            (_check("dkim", "pass", "bor.example"), Trust.CLAIMED),
            (_check("dkim", "fail", "harbor.example"), Trust.CLAIMED),
            (_check("auth", "pass", "harbor.example"), Trust.CLAIMED),
            (_check("dmarc", "pass", "harbor.example", "mx.forger.example"), Trust.CLAIMED),
        ],
    )
    def test_believes_only_what_our_own_server_checked(self, check: Checked, trust: Trust) -> None:
        """A check speaks for the domain it names, and only when our own server made it."""
        found = recognise(_mail("pat@harbor.example", check), KNOWN)

        assert found.trust is trust
        assert found.contact == PAT.id

    def test_believes_no_check_where_none_is_named(self) -> None:
        """Without the setting every check is a stranger's."""
        check = _check("dmarc", "pass", "harbor.example", "")

        assert (
            recognise(_mail("pat@harbor.example", check), replace(KNOWN, checked_by="")).trust
            is Trust.CLAIMED
        )

    def test_takes_a_contradicted_sender_for_nobody(self) -> None:
        """The address in a forged mail is the victim's, not the writer's; a signature beside it does not help."""
        found = recognise(
            _mail(
                "pat@harbor.example",
                _check("dkim", "pass", "harbor.example"),
                _check("dmarc", "fail", "harbor.example"),
            ),
            KNOWN,
        )

        assert (found.person, found.contact, found.trust) == (
            Person.UNKNOWN,
            None,
            Trust.CONTRADICTED,
        )
        assert found.trust.strength == "unknown"
        assert "harbor.example did not send it" in found.sentence

    def test_is_proven_by_a_code(self) -> None:
        """A code that was mailed to one person is worth more than any head."""
        proven = with_code(recognise(_mail("pat@harbor.example"), KNOWN))

        assert proven.trust.strength == "recorded"
        assert "mailed to them alone" in proven.sentence


class TestThread:
    def test_is_named_by_the_first_mail_in_it(self) -> None:
        """Whoever answered whom, and in whatever order they arrive."""
        first = _mail("a@x.example", message_id="<1@x>")
        answer = _mail("b@x.example", message_id="<2@x>", in_reply_to=("<1@x>",))
        third = _mail("a@x.example", message_id="<3@x>", references=("<1@x>", "<2@x>"))

        assert {thread_of(one, {}) for one in (third, answer, first)} == {"<1@x>"}

    def test_is_found_by_any_mail_that_is_known(self) -> None:
        """A program that dropped the beginning of the list still finds its thread."""
        cut = _mail("a@x.example", message_id="<9@x>", references=("<7@x>", "<8@x>"))

        assert thread_of(cut, {"<8@x>": "<1@x>"}) == "<1@x>"


class TestCode:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("APPROVE 4821-7730", CodeWritten(approves=True, code="48217730")),
            ("Hello,\n\n *approve: 48217730*\n\nPat", CodeWritten(approves=True, code="48217730")),
            ("Decline 4821 7730.", CodeWritten(approves=False, code="48217730")),
            ("APPROVE 4821-7730\nAPPROVE 4821-7730", CodeWritten(approves=True, code="48217730")),
            ("APPROVE 4821-7730\nDECLINE 4821-7730", None),
            ("I do not APPROVE 4821-7730 at all", None),
            ("APPROVE 4821-7730 but only on Sunday", None),
            ("APPROVE 4821-7730\nAPPROVE 4821-7730 if it costs nothing", None),
            ("Your code is 4821-7730. Write APPROVE and the code.", None),
            ("yes", None),
            ("\n" * 50 + "APPROVE 4821-7730", None),
        ],
    )
    def test_is_a_line_of_its_own_with_word_and_code(
        self, text: str, found: CodeWritten | None
    ) -> None:
        """Nothing that we mail, and nothing said in a sentence, decides."""
        assert code_in(text) == found

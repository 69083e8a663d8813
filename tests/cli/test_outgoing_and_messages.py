"""`groundrules outgoing` and `groundrules message`: every act, each refusal with its number, and what they print."""

from __future__ import annotations

import json

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.records import models as books
from groundrules.records.models import OutgoingMail
from tests.cli.on_books import AS, OnBooks


class TestOutgoing(OnBooks):
    """A mail the server refused, one that may not have left, and one that did."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Three mails, as the mail server left them."""
        super().setUpTestData()
        now = timezone.now()
        for state, says, text in (
            (OutgoingMail.REFUSED, "550 no such user", "Your code is 123456."),
            (OutgoingMail.UNCERTAIN, "the connection broke", "Come at 18:00."),
            (OutgoingMail.HANDED_OVER, "", ""),
        ):
            OutgoingMail.objects.create(
                reference=f"mail-{state}",
                to="rae@rogue.example",
                subject="Your window",
                text=text,
                state=state,
                says=says,
                attempts=1,
                written_at=now,
                changed_at=now,
                due_at=now,
            )

    def test_lists_what_needs_a_person_and_everything_when_asked(self) -> None:
        """Who reads it sees why and to whom; no list prints a mail's words, which may be a code."""
        listed = self.line("outgoing", "list")
        everything = self.told("outgoing", "list", "--all")

        assert "550 no such user" in listed
        assert "handed over" not in listed
        assert "123456" not in listed + json.dumps(everything)
        assert [row["state"] for row in everything] == ["handed over", "uncertain", "refused"]
        assert [row["due_at"] is None for row in everything] == [True, True, True]

    def test_sends_again_or_gives_up_once(self) -> None:
        """A refused mail waits anew; a given-up one holds no words, and neither can be done to it twice."""
        refused, uncertain, gone = OutgoingMail.objects.order_by("pk")

        (again,) = self.told("outgoing", "again", str(refused), *AS)
        (left,) = self.told("outgoing", "give-up", str(uncertain).lower(), *AS)

        assert again["state"] == OutgoingMail.WAITING
        assert (left["mail"], left["state"]) == (str(uncertain), OutgoingMail.FORGOTTEN)
        assert OutgoingMail.objects.get(pk=uncertain.pk).text == ""
        for mail in (uncertain, gone):
            assert str(mail) in self.refused(Exit.CONFLICT, "outgoing", "again", str(mail), *AS)

    def test_refuses_what_is_not_on_record_and_who_may_not(self) -> None:
        """Neither a wrong reference nor nobody in particular changes a mail."""
        mail = str(OutgoingMail.objects.order_by("pk")[0])

        for wrong in ("OUT-99999", "OUT-x", "9" * 40):
            err = self.refused(Exit.NOT_FOUND, "outgoing", "again", wrong, *AS)
            assert "there is no such mail; groundrules outgoing list --all names them" in err
        self.refused(Exit.NOT_PERMITTED, "outgoing", "give-up", mail, "--as", "no@one.example")
        assert OutgoingMail.objects.filter(state=OutgoingMail.FORGOTTEN).count() == 0


class TestMessage(OnBooks):
    """What people say, logged and filed."""

    def test_logs_a_call_by_the_clients_clock_and_files_it(self) -> None:
        """A call changes nothing; it is filed to an incident and taken off again."""
        words = ("message", "log", "How can we get back on?", "--client", "HARBOR")
        at = ("--at", "2007-03-14T10:00", "--sender", "Cole Consultant", "--asset", "SRV1")
        before = books.LifecycleEntry.objects.count()

        (row,) = self.told(*words, *at, *AS)
        incident = books.Incident.objects.current().order_by("pk")[0].ref
        file = ("message", "file", row["message"], "--client", "HARBOR", *AS)
        (filed,) = self.told(*file, "--incident", incident)

        assert (row["at"], row["channel"], row["asset"]) == (
            "2007-03-14T17:00:00+00:00",
            "call",
            "SRV1",
        )
        assert filed["incident"] == incident
        shown = self.line("message", "list", "--client", "HARBOR", "--incident", incident)
        assert "call from Cole Consultant about SRV1" in shown
        assert [one["incident"] for one in self.told(*file, "--incident", "")] == [None]
        assert self.told("message", "list", "--incident", incident) == []
        assert books.LifecycleEntry.objects.count() == before

    def test_refuses_in_words_that_help(self) -> None:
        """An unknown client, card or message, no words, and an hour that cannot be read or does not exist."""
        log = ("message", "log", "Hello", "--client", "HARBOR", "--sender", "Cole", *AS)

        def error(number: Exit, *words: str) -> str:
            return self.refused(number, *words)

        assert "no such client" in error(Exit.NOT_FOUND, "message", "list", "--client", "NOBODY")
        assert "C99" in error(Exit.NOT_FOUND, *log, "--contact", "C99")
        assert "write it as 2007-03-14T10:00" in error(Exit.BAD_INPUT, *log, "--at", "yesterday")
        error(Exit.BAD_INPUT, *log, "--at", "2007-03-11T02:30")
        error(Exit.BAD_INPUT, "message", "log", "  ", "--client", "HARBOR", "--sender", "C", *AS)
        file = ("message", "file", "MSG-99", "--client", "HARBOR", "--incident", "", *AS)
        assert "no such message" in error(Exit.NOT_FOUND, *file)
        nobody = ("--as", "no@one.example")
        error(Exit.NOT_PERMITTED, *log[:-2], *nobody)
        assert not books.Message.objects.filter(says="Hello").exists()

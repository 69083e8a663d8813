"""`groundrules incident` and `message asks`: what starts a recovery's record, as somebody on call types it."""

from __future__ import annotations

from groundrules.cli.exits import Exit
from groundrules.records import models as books
from tests.cli.on_books import AS, OnBooks

HARBOR = ("--client", "HARBOR")


class TestIncident(OnBooks):
    """One opened by hand, and said to be over."""

    def test_opens_one_and_says_that_it_is_over(self) -> None:
        """It stands under a number of its own, by the site's clock, with its causes weighed at once."""
        words = ("incident", "open", "SRV1", "The drive array failed", "--hardware", "drive array")

        (opened,) = self.told(*words, "--at", "2007-03-14T10:00", *HARBOR, *AS)
        ref = str(opened["incident"])
        (over,) = self.told("incident", "over", ref, "--at", "2007-03-14T11:30", *HARBOR, *AS)
        listed = self.line("incident", "list", *HARBOR)

        assert (opened["server"], opened["resolved_at"]) == ("SRV1", None)
        assert opened["opened_at"] == "2007-03-14T17:00:00+00:00"
        assert over["resolved_at"] == "2007-03-14T18:30:00+00:00"
        assert books.Cause.objects.filter(ref=ref).exists()
        assert listed.startswith(f"{ref}  SRV1  Wed 2007-03-14 10:00 PDT, over since ")
        again = self.refused(Exit.CONFLICT, "incident", "over", ref, *HARBOR, *AS)
        assert ref in again

    def test_refuses_in_words_that_help(self) -> None:
        """Nothing is opened for a wrong server, an instant to come, no words, or somebody unknown."""
        before = books.Incident.objects.count()
        opening = ("incident", "open", "SRV1", "Dead", *HARBOR)

        future = self.refused(Exit.BAD_INPUT, *opening, "--at", "2999-01-01T10:00", *AS)
        assert "still to come; nothing was opened" in future
        self.refused(Exit.NOT_FOUND, "incident", "open", "SRV99", "Dead", *HARBOR, *AS)
        self.refused(Exit.BAD_INPUT, "incident", "open", "SRV1", "  ", *HARBOR, *AS)
        self.refused(Exit.BAD_INPUT, *opening, "--at", "2007-03-11T02:30", *AS)
        self.refused(Exit.NOT_PERMITTED, *opening, "--as", "no@one.example")
        unknown = self.refused(Exit.NOT_FOUND, "incident", "over", "INC-999", *HARBOR, *AS)
        assert "there is no incident 'INC-999' of HARBOR" in unknown
        early = ("incident", "over", "INC-2", "--at", "2000-01-01T00:00", *HARBOR, *AS)
        assert "say when" in self.refused(Exit.BAD_INPUT, *early)
        assert books.Incident.objects.count() == before


class TestAsks(OnBooks):
    """A message that asks for work after hours."""

    def test_notes_it_once_and_only_from_a_contact(self) -> None:
        """The same message is one request; what a stranger wrote asks for nothing."""
        log = ("message", "log", "Keep going tonight", *HARBOR, "--at", "2007-03-14T16:40", *AS)
        (said,) = self.told(*log, "--contact", "PAT")
        (stranger,) = self.told(*log, "--sender", "Somebody")
        ask = ("message", "asks", str(said["message"]), *HARBOR, *AS)

        (noted,) = self.told(*ask)
        (again,) = self.told(*ask)

        assert str(noted["request"]).startswith("REQ-")
        assert noted["request"] == again["request"]
        assert books.Request.objects.filter(ref=noted["request"]).count() == 1
        assert f"[{noted['request']}]" in self.line("message", "list", *HARBOR)
        other = ("message", "asks", str(stranger["message"]), *HARBOR, *AS)
        assert "only a contact" in self.refused(Exit.BAD_INPUT, *other)

"""The way of a letter of agency, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.ids import LetterOfAgencyId, VendorId
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
    SignedFile,
    StepRefused,
    letter_of_agency_status,
    next_steps,
    reminders,
    with_step,
)
from tests.core.vendors.policy import PACIFIC, at, calendar

STEP = LetterOfAgencyStep
FILE = SignedFile("loa.pdf", "ab" * 32, "Pat Owner")
DRAFT = LetterOfAgency(
    LetterOfAgencyId("LOA-1"), VendorId("V1"), (DatedStep(STEP.DRAFTED, at("2007-03-15 09:00")),)
)
NOW = at("2007-03-22 12:00")


def on(letter: LetterOfAgency, step: STEP, moment: str, says: str = "") -> LetterOfAgency:
    """The letter after one more step."""
    file = FILE if step is STEP.SIGNED else None
    return with_step(letter, DatedStep(step, at(moment), says), now=NOW, file=file)


SENT = on(DRAFT, STEP.SENT_FOR_SIGNATURE, "2007-03-15 10:00")
SIGNED = on(SENT, STEP.SIGNED, "2007-03-20 08:00")
DELIVERED = on(SIGNED, STEP.DELIVERED, "2007-03-20 09:00")


class TestWithStep:
    """Taking a step."""

    def test_goes_the_whole_way(self) -> None:
        """Scenario 14: signed and delivered is in force; the call ends the reminder, and its outcome stays."""
        called = on(DELIVERED, STEP.CALL_MADE, "2007-03-22 11:00", "Ask for Ray; PIN 4411")

        status = letter_of_agency_status(called, NOW, PACIFIC, calendar(PACIFIC))

        assert (status.in_force, status.follow_up_due) == (True, None)
        assert called.steps[-1].says == "Ask for Ray; PIN 4411"
        assert (called.file_digest, called.signed_by) == (FILE.digest, "Pat Owner")

    def test_offers_only_what_can_come_next(self) -> None:
        """A draft can't be delivered, and nothing follows a revocation."""
        revoked = on(DELIVERED, STEP.REVOKED, "2007-03-21 10:00", "Pat, by mail")

        assert next_steps(DRAFT) == (STEP.SENT_FOR_SIGNATURE, STEP.SIGNED)
        assert STEP.SIGNED not in next_steps(SIGNED)
        assert next_steps(revoked) == ()
        with pytest.raises(StepRefused, match="possible: sent for signature, signed"):
            on(DRAFT, STEP.DELIVERED, "2007-03-20 09:00")

    @pytest.mark.parametrize(
        ("file", "problem"),
        [
            (None, "needs its file"),
            (replace(FILE, name="loa.docx"), "can be edited"),
            (replace(FILE, signed_by=" "), "who signed"),
        ],
    )
    def test_takes_no_signature_without_its_proof(
        self, file: SignedFile | None, problem: str
    ) -> None:
        """Scenario 14: a .docx, or a letter nobody signed, never gets further."""
        with pytest.raises(StepRefused, match=problem):
            with_step(SENT, DatedStep(STEP.SIGNED, NOW), now=NOW, file=file)

    def test_refuses_times_that_cannot_be(self) -> None:
        """Not in the future, and not before what it follows."""
        with pytest.raises(StepRefused, match="future"):
            with_step(SIGNED, DatedStep(STEP.DELIVERED, NOW + timedelta(minutes=1)), now=NOW)
        with pytest.raises(StepRefused, match="can't come before"):
            on(SIGNED, STEP.DELIVERED, "2007-03-19 09:00")

    def test_wants_words_where_they_matter(self) -> None:
        """A call without an outcome and a revocation without a reason say nothing."""
        for step in (STEP.CALL_MADE, STEP.REVOKED):
            with pytest.raises(StepRefused, match="stays on record"):
                on(DELIVERED, step, "2007-03-21 09:00")


class TestReminders:
    """What letters ask of us."""

    def test_ask_for_the_call_the_renewal_and_the_signature(self) -> None:
        """Scenario 14: the call by 22 March, the renewal from 18 February; a letter that is not back is chased."""
        days = calendar(PACIFIC)

        def asked(letter: LetterOfAgency, moment: str) -> list[tuple[str, str]]:
            found = reminders((letter,), at(moment), PACIFIC, days)
            return [(one.kind, one.due.isoformat()) for one in found]

        assert asked(DELIVERED, "2007-03-21 12:00") == []
        assert asked(DELIVERED, "2007-03-22 08:00") == [("call", "2007-03-22")]
        called = on(DELIVERED, STEP.CALL_MADE, "2007-03-22 11:00", "done")
        assert asked(called, "2008-02-17 12:00") == []
        assert asked(called, "2008-02-18 12:00") == [("renew", "2008-02-18")]
        assert asked(called, "2008-03-20 00:00") == []
        assert asked(SENT, "2007-03-19 08:00") == [("signature", "2007-03-19")]
        assert asked(SIGNED, "2007-03-25 08:00") == []

    def test_call_the_vendor_by_its_name(self) -> None:
        """Who is on call knows the vendor, not its code."""
        moment = at("2007-03-22 08:00")

        (one,) = reminders((DELIVERED,), moment, PACIFIC, calendar(PACIFIC), {"V1": "Rogue"})

        assert one.sentence.endswith(": call Rogue to introduce yourself.")

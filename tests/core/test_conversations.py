from dataclasses import replace

import pytest

from groundrules.core.conversations import (
    NeedsAuthorisedContact,
    commit,
    log,
    may_commit,
    reply_pack,
)
from groundrules.core.ids import ClauseNumber, MessageId
from groundrules.core.letters.draft_reply_pack import CostSoFar, PackContents
from groundrules.core.lifecycle.conditions import reinstatement
from groundrules.core.lifecycle.proofs import ConditionInputs
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.work import Channel, Message
from tests.core.harbor import CONSULTANT, PAT, SITE_ZONE, SRV1, harbor_client
from tests.core.harbor_work import VERSION_1, site
from tests.core.letters.letter_story import LETTER, ROGUE

CLIENT = harbor_client()
CALL = Message(
    MessageId("MSG-1"),
    site("2007-03-13 10:00"),
    Channel.CALL,
    "C. Sultant",
    "how can we get back on?",
    CONSULTANT.id,
)
MAIL = Message(
    MessageId("MSG-2"),
    site("2007-03-13 10:05"),
    Channel.EMAIL,
    "C. Sultant",
    "or we re-evaluate our relationship",
    CONSULTANT.id,
)
FROM_PAT = replace(MAIL, id=MessageId("MSG-3"), sender="Pat Owner", contact=PAT.id, says="agreed")
OFF = ConditionInputs(site("2007-03-12 08:00"), SITE_ZONE)
assert VERSION_1.reinstatement is not None
OPEN = reinstatement(SRV1, VERSION_1.reinstatement, OFF, site("2007-03-13 10:05"))


class TestLog:
    """Scenario 13: a begging call and a threatening mail."""

    @pytest.mark.parametrize("message", [CALL, MAIL])
    def test_changes_nothing_and_copies_pat(self, message: Message) -> None:
        """Tone moves neither coverage nor rates; Pat gets a copy."""
        found = log(message, CLIENT)

        assert found.copied == (PAT.id,)
        assert found.may_commit is False
        assert found.sentence == (
            f"The {message.channel.value} from C. Sultant is logged. Coverage, rates and conditions "
            "are unchanged. C. Sultant may not commit Harbor Dental; Pat Owner gets a copy."
        )
        assert found.facts[0].ref == message.id

    def test_copies_nobody_when_pat_writes(self) -> None:
        """The authorised contact needs no copy of her own mail."""
        found = log(FROM_PAT, CLIENT)

        assert (found.copied, found.may_commit) == ((), True)

    def test_logs_a_stranger(self) -> None:
        """A sender nobody knows is logged like everyone else."""
        found = log(replace(CALL, contact=None, sender="someone"), CLIENT)

        assert found.copied == (PAT.id,)

    def test_says_when_nobody_may_commit(self) -> None:
        """Then the record of contacts is what is missing."""
        found = log(CALL, replace(CLIENT, contacts=(CONSULTANT,)))

        assert found.copied == ()
        assert "nobody on record may" in found.sentence


class TestMayCommit:
    def test_asks_for_the_instant(self) -> None:
        """Authority that ended yesterday is no authority today."""
        until = replace(PAT, authorised=Period(site("2007-01-01 00:00"), site("2007-03-13 00:00")))

        assert may_commit(until, site("2007-03-12 23:59"))
        assert not may_commit(until, site("2007-03-13 00:00"))
        assert not may_commit(CONSULTANT, site("2007-03-12 12:00"))


class TestCommit:
    def test_needs_pats_approval(self) -> None:
        """The consultant's promise is none until Pat approves it."""
        with pytest.raises(NeedsAuthorisedContact, match="ask Pat Owner"):
            commit(MAIL, CLIENT)

        found = commit(MAIL, CLIENT, approval=FROM_PAT)

        assert (found.message, found.approved_by) == ("MSG-2", PAT.id)

    def test_takes_pats_own_word(self) -> None:
        """Pat commits by herself."""
        assert commit(FROM_PAT, CLIENT).approved_by == PAT.id

    def test_takes_no_approval_from_another_outsider(self) -> None:
        """Two people without authority are still without authority."""
        with pytest.raises(NeedsAuthorisedContact):
            commit(MAIL, CLIENT, approval=CALL)


class TestReplyPack:
    def test_holds_conditions_instruction_and_cost(self) -> None:
        """The open conditions, the exact letter for Rogue on Harbor's paper, and the cost so far."""
        cost = CostSoFar(Money.of("225.00", "USD"), "1.50 h")
        contents = PackContents(OPEN, ClauseNumber("6.4"), cost, answers_to=MAIL.id)

        pack = reply_pack(contents, (ROGUE,), LETTER, "Pat Owner")

        (letter,) = pack.enclosed
        assert (letter.letterhead, letter.to) == ("Harbor Dental", "Rogue")
        # Pat signs on the paper; the text itself names no second signer.
        assert letter.paragraphs[-1].text.endswith("Thank you for your help.")
        left = next(p for p in pack.answer.paragraphs if p.heading == "What is left to do")
        assert len(left.items) == len(OPEN.open)
        assert pack.answer.paragraphs[0].facts[0].ref == "MSG-2"
        assert pack.answer.warnings == ()

    def test_writes_to_no_vendor_without_a_task(self) -> None:
        """A vendor that has nothing to do gets no letter."""
        other = replace(ROGUE, id=type(ROGUE.id)("V2"), name="Other")
        cost = CostSoFar(Money.of("0", "USD"), "0.00 h")

        pack = reply_pack(PackContents(OPEN, ClauseNumber("6.4"), cost), (other,), LETTER, "Pat")

        assert pack.enclosed == ()

"""Disputes: raised in time and once, answered once, and what waits meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from groundrules.core.agreements.further_terms import DisputeTerms, TieBreak
from groundrules.core.agreements.reading import UnreadableClause
from groundrules.core.agreements.sentences import parse, say
from groundrules.core.disputes import (
    Dispute,
    DisputeAnswer,
    DisputeOutcome,
    DisputeRefused,
    DisputeSide,
    DisputeSubject,
    answer_by,
    answered,
    held_total,
    last_day,
    not_counted,
    refuse_late,
    refuse_twice,
    score_is_open,
)
from groundrules.core.ids import ClauseNumber, DisputeId, VendorId
from groundrules.core.money import Money
from tests.core.harbor import SITE_ZONE as ZONE
from tests.core.harbor import harbor_calendar

THURSDAY = datetime(2007, 3, 1, 17, 20, tzinfo=UTC)
DISPUTE = Dispute(
    DisputeId("DSP-1"),
    DisputeSubject.DECISION,
    "DEC-1",
    DisputeSide.CLIENT,
    "Pat Owner",
    THURSDAY,
    "We never asked for this.",
    datetime(2007, 3, 9, 8, 0, tzinfo=UTC),
    held=Money(202500, "USD"),
)


def with_outcome(outcome: DisputeOutcome, dispute: Dispute = DISPUTE) -> Dispute:
    """The same dispute, answered."""
    return answered(dispute, DisputeAnswer(THURSDAY, "kim", outcome, "Because."))


class TestTerms:
    """What a version says about disputes."""

    @pytest.mark.parametrize(
        "terms",
        [
            DisputeTerms(30, 5, TieBreak.CLIENT, ClauseNumber("9.1")),
            DisputeTerms(0, 1, TieBreak.PROVIDER),
            DisputeTerms(),
        ],
    )
    def test_is_a_sentence_and_back(self, terms: DisputeTerms) -> None:
        """Nothing is lost on the way."""
        assert parse(say(terms)) == terms

    def test_reads_as_a_sentence(self) -> None:
        """A client can read when, and for whom a tie ends."""
        assert say(DisputeTerms(30, 5, TieBreak.CLIENT, ClauseNumber("9.1"))) == (
            "Disputes (clause 9.1): a dispute is raised within 30 days; it is answered within 5 business days; "
            "its amount is not due before; one that nobody can settle ends for the client."
        )

    def test_is_refused_without_an_end(self) -> None:
        """A tie-break that is none is no sentence."""
        with pytest.raises(UnreadableClause):
            parse(
                "Disputes: a dispute is raised at any time; it is answered within 5 business days."
            )


class TestDeadlines:
    """Until when it is raised, and answered."""

    def test_is_answered_by_the_end_of_the_last_business_day(self) -> None:
        """Five business days from a Thursday end with the next Thursday, at the site's midnight."""
        until = answer_by(
            DisputeTerms(answered_within_business_days=5), harbor_calendar(), THURSDAY
        )

        assert until == datetime(2007, 3, 9, 8, 0, tzinfo=UTC)
        assert last_day(replace(DISPUTE, answer_by=until), ZONE) == date(2007, 3, 8)

    def test_is_refused_when_raised_too_late(self) -> None:
        """The thirtieth day still counts, in the site's own days; the next one does not."""
        terms = DisputeTerms(30, clause=ClauseNumber("9.1"))
        refuse_late(terms, THURSDAY, datetime(2007, 4, 1, 6, 59, tzinfo=UTC), ZONE)

        with pytest.raises(DisputeRefused, match=r"clause 9.1.*2007-03-31"):
            refuse_late(terms, THURSDAY, datetime(2007, 4, 1, 7, 0, tzinfo=UTC), ZONE)

    def test_is_late_from_its_instant_on(self) -> None:
        """An answered one never is."""
        assert DISPUTE.is_late(DISPUTE.answer_by)
        assert not with_outcome(DisputeOutcome.REJECTED).is_late(DISPUTE.answer_by)


class TestOnce:
    """A thing is disputed once, and answered once."""

    @pytest.mark.parametrize("outcome", [None, DisputeOutcome.REJECTED, DisputeOutcome.UPHELD])
    def test_is_not_raised_again(self, outcome: DisputeOutcome | None) -> None:
        """While it is open, and once it was answered."""
        standing = with_outcome(outcome) if outcome else DISPUTE

        with pytest.raises(DisputeRefused, match="DSP-1"):
            refuse_twice([standing], DISPUTE.subject, DISPUTE.ref, ZONE)

    def test_may_be_raised_again_when_taken_back(self) -> None:
        """A decision that superseded has another number, and is another thing."""
        withdrawn = with_outcome(DisputeOutcome.WITHDRAWN)

        refuse_twice([withdrawn], DISPUTE.subject, DISPUTE.ref, ZONE)
        refuse_twice([DISPUTE], DISPUTE.subject, "DEC-2", ZONE)

    def test_is_answered_once_and_with_a_reason(self) -> None:
        """Whoever raised it reads why."""
        with pytest.raises(DisputeRefused, match="rejected before"):
            with_outcome(DisputeOutcome.UPHELD, with_outcome(DisputeOutcome.REJECTED))
        with pytest.raises(DisputeRefused, match="why"):
            answered(DISPUTE, DisputeAnswer(THURSDAY, "kim", DisputeOutcome.UPHELD, "  "))


class TestWaiting:
    """What a dispute holds back."""

    def test_holds_its_money_until_it_is_answered(self) -> None:
        """An answered dispute holds nothing."""
        closed = with_outcome(DisputeOutcome.REJECTED)

        assert held_total([DISPUTE, closed], "USD") == Money(202500, "USD")

    def test_keeps_a_fact_out_of_scores_until_rejected(self) -> None:
        """Open and upheld facts don't count; a rejected one does again."""
        fact = replace(DISPUTE, subject=DisputeSubject.CHANGE, ref="CHG-1", held=None)

        assert not_counted([fact]) == {"CHG-1"}
        assert not_counted([with_outcome(DisputeOutcome.UPHELD, fact)]) == {"CHG-1"}
        assert not_counted([with_outcome(DisputeOutcome.REJECTED, fact)]) == frozenset()

    def test_keeps_a_score_from_ending_a_relationship(self) -> None:
        """An open dispute of the score itself is found by its vendor."""
        score = replace(DISPUTE, subject=DisputeSubject.SCORE, ref="V1", held=None)

        assert score_is_open([score], VendorId("V1")) == score
        assert score_is_open([score], VendorId("V2")) is None

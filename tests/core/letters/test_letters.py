from dataclasses import replace
from datetime import date

import pytest

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.ids import ClauseNumber
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.draft_cover import (
    ExitTerms,
    ExitWithoutReasons,
    draft_exit,
    draft_reinstatement,
)
from groundrules.core.letters.draft_notice import draft_notice, draft_suspension
from groundrules.core.letters.draft_vendor import (
    draft_replacement,
    draft_right_of_reply,
)
from groundrules.core.letters.facts import Finding, NothingToNotify
from groundrules.core.letters.wording import reading_grade
from groundrules.core.lifecycle.conditions import ConditionsOpen
from groundrules.core.lifecycle.notice import NoticeNotReceived, notice_arithmetic
from groundrules.core.money import Money
from groundrules.core.periods import Interval
from tests.core.harbor import SRV1, harbor_conditions
from tests.core.harbor_work import VERSION_1, site
from tests.core.letters.every_letter import (
    ALL,
    BILL,
    STANDING,
    TERMS,
    VENDOR_CASE,
    every_letter,
    standing_answer,
    words,
)
from tests.core.letters.letter_story import (
    ADDRESS,
    ARITHMETIC,
    CASE,
    GUESS,
    INSTALL,
    LETTER,
    NOTICE,
    OURS,
    REMOVAL,
    RESTING,
    sharepoint,
)

EVERY_LETTER = every_letter(LETTER)


class TestEveryLetter:
    @pytest.mark.parametrize("name", EVERY_LETTER)
    def test_has_no_wording_warnings(self, name: str) -> None:
        """Plain words, cited facts, no judgement, no unproven cause."""
        assert EVERY_LETTER[name].warnings == ()

    @pytest.mark.parametrize("name", EVERY_LETTER)
    def test_reads_at_grade_eight(self, name: str) -> None:
        """A busy office manager reads it once."""
        assert reading_grade(EVERY_LETTER[name]) <= 8


class TestSuspensionLetter:
    """Scenario 9: what the letter must say."""

    def test_names_the_one_server_and_the_clauses(self) -> None:
        """SRV1 only, from Mon 2007-03-12 08:00 PDT, under 6.1 and 6.3."""
        draft = EVERY_LETTER["suspension"]

        assert draft.kind is LetterKind.SUSPENSION
        assert draft.asset == SRV1
        assert draft.clauses == ("6.1", "6.3", "6.4")
        assert (
            "From Mon 2007-03-12 08:00 PDT, SRV1 (main server) is no longer under managed service."
            in words(draft)
        )

    def test_says_the_relationship_continues(self) -> None:
        """The first words, and that SRV2, monitoring and backups go on."""
        text = words(EVERY_LETTER["suspension"])

        assert text.startswith("Our agreement goes on. One thing changes.")
        assert "SRV2 (mail) stays covered, just as now." in text
        assert "We go on with monitoring and backups on each server." in text

    @pytest.mark.parametrize(
        ("language", "goes_on", "rests", "owed"),
        [
            (
                "en",
                "We go on with monitoring on each server.",
                "Until it is covered again we stop backups and restore drills.",
                "What clause 3.12 promises of restores is not owed for that time.",
            ),
            (
                "de",
                "Auf jedem Server bleibt es bei Überwachung.",
                "Das leisten wir erst wieder, wenn er im Vertrag ist: Datensicherung und Proben der Wiederherstellung.",
                "Was Ziffer 3.12 zur Wiederherstellung zusagt, schulden wir so lange nicht.",
            ),
        ],
    )
    def test_says_what_stops_and_is_not_owed(
        self, language: str, goes_on: str, rests: str, owed: str
    ) -> None:
        """Where the agreement lets backups rest, the letter says it in one language and in plain words."""
        letter = replace(LETTER, language=language)

        draft = draft_suspension(RESTING, NOTICE.id, ARITHMETIC, letter)

        assert goes_on in words(draft)
        assert [rests, owed] == [
            item for p in draft.paragraphs for item in p.items if item in {rests, owed}
        ]
        assert not draft.warnings

    def test_states_facts_with_strength_and_zone(self) -> None:
        """Each proven change: when, what, whose account, how strong, and that no window allowed it."""
        facts = next(
            p for p in EVERY_LETTER["suspension"].paragraphs if p.heading == "What happened"
        )

        assert facts.items[0] == (
            "On Wed 2007-02-21 19:58 PST: .NET Framework 2.0 was removed. "
            "The record names the account rogue_kim of Rogue (recorded). No approved window allowed it."
        )
        assert [fact.ref for fact in facts.facts] == ["CHG-1", "CHG-2"]

    def test_shows_both_rates_and_the_fee(self) -> None:
        """$150.00 and $300.00 an hour, and what becomes of the fee."""
        text = words(EVERY_LETTER["suspension"])

        assert "Work in business hours: $150.00 an hour." in text
        assert "Work after hours: $300.00 an hour." in text
        assert "The monthly fee of $350.00 stops" in text

    def test_lists_every_condition(self) -> None:
        """Nothing is held back for later."""
        text = words(EVERY_LETTER["suspension"])

        assert all(condition.says in text for condition in harbor_conditions())

    def test_says_order_where_cause_is_not_proven(self) -> None:
        """A likely cause is told as order in time."""
        text = words(EVERY_LETTER["suspension"])

        assert "This happened before it: .NET Framework 2.0 was removed." in text
        assert "That is the order in time. It is not proof." in text
        assert "caused" not in text

    def test_says_cause_only_where_proven(self) -> None:
        """After a replay the letter may say so."""
        case = replace(CASE, troubles=(sharepoint(CauseVerdict.PROVEN_CHANGE),))

        draft = draft_notice(case, LETTER)

        assert "A test showed what caused it: .NET Framework 2.0 was removed." in words(draft)
        assert draft.warnings == ()

    def test_does_not_hint_when_the_change_came_after(self) -> None:
        """A failure that began before the change is not laid at its door."""
        case = replace(CASE, troubles=(sharepoint(CauseVerdict.CANDIDATES, "2007-02-21 19:30"),))

        text = words(draft_notice(case, LETTER))

        assert "happened before it" not in text
        assert "does not show" not in text
        assert "SharePoint" not in text

    @pytest.mark.parametrize(
        ("after", "says"),
        [
            (
                "2007-02-21 19:56",
                "This happened in the same span of time: .NET Framework 2.0 was removed.",
            ),
            ("2007-02-21 19:59", "This happened before it: .NET Framework 2.0 was removed."),
        ],
    )
    def test_is_honest_about_an_interval(self, after: str, says: str) -> None:
        """Where the failure has no exact time, the letter gives the span and what is known of the order."""
        trouble = sharepoint(CauseVerdict.LIKELY_CHANGE)
        onset = Interval(site(after), site("2007-02-21 20:01"))
        bracketed = replace(trouble, cause=replace(trouble.cause, onset=onset))

        text = words(draft_notice(replace(CASE, troubles=(bracketed,)), LETTER))

        assert "and Wed 2007-02-21 20:01 PST: SharePoint stopped." in text
        assert says in text

    def test_is_honest_about_a_change_without_a_time(self) -> None:
        """A change known only between two snapshots around the failure proves no order."""
        vague = replace(
            REMOVAL,
            change=replace(
                REMOVAL.change,
                interval=Interval(site("2007-02-21 08:00"), site("2007-02-22 08:00")),
            ),
        )

        text = words(draft_notice(replace(CASE, findings=(vague,)), LETTER))

        assert (
            "The record does not show if this came before it: .NET Framework 2.0 was removed."
            in text
        )

    def test_is_refused_without_a_receipt(self) -> None:
        """No receipt: no suspension, so no letter."""
        assert VERSION_1.notice is not None
        assert VERSION_1.suspension is not None
        unread = replace(NOTICE, receipt_at=None)
        found = notice_arithmetic(
            unread, VERSION_1.notice, VERSION_1.suspension, VERSION_1.calendar, ADDRESS
        )

        with pytest.raises(NoticeNotReceived, match="No delivery receipt"):
            draft_suspension(CASE, unread.id, found, LETTER)


class TestNothingProven:
    """Scenario 6: our own patch, or a guess, makes no letter."""

    @pytest.mark.parametrize("findings", [(), (OURS,), (GUESS,), (OURS, GUESS)])
    def test_makes_no_letter(self, findings: tuple[Finding, ...]) -> None:
        """Notice, suspension, right of reply and replacement are all refused."""
        case = replace(CASE, findings=findings)
        vendor_case = replace(VENDOR_CASE, findings=findings)

        with pytest.raises(NothingToNotify):
            draft_notice(case, LETTER)
        with pytest.raises(NothingToNotify):
            draft_suspension(case, NOTICE.id, ARITHMETIC, LETTER)
        with pytest.raises(NothingToNotify):
            draft_right_of_reply(vendor_case, date(2007, 3, 9), LETTER)
        with pytest.raises(NothingToNotify):
            draft_replacement(vendor_case, STANDING, LETTER)

    def test_leaves_unproven_findings_out(self) -> None:
        """Beside proven facts, a guess is not mentioned."""
        draft = draft_notice(replace(CASE, findings=(REMOVAL, GUESS, INSTALL, OURS)), LETTER)

        cited = {fact.ref for p in draft.paragraphs for fact in p.facts if fact.kind == "change"}
        assert cited == {"CHG-1", "CHG-2"}


class TestReinstatementLetter:
    def test_says_since_when_and_what_it_costs(self) -> None:
        """Scenario 12: covered again from 2007-04-05 00:00 PDT, $953.33."""
        text = words(EVERY_LETTER["reinstatement"])

        assert "under managed service again from Thu 2007-04-05 00:00 PDT (clause 6.4)" in text
        assert "What the return costs: $953.33." in text
        assert "April: $303.33" in text

    def test_names_no_sum_while_nothing_is_billed(self) -> None:
        """While its month has no invoice, the letter says where the cost will stand, never that it is nothing."""
        draft = draft_reinstatement(
            standing_answer(*ALL),
            TERMS,
            replace(BILL, invoice=None, items=(), total=Money.zero("USD")),
            LETTER,
        )

        assert "What the return costs: see the invoice of that month." in words(draft)
        assert "$0.00" not in words(draft)
        cited = [fact.ref for paragraph in draft.paragraphs for fact in paragraph.facts]
        assert "draft" not in cited

    def test_is_refused_while_a_condition_is_open(self) -> None:
        """The letter is issued when the server is back, not before."""
        with pytest.raises(ConditionsOpen, match="sop"):
            draft_reinstatement(
                standing_answer(*(c for c in ALL if c != "sop")), TERMS, BILL, LETTER
            )


class TestExit:
    def test_needs_two_reasons(self) -> None:
        """The first wish to part is often wrong."""
        with pytest.raises(ExitWithoutReasons, match="try to change"):
            draft_exit(ExitTerms(date(2007, 6, 29), ClauseNumber("8.1"), ()), LETTER)

    def test_hands_everything_over(self) -> None:
        """The client's systems and data are the client's."""
        assert "Your systems and your data are yours." in words(EVERY_LETTER["exit"])

"""Rules of engagement: versions from a library, and who stands to the newest one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.ids import VendorId
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.core.vendors import (
    ApprovalContext,
    ChangeRequestType,
    RulesAcceptance,
    may_approve,
)
from groundrules.core.vendors.rules import (
    Asking,
    RulesOfEngagement,
    Unaccepted,
    assemble,
    rules_standing,
)
from groundrules.core.vendors.rules_library import LIBRARY, RulesIncomplete, said_in
from tests.core.vendors.policy import EASTERN, V1, at, calendar, window

MONDAY = at("2026-03-02 10:00", EASTERN)
ONE = ("window-first", "backup-first")


def rules(
    *chosen: str,
    own: tuple[Mapping[str, str], ...] = (),
    after: tuple[RulesOfEngagement, ...] = (),
    reads: str = "",
) -> RulesOfEngagement:
    """The next version, published on Monday."""
    return assemble(V1, chosen, own, after=after, asking=Asking(reads=reads), at=MONDAY)


class TestAssemble:
    """Making a version."""

    def test_keeps_the_librarys_order_and_adds_what_is_written(self) -> None:
        """Clauses stand as people know them; a sentence of one's own comes last."""
        made = rules("backup-first", "window-first", own=({"en": " Call Kim first. "}, {"en": ""}))

        assert [one.id for one in made.clauses] == ["window-first", "backup-first", "own-1"]
        assert made.clauses[-1].text == "Call Kim first."
        assert made.version == 1

    def test_counts_versions_and_refuses_one_that_says_nothing_new(self) -> None:
        """Nobody is asked to accept the same text again."""
        first = rules(*ONE)

        assert rules(*ONE, "report", after=(first,)).version == 2
        for chosen in (ONE, (), ("no-such-clause",)):
            with pytest.raises(RulesIncomplete):
                rules(*chosen, after=(first,))

    def test_has_a_library_worth_choosing_from(self) -> None:
        """Ids are unique, and every clause is a promise in whole sentences, in each language letters are written in."""
        assert len({one.id for one in LIBRARY}) == len(LIBRARY)
        for language in LANGUAGES:
            found = [one.words_in(language) for one in LIBRARY]
            assert all(one and one.text.endswith(".") and one.title for one in found)

    def test_refuses_a_sentence_its_reader_cannot_read(self) -> None:
        """A vendor that reads German gets each promise in German; what the provider writes first is its own."""
        german = {"de": "Rufen Sie zuerst Kim an."}

        with pytest.raises(RulesIncomplete, match="has no words in German, which"):
            rules(own=({"en": "Call Kim first."},), reads="de")
        made = rules("report", own=(german,), reads="de")

        assert said_in(made.clauses, "de")[-1] == german["de"]
        with pytest.raises(RulesIncomplete, match="no words in English"):
            said_in(made.clauses, "en")

    def test_knows_what_was_published_before_it_had_other_languages(self) -> None:
        """An old version says the library's words in German too, is not published twice, and keeps words of its own."""
        old = rules(*ONE)
        bare = tuple(replace(one, others=()) for one in old.clauses)
        other = replace(bare[0], text="We ask.")

        assert said_in(bare, "de") == said_in(old.clauses, "de")
        with pytest.raises(RulesIncomplete, match="nothing differs"):
            rules(*ONE, after=(replace(old, clauses=bare),))
        with pytest.raises(RulesIncomplete, match="no words in German"):
            said_in((other,), "de")


class TestStanding:
    """Who stands to the newest version."""

    def test_asks_again_for_a_new_version(self) -> None:
        """Version 1 was accepted; version 2 waits; another vendor's word counts for nothing."""
        first = rules(*ONE)
        second = replace(rules(*ONE, "report", after=(first,)), published_at=MONDAY + timedelta(1))
        accepted = RulesAcceptance(V1, 1, "Rae Rogue", MONDAY + timedelta(hours=1))
        other = RulesAcceptance(VendorId("V2"), 2, "Bo", MONDAY + timedelta(2))

        def stands(later: timedelta) -> tuple[int, bool]:
            found = rules_standing((first, second), (accepted, other), V1, MONDAY + later)
            return (found.rules.version if found.rules else 0), found.waits

        assert stands(timedelta(minutes=30)) == (1, True)
        assert stands(timedelta(hours=2)) == (1, False)
        assert stands(timedelta(days=3)) == (2, True)

    def test_asks_again_under_another_agreement_where_it_says_so(self) -> None:
        """Accepted under version 1 of the agreement; under version 2 it waits, unless the rules ask only once."""
        accepted = RulesAcceptance(V1, 1, "Rae Rogue", MONDAY, "MSA v1")
        once = rules(*ONE)
        each = replace(once, per_agreement=True)

        def waits(version: RulesOfEngagement, agreement: str) -> bool:
            return rules_standing((version,), (accepted,), V1, MONDAY, agreement).waits

        assert [waits(each, "MSA v1"), waits(each, "MSA v2")] == [False, True]
        assert not waits(once, "MSA v2")

    def test_refuses_requests_or_marks_them_as_it_says(self) -> None:
        """Refusing rules stop a normal request, never an emergency; marking ones stop nothing."""
        standing = rules_standing((rules(*ONE),), (), V1, MONDAY)
        context = ApprovalContext(MONDAY, "Rae", "Olga", calendar(EASTERN), rules=standing)
        asked = window(approved_at=None)
        emergency = replace(asked, type=ChangeRequestType.EMERGENCY, reason="It is down")
        marking = replace(rules(*ONE), unaccepted=Unaccepted.MARK)
        marked = replace(context, rules=rules_standing((marking,), (), V1, MONDAY))

        (refusal,) = may_approve(asked, context).refusals
        assert "version 1 of the rules of engagement" in refusal.sentence
        assert may_approve(emergency, context).allowed
        assert may_approve(asked, marked).allowed

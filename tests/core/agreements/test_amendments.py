from __future__ import annotations

from dataclasses import replace

from groundrules.core.agreements.amendments import amendment_diff
from groundrules.core.agreements.facts import WorkCause
from groundrules.core.work import WorkType
from tests.core.harbor import harbor_version


class TestAmendmentDiff:
    def test_says_which_work_version_2_decides_otherwise(self) -> None:
        """Only repairs after an unapproved vendor change, in business hours, on a covered server."""
        difference = amendment_diff(harbor_version(1), harbor_version(2))

        (change,) = difference.changes
        assert change.sentence == (
            "remediation, while covered or while under notice, caused by an unapproved vendor "
            "change, in business hours, whoever asked. Before: it is covered under clause 3.2 "
            "(Maintenance covered). From then on: it is billable under clause 6.2 (Repair after "
            "an unapproved third-party change), which needs a recorded change and an established "
            "actor."
        )
        assert difference.cells == len(change.cells) == 8
        assert {cell.cause for cell in change.cells} == {WorkCause.VENDOR_UNAPPROVED_CHANGE}
        assert {cell.work_type for cell in change.cells} == {WorkType.REMEDIATION}

    def test_lists_the_sentences_that_came(self) -> None:
        """The new clause is among them."""
        difference = amendment_diff(harbor_version(1), harbor_version(2))

        assert any(said.startswith("Clause 6.2 (Repair after") for said in difference.added)
        assert not any(said.startswith("Clause 6.2") for said in difference.removed)

    def test_shows_a_new_rate_without_a_changed_cell(self) -> None:
        """Quantities change no cell, so they are shown as sentences."""
        old = harbor_version(1)
        new = replace(old, rates=replace(old.rates, multipliers={}))

        difference = amendment_diff(old, new)

        assert difference.changes == ()
        assert difference.added == ("Rates (clause 4.1): an hour costs 150.00 USD.",)
        assert difference.removed == (
            "Rates (clause 4.1): an hour costs 150.00 USD; after hours 2 times that.",
        )

    def test_is_empty_between_a_version_and_itself(self) -> None:
        """Nothing changes when nothing changed."""
        same = amendment_diff(harbor_version(2), harbor_version(2))

        assert (same.changes, same.removed, same.added, same.cells) == ((), (), (), 0)

    def test_says_when_a_gap_opens(self) -> None:
        """Dropping a clause shows what nobody decides any more."""
        old = harbor_version(1)
        new = replace(old, clauses=tuple(c for c in old.clauses if c.number != "3.1"))

        sentences = [change.sentence for change in amendment_diff(old, new).changes]

        assert any("From then on: it was decided by no single clause" in s for s in sentences)

"""The conditions as things to do: whose turn, by when, how, another way, and what is pressing first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groundrules.core.agreements.terms import ConditionKind
from groundrules.core.ids import ConditionId
from groundrules.core.lifecycle.answers import ConditionBucket, ConditionRecord
from groundrules.core.lifecycle.checklist import Checklist, Names, Turn, checklist
from groundrules.core.lifecycle.conditions import reinstatement
from groundrules.core.lifecycle.proofs import ConditionInputs
from tests.core.harbor import SITE_ZONE, SRV1, V1
from tests.core.harbor_work import VERSION_1, site
from tests.core.lifecycle.test_conditions import ALL_BUT_SOP, NOW

NAMES = Names("Harbor Dental", "Greenway", {V1: "Rogue"})


def listed(inputs: ConditionInputs) -> Checklist:
    """The list as of now."""
    assert VERSION_1.reinstatement is not None
    answer = reinstatement(SRV1, VERSION_1.reinstatement, inputs, NOW)
    return checklist(answer, NAMES, SITE_ZONE, NOW)


class TestChecklist:
    def test_names_whose_turn_it_is_how_and_another_way(self) -> None:
        """The one that is left is the vendor's; replacing it or moving it away are the other ways."""
        found = listed(ALL_BUT_SOP)

        (left,) = found.open
        assert (left.turn, left.whose, left.checks_itself) == (Turn.VENDOR, "Rogue", True)
        assert "Ask Rogue to accept version" in left.how
        assert left.other_ways[0] == "Replace Rogue."
        assert len(found.done) == found.total - 1
        assert all(not todo.how and not todo.other_ways for todo in found.done)
        assert found.if_done_today == site("2007-04-05 00:00")

    def test_puts_what_is_past_its_date_first(self) -> None:
        """A date that was agreed and has passed presses; one to come is shown; setting one is no proof of a start."""
        due = ConditionRecord(
            ConditionId("sop"), NOW - timedelta(days=9), "Dana", "", due_at=NOW + timedelta(days=1)
        )
        to_come = listed(replace(ALL_BUT_SOP, records=(*ALL_BUT_SOP.records, due)))
        passed = replace(due, at=NOW - timedelta(days=1), due_at=NOW - timedelta(hours=1))
        late = listed(replace(ALL_BUT_SOP, records=(*ALL_BUT_SOP.records, due, passed)))

        (todo,) = to_come.open
        assert todo.status.due_at == NOW + timedelta(days=1)
        assert todo.status.bucket in {
            ConditionBucket.CURRENTLY_DUE,
            ConditionBucket.PENDING_VERIFICATION,
        }
        assert [t.status.terms.id for t in late.past_due] == ["sop"]

    def test_says_of_each_kind_what_to_do(self) -> None:
        """No kind of condition is without a sentence and somebody whose turn it is."""
        assert VERSION_1.reinstatement is not None
        (one, *_) = VERSION_1.reinstatement.conditions
        for kind in ConditionKind:
            terms = replace(VERSION_1.reinstatement, conditions=(replace(one, kind=kind),))
            answer = reinstatement(SRV1, terms, ConditionInputs(NOW, SITE_ZONE), NOW)

            (todo,) = checklist(answer, NAMES, SITE_ZONE, NOW).open

            assert todo.whose in {"Harbor Dental", "Greenway", "Rogue"}
            assert "{" not in todo.how
            assert todo.how.endswith(".")

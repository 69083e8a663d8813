from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from groundrules.core.world import World
from groundrules.services import cases
from groundrules.services.clause_library import Answered, DraftRefused, draft
from groundrules.services.mapping import map_items
from groundrules.services.shadow import ShadowRefused, shadow_month

_FIRST = Answered(
    "Harbor Dental", "North IT", "Linda", ("SRV1", "SRV2"), date(2027, 2, 1), date(2027, 1, 15)
)
_HEADS = "id,technician,from,to,issue,server,kind,asked_by,asked_at\n"
_ASKED = "HARBOR-DENTAL-CONTACT"
_MONTH = f"""{_HEADS}\
T1,Ann,2026-03-03 10:00,2026-03-03 11:10,PRINT,SRV1,maintenance,,
T2,Ann,2026-03-03 16:30,2026-03-03 18:10,ARRAY,SRV1,remediation,{_ASKED},2026-03-03 16:20
T3,Bob,2026-03-05 10:00,2026-03-05 12:00,NEW,SRV1,project,,
T4,Bob,2026-03-05 13:00,2026-03-05 14:00,OLD,SRV9,maintenance,{_ASKED},2026-03-05 12:50
T5,Bob,2026-04-05 13:00,2026-04-05 14:00,OLD,SRV9,maintenance,,
"""
_SHEET = "item,entry,parameter,value\n"


def _world() -> World:
    text = draft(_FIRST).text
    return cases.check_case(text.encode(), Path("first.yaml")).case.world


class TestShadowMonth:
    """shadow_month(world, raw, month)."""

    def test_bills_a_month_before_the_agreement_was_signed(self) -> None:
        """2 x 185.00, 70 min as 1.25 h at 225.00, an hour on an unlisted server at 150.00: 801.25."""
        found = shadow_month(_world(), _MONTH.encode(), "2026-03")

        assert str(found.invoice.total) == "$801.25"
        assert str(found.invoice.value_uncharged) == "$250.00"
        assert found.outside == ("T5",)

    def test_lists_work_that_waits_instead_of_billing_it(self) -> None:
        """Nobody asked for the project, so it is in no total."""
        (waiting,) = shadow_month(_world(), _MONTH.encode(), "2026-03").waiting

        assert (waiting.entry, str(waiting.at_stake)) == ("T3", "$300.00")
        assert "Nobody asked" in waiting.missing[0]

    @pytest.mark.parametrize(
        ("sheet", "month", "said"),
        [
            (_MONTH, "March", "no month"),
            ("a,b\n", "2026-03", "columns"),
            (_HEADS + "T1,Ann,2026-03-03 10:00\n", "2026-03", "row 2: does not have 9 fields"),
            (_HEADS + "T1,Ann,2026-03-03 10:00,2026-03-03 09:00,P,,maintenance,,\n", "2026-03", "row 2, column to"),
            (_HEADS + "T1,Ann,2026-03-03 10:00,2026-03-03 11:00,P,,magic,,\n", "2026-03", "row 2, column kind"),
            (_HEADS + "T1,Ann,2026-03-08 02:30,2026-03-08 04:00,P,,project,,\n", "2026-03", "row 2, column from: "),
            (_HEADS + "T1,,2026-03-03 10:00,2026-03-03 11:00,P,,project,,\n", "2026-03", "column technician: is empty"),
            (_HEADS + "T1,A,2026-03-03 10:00,2026-03-03 11:00,P,,project,X,\n", "2026-03", "column asked_at: is empty"),
            (_MONTH + _MONTH.splitlines()[1] + "\n", "2026-03", "row 7, column id: T1 was in row 2 before"),
            (_MONTH.replace(_ASKED, "STRANGER"), "2026-03", "STRANGER"),
        ],
    )  # fmt: skip
    def test_refuses_a_sheet_with_the_row_and_column(
        self, sheet: str, month: str, said: str
    ) -> None:
        """Nothing is left out silently: a bad row, a time the clocks skip, a stranger who asks."""
        with pytest.raises(ShadowRefused, match=said):
            shadow_month(_world(), sheet.encode(), month)

    def test_tells_every_problem_at_once(self) -> None:
        """Two bad rows and three bad fields are three problems, each with its place."""
        sheet = (
            f"{_HEADS}T1,,2026-03-03 10:00,2026-03-03 11:00,P,,magic,,\n"
            "T2,Ann,2026-03-03 10:00,2026-03-03 11:00,P,,project,,\n"
            "T3,Ann,soon,2026-03-03 11:00,P,,project,,\n"
        )

        with pytest.raises(ShadowRefused) as refused:
            shadow_month(_world(), sheet.encode(), "2026-03")

        places = re.findall(r"row \d+, column \w+", str(refused.value))
        assert places == ["row 2, column technician", "row 2, column kind", "row 4, column from"]


class TestMapItems:
    """map_items(raw, answered)."""

    def test_drafts_what_is_mapped_and_says_what_is_not(self) -> None:
        """An entry with its value, a value alone, and an item nothing of ours says."""
        sheet = (
            f"{_SHEET}Night work,after-hours-always,after_hours_times,3\n"
            "Rate,,hourly,120.00 EUR\nFee,,monthly,160.00 EUR\nVenue is Hamburg,,,\n"
        )

        mapped = map_items(sheet.encode(), _FIRST)
        drafted = draft(mapped.answered)

        assert "an hour costs 120.00 EUR; after hours 3 times that" in drafted.text
        assert [item.item for item in mapped.unmapped] == ["Venue is Hamburg"]
        assert "after-hours-always" not in mapped.added(drafted)
        assert "term" in mapped.added(drafted)

    def test_makes_no_agreement_of_two_currencies(self) -> None:
        """A price in euros beside the usual fee in dollars is refused with the clause; no invoice could add them up."""
        mapped = map_items(f"{_SHEET}Rate,,hourly,120.00 EUR\n".encode(), _FIRST)

        with pytest.raises(DraftRefused, match=r"amounts in USD under Fee \(clause 2\.1\)"):
            draft(mapped.answered)

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("Night,nothing,,\n", "row 2, column entry: the library has no entry nothing"),
            ("Night,,hours,3\n", "row 2, column parameter: no clause asks for hours"),
            ("Night,,hourly,\n", "row 2, column value: is empty; it goes together with parameter"),
            (",term,,\n", "row 2, column item: is empty"),
            (
                "A,,hourly,1.00 EUR\nB,,hourly,2.00 EUR\n",
                "row 3, column value: hourly is 1.00 EUR in row 2",
            ),
        ],
    )
    def test_refuses_a_row_that_maps_to_nothing_there_is(self, rows: str, said: str) -> None:
        """A misspelt entry, half a value, and two values for one parameter."""
        with pytest.raises(DraftRefused, match=said):
            map_items((_SHEET + rows).encode(), _FIRST)

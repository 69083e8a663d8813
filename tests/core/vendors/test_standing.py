"""Routine work approved beforehand: covered in every respect, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, StandingApprovalId, VendorId
from groundrules.core.periods import Period
from groundrules.core.vendors import ApprovalContext, ChangeRequestType, may_approve
from groundrules.core.vendors.standing import (
    StandingApproval,
    StandingApprovalIncomplete,
    not_covered,
)
from tests.core.vendors.policy import EASTERN, SRV1, V1, at, calendar, window

SINCE = at("2026-03-01 00:00", EASTERN)
FACTS: dict[str, Any] = {
    "vendor": V1,
    "says": "Monthly update",
    "kinds": frozenset({ItemKind.PACKAGE, ItemKind.FILE}),
    "days": frozenset({0, 1, 2, 3}),
    "opens": time(18),
    "closes": time(21),
    "longest_minutes": 120,
    "period": Period(SINCE, None),
    "approved_by": "olga@castle-it.example",
    "assets": frozenset({SRV1}),
}
ROUTINE = StandingApproval(StandingApprovalId("STD-1"), **FACTS)
# Thursday 18:00 to 20:00 in New York, asked for on Monday.
ASKED = window(
    approved_at=None,
    requested_at=at("2026-03-02 10:00", EASTERN),
    kinds=frozenset({ItemKind.PACKAGE}),
)


def evening(start: str, end: str) -> Period:
    """A span of New York wall times."""
    return Period(at(start, EASTERN), at(end, EASTERN))


class TestNotCovered:
    """Why a request is no routine work."""

    def test_says_nothing_of_one_that_fits(self) -> None:
        """Its vendor, server, kinds, day, hours and length."""
        assert not_covered(ROUTINE, ASKED, EASTERN) == ()

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"vendor": VendorId("V2")}, "another vendor"),
            ({"asset": AssetId("SRV2")}, "not for SRV2"),
            ({"type": ChangeRequestType.EMERGENCY}, "emergency"),
            ({"kinds": frozenset()}, "touches more"),
            ({"kinds": frozenset({ItemKind.RUNTIME})}, "touches more"),
            ({"period": evening("2026-03-06 18:00", "2026-03-06 19:00")}, "on a Friday"),
            ({"period": evening("2026-03-05 17:59", "2026-03-05 19:00")}, "not between"),
            ({"period": evening("2026-03-05 20:00", "2026-03-05 21:01")}, "not between"),
            ({"period": evening("2026-03-05 18:00", "2026-03-05 20:01")}, "longer than 120"),
            ({"period": evening("2026-03-05 20:00", "2026-03-06 20:00")}, "another day"),
            ({"requested_at": at("2026-02-28 10:00", EASTERN)}, "does not stand"),
            ({"requested_at": None}, "nobody asked"),
        ],
    )
    def test_names_what_does_not_fit(self, changed: dict[str, Any], why: str) -> None:
        """One thing that differs is enough."""
        found = not_covered(ROUTINE, replace(ASKED, **changed), EASTERN)

        assert any(why in sentence for sentence in found)

    def test_is_over_when_it_was_ended(self) -> None:
        """A request from before its end, for a time after it, is no longer covered."""
        ended = replace(ROUTINE, period=Period(SINCE, at("2026-03-03 00:00", EASTERN)))

        assert not_covered(ended, ASKED, EASTERN) == ("the approval does not stand then",)

    @pytest.mark.parametrize(
        "left_out",
        [
            {"says": " "},
            {"kinds": frozenset()},
            {"days": frozenset({9})},
            {"closes": time(18)},
            {"longest_minutes": 0},
        ],
    )
    def test_needs_an_approval_that_is_whole(self, left_out: dict[str, Any]) -> None:
        """Nothing is left open: what is not said is not approved."""
        with pytest.raises(StandingApprovalIncomplete):
            StandingApproval(StandingApprovalId("STD-2"), **(FACTS | left_out))


class TestNotes:
    """What an approver should know."""

    def test_tell_how_much_lies_in_business_hours(self) -> None:
        """It is allowed, and said: from four to six, one hour of it."""
        context = ApprovalContext(at("2026-03-02 10:00", EASTERN), "Rae", "Olga", calendar(EASTERN))
        early = replace(ASKED, period=evening("2026-03-05 16:00", "2026-03-05 18:00"))

        found = may_approve(early, context)

        assert found.allowed
        assert [note.sentence for note in found.notes] == [
            "60 min of it lie in business hours: people are working then."
        ]
        assert may_approve(ASKED, context).notes == ()

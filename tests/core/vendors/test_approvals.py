from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from groundrules.core.ids import AssetId, BackupHoursId, FreezeId
from groundrules.core.periods import Period
from groundrules.core.vendors import (
    ApprovalContext,
    ApprovalRefused,
    ChangeRequestType,
    Freeze,
    LetterOfAgencyStep,
    may_approve,
    require_approval,
)
from groundrules.core.vendors.backups import BackupHours
from tests.core.vendors.policy import EASTERN, at, calendar, letter, window

EVENING = Period(at("2026-03-05 17:00", EASTERN), at("2026-03-06 00:00", EASTERN))
FREEZE = Freeze(FreezeId("FRZ-1"), EVENING, reason="year-end close")
CONTEXT = ApprovalContext(
    at("2026-03-02 10:00", EASTERN), "Sam Vendor", "Pat Owner", calendar(EASTERN)
)
ASKED = window(approved_at=None)


class TestMayApprove:
    def test_lets_a_complete_request_pass(self) -> None:
        """Nothing stands against a request with a backup, by another person, outside freezes."""
        assert may_approve(ASKED, CONTEXT).allowed

    def test_refuses_a_normal_request_in_a_freeze(self) -> None:
        """Scenario 15: the freeze covers the evening."""
        found = may_approve(ASKED, replace(CONTEXT, freezes=(FREEZE,)))

        assert not found.allowed
        assert "FRZ-1" in found.refusals[0].sentence

    def test_admits_an_emergency_with_its_reason_and_reviews_it_next_business_day(self) -> None:
        """Scenario 15: the emergency passes the freeze and is reviewed on Friday."""
        emergency = replace(ASKED, type=ChangeRequestType.EMERGENCY, reason="Billing is down")

        found = may_approve(emergency, replace(CONTEXT, freezes=(FREEZE,)))

        assert (found.allowed, found.review_due) == (True, date(2026, 3, 6))

    def test_refuses_an_emergency_without_a_reason(self) -> None:
        """An emergency is a claim that has to be written down."""
        assert not may_approve(replace(ASKED, type=ChangeRequestType.EMERGENCY), CONTEXT).allowed

    def test_ignores_a_freeze_of_another_server(self) -> None:
        """A freeze of SRV2 says nothing about SRV1."""
        other = replace(FREEZE, assets=frozenset({AssetId("SRV2")}))

        assert may_approve(ASKED, replace(CONTEXT, freezes=(other,))).allowed

    def test_refuses_a_window_beside_a_backup_unless_both_are_wanted(self) -> None:
        """The server's nightly backup begins at seven; a person may say that they know."""
        nightly = BackupHours(
            BackupHoursId("BKP-1"),
            "image to the NAS",
            frozenset(range(7)),
            time(19),
            time(21),
            Period(at("2026-01-01 00:00", EASTERN), None),
        )
        beside = replace(CONTEXT, backups=(nightly,))

        found = may_approve(ASKED, beside)

        assert [reason.rule for reason in found.refusals] == ["approval: backup clash"]
        assert "image to the NAS" in found.refusals[0].sentence
        assert may_approve(ASKED, replace(beside, clash_accepted=True)).allowed

    @pytest.mark.parametrize("kind", list(ChangeRequestType))
    def test_blocks_without_a_confirmed_backup(self, kind: ChangeRequestType) -> None:
        """A missing backup confirmation blocks every type, the emergency too."""
        bare = replace(ASKED, backup_confirmed=False, type=kind, reason="down")

        with pytest.raises(ApprovalRefused, match="backup"):
            require_approval(bare, CONTEXT)

    def test_never_lets_the_requester_approve(self) -> None:
        """Whoever asks can't approve, however the name is written."""
        same = replace(CONTEXT, approver=" sam vendor ")

        assert [r.rule for r in may_approve(ASKED, same).refusals] == ["approval: own request"]

    def test_lists_every_obstacle_at_once(self) -> None:
        """A request is fixed in one round."""
        bad = replace(ASKED, backup_confirmed=False)
        context = replace(CONTEXT, freezes=(FREEZE,), approver="Sam Vendor")

        assert len(may_approve(bad, context).refusals) == 3

    def test_refuses_after_the_letter_was_revoked(self) -> None:
        """Scenario 14: an approval at 10:01 is refused, one at 09:59 is not."""
        revoked = letter((LetterOfAgencyStep.REVOKED, "2007-08-06 10:00"))
        period = Period(at("2007-08-06 18:00"), at("2007-08-06 20:00"))
        asked = replace(ASKED, period=period)

        found = [
            may_approve(
                asked, replace(CONTEXT, at=at(f"2007-08-06 {moment}"), letters=(revoked,))
            ).allowed
            for moment in ("09:59", "10:01")
        ]

        assert found == [True, False]

from dataclasses import replace

import pytest

from groundrules.core.agreements.further_terms import ManagedService, RecoveryTerms
from groundrules.core.attribution.answers import Attribution, Level, Strength
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId, ChangeId, ClauseNumber, WindowId
from groundrules.core.lifecycle.suspension import (
    AssetNotListed,
    NoSuspensionClause,
    NothingProven,
    effects,
    may_suspend,
)
from groundrules.core.money import Money
from groundrules.core.parties import Party, PartyKind
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow, Permission, PermissionAnswer
from tests.core.harbor import SRV1, SRV2, V1
from tests.core.harbor_work import VERSION_1, site

OUTSIDE = PermissionAnswer(Permission.OUTSIDE)
PROVEN = Attribution(
    ChangeId("CHG-1"),
    Strength.RECORDED,
    Level.L1,
    Party(PartyKind.VENDOR, V1, "Rogue"),
    "rogue_kim",
    None,
    (),
    OUTSIDE,
    (),
)
OFF = site("2007-03-12 08:00")
assert VERSION_1.suspension is not None
_TERMS = VERSION_1.suspension


class TestMaySuspend:
    def test_rests_on_proven_facts_and_one_clause(self) -> None:
        """One recorded change is enough; a suspicion is listed as left out."""
        guess = replace(PROVEN, change=ChangeId("CHG-2"), strength=Strength.INFERRED, party=None)

        ground = may_suspend(SRV1, (PROVEN, guess), VERSION_1)

        assert (ground.clause, ground.breach_of) == ("6.3", "6.1")
        assert [fact.ref for fact in ground.facts] == ["CHG-1"]
        assert ground.facts[0].says == "Rogue, recorded"
        assert [item.change for item in ground.left_out] == ["CHG-2"]

    @pytest.mark.parametrize(
        ("attribution", "why"),
        [
            (replace(PROVEN, party=None, strength=Strength.INFERRED), "only inferred"),
            (replace(PROVEN, party=Party(PartyKind.PROVIDER, "P")), "made by the provider"),
            (replace(PROVEN, permission=PermissionAnswer(Permission.INSIDE)), "approved window"),
            (
                replace(PROVEN, permission=PermissionAnswer(Permission.UNDETERMINED)),
                "whether it was allowed is not known",
            ),
        ],
    )
    def test_refuses_when_nothing_is_proven(self, attribution: Attribution, why: str) -> None:
        """Scenario 6: our own patch, an approved change or a guess suspends nothing, and the refusal says why."""
        with pytest.raises(NothingProven, match=why):
            may_suspend(SRV1, (attribution,), VERSION_1)

    def test_refuses_without_any_change(self) -> None:
        """No change on record, no suspension."""
        with pytest.raises(NothingProven, match="no change is on record"):
            may_suspend(SRV1, (), VERSION_1)

    def test_refuses_without_a_clause(self) -> None:
        """An agreement that never said so gives no right to suspend."""
        with pytest.raises(NoSuspensionClause, match="no clause"):
            may_suspend(SRV1, (PROVEN,), replace(VERSION_1, suspension=None))

    def test_refuses_an_unlisted_server(self) -> None:
        """What is not covered cannot be taken off."""
        with pytest.raises(AssetNotListed, match="SRV9"):
            may_suspend(AssetId("SRV9"), (PROVEN,), VERSION_1)


class TestEffects:
    def test_shows_what_changes_and_what_stays(self) -> None:
        """Both rates, the fee, the other server, and that monitoring and backups go on."""
        found = effects(SRV1, VERSION_1, OFF)

        assert found.rates == (
            (HoursBand.BUSINESS, Money.of("150.00", "USD")),
            (HoursBand.AFTER_HOURS, Money.of("300.00", "USD")),
        )
        assert found.stays_covered == (SRV2,)
        assert found.continues == ("monitoring", "backups")
        assert found.fee_sentence == (
            "The monthly fee of $350.00 stops for days without coverage and is credited (clause 2.1)."
        )

    def test_says_what_rests_and_which_promise_with_it(self) -> None:
        """Backups that rest take the drills and the promise of a proof with them; monitoring goes on."""
        terms = replace(_TERMS, stops=frozenset({ManagedService.BACKUPS}))
        promised = (RecoveryTerms(60, 240, 30, clause=ClauseNumber("3.12")),)

        found = effects(SRV1, replace(VERSION_1, suspension=terms, recovery=promised), OFF)
        unpromised = effects(SRV1, replace(VERSION_1, suspension=terms), OFF)

        assert (found.continues, found.stops) == (("monitoring",), ("backups", "restore drills"))
        assert found.not_owed == "What clause 3.12 promises of restores is not owed for that time."
        assert (unpromised.stops, unpromised.not_owed) == (("backups",), "")

    def test_names_restore_drills_where_they_are_owed(self) -> None:
        """A promise of proofs goes on with the backups unless the agreement says that it rests."""
        promised = replace(VERSION_1, recovery=(RecoveryTerms(60, 240, 30),))
        patches = replace(_TERMS, stops=frozenset({ManagedService.SECURITY_PATCHES}))

        found = effects(SRV1, promised, OFF)
        unpatched = effects(SRV1, replace(VERSION_1, suspension=patches), OFF)

        assert found.continues == ("monitoring", "backups", "restore drills")
        assert (found.stops, found.not_owed) == ((), "")
        assert (unpatched.continues, unpatched.stops) == (
            ("monitoring", "backups"),
            ("security patches",),
        )

    def test_says_when_the_fee_runs_on(self) -> None:
        """Some agreements keep the fee running; then the client must read so."""
        running = replace(VERSION_1, fees=replace(VERSION_1.fees, runs_while_suspended=True))

        assert "keeps running" in effects(SRV1, running, OFF).fee_sentence

    def test_lists_the_windows_it_cancels(self) -> None:
        """Approved accesses to that server that are not over by then."""
        approved = site("2007-03-01 09:00")
        later = AccessWindow(
            WindowId("W-1"),
            SRV1,
            Period(site("2007-03-13 18:00"), site("2007-03-13 20:00")),
            V1,
            approved_at=approved,
        )
        over = replace(
            later,
            id=WindowId("W-2"),
            period=Period(site("2007-03-02 18:00"), site("2007-03-02 20:00")),
        )
        elsewhere = replace(later, id=WindowId("W-3"), asset=SRV2)
        unapproved = replace(later, id=WindowId("W-4"), approved_at=None)

        found = effects(SRV1, VERSION_1, OFF, (later, over, elsewhere, unapproved))

        assert found.windows_cancelled == ("W-1",)

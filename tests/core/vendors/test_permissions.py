from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId
from groundrules.core.parties import Party, PartyKind
from groundrules.core.periods import Interval, Period
from groundrules.core.vendors import (
    AccessWindow,
    Act,
    Grants,
    LetterOfAgencyStep,
    Permission,
    PermissionAnswer,
    RulesAcceptance,
    permission,
)
from tests.core.vendors.policy import EASTERN, SRV1, V1, at, letter, window

VENDOR = Party(PartyKind.VENDOR, "V1", "Rogue Vendor")


def act(start: str, end: str | None = None, **facts: Any) -> Act:  # noqa: ANN401 - fields of the act
    """A package change by V1 on SRV1 on Thu 2026-03-05, New York time."""
    first = at(f"2026-03-05 {start}", EASTERN)
    last = first if end is None else at(f"2026-03-05 {end}", EASTERN)
    given: dict[str, Any] = {"account": "v1-rogue", "party": VENDOR}
    return Act(SRV1, ItemKind.PACKAGE, Interval(first, last), **(given | facts))


def answer(done: Act, *windows: AccessWindow, **facts: Any) -> PermissionAnswer:  # noqa: ANN401 - fields of the grants
    """The permission of an act under these windows."""
    return permission(done, Grants(EASTERN, windows, **facts))


class TestPermission:
    def test_is_inside_when_the_whole_interval_is(self) -> None:
        """Every instant of the interval lies in the approved window."""
        found = answer(act("18:30", "19:30"), window())

        assert (found.permission, found.window) == (Permission.INSIDE, "WIN-1")

    def test_is_outside_when_no_window_touches(self) -> None:
        """An instant after the window is outside; the end itself no longer belongs to it."""
        assert answer(act("20:00"), window()).permission is Permission.OUTSIDE

    def test_is_undetermined_when_the_interval_straddles(self) -> None:
        """An interval over the window's edge may be either."""
        assert answer(act("17:30", "18:30"), window()).permission is Permission.UNDETERMINED

    def test_joins_windows_that_follow_one_another(self) -> None:
        """Two windows without a break between them are one permission."""
        late = Period(at("2026-03-05 20:00", EASTERN), at("2026-03-05 21:00", EASTERN))
        found = answer(act("19:30", "20:30"), window("WIN-2", period=late), window())

        assert found.permission is Permission.INSIDE

    def test_respects_asset_kind_and_account(self) -> None:
        """A window for another server, kind or account permits nothing here."""
        others = (
            window("A", asset=AssetId("SRV2")),
            window("B", kinds=frozenset({ItemKind.SERVICE})),
            window("C", accounts=frozenset({"v1-other"})),
            window("D", vendor="V2"),
        )

        assert answer(act("19:00"), *others).permission is Permission.OUTSIDE

    def test_leaves_open_a_named_window_when_the_change_names_no_account(self) -> None:
        """A window for one account can't be matched to a change without one."""
        found = answer(act("19:00", account=""), window(accounts=frozenset({"v1-rogue"})))

        assert found.permission is Permission.UNDETERMINED

    def test_shows_a_retroactive_approval_without_counting_it(self) -> None:
        """An approval recorded after the change is flagged and leaves it outside."""
        later = window(recorded_at=at("2026-03-06 09:00", EASTERN))

        found = answer(act("19:00"), later)

        assert (found.permission, found.approved_afterwards) == (Permission.OUTSIDE, True)
        assert any("recorded after the change" in says for says in found.sentences)

    def test_leaves_open_an_approval_recorded_within_the_interval(self) -> None:
        """The change may have been made before or after the approval."""
        moment = at("2026-03-05 19:00", EASTERN)

        for during in (window(approved_at=moment), window(recorded_at=moment)):
            assert answer(act("18:30", "19:30"), during).permission is Permission.UNDETERMINED
            assert answer(act("19:10", "19:30"), during).permission is Permission.INSIDE

    def test_knows_no_permission_in_a_denied_or_unapproved_window(self) -> None:
        """Asking is not being allowed."""
        denied = window(approved_at=None, denied_at=at("2026-03-03 09:00", EASTERN))
        asked = window("WIN-2", approved_at=None)

        found = answer(act("19:00"), denied, asked)

        assert found.permission is Permission.OUTSIDE
        assert any("was denied" in says for says in found.sentences)

    def test_ends_with_a_window_closed_early_or_withdrawn(self) -> None:
        """After the window was closed the vendor was outside; before, inside."""
        moment = at("2026-03-05 18:45", EASTERN)

        for closed in (window(ended_at=moment), window(denied_at=moment)):
            assert answer(act("18:30"), closed).permission is Permission.INSIDE
            assert answer(act("19:00"), closed).permission is Permission.OUTSIDE

    def test_does_not_let_an_approval_stand_without_the_letter(self) -> None:
        """An approval given after revocation does not stand; one given before does."""
        revoked = (LetterOfAgencyStep.REVOKED, "2007-08-06 10:00")
        months = {"months": 12}
        period = Period(at("2007-08-06 18:00"), at("2007-08-06 20:00"))
        moment = Interval.exactly(at("2007-08-06 19:00"))

        found = [
            permission(
                replace(act("19:00"), interval=moment),
                Grants(
                    "America/Los_Angeles",
                    (window(period=period, approved_at=at(f"2007-08-06 {when}")),),
                    (letter(revoked, **months),),
                ),
            ).permission
            for when in ("09:59", "10:01")
        ]

        assert found == [Permission.INSIDE, Permission.OUTSIDE]

    def test_is_undetermined_while_nobody_is_known(self) -> None:
        """Without an actor no approval can be matched."""
        assert answer(act("19:00", party=None), window()).permission is Permission.UNDETERMINED

    def test_lets_provider_and_client_act_by_standing(self) -> None:
        """The provider acts under the agreement, the client as owner; neither needs a window."""
        for kind in (PartyKind.PROVIDER, PartyKind.CLIENT):
            assert answer(act("19:00", party=Party(kind, "X"))).permission is Permission.INSIDE

    def test_tells_which_rules_had_been_accepted(self) -> None:
        """The version in force for the vendor at that instant is said."""
        accepted = (
            RulesAcceptance(V1, 1, "Sam", at("2026-01-05 09:00")),
            RulesAcceptance(V1, 2, "Sam", at("2026-04-05 09:00")),
        )

        said = answer(act("19:00"), window(), acceptances=accepted).sentences

        assert said[-1] == "Rogue Vendor had accepted version 1 of the rules of engagement."

    @given(st.integers(-200, 200), st.integers(0, 200))
    def test_follows_the_interval_exactly(self, start: int, length: int) -> None:
        """Inside, outside and undetermined are exactly within, apart from, and across the window."""
        opens = window().period.start
        first = opens + timedelta(minutes=start)
        interval = Interval(first, first + timedelta(minutes=length))

        found = permission(replace(act("19:00"), interval=interval), Grants(EASTERN, (window(),)))

        within, apart = start >= 0 and start + length < 120, start + length < 0 or start >= 120
        expected = Permission.OUTSIDE if apart else Permission.UNDETERMINED
        assert found.permission is (Permission.INSIDE if within else expected)

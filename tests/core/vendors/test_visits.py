from __future__ import annotations

from dataclasses import replace

from groundrules.core.calendars import zone_label
from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, SessionId, WindowId
from groundrules.core.periods import Period
from groundrules.core.vendors import session_deviations, sessions_out_of_window
from tests.core.vendors.policy import EASTERN, SRV1, at, window

VISIT = Session(
    SessionId("SES-1"),
    SRV1,
    "v1-rogue",
    at("2026-03-05 17:52", EASTERN),
    at("2026-03-05 20:25", EASTERN),
)


class TestSessionDeviations:
    def test_finds_eight_minutes_early_and_twenty_five_over(self) -> None:
        """Scenario 15: two deviations of one session."""
        found = session_deviations(window(), [VISIT])

        assert [(d.kind.value, d.minutes) for d in found] == [("early", 8), ("overrun", 25)]
        assert {d.session for d in found} == {VISIT.id}
        assert found[1].sentence == "Session SES-1 ended 25 min after the window WIN-1."

    def test_shows_the_window_in_every_ones_zone(self) -> None:
        """Scenario 15: Chicago and Kolkata read the same instants in their own time."""
        period = window().period
        assert period.end is not None

        assert zone_label(period.start, "America/Chicago") == "Thu 2026-03-05 17:00 CST"
        assert zone_label(period.start, "Asia/Kolkata") == "Fri 2026-03-06 04:30 IST"
        assert zone_label(period.end, "Asia/Kolkata") == "Fri 2026-03-06 06:30 IST"

    def test_does_not_take_the_end_of_evidence_for_a_logout(self) -> None:
        """A session whose end nobody saw has no overrun."""
        found = session_deviations(window(), [replace(VISIT, ended=None)])

        assert [d.kind.value for d in found] == ["early"]

    def test_leaves_other_servers_and_accounts_alone(self) -> None:
        """A session elsewhere or by an account not named is not this visit."""
        named = window(accounts=frozenset({"v1-other"}))

        assert session_deviations(named, [VISIT]) == ()
        assert session_deviations(window(), [replace(VISIT, asset=AssetId("SRV2"))]) == ()


class TestSessionsOutOfWindow:
    def test_counts_a_session_with_deviations_once(self) -> None:
        """Two deviations are one session out of window."""
        inside = replace(VISIT, id=SessionId("SES-2"), started=at("2026-03-05 18:10", EASTERN))
        kept = replace(inside, ended=at("2026-03-05 19:50", EASTERN))

        assert sessions_out_of_window([VISIT, kept], [window()]) == (VISIT,)

    def test_does_not_count_a_window_nobody_approved(self) -> None:
        """A session in an unapproved window has no window."""
        assert sessions_out_of_window([VISIT], [window(approved_at=None)]) == (VISIT,)

    def test_lets_a_visit_cross_from_one_window_into_the_next(self) -> None:
        """18:00 to 20:00 and 20:00 to 22:00 are one stretch; 19:00 to 21:00 lies inside it."""
        first = window()
        later = Period(at("2026-03-05 20:00", EASTERN), at("2026-03-05 22:00", EASTERN))
        second = replace(first, id=WindowId("WIN-2"), period=later)
        visit = replace(
            VISIT,
            started=at("2026-03-05 19:00", EASTERN),
            ended=at("2026-03-05 21:00", EASTERN),
        )

        assert sessions_out_of_window([visit], [first, second]) == ()
        assert session_deviations(first, [visit], [first, second]) == ()
        assert session_deviations(second, [visit], [first, second]) == ()

    def test_holds_an_approval_to_when_it_entered_the_book(self) -> None:
        """Approved the morning after allows nothing; withdrawn the morning after takes nothing away."""
        kept = replace(
            VISIT,
            started=at("2026-03-05 18:10", EASTERN),
            ended=at("2026-03-05 19:50", EASTERN),
        )
        morning = at("2026-03-06 08:00", EASTERN)

        afterwards = window(recorded_at=morning)
        withdrawn = window(denied_at=morning)

        assert sessions_out_of_window([kept], [afterwards]) == (kept,)
        assert sessions_out_of_window([kept], [withdrawn]) == ()

    def test_knows_the_account_with_its_domain(self) -> None:
        """A window for an account in its domain is for the bare name too, and not for one of another domain."""
        kept = replace(
            VISIT,
            started=at("2026-03-05 18:10", EASTERN),
            ended=at("2026-03-05 19:50", EASTERN),
        )
        named = window(accounts=frozenset({r"HARBOR\v1-rogue"}))

        assert sessions_out_of_window([kept], [named]) == ()
        assert sessions_out_of_window([replace(kept, account=r"SRV1\v1-rogue")], [named]) != ()

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import attempts, from_observations
from groundrules.core.evidence import Action, Actor, Citation, ItemKind, Observation
from groundrules.core.ids import AssetId, EvidenceId

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
USER = Actor(identifier="S-1-5-21-7-1101")
SYSTEM = Actor(account="NT AUTHORITY\\SYSTEM", identifier="S-1-5-18", process="msiexec.exe")


def seen(seconds: int, actor: Actor, record: str, correlation: str = "msi|1") -> Observation:
    """One installer record so many seconds after noon."""
    return Observation(
        asset=AssetId("SRV1"),
        kind=ItemKind.PACKAGE,
        key=".NET Framework 2.0",
        action=Action.REMOVED,
        at=NOON + timedelta(seconds=seconds),
        citation=Citation(EvidenceId("a" * 64), record, "evtx/1"),
        actor=actor,
        correlation=correlation,
    )


class TestFromObservations:
    def test_joins_the_records_of_one_operation(self) -> None:
        """The installer's start names the user and its end SYSTEM: one change, by the user, citing both."""
        changes = from_observations([seen(40, SYSTEM, "1042"), seen(0, USER, "1040")])

        assert len(changes) == 1
        assert changes[0].actor.identifier == "S-1-5-21-7-1101"
        assert [c.record for c in changes[0].citations] == ["1040", "1042"]
        assert changes[0].interval.not_before == NOON
        assert changes[0].interval.not_after == NOON + timedelta(seconds=40)

    def test_cites_every_record_that_tells_of_it(self) -> None:
        """The second is from dpkg, the account from apt: the change cites both."""
        apt = Citation(EvidenceId("b" * 64), "4:hello", "apt-history/1")
        dpkg = replace(seen(0, USER, "17"), supporting=(apt,))

        assert from_observations([dpkg])[0].citations == (dpkg.citation, apt)

    def test_bounds_the_interval_by_event_and_write_time(self) -> None:
        """A source that writes later than the event leaves both as the bounds."""
        audit = replace(seen(0, USER, "7"), recorded_at=NOON + timedelta(seconds=4))

        interval = from_observations([audit])[0].interval

        assert (interval.not_before, interval.not_after) == (NOON, NOON + timedelta(seconds=4))

    def test_keeps_attempts_apart(self) -> None:
        """What failed changed nothing, and is not lost."""
        failed = replace(seen(0, USER, "11708"), succeeded=False)

        assert from_observations([failed]) == ()
        assert attempts([failed]) == (failed,)

    def test_never_blends_two_logins(self) -> None:
        """Records of one operation that name different logins stay two changes with two references."""
        other = Actor(identifier="S-1-5-21-7-1102")

        changes = from_observations([seen(0, USER, "1"), seen(1, other, "2"), seen(2, SYSTEM, "3")])

        assert {c.actor.identifier for c in changes} == {USER.identifier, other.identifier}
        assert len({c.id for c in changes}) == 2

    def test_counts_a_log_collected_twice_once(self) -> None:
        """The same record under another evidence id is the same change with the same reference."""
        first = seen(0, USER, "1040", correlation="")
        again = replace(first, citation=replace(first.citation, evidence=EvidenceId("b" * 64)))

        changes = from_observations([first, again])

        assert [c.id for c in changes] == [from_observations([again])[0].id]
        assert len(changes[0].citations) == 2

    def test_parts_a_repeated_correlation_by_a_long_pause(self) -> None:
        """A service of one name installed again next week is another change."""
        week = 7 * 86400

        changes = from_observations(
            [seen(0, USER, "1"), seen(1, SYSTEM, "2"), seen(week, USER, "3")]
        )

        assert len(changes) == 2
        assert all(c.interval.width <= timedelta(seconds=1) for c in changes)

    def test_parts_an_install_repeated_within_the_half_hour(self) -> None:
        """A service put in twice 22 minutes apart, as one real log has it, is two changes with exact times."""
        changes = from_observations([seen(0, USER, "1419"), seen(22 * 60, USER, "1421")])

        assert [c.interval.is_exact for c in changes] == [True, True]

    @given(st.permutations([seen(0, USER, "1"), seen(9, SYSTEM, "2"), seen(5, Actor(), "3", "")]))
    def test_does_not_depend_on_the_order_of_records(self, records: list[Observation]) -> None:
        """Any order of the same records gives the same changes."""
        assert from_observations(records) == from_observations(sorted(records, key=lambda o: o.at))

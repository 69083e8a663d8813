from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundrules.core.changes import Change, change_id, merge
from groundrules.core.evidence import Action, Actor, Citation, ItemKind
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import Interval

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def made(action: Action, interval: Interval, source: str, **more: str | None) -> Change:
    """A change of package hello from one source."""
    ref = change_id(AssetId("SRV1"), ItemKind.PACKAGE, "hello", action, interval)
    return Change(
        id=ref,
        asset=AssetId("SRV1"),
        kind=ItemKind.PACKAGE,
        component="hello",
        action=action,
        interval=interval,
        before=more.get("before"),
        after=more.get("after"),
        citations=(Citation(EvidenceId(source)),),
        snapshot_only=source == "snapshots",
    )


def logged(action: Action, hours: int, **more: str | None) -> Change:
    """An event of package hello so many hours after Monday's snapshot."""
    event = made(action, Interval.exactly(MONDAY + timedelta(hours=hours)), "dpkg.log", **more)
    return replace(event, actor=Actor(account="anna"))


def differing(action: Action, **more: str | None) -> Change:
    """A difference of package hello between Monday's and Tuesday's snapshot."""
    return made(action, Interval(MONDAY, MONDAY + DAY), "snapshots", **more)


class TestMerge:
    def test_makes_one_change_of_a_difference_and_its_event(self) -> None:
        """The event keeps its time and actor and gains the snapshots as evidence."""
        event = logged(Action.ADDED, 3)

        merged = merge([differing(Action.ADDED, after="version: 2.10")], [event])

        assert [c.id for c in merged] == [event.id]
        assert merged[0].interval.is_exact
        assert merged[0].actor.account == "anna"
        assert merged[0].after == "version: 2.10"
        assert [c.evidence for c in merged[0].citations] == ["dpkg.log", "snapshots"]
        assert not merged[0].snapshot_only

    def test_leaves_a_difference_nothing_explains(self) -> None:
        """A difference no event explains is known from snapshots only."""
        difference = differing(Action.ADDED)

        assert merge([difference], [logged(Action.ADDED, 48)])[0] == difference

    def test_explains_an_upgrade_by_removal_and_install(self) -> None:
        """Several events that end in the state found explain the difference together."""
        events = [logged(Action.REMOVED, 3), logged(Action.ADDED, 4, after="2.10")]

        merged = merge([differing(Action.ALTERED, after="version: 2.10")], events)

        assert [c.id for c in merged] == [e.id for e in events]
        assert all("snapshots" in {c.evidence for c in m.citations} for m in merged)

    def test_keeps_what_vanished_between_snapshots_visible(self) -> None:
        """Removed and put back: the snapshots see nothing, the log's two changes stay."""
        events = [logged(Action.REMOVED, 3), logged(Action.ADDED, 4)]

        assert merge([], events) == tuple(events)

    def test_does_not_explain_a_state_the_events_did_not_leave(self) -> None:
        """The log says version 2.10, the snapshot found 9.9: something else happened too."""
        event = logged(Action.ADDED, 3, after="2.10")

        merged = merge([differing(Action.ADDED, after="version: 9.9")], [event])

        assert [c.snapshot_only for c in merged] == [True, False]

    def test_does_not_explain_a_removal_by_an_install(self) -> None:
        """The log's last word is an install, the package is gone: its removal went unlogged."""
        merged = merge([differing(Action.REMOVED)], [logged(Action.ADDED, 3)])

        assert [c.snapshot_only for c in merged] == [True, False]

    def test_joins_a_self_dated_password_with_its_log_entry(self) -> None:
        """PasswordLastSetTime and the log differ by seconds and are one change."""
        moment = MONDAY + timedelta(hours=3)
        seen = replace(
            made(Action.ALTERED, Interval.exactly(moment), "snapshots"), kind=ItemKind.PASSWORD
        )
        said = replace(logged(Action.ALTERED, 3), kind=ItemKind.PASSWORD)
        later = replace(said, interval=Interval.exactly(moment + timedelta(seconds=4)))

        assert [c.snapshot_only for c in merge([seen], [later])] == [False]

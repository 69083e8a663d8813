from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import (
    SnapshotsOfDifferentAssets,
    SnapshotsOutOfOrder,
    compare,
    compare_series,
    differences,
)
from groundrules.core.evidence import Action, Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
ALL = frozenset(ItemKind)


def snapshot(moment: datetime, *items: Item, kinds: frozenset[ItemKind] = ALL) -> Snapshot:
    """A snapshot of SRV1; every kind was looked at unless said otherwise."""
    source = Citation(EvidenceId(f"{moment:%Y%m%d}"), reader="envelope/1")
    return Snapshot(AssetId("SRV1"), moment, kinds, items, source)


def package(name: str, version: str) -> Item:
    """A package with a version."""
    return Item(ItemKind.PACKAGE, name, {"version": version, "architecture": "amd64"})


class TestCompare:
    def test_lists_what_was_added_removed_and_altered(self) -> None:
        """Each kind of difference becomes one change with before and after in words."""
        before = snapshot(MONDAY, package("curl", "1"), package("nginx", "1.22"))
        after = snapshot(TUESDAY, package("curl", "2"), package("hello", "2.10"))

        found = {c.component: (c.action, c.before, c.after) for c in compare(before, after)}

        assert found == {
            "curl": (Action.ALTERED, "version: 1", "version: 2"),
            "hello": (Action.ADDED, None, "architecture: amd64; version: 2.10"),
            "nginx": (Action.REMOVED, "architecture: amd64; version: 1.22", None),
        }

    def test_gives_the_interval_between_the_snapshots_and_cites_both(self) -> None:
        """A difference is known to lie between two snapshots, and both are its evidence."""
        change = compare(snapshot(MONDAY), snapshot(TUESDAY, package("hello", "2.10")))[0]

        assert (change.interval.not_before, change.interval.not_after) == (MONDAY, TUESDAY)
        assert [c.evidence for c in change.citations] == ["20260302", "20260303"]
        assert change.snapshot_only

    def test_narrows_to_the_date_the_item_carries_itself(self) -> None:
        """A password's own set date gives the instant, without giving who."""
        old = Item(ItemKind.PASSWORD, "sa", dated_at=MONDAY - timedelta(days=90))
        new = Item(ItemKind.PASSWORD, "sa", dated_at=MONDAY + timedelta(hours=9))

        change = compare(snapshot(MONDAY, old), snapshot(TUESDAY, new))[0]

        assert change.interval.is_exact
        assert change.interval.not_before == MONDAY + timedelta(hours=9)
        assert change.sentence == "sa password changed"

    def test_does_not_believe_a_date_outside_the_snapshots(self) -> None:
        """A retro-dated item keeps the honest interval."""
        item = Item(ItemKind.PACKAGE, "hello", dated_at=MONDAY - timedelta(days=400))

        change = compare(snapshot(MONDAY), snapshot(TUESDAY, item))[0]

        assert (change.interval.not_before, change.interval.not_after) == (MONDAY, TUESDAY)

    def test_ignores_kinds_not_looked_at_in_both(self) -> None:
        """What nobody looked for has not vanished."""
        before = snapshot(MONDAY, package("curl", "1"))
        after = snapshot(TUESDAY, kinds=frozenset({ItemKind.SERVICE}))

        assert compare(before, after) == ()

    @pytest.mark.parametrize("attribute", ["password_hash", "apiKey", "token", "hash", "sha256"])
    def test_withholds_values_that_may_be_secret(self, attribute: str) -> None:
        """That a login's secret changed is said; neither value is."""
        old = Item(ItemKind.DATABASE_LOGIN, "sa", {attribute: "0xABCDEF"})
        new = Item(ItemKind.DATABASE_LOGIN, "sa", {attribute: "0x123456"})

        change = compare(snapshot(MONDAY, old), snapshot(TUESDAY, new))[0]

        assert (change.before, change.after) == (f"{attribute}: (withheld)",) * 2

    def test_shows_when_a_password_was_set_and_a_files_digest(self) -> None:
        """Facts about a secret, and digests of files, are no secrets."""
        old = Item(ItemKind.ACCOUNT, "bob", {"password_changed": "2026-01-01"})
        new = Item(ItemKind.ACCOUNT, "bob", {"password_changed": "2026-03-02"})
        file = Item(ItemKind.CONFIG_FILE, "/etc/hosts", {"sha256": "aa"})

        changes = compare(
            snapshot(MONDAY, old, file),
            snapshot(TUESDAY, new, replace(file, attributes={"sha256": "bb"})),
        )

        assert [c.after for c in changes] == ["password_changed: 2026-03-02", "sha256: bb"]

    def test_keeps_both_items_of_a_key_listed_twice(self) -> None:
        """Bad data is kept: neither of two items under one key is lost."""
        twice = (package("lib", "1"), package("lib", "2"))

        changes = compare(snapshot(MONDAY), snapshot(TUESDAY, *twice))

        assert [c.component for c in changes] == ["lib", "lib (2)"]

    def test_refuses_snapshots_of_two_assets(self) -> None:
        """A difference between hosts is not a change."""
        other = replace(snapshot(TUESDAY), asset=AssetId("SRV2"))

        with pytest.raises(SnapshotsOfDifferentAssets, match="SRV2"):
            compare(snapshot(MONDAY), other)

    def test_refuses_snapshots_in_the_wrong_order(self) -> None:
        """Nothing can have happened between a snapshot and an earlier one."""
        with pytest.raises(SnapshotsOutOfOrder, match="earlier one first"):
            compare(snapshot(TUESDAY), snapshot(MONDAY))

    def test_gives_the_same_references_whatever_the_order_of_items(self) -> None:
        """Re-reading the same snapshots yields the same changes, byte for byte."""
        items = [package(f"pkg{n}", "1") for n in range(50)]
        shuffled = random.Random(7).sample(items, k=len(items))  # noqa: S311 - a fixed order, not a secret

        one = compare(snapshot(MONDAY), snapshot(TUESDAY, *items))
        other = compare(snapshot(MONDAY), snapshot(TUESDAY, *shuffled))

        assert one == other
        assert len({c.id for c in one}) == 50

    def test_compares_ten_thousand_rows_in_one_pass(self) -> None:
        """Ten thousand packages of which one differs give exactly that one change."""
        items = [package(f"pkg{n}", "1") for n in range(10_000)]
        altered = [*items[:-1], package("pkg9999", "2")]

        changes = compare(snapshot(MONDAY, *items), snapshot(TUESDAY, *altered))

        assert [c.component for c in changes] == ["pkg9999"]


class TestCompareSeries:
    PORT = Item(ItemKind.PORT, "tcp/1433")
    ONLY_PACKAGES = frozenset({ItemKind.PACKAGE})

    def test_looks_past_a_snapshot_that_skipped_a_kind(self) -> None:
        """A port opened around a snapshot of packages only is found between its two neighbours."""
        wednesday = TUESDAY + timedelta(days=1)
        series = [
            snapshot(MONDAY, package("curl", "1")),
            snapshot(TUESDAY, package("curl", "2"), kinds=self.ONLY_PACKAGES),
            snapshot(wednesday, package("curl", "2"), self.PORT),
        ]

        found = {c.component: c.interval for c in compare_series(series)}

        assert (found["curl"].not_before, found["curl"].not_after) == (MONDAY, TUESDAY)
        assert (found["tcp/1433"].not_before, found["tcp/1433"].not_after) == (MONDAY, wednesday)

    def test_takes_snapshots_of_one_instant_side_by_side(self) -> None:
        """A file handed in twice, or kinds in files of their own, are no changes between themselves."""
        ports = frozenset({ItemKind.PORT})
        twice = snapshot(MONDAY, package("curl", "1"), kinds=self.ONLY_PACKAGES)
        series = [twice, twice, snapshot(MONDAY, self.PORT, kinds=ports), snapshot(TUESDAY)]

        assert [c.component for c in compare_series(series)] == ["curl", "tcp/1433"]

    def test_holds_each_source_against_itself(self) -> None:
        """An inventory that names packages in its own way differs from the collector's, and nothing has changed."""
        theirs = replace(
            snapshot(TUESDAY, package("curl (GLPI)", "1")),
            citation=Citation(EvidenceId("glpi"), reader="glpi/1"),
        )
        wednesday = TUESDAY + timedelta(days=1)
        ours = [snapshot(MONDAY, package("curl", "1")), snapshot(wednesday, package("curl", "2"))]

        assert [c.component for c in compare_series([*ours, theirs])] == ["curl"]

    @given(st.permutations(range(4)))
    def test_does_not_depend_on_order(self, order: list[int]) -> None:
        """Snapshots may come in any order."""
        series = [
            snapshot(MONDAY + timedelta(days=n), package("curl", str(n % 3))) for n in range(4)
        ]

        assert compare_series([series[n] for n in order]) == compare_series(series)


keys = st.tuples(st.sampled_from([ItemKind.PACKAGE, ItemKind.PORT]), st.text(max_size=3))
states = st.dictionaries(
    keys, st.dictionaries(st.text(max_size=3), st.text(max_size=3)), max_size=8
)
State = Mapping[tuple[ItemKind, str], Mapping[str, str]]


def of_state(moment: datetime, state: State) -> Snapshot:
    """A snapshot of a plain mapping from item to attributes."""
    return snapshot(moment, *(Item(kind, key, values) for (kind, key), values in state.items()))


class TestDifferences:
    @given(states, states)
    def test_applied_to_before_give_after(self, before: State, after: State) -> None:
        """The differences are complete: put onto the earlier state they make the later one."""
        found = differences(of_state(MONDAY, before), of_state(TUESDAY, after))

        applied = dict(before)
        for difference in found:
            applied.pop((difference.kind, difference.key), None)
            if difference.after is not None:
                applied[difference.kind, difference.key] = difference.after.attributes

        assert applied == after

    @given(states, states)
    def test_tell_the_same_as_the_changes(self, before: State, after: State) -> None:
        """Every difference is one change with the same action, and there are no others."""
        earlier, later = of_state(MONDAY, before), of_state(TUESDAY, after)

        told = [(c.kind, c.component, c.action) for c in compare(earlier, later)]

        assert told == [(d.kind, d.key, d.action) for d in differences(earlier, later)]

"""Alike parts are told in one sentence, and none is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.health import Level, Looked, PartState, alike, part_states
from groundrules.core.ids import AssetId, EvidenceId

SRV1 = AssetId("SRV1")
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
KINDS = (ItemKind.CERTIFICATE, ItemKind.SERVICE, ItemKind.MOUNT, ItemKind.DISK_HEALTH)
SOME = st.builds(
    PartState,
    st.just(SRV1),
    st.sampled_from(KINDS),
    st.text(max_size=3),
    st.sampled_from(Level),
    st.just("Says something."),
    st.sampled_from([None, NOW]),
)


def certificates(*ends: datetime, held: datetime = NOW) -> tuple[PartState, ...]:
    """What is said of certificates that end then, in a list that held until `held`."""
    items = tuple(
        Item(ItemKind.CERTIFICATE, f"c{place}", {"not_after": end.isoformat()})
        for place, end in enumerate(ends)
    )
    kinds = frozenset({ItemKind.CERTIFICATE})
    seen = Snapshot(SRV1, held, kinds, items, Citation(EvidenceId("a" * 64)))
    said = part_states(SRV1, (Looked(seen, held),), NOW)
    return tuple(one for one in said if one.kind is ItemKind.CERTIFICATE)


class TestAlike:
    """Forty certificates that ran out are one row, with forty behind it."""

    def test_counts_what_ran_out_and_keeps_each(self) -> None:
        """Three that ran out stand together, each with its own sentence; the one that still runs stands by itself."""
        over = [NOW - timedelta(days=days) for days in (1, 50, 900)]

        together, soon = alike(certificates(*over, NOW + timedelta(days=2)))

        assert together.sentence == "3 certificates ran out; who trusts them is refused."
        assert together.first.level is Level.CRITICAL
        assert [one.key for one in together.states] == ["c0", "c1", "c2"]
        assert len({one.sentence for one in together.states}) == 3
        assert soon.sentence == soon.first.sentence

    def test_two_stand_by_themselves(self) -> None:
        """Two that ran out are told with their names and ends."""
        told = alike(certificates(NOW - timedelta(days=1), NOW - timedelta(days=2)))

        assert [one.sentence for one in told] == [one.first.sentence for one in told]
        assert len(told) == 2

    def test_says_when_it_was_seen(self) -> None:
        """What was seen too long ago is said so of all together too."""
        seen = NOW - timedelta(days=3)
        (told,) = alike(certificates(*[NOW - timedelta(days=9)] * 3, held=seen))

        assert told.sentence.endswith(
            "That was seen at 2026-11-25 12:00 UTC; how it is now is not known."
        )

    @given(states=st.lists(SOME, max_size=30))
    def test_leaves_nothing_out(self, states: list[PartState]) -> None:
        """Every part is behind exactly one answer, of its own kind and level; a disk is told by itself."""
        told = alike(states)

        assert sorted(str(one) for group in told for one in group.states) == sorted(
            map(str, states)
        )
        for group in told:
            assert len({(one.kind, one.level, one.looked_at) for one in group.states}) == 1
            assert group.first.kind is not ItemKind.DISK_HEALTH or len(group.states) == 1

"""Core values go into the books and come back unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, Citation, ItemKind
from groundrules.core.ids import AssetId, ChangeId, EvidenceId
from groundrules.core.periods import Interval
from groundrules.records.typed_json import NotStorable, StoredValueDamaged, digest_of, dump, load

NOON = datetime(2007, 3, 1, 12, 0, tzinfo=UTC)
texts = st.text(max_size=20)


class Shade(StrEnum):
    """A word of a closed list."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Everything:
    """One field of every type typed JSON knows."""

    when: datetime
    day: date
    hour: time
    exact: Decimal
    share: Fraction
    shades: frozenset[Shade]
    pair: tuple[int, str]
    many: tuple[Fraction, ...]
    by_shade: dict[Shade, Decimal]
    maybe: Fraction | None = None
    flag: bool = True


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """This function will draw a change as evidence may give it."""
    start = draw(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
    width = timedelta(seconds=draw(st.integers(0, 10_000)))
    return Change(
        id=ChangeId(draw(texts)),
        asset=AssetId(draw(texts)),
        kind=draw(st.sampled_from(ItemKind)),
        component=draw(texts),
        action=draw(st.sampled_from(Action)),
        interval=Interval(start, start + width),
        before=draw(st.none() | texts),
        after=draw(st.none() | texts),
        actor=Actor(account=draw(texts), session_key=draw(texts)),
        citations=tuple(
            Citation(EvidenceId(ref), ref) for ref in draw(st.lists(texts, max_size=3))
        ),
        snapshot_only=draw(st.booleans()),
    )


class TestTypedJson:
    def test_keeps_every_type_it_knows(self) -> None:
        """Dates, decimals, fractions, sets, pairs and mappings come back as what they were."""
        value = Everything(
            when=NOON,
            day=date(2007, 3, 1),
            hour=time(17, 0),
            exact=Decimal("0.10"),
            share=Fraction(20, 31),
            shades=frozenset(Shade),
            pair=(1, "one"),
            many=(Fraction(1, 3), Fraction(2)),
            by_shade={Shade.DARK: Decimal("1.50")},
        )

        back = load(Everything, dump(value))

        assert back == value

    @given(changes())
    def test_keeps_changes_whole(self, change: Change) -> None:
        """Whatever evidence says about a change survives storage."""
        text = dump(change)

        back = load(Change, text)

        assert back == change
        assert dump(back) == text

    def test_gives_equal_values_one_digest(self) -> None:
        """The text is canonical: the order things were added in does not show."""
        one = dump({"b": 1, "a": frozenset({"y", "x"})})
        other = dump({"a": frozenset({"x", "y"}), "b": 1})

        assert digest_of(one) == digest_of(other)

    def test_refuses_an_unknown_key(self) -> None:
        """A key the value does not have is damage, not something to drop."""
        with pytest.raises(StoredValueDamaged, match="has colour"):
            load(Actor, '{"account": "a", "colour": "red"}')

    def test_takes_the_default_for_a_key_written_before_it_existed(self) -> None:
        """A row written by an older version stays readable."""
        back = load(Actor, '{"account": "a"}')

        assert back == Actor(account="a")

    def test_refuses_a_binary_fraction(self) -> None:
        """A float is not stored: it is neither exact nor ours."""
        with pytest.raises(NotStorable, match="float"):
            dump(1.5)

"""The report of what an application needs: its edges, its damage, and the bytes that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.parties import DependencyGrade
from groundrules.readers.needs import NotANeedsReport, read_needs, read_report
from tests.readers.linux.reading import context


def written(**other: Any) -> bytes:  # noqa: ANN401 - any field of the report
    """A report as the collector writes it, with some fields otherwise."""
    document = {
        "groundrules-needs": 1,
        "application": "LEDGER",
        "host": "srv1",
        "watched": "unit ledger",
        "began": "2026-03-01T10:00:00+00:00",
        "ended": "2026-03-01T10:01:00+00:00",
        "looks": 60,
        "edges": [
            {"dependent": "LEDGER", "component": "postgresql", "grade": "observed", "how": "peer"},
            {"dependent": "LEDGER", "component": "redis", "grade": "declared", "how": "unit"},
        ],
    }
    return json.dumps({**document, **other}).encode()


class TestReadReport:
    def test_gives_each_edge_with_its_grade(self) -> None:
        """What is needed, how well that is known, and how it was seen."""
        found = read_report(written())

        assert [(n.component, n.grade) for n in found.needs] == [
            ("postgresql", DependencyGrade.OBSERVED),
            ("redis", DependencyGrade.DECLARED),
        ]
        assert (found.application, found.looks) == ("LEDGER", 60)

    def test_counts_a_broken_edge_as_damage(self) -> None:
        """The other edges are read."""
        edges = [{"component": "postgresql", "grade": "guessed"}, {"component": ""}, 7]

        found = read_needs(written(edges=edges), context())

        assert (found.records, len(found.damaged)) == (0, 3)
        assert "guessed" in found.damaged[0].problem

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (b"{", "no JSON"),
            (b"[]", "no report"),
            (written(**{"groundrules-needs": 2}), "update it"),
            (written(began="yesterday"), "lacks what it must say"),
            (written(began="2026-03-01T10:00:00"), "lacks what it must say"),
            (written(edges={}), "no list"),
        ],
        ids=["cut", "other", "future", "no time", "no zone", "edges"],
    )
    def test_refuses_what_is_no_report(self, raw: bytes, why: str) -> None:
        """One sentence says why; as evidence it is one damaged record."""
        with pytest.raises(NotANeedsReport, match=why):
            read_report(raw)
        assert len(read_needs(raw, context()).damaged) == 1

    @given(st.binary(max_size=60))
    def test_takes_any_bytes(self, raw: bytes) -> None:
        """Nothing that is handed in can break the reader."""
        assert read_needs(raw, context()).records == 0

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.agreements.versions import UnknownVersion, version_at, version_edges
from groundrules.core.periods import Period
from tests.core.harbor import harbor_agreement, site


class TestVersionAt:
    @pytest.mark.parametrize(
        ("wall", "version"),
        [("2007-01-01 00:00", 1), ("2007-03-19 23:59", 1), ("2007-03-20 00:00", 2)],
    )
    def test_answers_with_the_version_in_force_when_the_work_was_done(
        self, wall: str, version: int
    ) -> None:
        """Version 2 begins at midnight of the site."""
        assert version_at(harbor_agreement(), site(wall)).version == version

    def test_refuses_an_instant_before_the_first_version(self) -> None:
        """Nothing was agreed then."""
        with pytest.raises(UnknownVersion, match="no version of Harbor Dental managed services"):
            version_at(harbor_agreement(), site("2006-12-31 23:59"))

    def test_refuses_an_instant_after_the_last_version_ended(self) -> None:
        """An agreement that ran out binds nothing."""
        agreement = harbor_agreement()
        first = agreement.versions[0]
        ended = replace(first, in_force=Period(first.in_force.start, site("2007-02-01 00:00")))

        with pytest.raises(UnknownVersion):
            version_at(replace(agreement, versions=(ended,)), site("2007-02-01 00:00"))

    def test_never_reaches_back_behind_the_signature(self) -> None:
        """A version whose dates lie before its signature binds from the signature on."""
        agreement = harbor_agreement()
        first, second = agreement.versions
        late = replace(second, signed_at=second.signed_at + timedelta(days=5))
        backdated = replace(agreement, versions=(first, late))

        assert version_at(backdated, site("2007-03-22 12:00")).version == 1
        assert version_at(backdated, site("2007-03-25 12:00")).version == 2


class TestVersionEdges:
    def test_lie_where_another_version_begins(self) -> None:
        """Only edges inside the period count."""
        period = Period(site("2007-03-19 12:00"), site("2007-03-21 12:00"))

        assert version_edges(harbor_agreement(), period) == (site("2007-03-20 00:00"),)

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.agreements.table import (
    BackdatedVersion,
    NotPublishable,
    check_publishable,
    prove,
)
from tests.core.agreements.broken import BROKEN, Break
from tests.core.harbor import harbor_version


class TestCheckPublishable:
    @pytest.mark.parametrize(
        ("breaking", "refusal", "sentence"),
        [case[1:] for case in BROKEN],
        ids=[case[0] for case in BROKEN],
    )
    def test_refuses_a_broken_version(
        self, breaking: Break, refusal: type[NotPublishable], sentence: str
    ) -> None:
        """The refusal carries the name of what is wrong and the words."""
        version = breaking(harbor_version(1))

        with pytest.raises(refusal) as refused:
            check_publishable(version, None, version.signed_at)

        assert sentence in str(refused.value)
        assert refused.value.failures == prove(version)

    def test_publishes_both_versions_of_harbor(self) -> None:
        """Signed and published as they come into force."""
        first, second = harbor_version(1), harbor_version(2)

        check_publishable(first, None, first.signed_at)
        check_publishable(second, first, second.signed_at)

        assert prove(second) == ()

    def test_lets_a_running_agreement_be_entered(self) -> None:
        """The first version may be entered later: nothing was decided before it."""
        first = harbor_version(1)

        check_publishable(first, None, first.signed_at + timedelta(days=900))

        assert first.version == 1

    def test_refuses_a_version_in_force_before_its_signature(self) -> None:
        """Signed in April, in force in March: impossible."""
        late = replace(harbor_version(2), signed_at=harbor_version(2).signed_at + timedelta(days=9))

        with pytest.raises(BackdatedVersion, match="in force before it was signed"):
            check_publishable(late, harbor_version(1), late.in_force.start)

    def test_refuses_a_version_in_force_before_it_is_published(self) -> None:
        """Work already done keeps the version it was done under."""
        second = harbor_version(2)

        with pytest.raises(BackdatedVersion, match="in force before it is published"):
            check_publishable(second, harbor_version(1), second.signed_at + timedelta(seconds=1))

    def test_refuses_a_version_that_does_not_follow_the_last(self) -> None:
        """Version 2 cannot begin when version 1 began, nor carry its number."""
        first, second = harbor_version(1), harbor_version(2)
        same_start = replace(second, in_force=first.in_force, signed_at=first.signed_at)
        same_number = replace(second, version=1)

        for wrong in (same_start, same_number):
            with pytest.raises(BackdatedVersion, match="does not follow version 1"):
                check_publishable(wrong, first, first.signed_at)

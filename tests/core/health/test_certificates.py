"""A certificate that a server shows: when it is valid, for whom, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groundrules.core.causation.signatures import needs_no_change
from groundrules.core.health import CheckKind, CheckSpec, PlanRefused, ShownCertificate
from groundrules.core.health.certificates import bears, judge_certificate

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLACE, NAME = "portal.example:443", "portal.example"
GOOD = ShownCertificate(NOW - DAY, NOW + 90 * DAY, (NAME,))


def judged(shown: ShownCertificate, name: str = NAME) -> tuple[bool | None, str, str]:
    """What is said of it to who wants it for a week more."""
    found = judge_certificate(PLACE, name, shown, NOW, 7 * DAY)
    return found.passed, found.says.removeprefix(f"the certificate at {PLACE} "), found.note


class TestJudging:
    """The worst is said, and only that."""

    def test_good(self) -> None:
        """Valid, for the name, by somebody known."""
        assert judged(GOOD) == (True, "is valid until 2027-02-26", "")

    @pytest.mark.parametrize(
        ("begins", "ends", "says"),
        [
            (-99, -1, "expired at 2026-11-27 12:00 UTC"),
            (-99, 0, "expired at 2026-11-28 12:00 UTC"),
            (1, 99, "is valid only from 2026-11-29 12:00 UTC on"),
            (-99, 3, "runs out in 3 days"),
        ],
    )
    def test_times(self, begins: int, ends: int, says: str) -> None:
        """Over, not yet, and not for long enough."""
        shown = ShownCertificate(NOW + begins * DAY, NOW + ends * DAY, (NAME,))
        assert judged(shown)[:2] == (False, says)

    def test_a_certificate_that_is_over_needs_no_change(self) -> None:
        """Causes know these words: nobody has to have done anything."""
        over = ShownCertificate(NOW - 9 * DAY, NOW - DAY, (NAME,))
        assert needs_no_change(judge_certificate(PLACE, NAME, over, NOW, DAY).says)

    def test_for_somebody_else(self) -> None:
        """Everybody who asks for this name is refused; whom it is for helps to find out why."""
        shown = ShownCertificate(NOW - DAY, NOW + 90 * DAY, ("a.x", "b.x", "c.x", "d.x"))
        assert judged(shown) == (False, f"is not for {NAME}", "It is for a.x, b.x, c.x, ….")
        nobody = ShownCertificate(NOW - DAY, NOW + 90 * DAY)
        assert judged(nobody)[2] == "It names nobody it is for."

    def test_notes(self) -> None:
        """An address that is not named, and an authority that is not known, make nothing unwell."""
        shown = ShownCertificate(NOW - DAY, NOW + 90 * DAY, (NAME,), (), "it signed itself")
        passed, _, note = judged(shown, "10.0.0.5")
        assert passed
        assert note == (
            "It is not for the address 10.0.0.5. It is for portal.example. "
            "No authority that this machine knows vouches for it: it signed itself."
        )


class TestNames:
    """For whom a certificate is."""

    @pytest.mark.parametrize(
        ("name", "borne"),
        [
            ("portal.example", True),
            ("PORTAL.example.", True),
            ("www.shop.example", True),
            ("a.www.shop.example", False),
            ("shop.example", False),
            ("bücher.example", True),
            ("10.0.0.5", True),
            ("fd00::2", True),
            ("10.0.0.6", False),
            ("example", False),
            (".shop.example", False),
        ],
    )
    def test_names(self, name: str, *, borne: bool) -> None:
        """Case does not count, a star stands for one label, addresses are the same however they are written."""
        names = ("portal.example", "*.shop.example", "xn--bcher-kva.example", "*", "*.example")
        addresses = ("10.0.0.5", "fd00:0::2")
        shown = ShownCertificate(NOW, NOW, names[:3], addresses)
        assert bears(shown, name) is borne

    def test_a_star_is_for_no_whole_country(self) -> None:
        """Nothing of the kind of `*.example` is for a host right below it."""
        assert not bears(ShownCertificate(NOW, NOW, ("*.example", "*")), "portal.example")


class TestSet:
    """What a person sets."""

    def test_another_name(self) -> None:
        """A server asked by its address must show a certificate for the name people use."""
        spec = CheckSpec(CheckKind.CERTIFICATE, "10.0.0.5:443", text=NAME, days=14)
        assert spec.says == (
            "the certificate at 10.0.0.5:443 is for portal.example and valid for 14 more days"
        )

    def test_no_name(self) -> None:
        """What is no name is refused in words."""
        with pytest.raises(PlanRefused, match="is no host's name; write it as"):
            CheckSpec(CheckKind.CERTIFICATE, "10.0.0.5:443", text="https://portal.example/")

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.agreements.proof_promises import Promised, late_proofs
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from tests.core.harbor import harbor_agreement, site

SRV1 = AssetId("SRV1")
YEARS_END = site("2007-12-31 12:00")


def promising(first: int, second: int) -> Agreement:
    """Harbor's two versions (the second from 20 March 2007), each with a proof promised every so many days."""
    agreement = harbor_agreement()
    versions = zip(agreement.versions, (first, second), strict=True)
    return replace(
        agreement,
        versions=tuple(
            replace(v, recovery=(RecoveryTerms(60, 240, days),)) for v, days in versions
        ),
    )


def told(
    agreement: Agreement,
    proofs: list[str],
    first: str,
    end: str,
    at: datetime = YEARS_END,
    rests: tuple[Period, ...] = (),
) -> list[tuple[str, str]]:
    """The local days each late proof was due and given on."""
    period = Period(site(f"{first} 00:00"), site(f"{end} 00:00"))
    given = [site(f"{one} 12:00") for one in proofs]
    zone = site("2007-02-01 00:00").tzinfo
    return [
        (
            f"{one.due_at.astimezone(zone):%m-%d}",
            f"{one.proven_at.astimezone(zone):%m-%d}" if one.proven_at else "",
        )
        for one in late_proofs(Promised(agreement, SRV1, rests), given, period, at)
    ]


class TestLateProofs:
    def test_counts_from_the_promise_and_from_each_proof(self) -> None:
        """Due thirty days after the promise bound, and thirty after each proof; what came in time is not named."""
        every = promising(30, 30)

        assert told(every, [], "2007-01-01", "2007-02-01") == [("01-31", "")]
        assert told(every, ["2007-01-20"], "2007-01-01", "2007-02-19") == []
        assert told(every, ["2007-01-20", "2007-02-25"], "2007-02-01", "2007-03-01") == [
            ("02-19", "02-25")
        ]

    def test_stays_late_through_every_period_until_it_is_proven(self) -> None:
        """A proof missing since January is missing in February too, and not in the month after it came."""
        every, proofs = promising(30, 30), ["2007-02-25", "2007-03-20", "2007-04-15"]

        assert told(every, proofs, "2007-02-01", "2007-03-01") == [("01-31", "02-25")]
        assert told(every, proofs, "2007-03-01", "2007-04-01") == []

    def test_knows_nothing_of_what_lies_ahead(self) -> None:
        """A month that is not over breaks no promise before its day, and a proof that came later is not known."""
        every = promising(30, 30)

        assert told(every, [], "2007-01-01", "2007-02-01", site("2007-01-30 12:00")) == []
        assert told(
            every, ["2007-02-25"], "2007-01-01", "2007-03-01", site("2007-02-10 12:00")
        ) == [("01-31", "")]

    def test_runs_on_under_the_same_promise_and_begins_anew_under_another(self) -> None:
        """Ninety days go on through a new version; a version with thirty gives thirty from its own first day."""
        assert told(promising(90, 90), [], "2007-04-01", "2007-05-01") == [("04-01", "")]
        assert told(promising(90, 30), [], "2007-04-01", "2007-05-01") == [("04-19", "")]

    def test_nothing_promised_is_never_late(self) -> None:
        """Without the words, or once a version no longer says them, nobody owes a proof."""
        assert told(promising(0, 0), [], "2007-01-01", "2007-12-01") == []
        assert told(promising(30, 0), [], "2007-04-01", "2007-12-01") == []
        assert told(promising(30, 0), ["2007-05-02"], "2007-02-01", "2007-03-01") == [
            ("01-31", "05-02")
        ]

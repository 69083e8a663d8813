"""Counts over judged incidents: ranking, false accusations with exact bounds, recall, authority, and the baselines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.bounds import upper_bound
from groundrules.services.worlds.calibration import Calibration, calibration
from groundrules.services.worlds.judging import Judged

_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class RivalBoard:
    """How one baseline did on the same incidents."""

    first: int
    among_three: int
    accused_falsely: int


@dataclass(frozen=True, slots=True)
class RiskStep:
    """Answering only as far up the ladder as this verdict: how many incidents, and how many with the wrong change."""

    verdict: CauseVerdict
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """The counts over all judged incidents; `false_upper` bounds the false among the verdicts given (95 %).

    A verdict is false when it rests on a wrong change; an accusation when it also names a party, or the wrong one.
    Of the incidents a vendor's recorded change caused, the record names whose act it was in `vendor_nameable`; a replay
    had its say in `vendor_replayed`, and of those the vendor was named in `vendor_named_replayed`.
    """

    incidents: int
    left_out: int
    with_cause: int
    first: int
    among_three: int
    verdicts: int
    found: int
    false: int
    false_upper: float
    false_per_thousand: float
    accusations: int = 0
    accused_falsely: int = 0
    accused_falsely_per_thousand: float = 0.0
    accused_falsely_upper: float = 1.0
    false_discovery_rate: float = 0.0
    false_discovery_upper: float = 1.0
    vendor_caused: int = 0
    vendor_named: int = 0
    vendor_nameable: int = 0
    vendor_replayed: int = 0
    vendor_named_replayed: int = 0
    replayed: int = 0
    acquitted_wrongly: int = 0
    authority_stated: int = 0
    authority_right: int = 0
    coverage_risk: tuple[RiskStep, ...] = ()
    calibration: Calibration | None = None
    rivals: dict[str, RivalBoard] = field(default_factory=dict)


def tally(judged: Iterable[Judged], left_out: int = 0) -> Scoreboard:
    """This function will count a scoreboard from judged incidents; rates of nothing are 0 and bounded by 1."""
    rows = tuple(judged)
    caused = [r for r in rows if r.truth]
    given = [r for r in rows if r.established]
    named = [r for r in rows if r.named]
    false, accused = sum(r.is_false for r in given), sum(r.accuses_falsely for r in named)
    vendor = [r for r in caused if r.of_vendor]
    stated = [r for r in caused if r.authority_right is not None]
    return Scoreboard(
        incidents=len(rows),
        left_out=left_out,
        with_cause=len(caused),
        first=sum(r.place == 1 for r in caused),
        among_three=sum(r.place is not None and r.place <= _CANDIDATES for r in caused),
        verdicts=len(given),
        found=sum(not r.is_false for r in given),
        false=false,
        false_upper=upper_bound(false, len(given)),
        false_per_thousand=_thousand(false, len(rows)),
        accusations=len(named),
        accused_falsely=accused,
        accused_falsely_per_thousand=_thousand(accused, len(rows)),
        accused_falsely_upper=upper_bound(accused, len(rows)),
        false_discovery_rate=accused / len(named) if named else 0.0,
        false_discovery_upper=upper_bound(accused, len(named)),
        vendor_caused=len(vendor),
        vendor_named=sum(r.names_rightly for r in vendor),
        vendor_nameable=sum(r.nameable for r in vendor),
        vendor_replayed=sum(r.replayed for r in vendor),
        vendor_named_replayed=sum(r.replayed and r.names_rightly for r in vendor),
        replayed=sum(r.replayed for r in rows),
        acquitted_wrongly=sum(r.acquitted for r in caused),
        authority_stated=len(stated),
        authority_right=sum(bool(r.authority_right) for r in stated),
        coverage_risk=_coverage_risk(rows),
        calibration=calibration(rows),
        rivals=_rivals(rows),
    )


def _thousand(count: int, of: int) -> float:
    return 1000 * count / of if of else 0.0


def _coverage_risk(rows: tuple[Judged, ...]) -> tuple[RiskStep, ...]:
    """From the strictest verdict down: answered so far, and how many of those begin with a wrong change."""
    ladder = [v for v in reversed(CauseVerdict) if v is not CauseVerdict.UNKNOWN]
    steps = []
    for place, verdict in enumerate(ladder):
        answered = [r for r in rows if r.verdict in ladder[: place + 1]]
        steps.append(RiskStep(verdict, len(answered), sum(r.place != 1 for r in answered)))
    return tuple(steps)


def _rivals(rows: tuple[Judged, ...]) -> dict[str, RivalBoard]:
    names = dict.fromkeys(name for r in rows for name in r.rivals)
    return {name: _rival(name, rows) for name in names}


def _rival(name: str, rows: tuple[Judged, ...]) -> RivalBoard:
    places = [r.rivals[name].place for r in rows if r.truth and name in r.rivals]
    return RivalBoard(
        first=sum(p == 1 for p in places),
        among_three=sum(p is not None and p <= _CANDIDATES for p in places),
        accused_falsely=sum(r.rivals[name].accuses_falsely for r in rows if name in r.rivals),
    )

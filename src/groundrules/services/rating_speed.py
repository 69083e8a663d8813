"""Measuring rating: the same made-up work by rows and by columns, one agreement again, and whether all of it agrees."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.coverage.decide import decide
from groundrules.core.rating.rows import Rated, rate_rows
from groundrules.services.rating_bench import KNOWN_AT, Workload, make_workload, one_entry
from groundrules.store.rating_columns import ColumnRater, work_table

_ENGINE = EngineVersion("measured", "measured")


@dataclass(frozen=True, slots=True)
class RatingSpeed:
    """Medians in CPU seconds of this process (all threads), what was rated, and whether the results were equal."""

    entries: int
    agreements: int
    intervals: int
    charges: int
    lines: int
    waiting: int
    charged_minor: int
    shown_minor: int
    columns_seconds: float
    rows_seconds: float
    one_agreement_seconds: float
    one_agreement_entries: int
    explain_seconds: float
    equal: bool


def measure_rating(entries: int, agreements: int, runs: int) -> RatingSpeed:
    """This function will rate made-up work by both ways and compare every charge, line and waiting second."""
    work = make_workload(entries, agreements)
    rater, columns = ColumnRater.load(work.plans), work_table(work.rows, work.plans)
    # What is already there is no garbage; the collector need not walk it again and again while we measure.
    gc.collect()
    gc.freeze()
    by_columns = _median(lambda: rater.rate(columns), runs)
    by_rows = _median(lambda: rate_rows(work.rows, work.plans), runs)
    one = _first_agreement(work)
    again = _median(lambda: rate_rows(one.rows, one.plans), max(runs, 5))
    example, agreement = one_entry()
    explained = _median(lambda: decide(example, agreement, KNOWN_AT, _ENGINE), max(runs, 15))
    rows, answers = rate_rows(work.rows, work.plans), rater.answers()
    gc.unfreeze()
    return RatingSpeed(
        entries=entries,
        agreements=agreements,
        intervals=work.intervals,
        charges=len(rows.charges),
        lines=len(rows.lines),
        waiting=len(rows.waiting),
        charged_minor=sum(charge.amount for charge in rows.charges.values()),
        shown_minor=sum(value for _, value in rows.lines.values()),
        columns_seconds=by_columns,
        rows_seconds=by_rows,
        one_agreement_seconds=again,
        one_agreement_entries=len(one.rows),
        explain_seconds=explained,
        equal=_equal(rows, answers),
    )


def _equal(rows: Rated, columns: Rated) -> bool:
    return (rows.charges, rows.lines, rows.waiting) == (
        columns.charges,
        columns.lines,
        columns.waiting,
    )


def _first_agreement(work: Workload) -> Workload:
    rows = tuple(row for row in work.rows if row.agreement == 0)
    return Workload(work.plans[:1], rows, work.intervals)


def _median(measured: Callable[[], object], runs: int) -> float:
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        measured()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def table_of(speed: RatingSpeed) -> str:
    """This function will print the measurement as a table people can read."""
    verdict = (
        "equal: every charge, line and waiting second"
        if speed.equal
        else "DIFFERENT: a defect; please report it"
    )
    worked = (
        f"{speed.entries:,} entries over {speed.agreements:,} agreements "
        f"with {speed.intervals:,} coverage intervals"
    )
    found = (
        f"{speed.charges:,} charges of {_major(speed.charged_minor)}, {speed.lines:,} lines at 0.00 worth "
        f"{_major(speed.shown_minor)}, {speed.waiting:,} entries waiting for a person"
    )
    rows = (
        ("by columns", speed.columns_seconds),
        ("by rows", speed.rows_seconds),
        (
            f"one agreement again, {speed.one_agreement_entries:,} entries",
            speed.one_agreement_seconds,
        ),
        ("one decision with every reason", speed.explain_seconds),
    )
    table = [f"{name:<44}{seconds:>12.4f}" for name, seconds in rows]
    heading = f"{'CPU seconds of all threads, median':<44}{'':>12}"
    return "\n".join(
        [worked, found, "", heading.rstrip(), *table, "", f"rows and columns: {verdict}"]
    )


def _major(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"

"""How fast time entries are decided with every reason and flip, decided as columns, and rated into charges.

Run: `PYTHONPATH=. .venv/bin/python benchmarks/decision_speed.py [--entries 1000] [--runs 5]`

The agreement is Harbor Dental's, and its owner asked for all of it. Half of the entries lie in business hours, the
others around or after closing time. Columns: the same table over encoded cells, without the words.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from itertools import islice

from measuring import measure

from groundrules.core.agreements.facts import Asked, all_cells
from groundrules.core.agreements.matching import FULL_EVIDENCE, NO_EVIDENCE
from groundrules.core.agreements.table import decision_table
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.columns import coded_table, decide_cells, encode
from groundrules.core.coverage.decide import decide
from groundrules.core.coverage.facts_of_work import ROUTINE, AskedSpan, WorkFacts
from groundrules.core.ids import RequestId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.rating.rate import rate
from groundrules.core.reasons import FactRef
from groundrules.core.work import TimeEntry
from tests.core.harbor import SRV1, TECHNICIAN_A, harbor_agreement, harbor_version

ENGINE = EngineVersion("benchmark", "benchmark")
MONDAY = datetime(2007, 1, 8, 18, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(days=400)


def facts(number: int) -> WorkFacts:
    """One entry: two hours in the morning, or two hours around closing time, on a working day."""
    day = MONDAY + timedelta(days=7 * (number % 40))
    start = day if number % 2 else day + timedelta(hours=6)
    entry = TimeEntry(
        id=TimeEntryId(f"W-{number}"),
        technician=TECHNICIAN_A.id,
        period=Period(start, start + timedelta(hours=2)),
        issue=f"ISSUE-{number}",
        asset=SRV1,
    )
    request = RequestId("REQ-1")
    asked = AskedSpan(
        entry.period,
        Asked.AUTHORISED,
        request,
        "Pat Owner asked for it.",
        (FactRef("request", request),),
    )
    return WorkFacts(entry, TECHNICIAN_A, (), ROUTINE, (asked,))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, default=1000)
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    agreement = harbor_agreement()
    work = [facts(number) for number in range(given.entries)]

    def decided() -> list[CoverageDecision]:
        return [decide(one, agreement, LATER, ENGINE) for one in work]

    decisions = tuple(decided())
    segments = sum(len(d.segments) for d in decisions)
    print(f"{given.entries:,} entries, {segments:,} segments")
    print(
        measure(
            "rows: decide with reasons and flips", given.entries, "entries", decided, given.runs
        ).line()
    )

    table = coded_table(decision_table(harbor_version(1)))
    every = all_cells(frozenset({HoursBand.BUSINESS, HoursBand.AFTER_HOURS}))
    coded = [encode(cell, evidence) for cell in every for evidence in (NO_EVIDENCE, FULL_EVIDENCE)]
    cells = (coded * (1_000_000 // len(coded) + 1))[:1_000_000]
    print(
        measure(
            "columns: decide encoded cells",
            len(cells),
            "cells",
            lambda: decide_cells(cells, table),
            given.runs,
        ).line()
    )

    some = tuple(islice(decisions, given.entries))
    print(
        measure(
            "rate decisions into charges",
            len(some),
            "decisions",
            lambda: rate(some, agreement),
            given.runs,
        ).line()
    )


if __name__ == "__main__":
    main()

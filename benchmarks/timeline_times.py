"""One server with a million changes: its timeline, its list of changes, one change, one decision, at any depth.

Run: `.venv/bin/python benchmarks/timeline_times.py [--changes 1000000] [--runs 20]`, on PostgreSQL the same behind
`scripts/with-postgres`.

The same database as page_times.py makes, with every change on one server: a thousand a day over nearly three years.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import page_times
from measuring import use_own_books

ROOT = Path(__file__).resolve().parents[1]
_DAYS = 1000
_A_DAY = 24 * 60 * 60


def main() -> None:
    """Fill, measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--changes", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=20)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_own_books(folder)
        import django  # noqa: PLC0415 - the settings must be known first

        django.setup()
        from groundrules.records.models import Change, Decision, Role  # noqa: PLC0415 - after setup
        from groundrules.services.actor import Actor  # noqa: PLC0415
        from groundrules.services.case_import import import_case  # noqa: PLC0415
        from groundrules.services.cases import run_case  # noqa: PLC0415

        began = time.perf_counter()
        browser = page_times.filled(1)
        template = Change.objects.get(ref="CHG-1")
        first = template.not_before.replace(hour=0, minute=0, second=0)
        span = (first - timedelta(days=_DAYS), _DAYS * _A_DAY)
        page_times.copy_changes(template, "H", given.changes, [template.asset_id], span)
        path = ROOT / "tests/cases" / "01-drive-array-recovery.yaml"
        case = run_case(path.read_bytes(), path).case
        actor = Actor("owner@bench.example", Role.OWNER)
        import_case(case.world, at=case.questions[-1].at, actor=actor)
        number = Decision.objects.order_by("pk").values_list("number", flat=True)[0]
        print(
            f"{page_times.engine()}: {template.asset.changes.count():,} changes on one server, built in "
            f"{time.perf_counter() - began:.0f} s"
        )
        for name, address in pages(template.asset.code, given.changes, number):
            print(
                row(name, [timed(browser, address) for _ in range(given.runs + 1)][1:]), flush=True
            )


def pages(server: str, changes: int, decision: str) -> tuple[tuple[str, str], ...]:
    """The pages measured, by name and address."""
    at = f"/servers/HARBOR/{server}/"
    last = changes // 50
    return (
        ("timeline: latest night", at),
        ("timeline: a day with 1,000 changes", f"{at}?from=2006-06-01T00:00&to=2006-06-02T00:00"),
        ("timeline: a week with 7,000 changes", f"{at}?from=2006-06-01T00:00&to=2006-06-08T00:00"),
        ("list of changes: newest", f"{at}changes/"),
        ("list of changes: in the middle", f"{at}changes/?page={last // 2}"),
        ("list of changes: last page", f"{at}changes/?page={last}"),
        ("list of changes: oldest first", f"{at}changes/?sort=when"),
        ("one change", f"/changes/HARBOR/CHG-H{changes // 2:06d}/"),
        ("one decision", f"/work/{decision}/"),
    )


def timed(browser: Any, address: str) -> tuple[float, float]:  # noqa: ANN401 - Django's test client
    """Wall and CPU seconds of one page."""
    began = time.process_time()
    wall = page_times.timed(browser, address)
    return wall, time.process_time() - began


def row(name: str, taken: list[tuple[float, float]]) -> str:
    """One line of the table; on a busy machine only the CPU time says something about us."""
    walls, cpus = (sorted(one) for one in zip(*taken, strict=True))
    late = min(len(taken) - 1, int(len(taken) * 0.95))
    return (
        f"{name:<38} wall p50 {statistics.median(walls) * 1000:>6.0f} ms p95 {walls[late] * 1000:>6.0f} ms   "
        f"CPU p50 {statistics.median(cpus) * 1000:>6.0f} ms p95 {cpus[late] * 1000:>6.0f} ms   ({len(taken)} runs)"
    )


if __name__ == "__main__":
    main()

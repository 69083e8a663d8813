"""Month end for many clients: seconds to collect, to read the page's standing, to approve and to issue.

    .venv/bin/python benchmarks/month_end.py --clients 1000

Makes a provider of its own in a folder of its own, with one month of work for each client, and removes it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from measuring import use_own_books

from groundrules.cli.main import start_database

Answer = TypeVar("Answer")


def _timed(name: str, work: Callable[[], Answer]) -> Answer:
    wall, spent = time.perf_counter(), time.process_time()
    answer = work()
    print(
        f"{name}: {time.perf_counter() - wall:.1f} s, {time.process_time() - spent:.1f} CPU s",
        flush=True,
    )
    return answer


def main() -> None:
    """This function will measure one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    clients = parser.parse_args().clients
    with tempfile.TemporaryDirectory() as folder:
        use_own_books(folder)
        start_database()
        _measure(clients)


def _measure(clients: int) -> None:
    from groundrules.records.models import Issued, Role  # noqa: PLC0415 - only once Django is started
    from groundrules.services import month_end  # noqa: PLC0415 - only once Django is started
    from groundrules.services.actor import Actor  # noqa: PLC0415 - only once Django is started
    from groundrules.services.database import migrate  # noqa: PLC0415 - only once Django is started
    from groundrules.services.portfolio_demo import Size, fill  # noqa: PLC0415 - only once Django is started

    owner = Actor("kim@greenway.example", Role.OWNER)

    def now() -> datetime:
        return datetime.now(UTC)

    migrate()
    _timed(f"made {clients} clients", lambda: fill(Size(date(2026, 7, 1), clients, months=0)))
    run = month_end.open_run(date(2026, 6, 1), actor=owner, at=now(), hold_hours=0)
    _timed("collect", lambda: month_end.collect_all(run, actor=owner, now=now))
    _timed("standing (what the page reads)", lambda: month_end.standing_of(run, at=now()))
    approved = _timed(
        "approve all clean", lambda: month_end.approve_clean(run, actor=owner, at=now())
    )
    _timed("issue", lambda: month_end.issue_due(run, actor=owner, now=now))
    handed = _timed("hand over", lambda: month_end.hand_over(run, "csv", actor=owner, at=now()))
    _timed("every line", lambda: list(month_end.lines_of(month_end.standing_of(run, at=now()))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{len(approved)} approved, {Issued.objects.count()} documents issued, "
        f"{len(handed.done)} handed over, peak {peak} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())

"""A program of `receive_speed`: reads every waiting batch and prints CPU seconds, wall seconds and what it filed."""

from __future__ import annotations

import time

from django.utils import timezone

from groundrules.cli.main import start_database

start_database()

from groundrules.services.receiving import read_pending  # noqa: E402 - records exist only once Django is started


def main() -> None:
    """Read, and print."""
    cpu, wall = time.process_time(), time.perf_counter()
    filed: dict[str, int] = {}
    more = True
    while more:
        report = read_pending(at=timezone.now())
        more = report.more
        filed = {kind: filed.get(kind, 0) + count for kind, count in report.filed.items()}
    print(time.process_time() - cpu, time.perf_counter() - wall, filed)


if __name__ == "__main__":
    main()

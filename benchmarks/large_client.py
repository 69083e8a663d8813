"""What a client with thousands of servers costs: its report, its month and its pages, in CPU seconds of this process.

Run: `.venv/bin/python benchmarks/large_client.py [--servers 10000] [--outside] [--work 200] [--runs 3]`, on PostgreSQL
the same behind `scripts/with-postgres`.

A fresh database: the scenario with a suspension and its way back taken over by the services, then as many servers more,
listed by the agreement's version (each with its monthly fee, so a month's invoice has a line for each), or with
`--outside` on no version; and entries of time through the services. Each page is asked by Django's test client, signed
in as the owner. Medians of process time; the first run of each is thrown away. How often an answer asks the database
is printed beside: it may not depend on the number of servers.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import use_own_books

_PAGES = (
    ("clients", "/clients/"),
    ("the client", "/clients/HARBOR/"),
    ("list of servers", "/servers/"),
    ("its servers", "/servers/?client=HARBOR"),
    ("one server", "/servers/HARBOR/SRV2/"),
    ("its work", "/work/?client=HARBOR"),
    ("Today", "/"),
    ("report, as a page", "/clients/HARBOR/report/"),
)


def main() -> None:
    """Fill, measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--servers", type=int, default=10_000)
    arguments.add_argument("--work", type=int, default=200)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--outside", action="store_true", help="no version lists the servers")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        use_own_books(folder)
        import django  # noqa: PLC0415 - the settings must be known first

        django.setup()
        client, browser = filled(given.servers, given.work, listed=not given.outside)
        where = "outside any agreement" if given.outside else "listed by the agreement"
        print(f"{given.servers:,} servers {where}, {given.work:,} entries of time")
        for name, act in acts(client, browser):
            print(row(name, *measured(act, given.runs)), flush=True)


def filled(servers: int, work: int, *, listed: bool) -> tuple[Any, Any]:
    """Make the database; give the client and a browser's stand-in, signed in as the owner."""
    from django.test import Client  # noqa: PLC0415 - after django.setup()

    from groundrules.core.ids import AssetId, TimeEntryId  # noqa: PLC0415 - as above
    from groundrules.records import models as books  # noqa: PLC0415 - as above
    from groundrules.services import users  # noqa: PLC0415 - as above
    from groundrules.services.actor import Actor  # noqa: PLC0415 - as above
    from groundrules.services.case_import import import_case  # noqa: PLC0415 - as above
    from groundrules.services.cases import run_case  # noqa: PLC0415 - as above
    from groundrules.services.database import migrate  # noqa: PLC0415 - as above

    migrate()
    path = Path(__file__).resolve().parents[1] / "tests/cases/11-fee-credit-and-return.yaml"
    case = run_case(path.read_bytes(), path).case
    world, at = case.world, case.questions[-1].at
    card = world.assets[-1]
    more = tuple(replace(card, id=AssetId(f"X{n:05}"), name=f"X{n:05}") for n in range(servers))
    ids = frozenset(asset.id for asset in more) if listed else frozenset()
    versions = tuple(replace(v, assets=v.assets | ids) for v in world.agreement.versions)
    entry = world.work[0]
    first = entry.period.start
    done = tuple(
        replace(
            entry,
            id=TimeEntryId(f"T-L{n:05}"),
            asset=card.id,
            incident=None,
            request=None,
            recorded_at=None,
            issue=f"Upkeep {n}",
            period=replace(
                entry.period,
                start=first + timedelta(hours=n),
                end=first + timedelta(hours=n, minutes=30),
            ),
        )
        for n in range(work)
    )
    world = replace(
        world,
        assets=(*world.assets, *more),
        agreement=replace(world.agreement, versions=versions),
        work=(*world.work, *done),
    )
    actor = Actor("owner@bench.example", books.Role.OWNER)
    client = import_case(world, at=at, actor=actor).client
    user = users.let_in(email="o@bench.example", name="Owner", role="owner", actor=actor, at=at)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    return client, browser


def acts(client: Any, browser: Any) -> list[tuple[str, Callable[[], object]]]:  # noqa: ANN401 - a row, a test client
    """What is measured, by name."""
    from datetime import UTC, date, datetime  # noqa: PLC0415 - used here alone

    from groundrules.services import client_reports  # noqa: PLC0415 - after django.setup()
    from groundrules.services.world import answer_for  # noqa: PLC0415 - as above

    at = datetime(2007, 5, 1, 18, 0, tzinfo=UTC)
    first, end = date(2007, 4, 1), date(2007, 5, 1)

    def page(address: str) -> None:
        answer = browser.get(address)
        if answer.status_code != 200:
            message = f"{address} answered {answer.status_code}"
            raise SystemExit(message)

    return [
        ("everything answered once", lambda: answer_for(client, at)),
        ("a month's report", lambda: client_reports.report_of(client, first, end, at=at)),
        *((f"page: {name}", lambda a=address: page(a)) for name, address in _PAGES),
    ]


def measured(act: Callable[[], object], runs: int) -> tuple[float, int]:
    """The median CPU seconds of some runs after a first one, and how often the last asked the database."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    act()
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        act()
        seconds.append(time.process_time() - start)
    with CaptureQueriesContext(connection) as asked:
        act()
    return statistics.median(seconds), len(asked)


def row(name: str, seconds: float, queries: int) -> str:
    """One line of the table."""
    return f"{name:<32} {seconds:>8.3f} CPU s   {queries:>4} queries"


if __name__ == "__main__":
    main()

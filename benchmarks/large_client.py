"""What a client with thousands of servers costs: its report, its month and its pages, in CPU seconds of this process.

Run: `.venv/bin/python benchmarks/large_client.py [--servers 10000] [--outside] [--work 200] [--runs 3]`, on PostgreSQL
the same behind `scripts/with-postgres`.

A fresh database: the scenario with a suspension and its way back taken over by the services, then as many servers more,
listed by the agreement's version (each with its monthly fee, so a month's invoice has a line for each), or with
`--outside` on no version; and entries of time through the services. Each page is asked by Django's test client, signed
in as the owner. Medians of process time; the first run of each is thrown away. How often an answer asks the database
is printed beside: it may not depend on the number of servers. Then a month is billed, each step once, and the pages of
what was billed are asked. Memory is the most the process ever had until then.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import use_own_books

_MONTH = "from=2007-02&to=2007-05"
_HERE = "/servers/HARBOR/SRV1"
_VENDOR = "/vendors/HARBOR/V1"
_PAGES = (
    ("clients", "/clients/"),
    ("the client", "/clients/HARBOR/"),
    ("list of servers", "/servers/"),
    ("its servers", "/servers/?client=HARBOR"),
    ("its servers as CSV", "/servers/?client=HARBOR&format=csv"),
    ("one server", "/servers/HARBOR/SRV2/"),
    ("its coverage", f"{_HERE}/coverage/"),
    ("its health", f"{_HERE}/health/"),
    ("its work", "/work/?client=HARBOR"),
    ("its work as CSV", "/work/?client=HARBOR&format=csv"),
    ("Today", "/"),
    ("report, as a page", "/clients/HARBOR/report/"),
    ("agreement", "/clients/HARBOR/agreements/MSA-HARBOR/1/"),
    ("vendor", f"{_VENDOR}/"),
    ("vendor's register", f"{_VENDOR}/register/"),
    ("vendor's planned work", f"{_VENDOR}/planning/"),
    ("letters of agency", f"{_VENDOR}/agency/"),
    ("log a call", "/conversations/HARBOR/log/"),
    ("patches", "/patches/"),
    ("imports", "/connect/imports/"),
    ("search for a server", "/search/?q=X00005"),
    ("search for a word", "/search/?q=upkeep"),
    ("profit", f"/profit/?{_MONTH}"),
    ("profit of the client", f"/profit/HARBOR/?{_MONTH}&by=asset"),
    ("This installation", "/installation/"),
)
_AFTER_MONTH_END = (
    ("report, as a page", "/clients/HARBOR/report/"),
    ("report of the month", "/clients/HARBOR/report/?from=2007-04-01&to=2007-05-01"),
    ("its coverage", f"{_HERE}/coverage/"),
    ("vendor", f"{_VENDOR}/"),
    ("month end", "/month-end/"),
    ("month end, the client", "/month-end/RUN-2007-04/clients/HARBOR/"),
    ("month end, every line", "/month-end/RUN-2007-04/lines/"),
    ("every line as CSV", "/month-end/RUN-2007-04/lines/?format=csv"),
    ("invoices", "/invoices/"),
    ("an invoice of all servers", "/invoices/INV-00002/"),
    ("its first page", "/invoices/INV-00002/pages/1/"),
    ("profit", f"/profit/?{_MONTH}"),
    ("profit of the client", f"/profit/HARBOR/?{_MONTH}&by=asset"),
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
        bill()
        for name, address in _AFTER_MONTH_END:
            asked = partial(page, browser, address)
            print(row(f"billed, page: {name}", *measured(asked, given.runs)), flush=True)


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

    return [
        ("everything answered once", lambda: answer_for(client, at)),
        ("a month's report", lambda: client_reports.report_of(client, first, end, at=at)),
        *((f"page: {name}", partial(page, browser, address)) for name, address in _PAGES),
    ]


def page(browser: Any, address: str) -> None:  # noqa: ANN401 - a test client
    """Ask for a page or a file, to its last byte."""
    answer = browser.get(address)
    if answer.status_code != 200:
        message = f"{address} answered {answer.status_code}"
        raise SystemExit(message)
    if answer.streaming:
        for _ in answer.streaming_content:
            pass


def bill() -> None:
    """A billing run of April, each step once: what was not billed before comes with it, and every doubt is answered."""
    from datetime import UTC, date, datetime  # noqa: PLC0415 - used here alone

    from groundrules.records.models import Role  # noqa: PLC0415 - after django.setup()
    from groundrules.services import month_end  # noqa: PLC0415 - as above
    from groundrules.services.actor import Actor  # noqa: PLC0415 - as above

    owner = Actor("owner@bench.example", Role.OWNER)
    clock = {"now": datetime(2007, 5, 2, 9, 0, tzinfo=UTC)}

    def now() -> datetime:
        clock["now"] += timedelta(seconds=1)
        return clock["now"]

    def settle() -> None:
        for one in month_end.standing_of(run, at=now()).clients:
            for doubt in one.open_doubts:
                month_end.answer(run, one.client, doubt, ("known", None), actor=owner, at=now())

    run = month_end.open_run(date(2007, 4, 1), actor=owner, at=now(), hold_hours=0)
    once("collect", lambda: month_end.collect_all(run, actor=owner, now=now))
    once("standing", lambda: month_end.standing_of(run, at=now()))
    once("answer every doubt", settle)
    once("approve", lambda: month_end.approve_clean(run, actor=owner, at=now()))
    once("issue, with PDF", lambda: month_end.issue_due(run, actor=owner, now=now))
    once("hand over as CSV", lambda: month_end.hand_over(run, "csv", actor=owner, at=now()))


def once(name: str, act: Callable[[], object]) -> None:
    """Do a step that can't be repeated, and print it."""
    start = time.process_time()
    act()
    spent = time.process_time() - start
    print(f"{f'month end: {name}':<32} {spent:>8.3f} CPU s   {'':>12}   {peak()}", flush=True)


def peak() -> str:
    """The most memory this process ever had, by the kernel."""
    return f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:>5} MiB so far"


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
    return f"{name:<32} {seconds:>8.3f} CPU s   {queries:>4} queries   {peak()}"


if __name__ == "__main__":
    main()

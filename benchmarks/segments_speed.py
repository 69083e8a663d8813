"""Ten million events: how small they get, how fast they go in, and how fast questions about them are answered.

Run: `.venv/bin/python benchmarks/segments_speed.py [--events 10000000] [--hot 10000000] [--servers 200]`

One week of a fleet, a segment for each hour. A day is made of real payloads (see event_making.py) and kept seven times
at different dates: every file is packed by itself, so the repetition makes none smaller. Ingest is measured on the made
day, without the making. `--hot` is how many events the database's hot index (SQLite here) holds as well: four hours are
added by the service and measured, then repeated inside the database.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measuring import use_own_books

ROOT = Path(__file__).resolve().parents[1]
HOURS = 168
MADE_HOT = 4
SCRATCH = Path(tempfile.mkdtemp(prefix="groundrules-segments-"))
use_own_books(str(SCRATCH))

import django  # noqa: E402 - the data folder must be named first

django.setup()

import pyarrow as pa  # noqa: E402 - as above
import pyarrow.compute as pc  # noqa: E402 - as above
from django.db import connection, transaction  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above
from event_making import BEGIN, Template, hour_of_events, templates  # noqa: E402 - as above

from groundrules.core.events import DAY, HOUR, EventIndex, Span  # noqa: E402 - as above
from groundrules.records.hot_events import COLUMNS, TABLE  # noqa: E402 - as above
from groundrules.records.models import Client  # noqa: E402 - as above
from groundrules.services import hot_events, segments  # noqa: E402 - as above
from groundrules.services.actor import ENGINE  # noqa: E402 - as above
from groundrules.services.database import migrate  # noqa: E402 - as above
from groundrules.services.events import segment_index  # noqa: E402 - as above
from groundrules.services.storage import segments_place  # noqa: E402 - as above
from groundrules.store.segments.layout import pack, table_of  # noqa: E402 - as above


@dataclass
class Filled:
    """What going in cost."""

    events: int = 0
    raw_bytes: int = 0
    stored_bytes: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    hot_events: int = 0
    hot_wall: float = 0.0
    hot_measured: int = 0
    measured: int = 0


def fill(made_of: list[Template], given: argparse.Namespace) -> Filled:
    """Make a day, hour by hour; keep it, and keep it again as each of the six days after it."""
    filled = Filled()
    client = Client.objects.create(code="harbor", name="Harbor", zone="UTC", currency="USD")
    rows = given.events // HOURS
    for hour in range(24):
        events = list(hour_of_events(made_of, hour, given.servers, rows))
        filled.raw_bytes += sum(len(event.payload) for event in events)
        wall, cpu = time.perf_counter(), time.process_time()
        table = table_of(events)
        keep(table, client, filled)
        filled.wall += time.perf_counter() - wall
        filled.cpu += time.process_time() - cpu
        filled.measured += len(events)
        if hour < MADE_HOT and given.hot:
            wall = time.perf_counter()
            with transaction.atomic():
                filled.hot_events += hot_events.add(client.code, events)
            filled.hot_wall += time.perf_counter() - wall
            filled.hot_measured += len(events)
        place = table.schema.get_field_index("at_us")
        for day in range(1, 7):
            later = pc.add(table.column("at_us"), pa.scalar(day * DAY, pa.int64()))
            keep(table.set_column(place, table.schema.field("at_us"), later), client, filled)
        print(f"  {hour + 1} of 24 hours", file=sys.stderr, flush=True)
    copy_hot(filled, given.hot)
    return filled


def keep(table: pa.Table, client: Client, filled: Filled) -> None:
    """Pack, keep and catalogue one segment."""
    packed = pack([table])
    segments_place().put(client.code, packed.content)
    with transaction.atomic():
        segments.enter(packed, client, actor=ENGINE, at=timezone.now())
    filled.stored_bytes += len(packed.content)
    filled.events += packed.rows


def copy_hot(filled: Filled, wanted: int) -> None:
    """Fill the index up inside the database: the first hours again, later."""
    columns = ", ".join(COLUMNS)
    values = columns.replace("at_us", "at_us + %s")
    made = filled.hot_events
    before = BEGIN + MADE_HOT * HOUR
    for block in range(1, wanted // made if made else 0):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} ({columns}) SELECT {values} FROM {TABLE} WHERE at_us < %s",  # noqa: S608
                [block * MADE_HOT * HOUR, before],
            )
        filled.hot_events += made


def times(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def line(name: str, taken: list[float], found: int) -> str:
    """One row of the table."""
    p95 = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
    return (
        f"{name:<44} p50 {statistics.median(taken):>8.1f} ms   p95 {p95:>8.1f} ms   "
        f"slowest {taken[-1]:>8.1f} ms   ({len(taken)} runs, {found} rows)"
    )


def ask(index: EventIndex, name: str, servers: int) -> None:
    """Measure every kind of question about one index."""
    dice = random.Random(1)  # noqa: S311 - examples, not secrets
    logon = "Microsoft-Windows-Security-Auditing/4624"
    found = [0]

    def server_hour() -> None:
        start = BEGIN + dice.randrange(HOURS - 1) * HOUR
        span = Span("harbor", start, start + HOUR)
        found[0] = len(index.timeline(span, f"SRV{dice.randrange(servers):03}"))

    def day(work: Callable[[Span], object]) -> Callable[[], object]:
        def run() -> None:
            start = BEGIN + dice.randrange(HOURS - 24) * HOUR
            found[0] = len(work(Span("harbor", start, start + 24 * HOUR)))  # type: ignore[arg-type]

        return run

    print(line(f"{name}: timeline, one server-hour", times(server_hour, 200), found[0]))
    fleet = day(lambda span: index.fleet(span, logon))
    print(line(f"{name}: one type, 24 h, per server", times(fleet, 30), found[0]))
    counted = day(lambda span: index.count(span, "SRV007"))
    print(line(f"{name}: types of one server, 24 h", times(counted, 20), found[0]))
    drawn = day(lambda span: index.histogram(span, HOUR // 4))
    print(line(f"{name}: histogram, all types, 24 h", times(drawn, 5), found[0]))


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    samples = os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data")
    arguments.add_argument("--events", type=int, default=10_000_000)
    arguments.add_argument("--hot", type=int, default=10_000_000)
    arguments.add_argument("--servers", type=int, default=200)
    arguments.add_argument("--samples", type=Path, default=samples)
    given = arguments.parse_args()
    migrate()
    try:
        made_of = templates(given.samples)
        kinds = len({one.type for one in made_of})
        print(f"{len(made_of):,} real records of {kinds} types")
        filled = fill(made_of, given)
        print(
            f"{filled.events:,} events, {filled.raw_bytes / filled.measured:,.0f} bytes of payload each: "
            f"{filled.stored_bytes / filled.events:,.1f} bytes stored each ({HOURS} segments, "
            f"{filled.stored_bytes / 1e6:,.0f} MB)"
        )
        print(
            f"ingest into segments: {filled.measured / filled.wall:,.0f} events/s, "
            f"{filled.measured / filled.cpu:,.0f} per CPU second"
        )
        if filled.hot_events:
            size = (SCRATCH / "groundrules.sqlite3").stat().st_size
            print(
                f"hot index ({connection.vendor}): {filled.hot_events:,} events at "
                f"{filled.hot_measured / filled.hot_wall:,.0f}/s, {size / filled.hot_events:,.0f} bytes each"
            )
            ask(hot_events.hot_index(), "hot index", given.servers)
        ask(segment_index(), "segments", given.servers)
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)


if __name__ == "__main__":
    main()

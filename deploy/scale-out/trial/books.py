"""What the trial does inside an installation: `begin CLIENTS ASSETS HOSTS`, `fill EVENTS`, `tell`.

The settings come from the environment, as for any program of Groundrules.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from groundrules.cli.main import start_database  # noqa: E402 - the folder of the clone is named first

start_database()

import pyarrow as pa  # noqa: E402 - records exist only once Django is started
import pyarrow.compute as pc  # noqa: E402 - as above
from django.db import transaction  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above

from groundrules.core.events import HOUR, Event  # noqa: E402 - as above
from groundrules.records import models as books  # noqa: E402 - as above
from groundrules.services.actor import ENGINE  # noqa: E402 - as above
from groundrules.services.agents import make_token  # noqa: E402 - as above
from groundrules.services.case_import import keep_cards  # noqa: E402 - as above
from groundrules.services.cases import run_case  # noqa: E402 - as above
from groundrules.services.database import migrate  # noqa: E402 - as above
from groundrules.services.segments import enter  # noqa: E402 - as above
from groundrules.services.storage import raw_store, segments_place  # noqa: E402 - as above
from groundrules.store.segments.layout import pack, table_of  # noqa: E402 - as above
from tests.cast import OLGA  # noqa: E402 - as above

CASE = ROOT / "tests" / "cases" / "01-drive-array-recovery.yaml"
TOGETHER = 500_000
PATTERN = 10_000
BEGIN = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000
KINDS = (
    ("Security/4624", "An account was successfully logged on. Subject: S-1-5-18 Logon type 3 from 10.1.{a}.{b}"),
    ("Security/4634", "An account was logged off. Logon id 0x{a:x}{b:x}"),
    ("syslog/sshd", "Accepted publickey for ops from 10.1.{a}.{b} port {b} ssh2"),
    ("syslog/cron", "(root) CMD (run-parts /etc/cron.hourly) [{b}]"),
    ("audit/USER_LOGIN", "pid={b} uid=0 auid=100{a} ses={b} msg='op=login res=success'"),
    ("dpkg/status", "status installed libexample{a}:amd64 1.{b}"),
)  # fmt: skip


def begin(clients: int, assets: int, hosts: int) -> None:
    """Make the books: one client from a case file, whose hosts send, and many more with servers of their own."""
    migrate()
    harbor = keep_cards(run_case(CASE.read_bytes(), CASE).case.world, actor=OLGA)
    with transaction.atomic():
        made = books.Client.objects.bulk_create(
            books.Client(code=f"C{n:03}", name=f"Client {n}", zone="UTC", currency="USD")
            for n in range(clients)
        )
        books.Asset.objects.bulk_create(
            books.Asset(client=client, code=f"{client.code}-SRV{n:03}", name=f"Server {n} of {client.name}")
            for client in made
            for n in range(assets // clients)
        )  # fmt: skip
        senders = books.Asset.objects.bulk_create(
            books.Asset(client=harbor, code=f"HOST{n}", name=f"Host {n}") for n in range(hosts)
        )
    for asset in senders:
        print(make_token(asset, actor=OLGA, at=timezone.now()))


def fill(events: int) -> None:
    """Put so many made events into segments on the storage, and print what they are: the answers to be found again."""
    clients = list(books.Client.objects.filter(code__startswith="C").order_by("code"))
    each = -(-events // (TOGETHER * len(clients)))
    counted: Counter[str] = Counter()
    stored = written = 0
    began, cpu = time.monotonic(), time.process_time()
    for client in clients:
        names = list(client.assets.order_by("code").values_list("code", flat=True))
        pattern = table_of(_pattern(names))
        for part in range(each):
            table = pa.concat_tables(
                _later(pattern, part * TOGETHER // PATTERN + turn)
                for turn in range(TOGETHER // PATTERN)
            )
            packed = pack([table])
            segments_place().put(client.code, packed.content)
            with transaction.atomic():
                enter(packed, client, actor=ENGINE, at=timezone.now())
            written += packed.rows
            stored += len(packed.content)
            for one in table.column("type").value_counts().to_pylist():
                counted[one["values"]] += one["counts"]
    print(
        json.dumps(
            {
                "events": written,
                "bytes": stored,
                "segments": each * len(clients),
                "types": dict(sorted(counted.items())),
                "seconds": round(time.monotonic() - began, 1),
                "cpu_seconds": round(time.process_time() - cpu, 1),
            }
        )
    )


def _pattern(names: list[str]) -> list[Event]:
    """An hour of events of one client's servers."""
    step = HOUR // PATTERN
    made = []
    for number in range(PATTERN):
        kind, says = KINDS[number * 7 % len(KINDS)]
        text = says.format(a=number % 250, b=number * 31 % 9973)
        name = names[number * 13 % len(names)]
        made.append(
            Event(name, BEGIN + number * step, kind, "trial", number, number + 1, "0" * 64, text)
        )
    return made


def _later(table: pa.Table, turn: int) -> pa.Table:
    """The same hour, so many hours later; a number of its own stands in each text, as in a real log."""
    rows = pa.array(range(turn * PATTERN, (turn + 1) * PATTERN), pa.int64())
    # Knuth's multiplicative hashing: numbers that look like any others, the same in every run.
    own = pc.bit_wise_and(pc.multiply(rows, 2_654_435_761), (1 << 32) - 1)
    text = pc.binary_join_element_wise(table.column("payload"), pc.cast(own, pa.string()), " ")
    moved = pc.add(table.column("at_us"), pa.scalar(turn * HOUR, pa.int64()))
    for name, column in (("at_us", moved), ("payload", text), ("record", rows)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), column)
    return table


def tell() -> None:
    """Print every batch that is in the books, whether its bytes are what they were, and what waits."""
    store = raw_store()
    batches = [
        [row.agent.code, row.sequence, row.digest, len(store.get(row.digest))]
        for row in books.Batch.objects.select_related("agent").order_by("agent__code", "sequence")
    ]
    changed = list(books.Change.objects.current().values_list("asset_id", "component", "after"))
    told = {
        "batches": batches,
        "pending": books.PendingBatch.objects.count(),
        "changes": len(changed),
        "changes_differently": len(set(changed)),
        "clients": books.Client.objects.count(),
        "assets": books.Asset.objects.count(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    {"begin": begin, "fill": fill, "tell": tell}[sys.argv[1]](*map(int, sys.argv[2:]))

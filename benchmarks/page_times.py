"""How long pages take over a million changes: the server's own wall time per page, median and 95th percentile.

Run: `.venv/bin/python benchmarks/page_times.py [--changes 1000000] [--runs 20]`, on PostgreSQL the same behind
`scripts/with-postgres`.

A fresh database (the embedded one in a temporary folder, or that cluster's): scenario 4 taken over by the services,
then its first change copied to twenty servers over a thousand days, and five thousand changes with their attributions
in one day of one server.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from measuring import use_own_books

_SERVERS = 20
_DAYS = 1000
_BUSY = 5000
_A_DAY = 24 * 60 * 60
_DAY = "from=2007-02-22T00:00&to=2007-02-23T00:00&zone=utc"
_PAGES = (
    ("Today", "/"),
    ("list of servers", "/servers/"),
    ("24 h with 5,000 changes", f"/servers/HARBOR/SRV1/?{_DAY}"),
    ("a usual night", "/servers/HARBOR/S03/?from=2006-06-01T18:00&to=2006-06-02T08:00"),
    ("changes of one server, newest first", "/servers/HARBOR/SRV1/changes/"),
    ("changes of one server, filtered", "/servers/HARBOR/SRV1/changes/?component=net&sort=when"),
    ("one change", "/changes/HARBOR/CHG-1/"),
    ("an exact reference", "/search/?q=CHG-B000100"),
    ("words of a change", "/search/?q=framework"),
)


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
        began = time.perf_counter()
        client = filled(given.changes)
        print(f"{engine()}: {given.changes:,} changes filed in {time.perf_counter() - began:.0f} s")
        for name, address in _PAGES:
            print(row(name, [timed(client, address) for _ in range(given.runs + 1)][1:]))


def engine() -> str:
    """The database measured, in a word."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    return connection.vendor


def timed(client: Any, address: str) -> float:  # noqa: ANN401 - Django's test client
    """The wall seconds of one page, to its last byte."""
    start = time.perf_counter()
    answer = client.get(address)
    if answer.status_code not in {200, 302}:
        message = f"{address} answered {answer.status_code}"
        raise SystemExit(message)
    return time.perf_counter() - start


def row(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return (
        f"{name:<44} median {statistics.median(seconds) * 1000:>7.0f} ms   p95 {late * 1000:>7.0f} ms"
        f"   ({len(seconds)} runs)"
    )


def filled(changes: int) -> Any:  # noqa: ANN401 - Django's test client
    """Make the database and return a browser's stand-in, signed in as the owner."""
    from django.test import Client  # noqa: PLC0415 - after django.setup()

    from groundrules.records import models as books  # noqa: PLC0415 - after django.setup()
    from groundrules.services import users  # noqa: PLC0415 - after django.setup()
    from groundrules.services.actor import Actor  # noqa: PLC0415 - after django.setup()
    from groundrules.services.case_import import import_case  # noqa: PLC0415 - after django.setup()
    from groundrules.services.cases import run_case  # noqa: PLC0415 - after django.setup()
    from groundrules.services.database import migrate  # noqa: PLC0415 - after django.setup()

    migrate()
    path = Path(__file__).resolve().parents[1] / "tests/cases/04-rogue-change.yaml"
    case = run_case(path.read_bytes(), path).case
    at = case.questions[-1].at
    actor = Actor("owner@bench.example", books.Role.OWNER)
    client = import_case(case.world, at=at, actor=actor).client
    for number in range(1, _SERVERS):
        books.Asset.objects.create(client=client, code=f"S{number:02}", name=f"S{number:02}")
    template = books.Change.objects.get(ref="CHG-1")
    first = template.not_before.replace(hour=0, minute=0, second=0)
    others = client.assets.exclude(pk=template.asset_id).order_by("code")
    assets = [template.asset_id, *others.values_list("pk", flat=True)]
    copy_changes(template, "B", changes, assets, (first - timedelta(days=_DAYS), _DAYS * _A_DAY))
    copy_changes(template, "D", _BUSY, assets[:1], (first, _A_DAY))
    copy_attributions(books.Attribution.objects.get(ref="CHG-1"))
    user = users.let_in(email="o@bench.example", name="Owner", role="owner", actor=actor, at=at)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    return browser


def copied(row: Any, values: dict[str, str]) -> tuple[str, str]:  # noqa: ANN401 - a row of any book
    """The columns of a copy, and what each takes: a given expression, or the column of the row itself."""
    columns = [f.column for f in row._meta.concrete_fields if f.column != "id"]
    return ", ".join(columns), ", ".join(values.get(c, f"t.{c}") for c in columns)


def copy_changes(
    template: Any,  # noqa: ANN401 - a change
    letter: str,
    count: int,
    assets: list[int],
    span: tuple[Any, int],
) -> None:
    """Copy one change many times, evenly over servers and time, inside the database."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    start, seconds = span
    later = f"n.i * {seconds} / {count}"
    on_postgres = connection.vendor == "postgresql"
    moment = (
        f"timestamptz '{start:%Y-%m-%d %H:%M:%S}+00' + ({later}) * interval '1 second'"
        if on_postgres
        else f"datetime('{start:%Y-%m-%d %H:%M:%S}', '+' || ({later}) || ' seconds')"
    )
    zero = "0::bigint" if on_postgres else "0"
    number = "lpad(n.i::text, 6, '0')" if on_postgres else "printf('%06d', n.i)"
    which = " ".join(f"WHEN {i} THEN {pk}" for i, pk in enumerate(assets))
    into, values = copied(
        template,
        {
            "ref": f"'CHG-{letter}' || {number}",
            "supersedes_id": "NULL" + "::bigint" * on_postgres,
            "asset_id": f"CASE n.i % {len(assets)} {which} END",
            "not_before": moment,
            "not_after": moment,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_change ({into}) "  # noqa: S608 - our own names and numbers
            f"WITH RECURSIVE n(i) AS (SELECT {zero} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) "
            f"SELECT {values} FROM n, records_change t WHERE t.id = {template.pk}"
        )


def copy_attributions(template: Any) -> None:  # noqa: ANN401 - an attribution
    """Every change of the busy day gets the answer of the first."""
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    null = "NULL::bigint" if connection.vendor == "postgresql" else "NULL"
    into, values = copied(template, {"ref": "c.ref", "supersedes_id": null, "change_id": "c.id"})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_attribution ({into}) "  # noqa: S608 - our own names
            f"SELECT {values} FROM records_change c, records_attribution t "
            f"WHERE t.id = {template.pk} AND c.ref LIKE 'CHG-D%%'"
        )
        cursor.execute("ANALYZE")  # As the database's own upkeep would have done by now.


if __name__ == "__main__":
    main()

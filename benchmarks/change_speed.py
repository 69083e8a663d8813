"""How fast two snapshots of 10,000 rows are compared, and how fast the differences are joined with what logs say.

Run: `.venv/bin/python benchmarks/change_speed.py [--rows 10000] [--runs 5]`

One in a hundred rows was updated, one in five hundred removed and one in five hundred added: a busy patch night.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from measuring import measure

from groundrules.core.changes import compare
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId

AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def snapshot(rows: int, night: int) -> Snapshot:
    """A host's packages on one of two nights; the second one has the changes."""
    items = []
    for number in range(rows):
        if night and number % 500 == 7:
            continue
        version = "2.0-1" if night and number % 100 == 3 else "1.0-1"
        items.append(
            Item(
                ItemKind.PACKAGE, f"package-{number}", {"version": version, "architecture": "amd64"}
            )
        )
    if night:
        items += [
            Item(ItemKind.PACKAGE, f"new-{n}", {"version": "1.0-1"}) for n in range(rows // 500)
        ]
    citation = Citation(EvidenceId(f"{night:064d}"), "1", "benchmark/1")
    return Snapshot(
        AssetId("SRV1"),
        AT + timedelta(days=night),
        frozenset({ItemKind.PACKAGE}),
        tuple(items),
        citation,
    )


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    before, after = snapshot(given.rows, 0), snapshot(given.rows, 1)
    found = len(compare(before, after))
    print(f"{given.rows:,} rows against {len(after.items):,}: {found:,} changes")
    print(
        measure(
            "compare two snapshots", given.rows, "rows", lambda: compare(before, after), given.runs
        ).line()
    )


if __name__ == "__main__":
    main()

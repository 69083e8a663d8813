"""A program: prints the issued documents, the series and the seals of an installation, as JSON."""

from __future__ import annotations

import json

from groundrules.cli.main import start_database

start_database()

from groundrules.records import models as books  # noqa: E402 - records exist only once Django is started
from groundrules.services.issuing import broken_seals  # noqa: E402 - as above


def main() -> None:
    """This function will do it."""
    rows = books.Issued.objects.order_by("number")
    told = {
        "numbers": [row.number for row in rows],
        "refs": {row.idempotency_key: row.ref for row in rows},
        "lines": books.IssuedLine.objects.count(),
        "posted": books.JournalEntry.objects.count(),
        "last_number": books.Series.objects.get(code="invoice").last_number,
        "broken": broken_seals(),
    }
    print(json.dumps(told))  # noqa: T201 - its answer


main()

"""A program: prints what is in an installation's books and store, as JSON.

Given a folder it also writes the body of every accepted batch into it, by its number in the stream.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from groundrules.cli.main import start_database

start_database()

from groundrules.records import models as books  # noqa: E402 - records exist only once Django is started
from groundrules.services.storage import raw_store  # noqa: E402 - as above


def main(folder: str = "") -> None:
    """This function will do it; `get` refuses bytes that are not what their name says."""
    store = raw_store()
    batches = [
        {
            "sequence": row.sequence,
            "digest": row.digest,
            "previous": row.previous,
            "length": len(store.get(row.digest)),
        }
        for row in books.Batch.objects.order_by("sequence")
    ]
    for batch in batches if folder else ():
        body = store.get(str(batch["digest"]))
        (Path(folder) / f"{batch['sequence']:09}").write_bytes(body)
    envelopes = books.RawEvidence.objects.filter(format="envelope")
    observed = books.Observation.objects.values_list("component", "observed_at")
    changed = books.Change.objects.current().values_list("component", "after")
    told = {
        "batches": batches,
        "envelopes": sorted(envelopes.values_list("digest", flat=True)),
        "pending": books.PendingBatch.objects.count(),
        "observed": len(observed),
        "observed_differently": len(set(observed)),
        "changed": len(changed),
        "changed_differently": len(set(changed)),
        "leaves": list(books.SealLeaf.objects.order_by("index").values_list("index", flat=True)),
        "raw": books.RawEvidence.objects.count(),
    }
    print(json.dumps(told))  # noqa: T201 - its answer


main(*sys.argv[1:])

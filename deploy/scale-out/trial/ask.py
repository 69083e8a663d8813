"""Questions over every client's segments at once, on a Dask cluster: a scheduler and workers anywhere near the storage.

`ask.py SCHEDULER SEGMENTS_URL` prints how many events of each type there are, how long it took, and over how many
segments; before that, a line when a third of them are counted. Each worker reads one column of one file; a worker that
dies has its files read by another.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from distributed import Client, as_completed

from groundrules.store.segments.places import segment_store


def types_in(url: str, client: str, digest: str) -> dict[str, int]:
    """Count the events of one segment by type, reading that column only."""
    store = segment_store(url, Path())
    with store.system.open_input_file(store.path_of(client, digest)) as file:
        counts = pq.read_table(file, columns=["type"]).column("type").value_counts().to_pylist()
    return {one["values"]: one["counts"] for one in counts}


def ask(scheduler: str, url: str) -> dict[str, object]:
    """Count everything by type."""
    names = list(segment_store(url, Path()).names())
    with Client(scheduler, timeout=60) as cluster:
        began = time.monotonic()
        asked = [cluster.submit(types_in, url, *name, retries=3) for name in names]
        whole: Counter[str] = Counter()
        for number, answered in enumerate(as_completed(asked), start=1):
            whole.update(answered.result())
            if number == -(-len(names) // 3):
                print("a third is counted", flush=True)
        workers = len(cluster.scheduler_info()["workers"])
        seconds = time.monotonic() - began
    return {
        "types": dict(sorted(whole.items())),
        "seconds": round(seconds, 1),
        "segments": len(names),
        "workers_at_the_end": workers,
    }


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], sys.argv[2])))

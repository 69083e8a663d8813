"""Several reader processes over one S3-compatible store: how many questions a second they answer together.

Run: `.venv/bin/python deploy/scale-out/try_readers.py [--readers 1,2,4] [--seconds 10]`

Without `--store URL` it starts moto's S3 server on the loopback interface (a test double in Python: what it shows is
that readers share a store and agree, not how fast a real one is). A reader opens the store and the catalogue's list of
segments, and nothing else: no database, nothing shared with other readers, nothing to lock.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from groundrules.core.events import HOUR, Event, Span
from groundrules.store.segments.layout import pack, table_of
from groundrules.store.segments.places import segment_store
from groundrules.store.segments.query import SegmentIndex

BEGIN = 1_790_000_000_000_000 // HOUR * HOUR
KINDS = ("Security/4624", "Security/4634", "syslog/sshd", "dpkg/status")


@contextmanager
def local_store() -> Iterator[str]:
    """Serve an empty bucket on the loopback interface for as long as the block runs."""
    port = "18337"
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "tried-here")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "tried-here")
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    program = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", port]
    served = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        bucket = urllib.request.Request(f"http://127.0.0.1:{port}/segments", method="PUT")
        for _ in range(100):
            try:
                urllib.request.urlopen(bucket).close()  # noqa: S310 - loopback
                break
            except OSError:
                time.sleep(0.2)
        yield f"s3://segments/tried?endpoint=127.0.0.1:{port}&scheme=http&region=us-east-1"
    finally:
        served.terminate()
        served.wait()


def fill(url: str, hours: int, rows: int) -> list[str]:
    """Write a segment for each hour and return their digests: what the catalogue would say."""
    store = segment_store(url, Path())
    digests = []
    for hour in range(hours):
        dice = random.Random(hour)  # noqa: S311 - examples, not secrets
        events = [
            Event(
                f"SRV{dice.randrange(50):02}",
                BEGIN + hour * HOUR + dice.randrange(HOUR),
                dice.choice(KINDS),
                "log",
                number,
                number + 1,
                hashlib.sha256(str(hour).encode()).hexdigest(),
                f"payload {dice.getrandbits(64):x}",
            )
            for number in range(rows)
        ]
        digests.append(store.put("harbor", pack([table_of(events)]).content))
    return digests


def read(task: tuple[str, list[str], int, int]) -> tuple[int, str]:
    """Ask for a while, as one reader process; give the number of answers and a digest of a fixed one."""
    url, digests, seconds, seed = task
    index = SegmentIndex(segment_store(url, Path()), lambda span, _: digests_in(digests, span))
    whole = Span("harbor", BEGIN, BEGIN + len(digests) * HOUR)
    same = hashlib.sha256(repr(index.count(whole)).encode()).hexdigest()
    dice = random.Random(seed)  # noqa: S311 - examples, not secrets
    answered, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        start = BEGIN + dice.randrange(len(digests)) * HOUR
        index.timeline(Span("harbor", start, start + HOUR), f"SRV{dice.randrange(50):02}")
        answered += 1
    return answered, same


def digests_in(digests: list[str], span: Span) -> list[str]:
    """The part of the catalogue a span needs."""
    first, last = (span.start - BEGIN) // HOUR, (span.end - 1 - BEGIN) // HOUR
    return digests[first : last + 1]


def measure(url: str, given: argparse.Namespace) -> None:
    """Fill the store once, then ask with more and more processes at once."""
    digests = fill(url, given.hours, given.rows)
    print(f"{given.hours} segments of {given.rows:,} events written")
    for readers in (int(number) for number in given.readers.split(",")):
        tasks = [(url, digests, given.seconds, seed) for seed in range(readers)]
        with get_context("spawn").Pool(readers) as pool:
            done = pool.map(read, tasks)
        agreed = len({same for _, same in done}) == 1
        rate = sum(number for number, _ in done) / given.seconds
        print(
            f"{readers} readers: {rate:,.0f} server-hours/s together; all agree: {agreed}",
            flush=True,
        )


def main() -> None:
    """Measure against the store that is named, or one started here."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--store", default="", help="s3://bucket/prefix?endpoint=…, or file:///path"
    )
    arguments.add_argument("--readers", default="1,2,4")
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--hours", type=int, default=24)
    arguments.add_argument("--rows", type=int, default=20_000)
    given = arguments.parse_args()
    if given.store:
        measure(given.store, given)
        return
    with local_store() as url:
        measure(url, given)


if __name__ == "__main__":
    main()

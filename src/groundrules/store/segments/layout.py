"""What a segment is made of: events in columns, sorted by asset and time, packed the same way every time.

The same events always give the same bytes, so that a segment written again after a crash is the same file. Plain text
columns, not Arrow dictionaries: only those have the ranges in the file that let a reader skip what it does not need.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from groundrules.core.events import Event

SCHEMA = pa.schema(
    [
        pa.field("asset", pa.string(), nullable=False),
        pa.field("at_us", pa.int64(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("evidence", pa.string(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
    ],
    metadata={"groundrules.segment": "1", "at_us": "microseconds since 1970-01-01 UTC"},
)
COLUMNS = tuple(SCHEMA.names)
ORDER = ("asset", "at_us", "channel", "record", "position", "evidence")
_LEVEL = 3
_ROWS_TOGETHER = 16_384
_REPEATED = ["asset", "type", "channel", "evidence", "payload"]
_COUNTED = dict.fromkeys(("at_us", "record", "position"), "DELTA_BINARY_PACKED")


class SegmentUnreadable(ValueError):
    """The bytes are no segment of ours."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A segment ready to be kept: its bytes and what the catalogue says of it; times are microseconds since 1970."""

    content: bytes
    digest: str
    first: int
    last: int
    rows: int
    assets: tuple[str, ...]
    evidence: Mapping[str, int]


def table_of(events: Iterable[Event]) -> pa.Table:
    """This function will put events into columns, in the order given."""
    columns = list(zip(*events, strict=True)) or [()] * len(COLUMNS)
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def events_of(table: pa.Table) -> Iterator[Event]:
    """This function will turn columns back into events."""
    columns = (table.column(name).to_pylist() for name in COLUMNS)
    return (Event(*row) for row in zip(*columns, strict=True))


def pack(tables: Sequence[pa.Table]) -> Packed:
    """This function will make one segment of at least one event."""
    whole = pa.concat_tables(tables).sort_by([(name, "ascending") for name in ORDER])
    sink = BytesIO()
    pq.write_table(
        whole,
        sink,
        row_group_size=_ROWS_TOGETHER,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=_REPEATED,
        column_encoding=_COUNTED,
        store_schema=False,
    )
    content = sink.getvalue()
    times = pc.min_max(whole.column("at_us")).as_py()
    return Packed(
        content,
        hashlib.sha256(content).hexdigest(),
        times["min"],
        times["max"],
        whole.num_rows,
        tuple(sorted(whole.column("asset").unique().to_pylist())),
        _counted(whole),
    )


def unpack(content: bytes) -> pa.Table:
    """This function will read a segment's bytes; raises SegmentUnreadable."""
    try:
        return pq.read_table(BytesIO(content)).select(list(COLUMNS)).cast(SCHEMA)
    except (pa.ArrowException, KeyError, OSError) as problem:
        message = f"these {len(content)} bytes are no segment: {problem}"
        raise SegmentUnreadable(message) from problem


def _counted(whole: pa.Table) -> dict[str, int]:
    counts = whole.column("evidence").value_counts().to_pylist()
    return dict(sorted(Counter({one["values"]: one["counts"] for one in counts}).items()))

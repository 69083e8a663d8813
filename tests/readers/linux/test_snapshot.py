"""Snapshot documents: whole or not at all, because a missing item would look like a removal."""

from __future__ import annotations

import pytest

from groundrules.core.evidence import ItemKind
from groundrules.readers.linux.snapshot import read_snapshot
from tests.readers.linux.reading import assert_adds_up, at, context

HEAD = (
    b'{"kinds":["package","password"],"probe":"packages","probe_version":"1","snapshot":1,'
    b'"taken_at":"2026-03-05T18:00:00+00:00"}\n'
)
HELLO = b'{"attributes":{"version":"2.10-3"},"dated_at":"2026-03-01T08:00:00-08:00","key":"hello","kind":"package"}\n'
WHOLE = HEAD + HELLO + b'{"end":1}\n'


class TestReadSnapshot:
    def test_reads_a_whole_document(self) -> None:
        """Items with attributes and their own date, the kinds looked at, the time it was taken."""
        reading = read_snapshot(WHOLE, context())

        assert_adds_up(reading)
        snapshot = reading.snapshots[0]
        assert (snapshot.taken_at, snapshot.kinds) == (
            at("2026-03-05 18:00:00"),
            frozenset({ItemKind.PACKAGE, ItemKind.PASSWORD}),
        )
        assert [(item.key, dict(item.attributes), item.dated_at) for item in snapshot.items] == [
            ("hello", {"version": "2.10-3"}, at("2026-03-01 16:00:00"))
        ]
        assert snapshot.citation.record == "packages"

    @pytest.mark.parametrize(
        "raw",
        [
            HEAD + HELLO,
            HEAD + b'{"end":1}\n',
            HELLO + b'{"end":1}\n',
            HEAD + HELLO[:40] + b"\n" + b'{"end":1}\n',
            HEAD + HELLO + HELLO + b'{"end":2}\n',
            WHOLE.replace(b'"snapshot":1', b'"snapshot":2'),
            WHOLE.replace(b"2026-03-05T18:00:00+00:00", b"yesterday"),
            WHOLE.replace(b'"hello"', b"7"),
            b"",
        ],
    )
    def test_refuses_half_a_document(self, raw: bytes) -> None:
        """Without its end, its head, with a torn, doubled or unreadable item it is damage and no snapshot."""
        reading = read_snapshot(raw, context())

        assert_adds_up(reading)
        assert reading.snapshots == ()
        assert reading.damaged

    def test_keeps_kinds_it_does_not_know(self) -> None:
        """An item of a later collector's kind is counted as unknown; the known ones are a snapshot."""
        raw = HEAD + HELLO + HELLO.replace(b'"package"', b'"container"') + b'{"end":2}\n'

        reading = read_snapshot(raw, context())

        assert reading.unknown == {"snapshot/container": 1}
        assert len(reading.snapshots[0].items) == 1

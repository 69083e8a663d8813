"""Where a piece of the log that is still being written ends, and what behind that end is damage."""

from __future__ import annotations

import struct

import pytest

from groundrules.gateways.postgresql_log import end_of, goes_on

PAGE, MB = 8192, 1024 * 1024
BEGINS = 23 * MB


def page(offset: int, *, left: int | None, words: bytes = b"") -> bytes:
    """A page of the log at this place; `left` bytes of a record before it go on there, None where one begins."""
    flags = 0 if left is None else 1
    header = struct.pack("=HHIQI4x", 0xD110, flags, 1, BEGINS + offset, left or 0)
    return (header + b"r" * (left or 0) + words)[:PAGE].ljust(PAGE, b"\0")


def piece(*pages: bytes) -> bytes:
    """A piece that has these pages and room for more."""
    return b"".join(pages).ljust(16 * PAGE, b"\0")


class TestEnd:
    """PostgreSQL's last words name the place in one way or another."""

    @pytest.mark.parametrize(
        ("said", "end"),
        [
            (
                "error in WAL record at 0/17001C0: invalid record length at 0/17001F8: wanted 24, got 0",
                0x17001F8,
            ),
            (
                "error in WAL record at 0/17001C0: invalid magic number 0000 in WAL segment 17, offset 16384",
                BEGINS + 16384,
            ),
            ("could not find a valid record after 0/1700028", 0x1700028),
            ("nothing that names a place", BEGINS + 40),
        ],
    )
    def test_named(self, said: str, end: int) -> None:
        """By a record, or by a page's offset in the piece."""
        assert end_of(said, BEGINS + 40, BEGINS) == end


class TestGoesOn:
    """Half of a last record is no damage; whole records behind what cannot be read are."""

    def test_room(self) -> None:
        """Nothing behind the end."""
        assert not goes_on(piece(page(0, left=None, words=b"whole")), 100, BEGINS)

    def test_rest_of_a_record_that_has_not_come(self) -> None:
        """It goes over two pages, and its last bytes are missing: nothing begins behind it."""
        torn = piece(page(0, left=None), page(PAGE, left=9000), page(2 * PAGE, left=900))
        assert not goes_on(torn, 100, BEGINS)

    def test_records_behind_it(self) -> None:
        """One begins where another ended, or at a page's beginning: what lies between them is damaged."""
        after = piece(page(0, left=None), page(PAGE, left=900, words=b"next"))
        assert goes_on(after, 100, BEGINS)
        assert goes_on(piece(page(0, left=None), page(PAGE, left=None, words=b"x")), 100, BEGINS)
        assert not goes_on(after, PAGE + 10, BEGINS)

    def test_what_another_use_of_the_file_left(self) -> None:
        """A page that says it belongs elsewhere is no part of this log."""
        old = page(5 * PAGE, left=None, words=b"old")
        assert not goes_on(piece(page(0, left=None), old), 100, BEGINS)

"""The table of record types is whole, and the page about it says exactly what the code does."""

from __future__ import annotations

from pathlib import Path

from groundrules.readers.evtx.record_types import RecordType
from groundrules.readers.evtx.records import SQL_SERVER
from groundrules.readers.evtx.table import BY_TYPE, RECORD_TYPES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "readers-windows.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def row(known: RecordType) -> str:
    """Write a record type as a row of the page."""
    source = "MSSQLSERVER, MSSQL$*" if known.source == SQL_SERVER else known.source
    return f"| {source} | {known.event_id} | {known.tells} | {known.who} | {known.when} |"


class TestTable:
    def test_has_one_entry_per_provider_and_id(self) -> None:
        """Two entries for one type would hide one of them."""
        assert len(BY_TYPE) == len(RECORD_TYPES)

    def test_says_who_and_when_for_every_type(self) -> None:
        """An empty cell would be a claim nobody can check."""
        assert all(known.tells and known.who and known.when for known in RECORD_TYPES)

    def test_is_what_the_page_shows(self) -> None:
        """docs/reference/readers-windows.md holds this table, row by row."""
        written = (
            PAGE.read_text(encoding="utf-8")
            .partition(BEGIN)[2]
            .partition(END)[0]
            .strip()
            .splitlines()
        )

        head = ["| Provider | Id | What it tells | Who | When |", "|---|---|---|---|---|"]
        assert written == [*head, *(row(known) for known in RECORD_TYPES)]

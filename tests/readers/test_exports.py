"""Tables other programs export, and dumps of their databases: read as they are, refused in words, never a crash."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.readers.export_tables import ExportUnreadable, read_export
from groundrules.readers.mysql_dump import DumpUnreadable, read_dump

DUMP = b"""-- a dump
CREATE TABLE `clients` (
  `client_id` int(11) NOT NULL AUTO_INCREMENT,
  `client_name` varchar(200) NOT NULL,
  `client_notes` text DEFAULT NULL,
  PRIMARY KEY (`client_id`)
) ENGINE=InnoDB;
INSERT INTO `clients` VALUES (1,'O\\'Hara, Sons (est. 1901); \\"GmbH\\"',NULL),
(2,'Quay ''Foods''','two\\nlines');
INSERT INTO `secrets` VALUES (1,'not wanted');
INSERT INTO `clients` (`client_name`, `client_id`) VALUES ('Third',3);
"""


class TestExport:
    @pytest.mark.parametrize(
        "raw",
        [
            b'\xef\xbb\xbfName,Notes\r\nHarbor,"a, b"\r\n',
            b"Name;Notes\nHarbor;a, b\n\n",
            b"Name\tNotes\nHarbor\ta, b\n",
        ],
        ids=["comma", "semicolon", "tab"],
    )
    def test_reads_the_separators_spreadsheets_use(self, raw: bytes) -> None:
        """Which one it is shows in the first row."""
        table = read_export(raw)

        assert table.columns == ("Name", "Notes")
        assert [row.cells for row in table.rows] == [{"Name": "Harbor", "Notes": "a, b"}]

    def test_reads_what_spreadsheets_call_unicode_text(self) -> None:
        """Two bytes a letter, by its mark."""
        assert read_export("Name\tTown\nMüller\tKöln\n".encode("utf-16")).rows[0].cells == {
            "Name": "Müller",
            "Town": "Köln",
        }

    def test_reads_the_code_page_of_older_windows_programs(self) -> None:
        """A name with an umlaut is not lost."""
        assert read_export("Name\nMüller".encode("cp1252")).rows[0].cells["Name"] == "Müller"

    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (b"", "name the columns"),
            (b"Name,Name\nx,y", "more than once"),
            (b'Name\nx\n"y\nz\n', "none closes it before the end, in line 3"),
            (b"Name\nx,y", "row 2 has 2 cells"),
            (b'Name\nx\n"y" z\n', "not CSV in line 3"),
            (b"PK\x03\x04\0\0", "NUL"),
        ],
    )
    def test_says_why_it_cannot_be_read(self, raw: bytes, says: str) -> None:
        """A workbook, a torn file and a table without headings each get their own words."""
        with pytest.raises(ExportUnreadable, match=says):
            read_export(raw)

    @given(st.binary(max_size=300))
    def test_never_fails_otherwise(self, raw: bytes) -> None:
        """Whatever the bytes, the answer is a table or a refusal."""
        with contextlib.suppress(ExportUnreadable):
            read_export(raw)


class TestDump:
    def test_reads_quotes_escapes_and_named_columns(self) -> None:
        """Values hold commas, parentheses and semicolons; a statement may name its columns."""
        rows = read_dump(DUMP, {"clients"})["clients"]

        assert [row.cells["client_name"] for row in rows] == [
            'O\'Hara, Sons (est. 1901); "GmbH"',
            "Quay 'Foods'",
            "Third",
        ]
        assert rows[0].cells["client_notes"] == ""
        assert rows[1].cells["client_notes"] == "two\nlines"
        assert rows[2].cells == {"client_name": "Third", "client_id": "3"}

    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (b"SELECT 1", "creates none of the tables"),
            (DUMP[: DUMP.index(b"(2,")], "broken off"),
            (DUMP[: DUMP.index(b"Foods")], "broken off"),
            (DUMP.replace(b",'two\\nlines')", b")"), "2 values for 3 columns"),
        ],
    )
    def test_says_where_it_is_broken(self, raw: bytes, says: str) -> None:
        """Half a dump is refused, not taken for a whole one."""
        with pytest.raises(DumpUnreadable, match=says):
            read_dump(raw, {"clients"})

    @given(st.integers(0, len(DUMP) - 1), st.binary(min_size=1, max_size=3))
    def test_never_fails_otherwise(self, at: int, other: bytes) -> None:
        """A damaged dump is read as far as it goes, or refused."""
        damaged = DUMP[:at] + other + DUMP[at + len(other) :]

        with contextlib.suppress(DumpUnreadable):
            read_dump(damaged, {"clients"})

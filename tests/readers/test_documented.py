"""The pages about readers: every format has its row, and the counts are what the readers find."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundrules.readers.envelope import READERS
from groundrules.readers.osquery.tables import TABLES
from tests.readers.linux.reading import assert_adds_up, context

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
OTHERS = (DOCS / "reference" / "readers-others.md").read_text(encoding="utf-8")
OVERVIEW = (DOCS / "reference" / "readers.md").read_text(encoding="utf-8")
WINDOWS = (DOCS / "how-to" / "collect-from-windows.md").read_text(encoding="utf-8")
COUNTED = re.findall(
    r"^\| `([\w-]+)` \| `([\w/.]+)` \|((?: \d+ \|){7})$", OTHERS, flags=re.MULTILINE
)


class TestCounts:
    @pytest.mark.parametrize(("form", "name", "counts"), COUNTED)
    def test_are_what_the_reader_finds(self, form: str, name: str, counts: str) -> None:
        """Each row of the table, read anew."""
        reading = READERS[form].read((HERE / name).read_bytes(), context())

        assert_adds_up(reading)
        assert [int(number) for number in re.findall(r"\d+", counts)] == [
            reading.records,
            len(reading.sessions),
            len(reading.observations),
            len(reading.snapshots),
            len(reading.gaps),
            sum(reading.unknown.values()),
            len(reading.damaged),
        ]

    def test_have_a_row_for_every_sample(self) -> None:
        """No sample is left out of the table."""
        samples = {
            str(path.relative_to(HERE))
            for pattern in ("*/written_by_us.*", "*/corrupt.*")
            for path in HERE.glob(pattern)
        }

        assert {name for _, name, _ in COUNTED} == samples
        assert len(samples) == 10


class TestOverview:
    def test_has_a_row_for_every_format(self) -> None:
        """What, when and who, also where nobody is named."""
        rows = re.findall(r"^\| `([\w-]+)` \|([^|]+)\|([^|]+)\|([^|]+)\|$", OVERVIEW, re.MULTILINE)

        assert {form for form, *_ in rows} == READERS.keys()
        assert all(cell.strip() for row in rows for cell in row)

    def test_says_that_sources_without_actors_name_nobody(self) -> None:
        """Read from the samples: where no observation has an actor, the page says it is not available."""
        for form, name in (
            ("osquery", "osquery/written_by_us.results.log"),
            ("glpi", "glpi/written_by_us.json"),
        ):
            reading = READERS[form].read((HERE / name).read_bytes(), context())
            row = next(line for line in OVERVIEW.splitlines() if line.startswith(f"| `{form}`"))

            assert not any(o.actor.account or o.actor.identifier for o in reading.observations)
            assert "**not available**" in row.rpartition(" | ")[2]

    def test_names_every_table_of_osquery(self) -> None:
        """The tables that are followed stand on the page."""
        assert {table.name for table in TABLES if f"`{table.name}`" not in OTHERS} == set()


class TestWindowsPage:
    def test_says_plainly_what_has_not_been_done(self) -> None:
        """Nobody may take the scripts for tried ones."""
        assert "**These two scripts have not been run on Windows.**" in WINDOWS
        assert "is not signed" in WINDOWS

    def test_has_every_option(self) -> None:
        """Every parameter of the collector has its row."""
        script = (DOCS.parent / "deploy" / "windows" / "groundrules-collect.ps1").read_text()
        block = script[script.index("param(") : script.index("Set-StrictMode")]
        names = set(re.findall(r"\[(?:string|string\[\]|int)\]\$(\w+)", block))

        assert names == {"Output", "State", "Channel", "FirstDays", "SqlInstance"}
        assert {name for name in names if f"| `-{name} " not in WINDOWS} == set()

"""The rules of the house, held against every file of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import rules
from tests.house.sizes import (
    LONGEST_FILE,
    LONGEST_FUNCTION,
    LONGEST_TEST_FILE,
    Size,
    file_size,
    function_sizes,
    report,
)
from tests.house.sources import BUILDING, LODGE, TESTS, WIRE, Breach, Source, sources, told

MAY_WRITE = ("services", "records")
# Where an amount of money or a quantity that becomes one is worked out.
COUNTS_MONEY = (
    "money",
    "agreements",
    "coverage",
    "rating",
    "ledger",
    "invoices",
    "value",
    "profitability",
)
PURE = [*sources(BUILDING / "core"), *sources(WIRE)]
EVERYTHING = [*sources(BUILDING, LODGE, WIRE)]


def _floor(source: Source) -> str:
    """This function will name the floor a file of the building stands on."""
    return (
        source.path.parts[2] if len(source.path.parts) > len(("src", "groundrules", "x.py")) else ""
    )


def _found(rule: rules.Rule, among: list[Source]) -> list[Breach]:
    return [breach for source in among for breach in rule(source)]


class TestFloors:
    """What each floor may do."""

    def test_rows_are_written_only_by_services_and_records(self) -> None:
        """No page, command, job, reader or gateway changes a row by itself."""
        others = [source for source in sources(BUILDING) if _floor(source) not in MAY_WRITE]

        found = _found(rules.writes, others)

        assert not found, told(found)

    def test_core_and_wire_stay_pure(self) -> None:
        """The core and the wire never ask the time, roll dice or reach outside."""
        found = _found(rules.impurities, PURE)

        assert not found, told(found)

    @pytest.mark.parametrize(
        ("folder", "own"),
        [
            (BUILDING / "core", {"groundrules.core"}),
            (WIRE, {"groundrules_wire"}),
            (LODGE, {"groundrules_collector", "groundrules_wire"}),
        ],
        ids=["core", "wire", "collector"],
    )
    def test_only_the_standard_library_is_imported(self, folder: Path, own: set[str]) -> None:
        """The core, the wire and the collector need nothing but Python."""
        among = list(sources(folder))

        found = [breach for one in among for breach in rules.foreign_imports(one, frozenset(own))]

        assert among, f"no source found below {folder}"
        assert not found, told(found)

    def test_money_is_never_a_float(self) -> None:
        """No module that works out money or quantities uses a binary fraction."""
        among = [
            source
            for source in sources(BUILDING / "core")
            if source.path.with_suffix("").parts[3] in COUNTS_MONEY
        ]

        found = _found(rules.floats, among)

        assert among
        assert not found, told(found)


class TestHabits:
    """What holds on every floor."""

    def test_every_instant_has_a_zone(self) -> None:
        """No datetime is made without a zone."""
        found = _found(rules.naive_times, EVERYTHING)

        assert not found, told(found)

    def test_no_error_is_swallowed(self) -> None:
        """Nothing is caught without a name, and nothing broad is caught in silence."""
        found = _found(rules.silenced_errors, [*EVERYTHING, *sources(TESTS)])

        assert not found, told(found)

    def test_names_follow_the_glossary(self) -> None:
        """No class, function, argument, variable or module uses a word the glossary replaces."""
        found = _found(rules.foreign_words, EVERYTHING)

        assert not found, told(found)


class TestSizes:
    """What one sitting can read."""

    def test_files_end(self) -> None:
        """A file stays under 400 lines; a file of tests under 600."""
        built = [size for size in map(file_size, EVERYTHING) if size.lines > LONGEST_FILE]
        tested = [s for s in map(file_size, sources(TESTS)) if s.lines > LONGEST_TEST_FILE]

        assert not [*built, *tested], f"too long: {[*built, *tested]}\n{report()}"

    def test_functions_end(self) -> None:
        """A function stays under 50 lines, docstring included."""
        among = [*EVERYTHING, *sources(TESTS)]

        found: list[Size] = [
            size
            for source in among
            for size in function_sizes(source)
            if size.lines > LONGEST_FUNCTION
        ]

        assert not found, f"too long: {found}"

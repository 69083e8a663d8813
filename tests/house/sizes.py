"""How long the files and functions are; `python -m tests.house.sizes` prints the ten longest of each."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.house.sources import BUILDING, LODGE, TESTS, WIRE, Source, sources

LONGEST_FILE = 400
LONGEST_TEST_FILE = 600
LONGEST_FUNCTION = 50
SHOWN = 10


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """A file or function and its length in lines, docstring included."""

    lines: int
    place: str


def file_size(source: Source) -> Size:
    """This function will measure one file in lines."""
    return Size(len(source.text.splitlines()), source.place)


def function_sizes(source: Source) -> Iterator[Size]:
    """This function will measure every function of one file, nested ones on their own too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Size(lines, f"{source.place}:{node.lineno} {node.name}")


def longest(sizes: Iterable[Size]) -> list[Size]:
    """This function will return the ten longest, longest first."""
    return sorted(sizes, reverse=True)[:SHOWN]


def report() -> str:
    """This function will tell the sizes of the house: median, and the ten longest files and functions."""
    built = list(sources(BUILDING, LODGE, WIRE))
    files = [file_size(source) for source in built]
    functions = [size for source in built for size in function_sizes(source)]
    lines = [_headline("files", files), *map(_row, longest(files))]
    lines += [_headline("functions", functions), *map(_row, longest(functions))]
    tests = [file_size(source) for source in sources(TESTS)]
    return "\n".join([*lines, _headline("files of tests", tests)])


def _headline(what: str, sizes: list[Size]) -> str:
    median = statistics.median(size.lines for size in sizes)
    return f"{len(sizes)} {what}, {sum(size.lines for size in sizes)} lines, median {median:g}; the longest:"


def _row(size: Size) -> str:
    return f"  {size.lines:>4}  {size.place}"


if __name__ == "__main__":
    print(report())  # noqa: T201 (this module is also a small program)

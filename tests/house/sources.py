"""Finds the house's own Python files and hands each over once, read and parsed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDING = ROOT / "src" / "groundrules"
LODGE = ROOT / "collector" / "src" / "groundrules_collector"
WIRE = ROOT / "collector" / "src" / "groundrules_wire"
TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: where it lies (relative to the repository), its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """This function will name the file as a reader would, relative to the repository."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where the house's shape is broken, as `file:line what`."""

    place: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line} {self.what}"


def parsed(text: str, place: str = "planted.py") -> Source:
    """This function will parse a text as if it were a file of the house."""
    return Source(path=Path(place), text=text, tree=ast.parse(text))


@cache
def _read(path: Path) -> Source:
    return parsed(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def sources(*folders: Path, migrations: bool = False) -> Iterator[Source]:
    """This function will yield every Python file below the folders, without migrations unless asked for."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                yield _read(path)


def tracked_files() -> tuple[Path, ...]:
    """This function will return every file the repository carries or is about to carry."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = (name for name in answer.stdout.split("\0") if name)
    return tuple(path for path in (ROOT / name for name in sorted(names)) if path.is_file())


def told(breaches: list[Breach]) -> str:
    """This function will list breaches one to a line, for a test's message."""
    return "\n".join(map(str, breaches))

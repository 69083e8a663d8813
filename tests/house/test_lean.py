"""What a program leaves unloaded until somebody needs it: a small shop's whole installation is one process, and
everybody waits for a command to start.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# Megabytes each: columns and questions over them, pages as pictures, the driver of a database we are not on.
_HEAVY = ("pyarrow", "duckdb", "pypdfium2", "psycopg", "lxml", "saxonche", "numpy")
_PROGRAM = f"""
import sys, django
django.setup()
import groundrules.cli.serve, groundrules.config.urls
print([name for name in {_HEAVY!r} if name in sys.modules])
"""
# Reading case files costs a third of a start, and so do the pages; a command at the shell needs neither.
_NOT_FOR_COMMANDS = (
    *_HEAVY,
    "groundrules.readers.case_file",
    "groundrules.config.urls",
    "waitress",
)
_COMMANDS = ("time", "init", "doctor", "month-end")
_COMMAND = """
import sys
from groundrules.cli.commands import COMMANDS
from groundrules.cli.main import start_database
from importlib import import_module
start_database()
import_module(next(one.module for one in COMMANDS if one.name == sys.argv[1]))
print([name for name in sys.argv[2:] if name in sys.modules])
"""


class TestServing:
    """What `groundrules serve` on SQLite imports."""

    def test_loads_nothing_heavy_before_it_is_needed(self) -> None:
        """All pages and the worker's jobs are importable without the heavy libraries."""
        done = _said(_PROGRAM)

        assert done == "[]"


class TestCommands:
    """What a command at the shell imports."""

    @pytest.mark.parametrize("command", _COMMANDS)
    def test_loads_neither_pages_nor_case_files(self, command: str) -> None:
        """A usual command starts without what it never asks."""
        done = _said(_COMMAND, command, *_NOT_FOR_COMMANDS)

        assert done == "[]"

    def test_loads_no_answers_for_the_books_alone(self) -> None:
        """A command that only lists rows of the books does not pay for the core's machinery."""
        done = _said(
            _COMMAND, "role", "groundrules.core.answers.answer", "groundrules.core.causation.rank"
        )

        assert done == "[]"


def _said(program: str, *arguments: str) -> str:
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith("GROUNDRULES_")
    } | {"DJANGO_SETTINGS_MODULE": "groundrules.config.settings_test"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()

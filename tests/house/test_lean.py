"""What a serving process leaves unloaded until somebody needs it: a small shop's whole installation is one process."""

from __future__ import annotations

import os
import subprocess
import sys

# Megabytes each: columns and questions over them, pages as pictures, the driver of a database we are not on.
_HEAVY = ("pyarrow", "duckdb", "pypdfium2", "psycopg", "lxml", "saxonche", "numpy")
_PROGRAM = f"""
import sys, django
django.setup()
import groundrules.cli.serve, groundrules.config.urls
print([name for name in {_HEAVY!r} if name in sys.modules])
"""


class TestServing:
    """What `groundrules serve` on SQLite imports."""

    def test_loads_nothing_heavy_before_it_is_needed(self) -> None:
        """All pages and the worker's jobs are importable without the heavy libraries."""
        surroundings = {
            name: value for name, value in os.environ.items() if not name.startswith("GROUNDRULES_")
        } | {"DJANGO_SETTINGS_MODULE": "groundrules.config.settings_test"}

        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env=surroundings,
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout.strip() == "[]"

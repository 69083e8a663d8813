"""A program: begins an installation with an owner and takes a whole case over, its raw evidence included."""

from __future__ import annotations

import sys
from pathlib import Path

from groundrules.cli.main import main

CASE = Path(__file__).parents[2] / "cases" / "21-from-raw-logs.yaml"

if __name__ == "__main__":
    sys.exit(
        main(["init", "--email", "olga@castle-it.example", "--name", "Olga"])
        or main(["import", str(CASE)])
    )

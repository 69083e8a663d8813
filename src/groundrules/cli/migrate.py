"""`groundrules migrate`: bring the database to the newest form and make sure every book has its guard."""

from __future__ import annotations

import argparse
import sys

from groundrules.cli.exits import Exit
from groundrules.services.database import BetweenForms, GuardsMissing, migrate

NAME = "migrate"
HELP = "Bring a new database to the newest form (one in use: groundrules upgrade)."
NEEDS_DATABASE = True


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(_args: argparse.Namespace) -> int:
    """This function will migrate and say what it did."""
    try:
        applied = migrate()
    except (BetweenForms, GuardsMissing) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return Exit.CHECK_FAILED
    print(
        f"{applied} migrations applied; every book is guarded."
        if applied
        else "Up to date; every book is guarded."
    )
    return Exit.OK

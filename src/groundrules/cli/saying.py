"""What several commands say and read alike: a refusal on the error stream with its number, and a day."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from groundrules.cli.exits import Exit


def refuse(reason: object, number: Exit) -> Exit:
    """This function will print why nothing was done, and give the exit number that says so."""
    print(f"groundrules: {reason}", file=sys.stderr)
    return number


def day(text: str) -> date:
    """This function will read an option that is a day; argparse tells what raises ArgumentTypeError, with usage."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        message = f"{text!r} is no day; write it as 2026-12-01"
        raise argparse.ArgumentTypeError(message) from wrong

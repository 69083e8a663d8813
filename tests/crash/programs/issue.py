"""A program: issues one small invoice after another until it is killed, and prints each key with its number."""

from __future__ import annotations

import sys
from itertools import count

from tests.crash.programs.small_invoices import issue_number


def main(first: int) -> None:
    """This function will do it; keys run on from `first`, and other processes use the same ones."""
    for number in count(first):
        print(number, issue_number(number), flush=True)  # noqa: T201 - its answer


main(int(sys.argv[1]))

"""A program: backs the installation up into a folder, and fills that folder's disk after the first table."""

from __future__ import annotations

import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli.main import start_database

start_database()

from groundrules.services.installation import keeping  # noqa: E402 - records exist only once Django is started
from tests.cast import OLGA  # noqa: E402 - as above


def main(folder: Path) -> None:
    """This function will do it, and print what stopped it."""

    def fill(_done: int, _what: str) -> None:
        with (folder / "somebody-elses").open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                return

    try:
        keeping.keep(folder / "one.grbackup", actor=OLGA, at=timezone.now(), tell=fill)
    except OSError as problem:
        print(problem.strerror, sorted(one.name for one in folder.iterdir()))  # noqa: T201 - its answer


main(Path(sys.argv[1]))

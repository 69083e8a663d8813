"""Books that are made once for a module: every test finds them as they were made, and undoes only what it added.

Making them costs more than most questions about them. Rows lie in a transaction around the tests' own, which is
rolled back at the end; files lie in a folder that each test gets a copy of.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from django.db import models, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

Made = TypeVar("Made")
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Kept(Generic[Made]):
    """What was made, and the folder of its files."""

    made: Made
    folder: Path

    def lay_out(self, data: Path) -> Made:
        """This function will copy the files to a test's own data folder."""
        shutil.copytree(self.folder, data, dirs_exist_ok=True)
        return self.made


@contextmanager
def kept(blocker: DjangoDbBlocker, folder: Path, make: Callable[[], Made]) -> Iterator[Kept[Made]]:
    """This function will make books once, with their files in `folder`, and undo them at the end.

    No test in there may commit: those that need real transactions stand in modules of their own.
    """
    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
        try:
            with override_settings(GROUNDRULES_DATA=folder):
                made = make()
        except BaseException:
            _undo(around)
            raise
    try:
        yield Kept(made, folder)
    finally:
        with blocker.unblock():
            _undo(around)


def _undo(around: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    around.__exit__(None, None, None)


def anew(row: Row) -> Row:
    """This function will read a row again: no test sees what another's copy of it remembers."""
    return type(row)._base_manager.get(pk=row.pk)  # noqa: SLF001 - whatever the model's own managers leave out

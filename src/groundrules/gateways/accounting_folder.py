"""The folder an accounting program takes its files from: a file is there whole or not at all, and never changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class FolderRefused(RuntimeError):
    """A file could not be put into the folder, or another one of its name lies there."""


class AccountingFolder(Protocol):
    """Takes files for an accounting program."""

    def put(self, name: str, content: bytes) -> None:
        """This function will put a file there; the same again changes nothing. Raises FolderRefused."""


class NullFolder:
    """No folder: people download the files."""

    def put(self, name: str, content: bytes) -> None:
        """This function will do nothing."""


class DiskFolder:
    """A folder on this machine (or mounted here)."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def put(self, name: str, content: bytes) -> None:
        """This function will put a file there under its name, all of it at once. Raises FolderRefused."""
        target = self.place / name
        try:
            if target.exists():
                self._compare(target, content)
                return
            self._write(target, content)
        except OSError as error:
            message = f"{target} was not written: {error.strerror or error}"
            raise FolderRefused(message) from error

    def _write(self, target: Path, content: bytes) -> None:
        begun = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with begun.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A link never replaces what somebody else put there meanwhile.
            os.link(begun, target)
        except FileExistsError:
            self._compare(target, content)
        finally:
            begun.unlink(missing_ok=True)

    def _compare(self, target: Path, content: bytes) -> None:
        if target.read_bytes() != content:
            message = f"{target} is there and says otherwise; move it away, then try again"
            raise FolderRefused(message)

"""What a command prints on a terminal: words of others (logs, mails, vendors) are shown, never obeyed.

An escape sequence in a log line could clear the screen, rename the window or write over the verdict above it. Into a
file or a pipe everything goes as it is: there it is data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from groundrules.core.plain_text import defanged

# How far a long run is stands on one line of the error stream, written anew each second.
REWRITE = "\r\x1b[K"


class _Shown:
    """A terminal's stream that writes a control character as what it is."""

    def __init__(self, stream: TextIO, own: str = "") -> None:
        self._stream, self._own = stream, own

    def write(self, text: str) -> int:
        """This function will write a text; `own`, where a text begins with it, is our own and is obeyed."""
        own = self._own if self._own and text.startswith(self._own) else ""
        self._stream.write(own + defanged(text.removeprefix(own)))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """This function will write texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream has
        return getattr(self._stream, name)


@contextmanager
def shown_not_obeyed() -> Iterator[None]:
    """This function will keep terminals from obeying what is printed meanwhile."""
    before = sys.stdout, sys.stderr
    if sys.stdout.isatty():
        sys.stdout = _Shown(sys.stdout)
    if sys.stderr.isatty():
        sys.stderr = _Shown(sys.stderr, own=REWRITE)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before

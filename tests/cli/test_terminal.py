"""On a terminal, what others wrote is shown; into a pipe it goes as it is."""

from __future__ import annotations

import io
import sys

import pytest

from groundrules.cli.terminal import REWRITE, shown_not_obeyed


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        """Somebody looks at it."""
        return True


class TestShownNotObeyed:
    def test_shows_the_escapes_of_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A log line that clears the screen and renames the window does neither, on either stream."""
        out, err = _Terminal(), _Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)

        with shown_not_obeyed():
            sys.stdout.write("one\x1b[2J\n\ttwo\x1b]0;x\x07\n")
            sys.stderr.write(f"refused\r\x1b[K{REWRITE}\n")
            sys.stderr.writelines([f"{REWRITE}rows: 7\x1b[1m"])

        assert out.getvalue() == "one\\x1b[2J\n\ttwo\\x1b]0;x\\x07\n"
        assert err.getvalue() == f"refused\\r\\x1b[K\\r\\x1b[K\n{REWRITE}rows: 7\\x1b[1m"
        assert (sys.stdout, sys.stderr) == (out, err)

    def test_leaves_pipes_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """CSV ends its lines with CR LF, and a program reads what there was."""
        out = io.StringIO()
        monkeypatch.setattr(sys, "stdout", out)

        with shown_not_obeyed():
            sys.stdout.write("a,b\r\n\x1b")

        assert out.getvalue() == "a,b\r\n\x1b"

"""Words of others take the line they were given, and command no terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.plain_text import defanged, is_one_line

COMMANDS = ["\x1b[2J", "\r", "\x9b1m", "\x07", "\x08", "\u202e", "\u2066"]


class TestIsOneLine:
    @pytest.mark.parametrize(
        "name", ["Zo\u00eb O\u2019Hara", "\u5c71\u7530", "\u0645\u06cc\u200c\u062e", "a\u00a0b", ""]
    )
    def test_takes_every_language(self, name: str) -> None:
        """Joiners and hard spaces belong to how some people write."""
        assert is_one_line(name)

    @pytest.mark.parametrize("mark", ["\n", "\t", "\0", "\u2028", "\x85", *COMMANDS])
    def test_refuses_what_breaks_or_turns_a_line(self, mark: str) -> None:
        """A second line, a moved cursor, a name read backwards."""
        assert not is_one_line(f"Eve{mark}olga")


class TestDefanged:
    @pytest.mark.parametrize("mark", COMMANDS)
    def test_shows_what_a_terminal_would_obey(self, mark: str) -> None:
        """The character is named, and not there."""
        assert defanged(f"a{mark}b") == f"a{mark.encode('unicode_escape').decode()}b"

    @given(st.text())
    def test_leaves_no_control_but_lines_and_tabs(self, text: str) -> None:
        """Whatever comes; and what has none of them stays as it is."""
        told = defanged(text)

        assert {one for one in told if unicodedata.category(one) == "Cc"} <= {"\n", "\t"}
        assert told == text or not is_one_line(text)

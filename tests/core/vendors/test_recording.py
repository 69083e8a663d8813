"""A recorded terminal made readable, chunk by chunk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.vendors.recording import RecordingUnreadable, Replay, replay_of

HEADER = b'Script started on 2026-03-05 18:00:00+00:00 [COMMAND="x"]\n'
FOOTER = b'\nScript done on 2026-03-05 18:01:00+00:00 [COMMAND_EXIT_CODE="0"]\n'


def replay(*chunks: bytes, pause: str = "0.5") -> Replay:
    """A recording of these chunks, each after the same pause."""
    timing = "".join(f"{pause} {len(chunk)}\n" for chunk in chunks)
    return replay_of(HEADER + b"".join(chunks) + FOOTER, timing.encode())


def played(found: Replay) -> str:
    """What a player shows in the end; a browser counts in UTF-16 units."""
    text = b""
    for frame in found.frames:
        text = text[: 2 * frame.keep] + frame.add.encode("utf-16-le")
    return text.decode("utf-16-le")


class TestReplayOf:
    """What a reader sees."""

    @pytest.mark.parametrize(
        ("shown", "text"),
        [
            (b"one\r\ntwo", "one\ntwo"),
            (b"10%\r100%\r\n", "100%\n"),
            (b"typo\b\b\x1b[Kxt", "tyxt"),
            (b"\x1b[1;32mgreen\x1b[0m", "green"),
            (b"\x1b]0;a title\x07$ ", "$ "),
            (b"a\tb", "a       b"),
            (b"caf\xc3\xa9 \xf0\x9f\x98\x80", "café 😀"),
            (b"old\x1b[H\x1b[2Jnew", "old\nnew"),
            (b"bad \xff byte", "bad \ufffd byte"),
        ],
    )
    def test_reads_as_the_terminal_showed_it(self, shown: bytes, text: str) -> None:
        """Lines written over, corrected, coloured; a screen drawn anew leaves the old one readable."""
        whole = replay(shown)
        pieces = replay(*(shown[i : i + 1] for i in range(len(shown))))

        assert whole.text == pieces.text == text
        assert played(whole) == played(pieces) == text

    def test_plays_what_was_only_erased(self) -> None:
        """A line taken back and never written over is gone from the picture too, when it was."""
        found = replay(b"rm -rf /srv", b"\r\x1b[K", b"\x07")

        assert [(frame.at, frame.keep, frame.add) for frame in found.frames] == [
            (500, 0, "rm -rf /srv"),
            (1000, 0, ""),
        ]
        assert played(found) == found.text == ""

    def test_keeps_the_time_each_piece_took(self) -> None:
        """Pauses add up, in milliseconds."""
        found = replay(b"a", b"b", b"c", pause="1.25")

        assert [frame.at for frame in found.frames] == [1250, 2500, 3750]
        assert found.lasts == 3750

    def test_plays_what_there_is_of_one_cut_short(self) -> None:
        """The window ended: the last piece has no timing, and is shown all the same."""
        found = replay_of(HEADER + b"first\r\nsecond", b"0.5 7\n")

        assert found.text == "first\nsecond"

    def test_refuses_a_timing_that_is_none(self) -> None:
        """It says which line."""
        with pytest.raises(RecordingUnreadable, match="line 2"):
            replay_of(HEADER + b"abc", b"0.5 1\nsoon\n")

    @given(st.lists(st.binary(max_size=12), max_size=12))
    def test_plays_to_the_same_text_it_leaves(self, chunks: list[bytes]) -> None:
        """Whatever bytes a terminal is sent, frame by frame gives the whole."""
        found = replay(*chunks)

        assert played(found) == found.text

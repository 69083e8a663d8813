"""A recorded terminal as it can be read and played: what `script` wrote down, chunk by chunk, made into growing text.

Only what was shown is in it: keys that the terminal did not show (a password) were never recorded. Colours and cursor
jumps over the screen are left out, so a full-screen program looks untidy here; the raw recording has all of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

_TIMING = re.compile(rb"(\d+(?:\.\d+)?) (\d+)")
_HEADER, _FOOTER = b"Script started on ", b"\nScript done on "
_ESCAPE = re.compile(
    r"\x1b(?:\[(?P<given>[0-?]*)[ -/]*(?P<act>[@-~])|\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)|[()*+#%].|[^\[\]()*+#%])"
)
_LONGEST_ESCAPE, _TAB, _SMALL_PLANE = 512, 8, 0xFFFF


class RecordingUnreadable(ValueError):
    """What was kept is no recording `script` made; the raw bytes stay as they are."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of a replay: at `at` milliseconds the text keeps so many units (UTF-16, as browsers count) and gains."""

    at: int
    keep: int
    add: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording made readable: its frames, how long it was in milliseconds, and all the text it leaves."""

    frames: tuple[Frame, ...]
    lasts: int
    text: str


def replay_of(shown: bytes, timing: bytes) -> Replay:
    """This function will turn what was shown and when (`script`'s classic timing file) into a replay.

    A recording cut short by the end of a window is played as far as it goes. Raises RecordingUnreadable.
    """
    # The first line and the last are script's own remarks; no timing counts them.
    body = shown.partition(b"\n")[2] if shown.startswith(_HEADER) else shown
    text, at, shown_now = _Text(), 0, 0
    frames: list[Frame] = []
    for at, chunk in _chunks(body, timing):
        keep, add = text.write(chunk)
        if add or keep < shown_now:
            frames.append(Frame(at, keep, add))
            shown_now = keep + _length(add)
    return Replay(tuple(frames), at, text.whole)


def _chunks(body: bytes, timing: bytes) -> Iterator[tuple[int, bytes]]:
    elapsed, place = Decimal(0), 0
    for number, line in enumerate(timing.splitlines(), start=1):
        found = _TIMING.fullmatch(line.strip())
        if found is None:
            message = f"line {number} of the timing is no pause and length"
            raise RecordingUnreadable(message)
        elapsed += Decimal(found[1].decode())
        length = int(found[2])
        yield int(elapsed * 1000), body[place : place + length]
        place += length
    rest = body[place:]
    if rest and not rest.startswith(_FOOTER):
        yield int(elapsed * 1000), rest


def _length(text: str) -> int:
    return len(text) + sum(ord(sign) > _SMALL_PLANE for sign in text)


@dataclass
class _Text:
    """The lines that are done, and the one being written, with the place in it."""

    done: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    column: int = 0
    waiting: str = ""
    kept: int = 0
    decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    @property
    def whole(self) -> str:
        return "".join((*self.done, *self.line))

    def write(self, chunk: bytes) -> tuple[int, str]:
        """Takes one chunk in; returns how much of the text stays and what comes behind it."""
        before, first = "".join(self.line), len(self.done)
        self._take(self.waiting + self.decode.decode(chunk))
        after = "".join((*self.done[first:], *self.line))
        same = next(
            (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
            min(len(before), len(after)),
        )
        keep = self.kept + _length(before[:same])
        self.kept += _length("".join(self.done[first:]))
        return keep, after[same:]

    def _take(self, text: str) -> None:
        place, self.waiting = 0, ""
        while place < len(text):
            if text[place] != "\x1b":
                self._put(text[place])
                place += 1
                continue
            found = _ESCAPE.match(text, place)
            if found is None and len(text) - place < _LONGEST_ESCAPE:
                self.waiting = text[place:]
                return
            if found is not None:
                self._act(found["act"] or "", found["given"] or "")
            place = found.end() if found is not None else place + 1

    def _put(self, sign: str) -> None:
        if sign == "\n":
            self.done.append("".join(self.line) + "\n")
            self.line, self.column = [], 0
        elif sign == "\r":
            self.column = 0
        elif sign == "\b":
            self.column = max(0, self.column - 1)
        elif sign == "\t":
            self._move(_TAB - self.column % _TAB)
        elif sign >= " " and sign != "\x7f":
            self.line[self.column : self.column + 1] = [sign]
            self.column += 1

    def _move(self, by: int) -> None:
        self.column = max(0, min(self.column + by, 1000))
        self.line.extend(" " * (self.column - len(self.line)))

    def _act(self, act: str, given: str) -> None:
        count = int(given) if given.isdecimal() else 0
        if act == "K":
            self._erase(count)
        elif act == "C":
            self._move(max(1, count))
        elif act == "D":
            self._move(-max(1, count))
        elif act == "G":
            self._move(max(1, count) - 1 - self.column)
        elif act == "P":
            del self.line[self.column : self.column + max(1, count)]
        elif act == "@":
            self.line[self.column : self.column] = [" "] * max(1, min(count, 1000))
        elif act in {"H", "J", "f"} and self.line:
            # A screen is drawn anew: what was there stays readable above.
            self._put("\n")

    def _erase(self, how: int) -> None:
        if how == 0:
            del self.line[self.column :]
        else:
            until = self.column if how == 1 else len(self.line)
            self.line[:until] = [" "] * until

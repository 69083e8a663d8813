"""Reading controlled English: a cursor over one sentence that knows what may come next.

Every refusal says where it stopped, what stands there, and what is allowed instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from groundrules.core.ids import ClauseNumber
from groundrules.core.money import AmountImpossible, AmountTooFine, Money

Value = TypeVar("Value")

_NUMBER = re.compile(r"[A-Za-z]*[0-9][0-9A-Za-z]*(?:[.-][0-9A-Za-z]+)*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLAIN_TITLE = re.compile(r'[^()"\\\x00-\x1f\x7f]+')
# Thirty digits are more than anything costs or counts; Python itself refuses to read a number of thousands of them.
_WHOLE = re.compile(r"-?[0-9]{1,30}")
_FRACTION = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30}|/0{0,30}[1-9][0-9]{0,29})?")
_AMOUNT = re.compile(r"(-?[0-9]{1,30}(?:\.[0-9]{1,30})?) ([A-Z]{3})")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 24


class UnreadableClause(ValueError):
    """A sentence is not one the agreement can read, or a record cannot be said as one.

    `position` is the character (from 0) where reading stopped; `allowed` what could have stood there.
    """

    def __init__(self, message: str, position: int = 0, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.position = position
        self.allowed = allowed


@dataclass(slots=True)
class Cursor:
    """A place in a sentence; it only moves forward, by what it has read."""

    text: str
    position: int = 0

    def refuse(self, allowed: Iterable[str]) -> UnreadableClause:
        """This function will build the refusal for what stands here."""
        wanted = tuple(allowed)
        here = self.text[self.position : self.position + _SHOWN]
        found = f'"{here}"' if here else "the end of the sentence"
        message = (
            f"cannot read this sentence at character {self.position + 1}, at {found}: "
            f"write {' or '.join(wanted)}"
        )
        return UnreadableClause(message, self.position, wanted)

    def skip(self, literal: str) -> bool:
        """This function will step over `literal` if it stands here, and say whether it did."""
        if not self.text.startswith(literal, self.position):
            return False
        self.position += len(literal)
        return True

    def expect(self, literal: str) -> None:
        """This function will step over `literal`; raises UnreadableClause when it does not stand here."""
        if not self.skip(literal):
            raise self.refuse((f'"{literal}"',))

    def finish(self) -> None:
        """This function will make sure nothing is left; raises UnreadableClause otherwise."""
        if self.position != len(self.text):
            raise self.refuse(("nothing more",))

    def choose(self, options: Mapping[str, Value]) -> Value:
        """This function will read one of the given phrases (the longest that fits) and return what it means."""
        for words in sorted(options, key=len, reverse=True):
            if self.skip(words):
                return options[words]
        raise self.refuse(f'"{words}"' for words in options)

    def matched(self, pattern: re.Pattern[str], example: str) -> re.Match[str]:
        """This function will read what fits a pattern; `example` says what would have."""
        found = pattern.match(self.text, self.position)
        if found is None:
            raise self.refuse((example,))
        self.position = found.end()
        return found

    def listed(self, read: Callable[[], Value]) -> tuple[Value, ...]:
        """This function will read `a`, `a and b` or `a, b and c`."""
        values = [read()]
        while self.skip(", "):
            values.append(read())
        if self.skip(" and "):
            values.append(read())
        return tuple(values)

    def clause_number(self) -> ClauseNumber:
        """This function will read a clause number such as 4.2."""
        return ClauseNumber(self.matched(_NUMBER, "a clause number such as 4.2").group())

    def quoted(self) -> str:
        """This function will read text in double quotes (a quote or backslash inside is escaped by a backslash)."""
        start = self.position
        found = self.matched(_QUOTED, 'words in double quotes such as "these"').group()
        try:
            text = json.loads(found)
        except json.JSONDecodeError as wrong:
            self.position = start
            raise self.refuse(("words in double quotes with only known escapes",)) from wrong
        return str(text)

    def title(self) -> str:
        """This function will read a title in round brackets, if there is one."""
        if not self.skip(" ("):
            return ""
        quoted = self.text.startswith('"', self.position)
        title = self.quoted() if quoted else self.matched(_PLAIN_TITLE, "a title").group()
        self.expect(")")
        return title

    def whole(self) -> int:
        """This function will read a whole number."""
        return int(self.matched(_WHOLE, "a whole number such as 15").group())

    def fraction(self) -> Fraction:
        """This function will read an exact number such as 2, 1.5 or 4/3."""
        return Fraction(self.matched(_FRACTION, "a number such as 2, 1.5 or 4/3").group())

    def money(self) -> Money:
        """This function will read an amount such as 150.00 USD."""
        start = self.position
        found = self.matched(_AMOUNT, "an amount such as 150.00 USD")
        try:
            return Money.of(Decimal(found.group(1)), found.group(2))
        except AmountTooFine as wrong:
            self.position = start
            raise self.refuse(("an amount with no more decimals than its currency has",)) from wrong
        except AmountImpossible as wrong:
            self.position = start
            raise self.refuse(("a smaller amount",)) from wrong

    def wall_time(self) -> time:
        """This function will read a local time such as 17:00."""
        start = self.position
        found = self.matched(_TIME, "a local time such as 17:00").group()
        try:
            return time.fromisoformat(found)
        except ValueError as wrong:
            self.position = start
            raise self.refuse(("a local time between 00:00 and 23:59",)) from wrong

    def day(self) -> date:
        """This function will read a date such as 2007-02-19."""
        start = self.position
        found = self.matched(_DATE, "a date such as 2007-02-19").group()
        try:
            return date.fromisoformat(found)
        except ValueError as wrong:
            self.position = start
            raise self.refuse(("a date that exists",)) from wrong


def said_number(number: ClauseNumber) -> str:
    """This function will write a clause number; raises UnreadableClause when it could not be read back."""
    if not _NUMBER.fullmatch(number):
        message = f"{number!r} is not a clause number; write digits and letters such as 4.2 or 12-a"
        raise UnreadableClause(message)
    return str(number)


def said_title(title: str) -> str:
    """This function will write a title in round brackets (in double quotes when it holds brackets or quotes)."""
    if not title:
        return ""
    return f" ({title})" if _PLAIN_TITLE.fullmatch(title) else f" ({said_quoted(title)})"


def said_quoted(text: str) -> str:
    """This function will write text in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def said_money(amount: Money) -> str:
    """This function will write an amount as `150.00 USD`."""
    return f"{amount.amount:f} {amount.currency}"


def said_fraction(value: Fraction) -> str:
    """This function will write an exact number: `2`, `1.5`, `4/3`."""
    decimal = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return decimal if Fraction(decimal) == value else str(value)


def said_time(wall: time) -> str:
    """This function will write a local time, with seconds only when there are any."""
    exact = bool(wall.second or wall.microsecond)
    return wall.isoformat() if exact else wall.isoformat("minutes")

"""What a mail may cost: its bytes, heads, nesting and parts are counted before anything is taken apart.

Python's parser takes each line past every open part, so nesting is bounded; its header readers recurse over brackets,
so those are bounded too.
"""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

LARGEST = 25 * 1024 * 1024
_HEAD = 256 * 1024
_CONTAINERS = 40
_PARTS = 300
_LINES = 450_000
_DASHED = 20_000
_STEPS = 4_000_000
_DEPTH = 12
_FIELD = 8 * 1024
_ONE_CONTAINER = re.compile(rb"(?im)^content-type[ \t]*:\s*(?:multipart|message)/")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


class MailUnreadable(ValueError):
    """The bytes are no mail that can be read within bounds; the message says which bound, or what is wrong."""


def parse(raw: bytes) -> Message:
    """This function will take a mail apart; raises MailUnreadable when it is beyond a bound or no mail at all."""
    _refuse(len(raw) > LARGEST, f"it has {len(raw)} bytes, more than {LARGEST}")
    end = _END_OF_HEAD.search(raw)
    head = raw[: end.start()] if end else raw
    _refuse(len(head) > _HEAD, f"its head has {len(head)} bytes, more than {_HEAD}")
    _refuse(b":" not in head, "it has no head")
    nested = len(_ONE_CONTAINER.findall(raw))
    _refuse(nested > _CONTAINERS, f"it has {nested} parts within parts, more than {_CONTAINERS}")
    lines, dashed = raw.count(b"\n"), raw.count(b"\n--")
    _refuse(lines > _LINES, f"it has {lines} lines, more than {_LINES}")
    _refuse(dashed > _DASHED, f"it has {dashed} lines that may begin a part, more than {_DASHED}")
    _refuse(lines * nested > _STEPS, f"it has {nested} parts within parts and {lines} lines")
    message = BytesParser(policy=compat32).parsebytes(raw)
    _refuse(not message.keys(), "it has no head")
    return message


def leaves(message: Message) -> list[Message]:
    """This function will list the parts that hold something, outermost first; a mail within a mail is one part."""
    found: list[Message] = []
    waiting: list[tuple[Message, int]] = [(message, 0)]
    while waiting:
        part, depth = waiting.pop(0)
        _refuse(depth > _DEPTH, f"its parts are nested deeper than {_DEPTH}")
        _refuse(len(found) > _PARTS, f"it has more than {_PARTS} parts")
        inner = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(inner, list):
            waiting[:0] = [(one, depth + 1) for one in inner if isinstance(one, Message)]
        else:
            found.append(part)
    return found


def field(message: Message, name: str) -> str:
    """This function will return the first field of a name as it was written, cut where it is beyond use."""
    found = fields(message, name)
    return found[0] if found else ""


def fields(message: Message, name: str) -> tuple[str, ...]:
    """This function will return every field of a name as written, unfolded."""
    written = [
        str(value) for key, value in message.raw_items() if key.casefold() == name.casefold()
    ]
    seen = [
        one[:_FIELD].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for one in written
    ]
    return tuple(" ".join(one.split()) for one in seen)


def _refuse(beyond: bool, why: str) -> None:  # noqa: FBT001 - a condition and its words
    if beyond:
        message = f"this mail cannot be read: {why}"
        raise MailUnreadable(message)

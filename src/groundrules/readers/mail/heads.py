"""Heads of mails: words decoded, addresses, Message-IDs, dates, and what our own mail server found out."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from groundrules.core.mail import Checked
from groundrules.readers.mail.bounds import field, fields

_BRACKETS = 20
_ADDRESSES = 100
_IDS = 100
_CHECKS = 60
_ID = re.compile(r"<[^<>\s]{1,250}>")
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"(?<!\S)(?:header\.d|header\.from|header\.i|smtp\.mailfrom)\s*=\s*(?:[^\s;]*@)?([\w.-]+)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"[\w.@-]+")


def words(message: Message, name: str) -> str:
    """This function will return a field as people read it."""
    return decoded(field(message, name))


def decoded(text: str) -> str:
    """This function will decode encoded words (RFC 2047); what cannot be decoded stays as it was written."""
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return plain(text)
    return plain("".join(_piece(one, charset) for one, charset in pieces))


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")


def plain(text: str) -> str:
    """This function will leave out what cannot be seen: control characters, turned direction, broken halves."""
    seen = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in seen if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def addresses(message: Message, *names: str) -> tuple[tuple[str, str], ...]:
    """This function will return who is named in fields, as (name, address in small letters), each address once."""
    written = [one for name in names for one in fields(message, name)]
    fit = [one for one in written if one.count("(") <= _BRACKETS and one.count("<") <= _ADDRESSES]
    found: dict[str, str] = {}
    for name, address in getaddresses(fit):
        small = plain(address).strip().casefold()
        if "@" in small and not any(c.isspace() for c in small):
            found.setdefault(small, decoded(name))
    return tuple((name, address) for address, name in list(found.items())[:_ADDRESSES])


def message_ids(text: str) -> tuple[str, ...]:
    """This function will list the Message-IDs in a text, each once."""
    return tuple(dict.fromkeys(_ID.findall(text)))[:_IDS]


def instant(text: str) -> datetime | None:
    """This function will read a mail's date as UTC; one without a zone, or no date at all, is unknown."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def checks(message: Message) -> tuple[Checked, ...]:
    """This function will list what servers wrote about the mail's origin, topmost first (RFC 8601).

    Of each server only the topmost field is read: its own, when it strips what others wrote in its name.
    """
    found: dict[str, list[Checked]] = {}
    for text in fields(message, "Authentication-Results"):
        server, _, results = _bare(text).partition(";")
        name = server.split()[0].casefold() if server.split() else ""
        if name and name not in found:
            found[name] = [one for part in results.split(";") if (one := _checked(name, part))]
    return tuple(check for one in found.values() for check in one)[:_CHECKS]


def _bare(text: str) -> str:
    """The field without what its sender may have chosen freely: comments, nested or not, and quoted strings.

    A quoted name stays when it could be written without quotes; any other becomes a word that is no domain.
    """
    kept: list[str] = []
    quoted: list[str] | None = None
    depth, signs = 0, iter(text)
    for sign in signs:
        if sign == "\\" and (depth or quoted is not None):
            escaped = next(signs, "")
            if quoted is not None:
                quoted.append(escaped)
        elif quoted is not None and sign == '"':
            said, quoted = "".join(quoted), None
            kept.append(said if _HARMLESS.fullmatch(said) else "_")
        elif quoted is not None:
            quoted.append(sign)
        elif sign == "(" or depth:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            kept.append(" ")
        elif sign == '"':
            quoted = []
        else:
            kept.append(sign)
    return "".join(kept)


def _checked(server: str, text: str) -> Checked | None:
    result = _RESULT.match(text)
    if result is None:
        return None
    named = _PROPERTY.search(text)
    domain = named[1].strip(".").casefold() if named else ""
    return Checked(server, result[1].casefold(), result[2].casefold(), domain)

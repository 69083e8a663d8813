"""Texts of mails: what a person reads, HTML as plain text, and what the writer added themselves.

HTML is only ever read as text: nothing in it is run, fetched or shown. Each step looks at every character once.
"""

from __future__ import annotations

import html
import re
from email.message import Message

from groundrules.readers.mail.heads import plain

LONGEST = 200_000
_HTML = 400_000
_LINES = 4_000
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr")
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_BLANK = re.compile(r"\n\s*\n\s*\n+")
_QUOTED_FROM_HERE = re.compile(
    r"^\s*(-{2,}\s*(original message|ursprüngliche nachricht|message d.origine|mensaje original|forwarded message)\b"
    r"|_{10,}\s*$"
    r"|(on|am|le|el)\s.{4,120}\b(wrote|schrieb|écrit|escribió)\b.{0,80}:\s*$)",
    re.IGNORECASE,
)
_HEAD_LINE = re.compile(r"^\s*\*?(from|von|de)\s*:\*?\s.{0,200}$", re.IGNORECASE)
_SECOND_HEAD_LINE = re.compile(
    r"^\s*\*?(sent|gesendet|envoyé|enviado|date|datum|to|an)\s*:\*?\s", re.IGNORECASE
)


def text_of(part: Message) -> str:
    """This function will return a text part as people read it, cut where it is too long."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    is_html = part.get_content_type() == "text/html"
    said = _decode(content[: _HTML if is_html else LONGEST * 4], part)
    seen = from_html(said) if is_html else said
    return plain(seen.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]


def _decode(content: bytes, part: Message) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def from_html(text: str) -> str:
    """This function will return what is written in HTML, without its tags, scripts and comments."""
    found: list[str] = []
    at = 0
    while (opened := text.find("<", at)) >= 0:
        found.append(text[at:opened])
        closed, instead = _tag(text, opened)
        found.append(instead)
        at = closed
    found.append(text[at:])
    return _BLANK.sub("\n\n", html.unescape("".join(found))).strip()


def _tag(text: str, opened: int) -> tuple[int, str]:
    """Where a tag ends, and what stands for it; one that never ends hides the rest."""
    if text.startswith("<!--", opened):
        return _after(text, "-->", opened), ""
    name = _NAME.match(text, opened + 1)
    tag = name[1].casefold() if name else ""
    if tag in {"script", "style", "title"} and text[opened + 1] != "/":
        ended = text.find("</", _after(text, ">", opened))
        return (_after(text, ">", ended) if ended >= 0 else len(text)), ""
    return _after(text, ">", opened), "\n" if tag in _BREAKS else ""


def _after(text: str, end: str, start: int) -> int:
    found = text.find(end, start)
    return found + len(end) if found >= 0 else len(text)


def own_text(text: str) -> str:
    """This function will return what the writer wrote above and between what they quoted.

    Nothing rests on this but convenience and the code a person writes: the whole text is kept beside it.
    """
    kept: list[str] = []
    lines = text.splitlines()[:_LINES]
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _begins_quote(line, following):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _begins_quote(line: str, following: str) -> bool:
    """Some programs break "On ... wrote:" over two lines; Outlook copies the head of what it quotes."""
    if _QUOTED_FROM_HERE.match(line[:300]) or _QUOTED_FROM_HERE.match(f"{line} {following}"[:300]):
        return True
    return bool(_HEAD_LINE.match(line) and _SECOND_HEAD_LINE.match(following))

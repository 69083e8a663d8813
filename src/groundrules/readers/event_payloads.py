"""What of a record's text may be repeated beside its evidence: short enough, storable anywhere, and without secrets.

The evidence keeps the bytes as they came; a copy that is searched and shown must not spread what they may hide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from groundrules.readers.evtx.secrets import REMOVED, redact_command, redact_statement

LONGEST = 65_536
LARGEST_NUMBER = (1 << 63) - 1
# Words looked for first, because that is a hundred times faster than the pattern they make worth while. A record that
# no pattern matches holds nothing the redactors take out. Names of fields (`"TokenElevationType":`) don't match.
_SUSPECT: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        ("pass", "pwd", "secret", "token", "apikey", "api_key"),
        re.compile(r"(?:pass(?:word|wd|phrase)|pwd|secret|token|api_?key)\s*[=:]"),
    ),
    (
        (" -", " /", '"/', '"-p', '"--'),
        re.compile(
            r"""(?:^|[\s"])(?:--?|/)(?:p|pw|pwd|pass|passwd|password|passphrase|secret|token|key|api-?key)[\s:=]"""
        ),
    ),
    ((" user ",), re.compile(r"\bnet1?(?:\.exe)?\s+user\s")),
    (("@",), re.compile(r"://[^/\s:@]+:[^@\s]+@")),
    (
        ("create ", "alter ", "drop ", "identified ", "sp_"),
        re.compile(
            r"\b(?:create|alter|drop)\s+(?:login|user|role|credential|application|server|symmetric|asymmetric|master)\b"
            r"|\bidentified\s+by\b|\bsp_\w+"
        ),
    ),
)
_STATEMENT = re.compile(r"\b(?:create|alter|drop|exec|execute|sp_\w+|identified)\b", re.IGNORECASE)
_WRITTEN_SPACE = re.compile(r"\\[nrt]|\s")
# Commands and key strokes in audit records are split into arguments or written in hexadecimal: they go whole.
_TYPED = frozenset({"EXECVE", "PROCTITLE", "USER_CMD", "TTY", "USER_TTY"})
_TYPED_FIELD = re.compile(r"""\b(proctitle|cmd|data|a[1-9]\d*(?:\[\d+\])?)=("[^"]*"?|\S+)""")


def of_text(written: str) -> str:
    """This function will return a line or stanza as it may be kept; empty when it is too long."""
    if len(written) > LONGEST:
        return ""
    plain = written.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _without_secrets(plain) if _is_suspect(plain) else plain


def of_audit(kind: str, written: str) -> str:
    """This function will return an audit line as it may be kept: what somebody typed is taken out."""
    kept = _TYPED_FIELD.sub(rf"\1={REMOVED}", written) if kind in _TYPED else written
    return of_text(kept)


def of_document(written: str, document: Mapping[str, Any]) -> str:
    """This function will return a JSON record as it may be kept, given its text and the same parsed."""
    if len(written) > LONGEST:
        return ""
    if "\\u0000" in written or _is_suspect(written.replace('\\"', '"')):
        return orjson.dumps(_searched(document)).decode()
    return written


def number(written: int) -> int:
    """This function will return a record number, or 0 for one that no signed 64-bit column holds."""
    return written if 0 <= written <= LARGEST_NUMBER else 0


def _is_suspect(written: str) -> bool:
    """Says whether a text, or JSON as it is written, may hold a secret."""
    text = written.lower()
    if "\\" in text or not text.isprintable():
        text = _WRITTEN_SPACE.sub(" ", text)
    for words, pattern in _SUSPECT:
        for word in words:
            if word in text:
                if pattern.search(text) is not None:
                    return True
                break
    return False


def _searched(value: Any) -> Any:  # noqa: ANN401 - anything JSON can hold
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, dict):
        return {of_text(str(key)): _searched(inner) for key, inner in value.items()}
    return [_searched(inner) for inner in value] if isinstance(value, list) else value


def _without_secrets(written: str) -> str:
    """Line breaks stay where nothing had to go: the redactors write a text on one line and cut it."""
    stated = redact_statement(written) if _STATEMENT.search(written) else written
    kept = redact_command(stated)
    return kept if REMOVED in kept else written

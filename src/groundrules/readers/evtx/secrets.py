"""Nothing secret is kept: what a statement or command line may hide is taken out before anything else sees it.

Rather too much than too little: once a statement speaks of a password at all, every literal in it goes.
"""

from __future__ import annotations

import re

REMOVED = "[removed]"
LONGEST_KEPT = 400

_SENSITIVE = re.compile(
    r"pass(?:word|wd|phrase)|\bpwd\b|secret|credential|identity\s*=|token|api_?key|"
    r"sp_(?:password|addlogin|addlinkedsrvlogin|addapprole|setapprole|approlepassword)|hashed",
    re.IGNORECASE,
)
_LITERAL = re.compile(
    r"'(?:[^']|'')*(?:'|$)"  # an unfinished literal runs to the end: the statement was cut inside it
    r'|"(?:[^"]|"")*(?:"|$)'
    r"|\b0x[0-9a-f]*"
)
_BARE_VALUE = re.compile(
    r"(pass(?:word|wd|phrase)|\bpwd|secret|token|api_?key)(\s*[=:]\s*)(?!N?'|\[removed\])[^\s,;)]+",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"((?:^|\s)(?:--?|/)(?:p|pw|pwd|pass|passwd|password|passphrase|secret|token|key|api-?key)"
    r"(?:[:=]\s*|\s+))(\"[^\"]*(?:\"|$)|\S+)",
    re.IGNORECASE,
)
_NET_USER = re.compile(
    r"(\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"]*\"|\S+)\s+)(?!/)(\S+)", re.IGNORECASE
)
# What every pattern needs somewhere. Most commands are a path and hold none of it.
_HINTS = ("-", "/", "pass", "pwd", "secret", "token", "key", " user ")
_URL_LOGIN = re.compile(r"(://[^/\s:@]+:)[^@\s]+(?=@)")


def redact_statement(statement: str) -> str:
    """This function will return an SQL statement fit to keep: short, and without literals if it speaks of a secret."""
    kept = " ".join(statement.split())
    if _SENSITIVE.search(kept):
        kept = _BARE_VALUE.sub(rf"\1\2{REMOVED}", _LITERAL.sub(f"'{REMOVED}'", kept))
    return kept[:LONGEST_KEPT]


def redact_command(command: str) -> str:
    """This function will return a command line fit to keep: values of secret options and logins removed."""
    kept = " ".join(command.split())
    folded = kept.casefold()
    if not any(hint in folded for hint in _HINTS):
        return kept[:LONGEST_KEPT]
    for pattern in (_OPTION, _NET_USER):
        kept = pattern.sub(rf"\1{REMOVED}", kept)
    kept = _URL_LOGIN.sub(rf"\1{REMOVED}", kept)
    return _BARE_VALUE.sub(rf"\1\2{REMOVED}", kept)[:LONGEST_KEPT]

"""What is kept of what a server printed: no more than can be read, and without what looks like a secret.

It is a sieve, not a proof: a secret that looks like nothing special is kept. What is taken out is marked, so that
nobody takes the text for the whole.
"""

from __future__ import annotations

import re

KEPT = 60_000
_OUT = "[left out: it looks like a secret]"
_WORDS = (
    r"(?:pass(?:word|wd|phrase)|(?<![a-z])pass(?![a-z])|pwd|secret|token(?![a-z])|api[_-]?key|access[_-]?key|"
    r"private[_-]?key|credential)"
)
_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        # scheme://user:secret@host
        r"(?P<kept>[a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s/@]+(?=@)",
        r"(?P<kept>\bauthorization\s*[:=]\s*(?:(?:basic|bearer|digest|token)\s+)?)\S+",
        r"(?P<kept>\bbearer\s+)[a-z0-9._~+/=-]{8,}",
        # password=..., "api_key": "...", DB_PASSWORD: ..., and --password ...
        rf"(?P<kept>[\w.-]*{_WORDS}[\w.-]*[\"']?\s*[:=]\s*)(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&\"']+)",
        rf"(?P<kept>(?<!\S)--?{_WORDS}\s+)(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s-]\S*)",
        # Hashed passwords as in shadow files, JSON web tokens, and keys of well-known services.
        r"\$(?:1|2[aby]|5|6|7|y|argon2\w*)\$[^\s:\"']{8,}",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}",
    )
)


def without_secrets(text: str) -> str:
    """This function will return a text with everything that looks like a secret taken out, and marked."""
    for pattern in _PATTERNS:
        text = pattern.sub(_marked, text)
    return text


def _marked(found: re.Match[str]) -> str:
    return f"{found.groupdict().get('kept') or ''}{_OUT}"


def kept_output(text: str, most: int = KEPT) -> str:
    """This function will return what is kept of a printed text: its end, without secrets; what is missing is said."""
    clean = without_secrets(text)
    left = len(clean) - most
    if left <= 0:
        return clean
    return f"[the first {left} characters are left out]\n{clean[left:]}"

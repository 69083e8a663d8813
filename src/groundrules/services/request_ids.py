"""The id of the request that is answered now: given by the proxy in front or made here, and in every log line."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

_FORM = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BYTES = 12
current: ContextVar[str] = ContextVar("request_id", default="")


def request_id(claimed: str) -> str:
    """This function will return the claimed id where it is in its form, else a new one."""
    return claimed if _FORM.fullmatch(claimed) else secrets.token_hex(_BYTES)

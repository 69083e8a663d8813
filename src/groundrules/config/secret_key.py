"""The key that signs sessions and one-time links: made once per installation, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_BYTES = 48


def load_secret_key(data: Path) -> str:
    """This function will return the installation's key, making it in the data folder the first time."""
    path = data / "secret-key"
    data.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        # O_EXCL: of two processes starting at once, one makes the key and both read it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        key = secrets.token_urlsafe(_BYTES)
        handle.write(key + "\n")
    return key

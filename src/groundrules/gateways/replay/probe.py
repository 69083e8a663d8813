"""The health check as a client makes it: run by the machine's own Python, outside the copy, on the copy's loopback."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request

_PATIENCE, _PAUSE = 3.0, 0.03


def ask(url: str) -> str:
    """This function will return the status and body, or what kept the application from answering."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the site's own address
                return f"{answer.status} {answer.read().decode(errors='replace')}"
        except urllib.error.HTTPError as refused:
            return f"{refused.code} {refused.read().decode(errors='replace')}"
        except OSError as silent:
            if time.monotonic() > until:
                return f"no answer: {silent}"
            time.sleep(_PAUSE)


if __name__ == "__main__":
    sys.stdout.write(ask(sys.argv[1]))

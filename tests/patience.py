"""How long a test waits for what another program, thread or page does: until it is so.

The limit only ends what would otherwise wait for ever. A machine ten times slower stays well below it, and a faster
one waits no longer for its being generous.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 150.0
PATIENCE_MILLISECONDS = PATIENCE * 1000


class NeverHappened(AssertionError):
    """What a test waited for did not come."""


def until(
    is_so: Callable[[], object], problem: str | Callable[[], str], every: float = 0.05
) -> None:
    """This function will wait for something to be so; raises NeverHappened with the problem when it does not come."""
    ends = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > ends:
            raise NeverHappened(problem if isinstance(problem, str) else problem())
        time.sleep(every)

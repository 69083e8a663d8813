"""What this process has answered since it started, for the metrics: requests by route and status, and their time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(slots=True)
class _Counted:
    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    within: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    total: int = 0


_LOCK = threading.Lock()
_COUNTED = _Counted()
STARTED = time.time()


def note(method: str, route: str, status: int, seconds: float) -> None:
    """This function will count one answered request; `route` is the address's pattern, never what stood in it."""
    with _LOCK:
        _COUNTED.requests[method, route, status] += 1
        _COUNTED.seconds += seconds
        _COUNTED.total += 1
        for bound in BOUNDS:
            if seconds <= bound:
                _COUNTED.within[bound] += 1


def counted() -> tuple[dict[tuple[str, str, int], int], dict[float, int], float, int]:
    """This function will return requests by method, route and status; how many took at most so long; time; all."""
    with _LOCK:
        return dict(_COUNTED.requests), dict(_COUNTED.within), _COUNTED.seconds, _COUNTED.total

"""An alert while it is being read: its place, the manager's time, the agent it came from and what kind it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.readers.documents import Row


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; `at` is when the manager wrote it, which is when it heard of the thing and not when it happened."""

    place: str
    at: datetime
    host: str
    kind: str
    rule: str
    fields: Row

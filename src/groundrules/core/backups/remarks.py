"""What is said of a backup: one sentence, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.health import Level


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a backup, and how bad it is."""

    level: Level
    sentence: str

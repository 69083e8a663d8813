"""What is said of a backup: one sentence, and how bad it is, and words that several sentences share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from groundrules.core.backups.answers import BackupPolicy
from groundrules.core.health import Level
from groundrules.core.reasons import counted


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a backup, and how bad it is."""

    level: Level
    sentence: str


def by_words(policy: BackupPolicy) -> str:
    """This function will say what promises something of a backup: the clause, or the agreement."""
    return f"clause {policy.clause}" if policy.clause else "the agreement"


def spoken(span: timedelta) -> str:
    """This function will write a span as people say it, in its two largest units."""
    seconds = max(int(span.total_seconds()), 0)
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    said: list[str] = []
    for name, size in units:
        number, seconds = divmod(seconds, size)
        if number:
            said.append(counted(number, name))
        elif said:
            break
    return " ".join(said[:2]) or "0 seconds"

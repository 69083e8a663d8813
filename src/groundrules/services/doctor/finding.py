"""What one look of the doctor comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it stands, the worst last: fine, worth knowing, needs care, or broken."""

    FINE = "fine"
    NOTE = "note"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, how it stands, what was seen, and what mends it (mostly a command)."""

    name: str
    health: Health
    says: str
    mend: str = ""


def fine(name: str, says: str) -> Finding:
    """This function will return that all is well."""
    return Finding(name, Health.FINE, says)


def note(name: str, says: str, mend: str = "") -> Finding:
    """This function will return something worth knowing."""
    return Finding(name, Health.NOTE, says, mend)


def warning(name: str, says: str, mend: str) -> Finding:
    """This function will return something that needs care before it breaks."""
    return Finding(name, Health.WARNING, says, mend)


def broken(name: str, says: str, mend: str) -> Finding:
    """This function will return something that does not work, or is not safe."""
    return Finding(name, Health.BROKEN, says, mend)

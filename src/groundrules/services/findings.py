"""What a verification found: each finding names the thing, where it is, and what is wrong with it, in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed. `kind` is what it is (`raw file`), `where` names it, `says` tells."""

    kind: str
    where: str
    says: str

    @property
    def sentence(self) -> str:
        """The finding as one line people read."""
        return f"{self.kind} {self.where}: {self.says}"


@dataclass(slots=True)
class Report:
    """A verification as it grows: what was looked at and how often, what is wrong, and what is worth knowing."""

    checked: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def look(self, kind: str, times: int = 1) -> None:
        """This function will count what was looked at."""
        self.checked[kind] += times

    def find(self, kind: str, where: str, says: str) -> None:
        """This function will note something wrong."""
        self.findings.append(Finding(kind, where, says))

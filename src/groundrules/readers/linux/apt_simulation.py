"""What `apt-get --simulate upgrade` prints: a line per package that would change, and a list of those held back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundrules.core.remote import PackageStep

# Inst hello [1.0] (2.0 local [all])
_INST = re.compile(r"Inst (\S+) \[([^\]]+)\] \((\S+) .*\)(?: \[.*\])?")
_KEPT = "The following packages have been kept back:"


@dataclass(frozen=True, slots=True)
class Simulated:
    """What would change and what is kept back; `odd` are lines about packages that no rule of ours understands."""

    steps: tuple[PackageStep, ...]
    kept_back: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


def read_simulation(text: str) -> Simulated:
    """This function will read a simulation's output; a new or removed package is odd, since an upgrade makes none."""
    steps: list[PackageStep] = []
    kept: list[str] = []
    odd: list[str] = []
    listing = False
    for line in text.splitlines():
        if line.startswith(("Inst ", "Remv ", "Purg ")):
            found = _INST.fullmatch(line.strip())
            if found:
                steps.append(PackageStep(found[1], found[2], found[3]))
            else:
                odd.append(line.strip())
        listing = line.strip() == _KEPT or (listing and line.startswith(" "))
        if listing and line.startswith(" "):
            kept.extend(line.split())
    return Simulated(tuple(steps), tuple(kept), tuple(odd))

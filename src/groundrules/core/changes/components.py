"""When two names mean one component: documented normalisation, and versions compared number by number.

Package managers, installers and people write one thing differently: `Microsoft .NET Framework 2.0 (x64)`, `.NET 2.0`,
`libc6:amd64`. Only the differences listed here are ignored; anything else is another component.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile(r"\((r|tm|c)\)|[®™©]")
_ARCHITECTURE = re.compile(
    r":(amd64|i386|arm64|armhf|all|any)$|[\s-]*\(?\b(x64|x86|x86_64|64-bit|32-bit)\)?$"
)
_UPDATE_FOR = re.compile(
    r"^(?:(?:security|critical|cumulative)\s+)?(?:update|hotfix|patch|service pack \d+)\s+for\s+(?P<of>.+?)"
    r"(?:\s+\((?:kb)?\d+\))?$"
)
_VERSION = re.compile(r"^(?P<name>.+?)\s+(?:version\s+|v)?(?P<version>\d+(?:\.\d+)*)$")
_KNOWN_AS = ((".net framework", ".net"), ("microsoft ", ""))


@lru_cache(maxsize=65536)
def normalised(name: str) -> str:
    """This function will write a component name in its comparable form.

    Ignored: case, Unicode width, runs of blanks, trade marks, the architecture at the end, the word Microsoft in
    front, and `.NET Framework` against `.NET` (their version numbers never overlap).
    """
    text = _MARKS.sub(" ", unicodedata.normalize("NFKC", name).casefold())
    text = _ARCHITECTURE.sub("", " ".join(text.split()))
    for known, short in _KNOWN_AS:
        text = text.replace(known, short)
    return text.strip()


@lru_cache(maxsize=65536)
def named_version(name: str) -> tuple[str, tuple[int, ...]]:
    """This function will split a display name from the version at its end: `.net`, (2, 0); no version is ()."""
    text = normalised(name)
    found = _VERSION.match(text)
    if found is None:
        return text, ()
    return found["name"], tuple(int(part) for part in found["version"].split("."))


def same_component(one: str, other: str) -> bool:
    """This function will say whether two names mean one component; `2.0` and `2.0.50727` do, `2.0` and `1.0` don't."""
    (name, version), (other_name, other_version) = named_version(one), named_version(other)
    if name != other_name or bool(version) != bool(other_version):
        return False
    shared = min(len(version), len(other_version))
    return version[:shared] == other_version[:shared]


@lru_cache(maxsize=65536)
def is_needed_by(needed: str, changed: str) -> bool:
    """This function will say whether a change to `changed` touches the component somebody needs as `needed`.

    A need without a version is met by any version. An update is a change of what it is for: `Security Update for
    Microsoft .NET Framework 2.0 (KB928365)` touches `.NET Framework 2.0`.
    """
    name, version = named_version(needed)
    for candidate in (changed, update_target(changed)):
        changed_name, changed_version = named_version(candidate)
        if changed_name == name and changed_version[: len(version)] == version:
            return True
    return same_component(needed, changed)


@lru_cache(maxsize=65536)
def update_target(name: str) -> str:
    """This function will return what an update is for, or the name itself when it isn't an update's name."""
    found = _UPDATE_FOR.match(" ".join(unicodedata.normalize("NFKC", name).casefold().split()))
    return found["of"] if found else name

"""Asks a folder of advisories in the OSV form (YAML) about every locked package. See scripts/audit.

For a machine without the internet: somebody brings a copy of https://github.com/pypa/advisory-database along. An answer
is as fresh as that copy, so the day of its newest advisory is said. Ends with 1 when something is known, with 3 when
nothing is and the copy is older than 30 days: then that nothing is known says little.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
_FRESH_DAYS = 30
_PUBLISHED = re.compile(r"^published: ['\"]?(\d{4}-\d{2}-\d{2})", re.MULTILINE)


def locked() -> dict[str, str]:
    """This function will return every locked package from a registry, with its version."""
    told = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {
        one["name"]: one["version"]
        for one in told["package"]
        if "registry" in one.get("source", {})
    }


def advisories(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """This function will give what is known about a package."""
    for file in sorted((folder / name).glob("*.yaml")):
        told = yaml.safe_load(file.read_text("utf-8"))
        if not told.get("withdrawn"):
            yield told


def touches(told: dict[str, Any], name: str, version: str) -> bool:
    """This function will say whether an advisory is about this very version."""
    for one in told.get("affected", ()):
        if _plain(one["package"]["name"]) != name:
            continue
        if version in one.get("versions", ()):
            return True
        ranges = [r for r in one.get("ranges", ()) if r["type"] == "ECOSYSTEM"]
        if any(_within(r["events"], Version(version)) for r in ranges):
            return True
    return False


def _within(events: list[dict[str, str]], version: Version) -> bool:
    """Introduced and fixed stand in turn; what is introduced last before a version and not fixed since touches it."""
    inside = False
    for event in sorted(events, key=lambda one: _at(next(iter(one.values())))):
        kind, said = next(iter(event.items()))
        if kind == "last_affected":
            inside = inside and version <= _at(said)
        elif version >= _at(said):
            inside = kind == "introduced"
    return inside


def _at(said: str) -> Version:
    try:
        return Version(said)
    except InvalidVersion:
        return Version("0")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def newest_day(folder: Path) -> str:
    """This function will return the day of the newest advisory of the whole copy; empty where there is none."""
    told = (_PUBLISHED.search(file.read_text("utf-8")) for file in folder.rglob("*.yaml"))
    return max((one[1] for one in told if one), default="")


def main(folder: Path, today: datetime | None = None) -> int:
    """This function will print what is known, and return 1 when anything is, 3 when the copy is too old to say."""
    vulns = folder / "vulns" if (folder / "vulns").is_dir() else folder
    packages, found, looked = locked(), 0, 0
    for name, version in sorted(packages.items()):
        for told in advisories(vulns, name):
            looked += 1
            if touches(told, name, version):
                found += 1
                also = ", ".join(told.get("aliases", ()))
                print(f"{name} {version}: {told['id']} {also}")
    if not looked:
        print(f"{folder} holds nothing about any locked package; is it a copy of the advisories?")
        return 1
    print(f"{len(packages)} packages, {looked} advisories about them: {found} touch them.")
    day = newest_day(vulns)
    age = (
        ((today or datetime.now(UTC)) - datetime.fromisoformat(f"{day}T00:00:00Z")).days
        if day
        else None
    )
    if age is None or age > _FRESH_DAYS:
        since = f"{day}, {age} days ago" if day else "a day it does not say"
        print(
            f"NOT A CLEAN BILL: the newest advisory of this copy is of {since}. What became known since then is not in "
            "it; ask again where there is internet (scripts/audit), or with a newer copy."
        )
        return 1 if found else 3
    print(f"The newest advisory of this copy is of {day}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

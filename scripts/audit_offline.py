"""Asks a folder of advisories in the OSV form (YAML) about every locked package. See scripts/audit.

For a machine without the internet: somebody brings a copy of https://github.com/pypa/advisory-database along. An answer
is as fresh as that copy, so its newest advisory is said first. Ends with 1 when something is known.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent


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


def main(folder: Path) -> int:
    """This function will print what is known, and return 1 when anything is."""
    vulns = folder / "vulns" if (folder / "vulns").is_dir() else folder
    packages, found, looked, newest = locked(), 0, 0, ""
    for name, version in sorted(packages.items()):
        for told in advisories(vulns, name):
            looked += 1
            newest = max(newest, str(told.get("published", "")))
            if touches(told, name, version):
                found += 1
                also = ", ".join(told.get("aliases", ()))
                print(f"{name} {version}: {told['id']} {also}")
    if not looked:
        print(f"{folder} holds nothing about any locked package; is it a copy of the advisories?")
        return 1
    print(
        f"{len(packages)} packages, {looked} advisories about them, newest of {newest}: {found} touch them."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

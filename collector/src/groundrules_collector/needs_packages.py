"""Which package owns a file, and what packages and service units declare they need; read from their own lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundrules_collector.host import HostView

_UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_NEEDED_UNITS = ("Requires", "Wants", "BindsTo", "Requisite")
_NOT_A_NEED = (".target", ".slice", ".mount")
_VERSION = re.compile(r"\s*\([^)]*\)|:[a-z0-9]+$")


def owners_of(view: HostView, paths: Iterable[str]) -> dict[str, str]:
    """This function will name the Debian package of each file; a merged /usr is followed both ways."""
    wanted = {spelling: path for path in paths for spelling in _spellings(path)}
    owners: dict[str, str] = {}
    for listed in view.files("/var/lib/dpkg/info/*.list"):
        package = listed.stem.partition(":")[0]
        for line in view.lines(view.shown(listed)):
            path = wanted.get(line)
            if path is not None:
                owners.setdefault(path, package)
    return owners


def _spellings(path: str) -> tuple[str, ...]:
    return (path, path.removeprefix("/usr")) if path.startswith("/usr/") else (path, f"/usr{path}")


def declared(view: HostView, packages: set[str], unit: str) -> Iterator[tuple[str, str, str]]:
    """This function will yield what the packages of its programs and its service unit declare: who, what, where."""
    yield from _by_packages(view, packages)
    if unit:
        yield from _by_unit(view, unit if "." in unit else f"{unit}.service")


def _by_packages(view: HostView, packages: set[str]) -> Iterator[tuple[str, str, str]]:
    package = ""
    for line in view.lines("/var/lib/dpkg/status"):
        if line.startswith("Package: "):
            package = line[9:]
        elif package in packages and line.startswith(("Depends: ", "Pre-Depends: ")):
            field, _, needs = line.partition(": ")
            for alternatives in needs.split(","):
                first = _VERSION.sub("", alternatives.split("|")[0].strip())
                yield package, _VERSION.sub("", first), f"package manager: {field} of {package}"


def _by_unit(view: HostView, unit: str) -> Iterator[tuple[str, str, str]]:
    """Other units it requires, and the files its settings are read from."""
    for folder in _UNIT_FOLDERS:
        lines = list(view.lines(f"{folder}/{unit}"))
        if lines:
            yield from _of_lines(lines, unit, f"{folder}/{unit}")
            return


def _of_lines(lines: list[str], unit: str, where: str) -> Iterator[tuple[str, str, str]]:
    for line in lines:
        key, _, value = line.partition("=")
        if key in _NEEDED_UNITS:
            for needed in value.split():
                if not needed.endswith(_NOT_A_NEED):
                    yield unit, needed.removesuffix(".service"), f"service: {key}= in {where}"
        elif key == "EnvironmentFile":
            yield unit, value.strip().removeprefix("-"), f"configuration: {key}= in {where}"

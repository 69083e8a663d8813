"""Language runtimes beside the package manager's: Python, Node, Java and .NET, told by their files and never run.

A program found on a host may be anybody's, and the collector has rights that it must not lend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from groundrules_collector.host import HostView, changed_at, digest_of
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="runtimes",
    version="1",
    kinds=("runtime",),
    collects="path, version where a file tells it and digest of Python, Node, Java and .NET in their usual places",
    never="nothing is executed; no packages or scripts of the runtimes, no environments",
    columns=(
        ("key", "path of the program (of the folder for .NET)"),
        ("language", "python, node, java or dotnet"),
        ("version", "as the runtime's own files tell it; empty when none does"),
        ("sha256", "digest of the program"),
    ),
    every=5,
)
HOMES = ("/root", "/home/*")
PREFIXES = (
    "/usr",
    "/usr/local",
    "/opt/*",
    "/usr/lib/jvm/*",
    *(f"{home}/.pyenv/versions/*" for home in HOMES),
    *(f"{home}/.nvm/versions/node/*" for home in HOMES),
)
PROGRAMS = {
    "python": re.compile(r"python[23](?:\.\d+)?"),
    "node": re.compile(r"node(?:js)?"),
    "java": re.compile(r"java"),
}
DOTNET = ("/usr/share/dotnet/shared/*/*", "/usr/lib/dotnet/shared/*/*")
PYTHON_HEADER = re.compile(r'#define PY_VERSION\s+"([^"]+)"')
NODE_HEADER = re.compile(r"#define NODE_(?:MAJOR|MINOR|PATCH)_VERSION (\d+)")
JAVA_RELEASE = re.compile(r'JAVA_VERSION="([^"]+)"')
FOLDER_VERSION = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)")


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every runtime once, in path order; a link counts as what it leads to."""
    found: dict[str, Item] = {}
    for prefix in PREFIXES:
        for folder in sorted(view.root.glob(f"{prefix.lstrip('/')}/bin")):
            for item in _in_folder(view, folder):
                found[item.key] = item
    for pattern in DOTNET:
        for folder in sorted(view.root.glob(pattern.lstrip("/"))):
            told = {"language": "dotnet", "version": folder.name}
            found[view.shown(folder)] = Item(
                "runtime", view.shown(folder), told, changed_at(folder)
            )
    yield from (found[key] for key in sorted(found))


def _in_folder(view: HostView, folder: Path) -> Iterator[Item]:
    for path in sorted(folder.iterdir()):
        language = next((name for name, form in PROGRAMS.items() if form.fullmatch(path.name)), "")
        if not language or path.is_symlink() or not path.is_file():
            continue
        try:
            told = {
                "language": language,
                "version": _version(view, language, path),
                "sha256": digest_of(path, limit=1 << 28),
            }
        except OSError as error:
            view.unreadable(view.shown(path), error)
            continue
        yield Item("runtime", view.shown(path), told, changed_at(path))


def _version(view: HostView, language: str, path: Path) -> str:
    home = path.parent.parent
    if language == "python":
        told = _header(view, home / "include" / path.name / "patchlevel.h", PYTHON_HEADER)
    elif language == "node":
        told = _header(view, home / "include/node/node_version.h", NODE_HEADER)
    else:
        told = _header(view, home / "release", JAVA_RELEASE)
    in_name = re.search(r"\d+\.\d+", path.name)
    in_folder = FOLDER_VERSION.fullmatch(home.name)
    return told or (in_folder[1] if in_folder else "") or (in_name[0] if in_name else "")


def _header(view: HostView, path: Path, form: re.Pattern[str]) -> str:
    return ".".join(form.findall(view.text(view.shown(path)))) if path.is_file() else ""


PROBE = SnapshotProbe(SPEC, items)

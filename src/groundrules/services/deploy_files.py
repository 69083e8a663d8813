"""The files a machine needs around Groundrules: systemd units, the scripts for Windows, the witness.

They lie under `deploy/` of a clone and are carried in the wheel, so that whoever installed from an index has them too.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "deploy", _PACKAGE.parents[1] / "deploy")
_FOLDERS = ("systemd", "windows", "witness")
# Where the units look for the program; install.md puts it there.
_WRITTEN_FOR = "/opt/groundrules/.venv/bin/groundrules"
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - never written to: what units can't see


class DeployFilesMissing(Exception):
    """This installation carries none of the files."""


class UnknownDeployFile(Exception):
    """No file has this name."""


class ProgramUnseen(Exception):
    """The units cannot see the program where it lies."""


class WouldOverwrite(Exception):
    """Files of these names are there already, with other contents."""


class CannotWrite(Exception):
    """The folder takes no files as it is; nothing was written."""


# What the system calls it, in words, with what to do about it.
_WHY: Mapping[int, str] = {
    errno.EEXIST: "{place} is a file, not a folder; name another folder, or move that file away",
    errno.ENOTDIR: "{place} leads through a file; name another folder, or move that file away",
    errno.ENOENT: "{place} cannot be made there; name a folder of a file system that keeps files",
    errno.EISDIR: "{place} is a folder where a file is to be; move it away, or name another folder",
    errno.EACCES: "you may not write there ({place}); run it as who may, such as root with sudo",
    errno.EPERM: "you may not write there ({place}); run it as who may, such as root with sudo",
    errno.EROFS: "{place} lies on a file system that is read-only; name a folder on another, or remount it",
    errno.ENOSPC: "the file system of {place} is full; make room there, or name a folder on another",
    errno.EDQUOT: "your share of the file system of {place} is used up; make room, or name another",
    errno.ENAMETOOLONG: "{place} is too long a name; name another folder",
}


@dataclass(frozen=True, slots=True)
class DeployFile:
    """One file: its name, the kind of machine part it is (`systemd`, `windows`, `witness`), and what it is for."""

    name: str
    kind: str
    says: str
    place: Path


def listed() -> tuple[DeployFile, ...]:
    """This function will list the files this installation carries, by kind and name; raises DeployFilesMissing."""
    found = next((place for place in _PLACES if (place / _FOLDERS[0]).is_dir()), None)
    if found is None:
        message = f"no deploy files beside {_PACKAGE}; install the wheel again, or take them from a clone's deploy/"
        raise DeployFilesMissing(message)
    return tuple(
        DeployFile(one.name, folder, _says(one), one)
        for folder in _FOLDERS
        for one in sorted((found / folder).iterdir())
        if one.is_file()
    )


def write(names: Iterable[str], into: Path, *, program: Path, replace: bool) -> tuple[Path, ...]:
    """This function will write files by name (or all of a kind), each whole or not at all, and return where they are.

    In units `program` stands in place of the one they are written for. Raises UnknownDeployFile, ProgramUnseen,
    WouldOverwrite, DeployFilesMissing and CannotWrite; nothing is written, nor any folder made, unless all can be.
    """
    wanted = _chosen(names)
    texts = {into / one.name: _for(one, program) for one in wanted}
    made: list[Path] = []
    try:
        _refuse_differing(texts, replace=replace)
        made = _make(into)
        _put(texts, into)
    except OSError as problem:
        _take_back(made)
        raise CannotWrite(_in_words(problem, into)) from problem
    return tuple(texts)


def _refuse_differing(texts: Mapping[Path, bytes], *, replace: bool) -> None:
    differing = sorted(
        str(path) for path, text in texts.items() if path.exists() and path.read_bytes() != text
    )
    if differing and not replace:
        message = (
            f"{', '.join(differing)}: there already and different; --replace to write over them"
        )
        raise WouldOverwrite(message)


def _make(into: Path) -> list[Path]:
    """Make a folder and those above it; returns what was made, the innermost first."""
    missing = [one for one in (into, *into.parents) if not one.exists()]
    made: list[Path] = []
    try:
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            made.insert(0, one)
    except OSError:
        _take_back(made)
        raise
    if not into.is_dir():
        raise NotADirectoryError(errno.EEXIST, os.strerror(errno.EEXIST), str(into))
    return made


def _take_back(made: Iterable[Path]) -> None:
    """Take made folders away again, unless somebody put something there meanwhile."""
    with suppress(OSError):
        for one in made:
            one.rmdir()


def _in_words(problem: OSError, into: Path) -> str:
    """What could not be done, why, and what to do; a cause we have no words for is told as the system tells it."""
    place = problem.filename2 or problem.filename or into
    why = _WHY.get(problem.errno or 0, "{place}: " + (problem.strerror or str(problem)))
    return f"nothing was written into {into}: {why.format(place=place)}"


def _chosen(names: Iterable[str]) -> tuple[DeployFile, ...]:
    files = listed()
    chosen: dict[str, DeployFile] = {}
    for name in names:
        found = [one for one in files if name in (one.name, one.kind)]
        if not found:
            there = ", ".join([*_FOLDERS, *(one.name for one in files)])
            message = f"no file or kind named {name!r}; there are {there}"
            raise UnknownDeployFile(message)
        chosen.update({one.name: one for one in found})
    return tuple(chosen.values())


def _for(one: DeployFile, program: Path) -> bytes:
    """A unit starts this program; everything else is as it lies."""
    text = one.place.read_bytes()
    written_for = _WRITTEN_FOR.encode()
    if one.kind != "systemd" or written_for not in text:
        return text
    hidden = next((folder for folder in _HIDDEN if program.is_relative_to(folder)), None)
    if hidden is not None:
        message = (
            f"{program} lies under {hidden}, which the units keep their services from seeing; "
            f"install into /opt/groundrules (docs/how-to/install.md), or name another with --program"
        )
        raise ProgramUnseen(message)
    if any(char.isspace() or char in "%\"'\\$" for char in str(program)):
        message = f"{program} has signs in its path that a unit reads otherwise; name another with --program"
        raise ProgramUnseen(message)
    return text.replace(written_for, str(program).encode())


def _put(texts: Mapping[Path, bytes], into: Path) -> None:
    """Lay all beside their places first, so that a full disk leaves nothing behind, then put each into its place."""
    folders = [path for path in texts if path.is_dir()]
    if folders:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folders[0]))
    laid: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=into)
            laid[path] = Path(name)
            with os.fdopen(number, "wb") as file:
                file.write(text)
            # Others may read it: systemd warns of units they can't.
            laid[path].chmod(0o644)
        for path, beside in laid.items():
            beside.replace(path)
    except OSError:
        for beside in laid.values():
            beside.unlink(missing_ok=True)
        raise


def _says(file: Path) -> str:
    """What a file says of itself in its first words: a comment, a docstring, a synopsis."""
    lines = file.read_text("utf-8").splitlines()
    if ".SYNOPSIS" in lines:
        return lines[lines.index(".SYNOPSIS") + 1].strip()
    for line in lines:
        if line.startswith(("# ", '"""')):
            return line.strip('#" ').split(". docs/", 1)[0].removesuffix(".") + "."
    return ""

"""One file that holds many: a tar whose last two members are a list of checksums and a sealed manifest.

It is written beside under a name that no one reads, synced, and only then gets its own; so a file that is cut off never
looks whole. It is read as untrusted: every member is checked against the list, and no name may lead out of a folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

SUMS, MANIFEST, SEAL = "SHA256SUMS", "manifest.json", "manifest.sha256"
_UNFINISHED = ".unfinished-"
_CHUNK = 1 << 20
_PRIVATE = 0o600
_SUM = re.compile(r"([0-9a-f]{64})  (.+)\n")
_SUMS_IN_MEMORY = 1 << 24


class ArchiveDamaged(ValueError):
    """The file is not whole, or a part of it is not what it was when it was written."""


class ArchiveExists(FileExistsError):
    """A file of that name is there already; nothing is ever overwritten."""


class FileChanged(OSError):
    """A file became shorter while it was copied."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive: its name, its length, its permissions, and its bytes to read."""

    name: str
    length: int
    mode: int
    content: IO[bytes]

    def read(self) -> bytes:
        """This function will return all of its bytes."""
        return self.content.read()


class Writing:
    """An archive as it is written. Names are unique, relative, and without a way up."""

    def __init__(self, tar: tarfile.TarFile, sums: IO[bytes]) -> None:
        self._tar, self._sums = tar, sums
        self.members = 0
        self.length = 0

    def add(self, name: str, content: bytes, mode: int = _PRIVATE) -> None:
        """This function will write bytes under a name."""
        self._put(name, io.BytesIO(content), len(content), mode)

    def add_file(self, name: str, path: Path) -> None:
        """This function will write a file under a name; raises FileNotFoundError or FileChanged."""
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            self._put(name, file, found.st_size, found.st_mode & 0o777)

    def _put(self, name: str, source: IO[bytes], length: int, mode: int) -> None:
        entry = tarfile.TarInfo(_safe(name))
        entry.size, entry.mode = length, mode
        digesting = _Digesting(source, length, name)
        self._tar.addfile(entry, digesting)
        self._sums.write(f"{digesting.digest}  {name}\n".encode())
        self.members += 1
        self.length += length

    def seal(self, manifest: Mapping[str, Any]) -> str:
        """This function will write the checksums and the manifest, and return the SHA-256 of the manifest."""
        self._sums.seek(0)
        sums = self._sums.read()
        self._last(SUMS, sums)
        whole = {**manifest, "sums": hashlib.sha256(sums).hexdigest()}
        content = json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True).encode()
        digest = hashlib.sha256(content).hexdigest()
        self._last(MANIFEST, content)
        self._last(SEAL, f"{digest}  {MANIFEST}\n".encode())
        return digest

    def _last(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), _PRIVATE
        self._tar.addfile(entry, io.BytesIO(content))


class _Digesting(io.RawIOBase):
    """Reads as many bytes as were promised, no more, and digests them on the way."""

    def __init__(self, source: IO[bytes], length: int, name: str) -> None:
        self._source, self._left, self._name = source, length, name
        self._running = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._running.hexdigest()

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(self._left if size < 0 else min(size, self._left))
        if not part and self._left and size:
            message = f"{self._name} became shorter while it was copied"
            raise FileChanged(message)
        self._left -= len(part)
        self._running.update(part)
        return part


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """This function will open an archive that gets its name at the end of the block, whole and synced, or never.

    Raises ArchiveExists when something is there, before and also at the end. What a killed run left is cleared away.
    """
    if target.exists():
        message = f"{target} is there already; name another file"
        raise ArchiveExists(message)
    _clear_abandoned(target.parent)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_UNFINISHED)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # Held while we live: whoever can take it knows that the file is abandoned.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with (
                tempfile.SpooledTemporaryFile(max_size=_SUMS_IN_MEMORY) as sums,
                tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writing(tar, cast("IO[bytes]", sums))
            file.flush()
            os.fsync(file.fileno())
            _name(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, target: Path) -> None:
    try:
        os.link(beside, target)
    except FileExistsError as taken:
        message = f"{target} came to be meanwhile; name another file"
        raise ArchiveExists(message) from taken
    beside.unlink()
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _clear_abandoned(folder: Path) -> None:
    for path in folder.glob(f"{_UNFINISHED}*"):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink(missing_ok=True)


def is_unfinished(name: str) -> bool:
    """This function will say whether a file's name is one of an archive that is being written, or was cut off."""
    return name.startswith(_UNFINISHED)


def check(path: Path) -> dict[str, Any]:
    """This function will read the whole archive and return its manifest; raises ArchiveDamaged."""
    last: dict[str, bytes] = {}
    with tempfile.SpooledTemporaryFile(max_size=_SUMS_IN_MEMORY) as found:
        try:
            for member in members(path, sealed=True):
                _take(member, last, found)
        except tarfile.TarError as error:
            message = f"{path} is cut off or damaged ({error}), so it is no whole backup"
            raise ArchiveDamaged(message) from error
        found.seek(0)
        return _manifest(path, last, found.read())


def _take(
    member: Member, last: dict[str, bytes], found: tempfile.SpooledTemporaryFile[bytes]
) -> None:
    if member.name in {SUMS, MANIFEST, SEAL}:
        last[member.name] = member.read()
    elif last:
        message = f"{member.name} comes after the list of checksums"
        raise ArchiveDamaged(message)
    else:
        found.write(f"{_digest_of(member)}  {member.name}\n".encode())


def _manifest(path: Path, last: Mapping[str, bytes], found: bytes) -> dict[str, Any]:
    if list(last) != [SUMS, MANIFEST, SEAL]:
        message = f"{path} is cut off: it does not end with its manifest, so it is no whole backup"
        raise ArchiveDamaged(message)
    content = last[MANIFEST]
    if last[SEAL] != f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode():
        message = f"{path}: the manifest is not what it was when it was written"
        raise ArchiveDamaged(message)
    manifest: dict[str, Any] = json.loads(content)
    if manifest.get("sums") != hashlib.sha256(last[SUMS]).hexdigest():
        message = f"{path}: the list of checksums is not what it was when it was written"
        raise ArchiveDamaged(message)
    if found != last[SUMS]:
        message = f"{path}: {_first_difference(found, last[SUMS])}"
        raise ArchiveDamaged(message)
    return manifest


def _first_difference(found: bytes, wanted: bytes) -> str:
    for here, there in zip(
        found.splitlines(keepends=True), wanted.splitlines(keepends=True), strict=False
    ):
        if here != there:
            listed = _SUM.fullmatch(there.decode("utf-8", "replace"))
            return f"{listed[2] if listed else 'a member'} is not what it was when it was written"
    return "files are missing from it, or are there too many"


def members(path: Path, *, sealed: bool = False) -> Iterator[Member]:
    """This function will yield each file in the order written, for reading at once; `sealed` adds the last three.

    Raises ArchiveDamaged for what is no archive, and for a name that could lead out of a folder.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for entry in tar:
                if not entry.isfile():
                    message = f"{path}: {entry.name!r} is not an ordinary file"
                    raise ArchiveDamaged(message)
                content = tar.extractfile(entry)
                if content is not None and (sealed or entry.name not in {SUMS, MANIFEST, SEAL}):
                    yield Member(_safe(entry.name), entry.size, entry.mode & 0o777, content)
                # tarfile remembers every member it saw; an archive of millions must not grow in memory.
                tar.members = []  # type: ignore[attr-defined]
    except tarfile.TarError as error:
        message = f"{path} is not a whole backup of an installation ({error})"
        raise ArchiveDamaged(message) from error


def lay_down(member: Member, target: Path) -> None:
    """This function will write a member to a file that must not exist yet, synced, with its permissions."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(member.content, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), member.mode & 0o750)


def _digest_of(member: Member) -> str:
    running = hashlib.sha256()
    left = member.length
    while part := member.content.read(_CHUNK):
        running.update(part)
        left -= len(part)
    if left:
        message = f"{member.name} is cut off"
        raise ArchiveDamaged(message)
    return running.hexdigest()


def _safe(name: str) -> str:
    parts = name.split("/")
    if (
        not name
        or any(part in {"", ".", ".."} for part in parts)
        or not name.isprintable()
        or "\\" in name
    ):
        message = f"{name!r} is not a name a file may have in a backup"
        raise ArchiveDamaged(message)
    return name

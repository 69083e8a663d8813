"""What a gate recorded of a window's terminals: a tar of pairs NAME.shown and NAME.timing, as `script` wrote them."""

from __future__ import annotations

import io
import re
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime

from groundrules.core.vendors.recording import RecordingUnreadable

READER = "terminal-recordings/1"
_NAME = re.compile(r"(?:\./)?((\d{8}T\d{6}Z)-\d{1,10})\.(shown|timing)")
_MEMBERS, _LARGEST, _END = 2000, 64 * 1024 * 1024, 1024


@dataclass(frozen=True, slots=True)
class TerminalRecording:
    """One session's terminal: its name on the host, when it began by the host's clock, and the two raw files."""

    name: str
    began_at: datetime
    shown: bytes
    timing: bytes


def read_recordings(raw: bytes) -> tuple[TerminalRecording, ...]:
    """This function will take a window's recordings out of the archive its host sent, oldest first.

    Other members are passed over; an archive that can't be read, or holds more than it may, raises RecordingUnreadable.
    """
    files: dict[str, dict[str, bytes]] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as archive:
            for number, member in enumerate(archive):
                _check(number, member)
                found = _NAME.fullmatch(member.name)
                content = archive.extractfile(member) if found and member.isreg() else None
                if found and content is not None:
                    files.setdefault(found[1], {})[found[3]] = content.read()
            _check_end(raw[archive.offset :])
        whole = (name for name in sorted(files) if "shown" in files[name])
        return tuple(_recording(name, files[name]) for name in whole)
    except RecordingUnreadable:
        raise
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as problem:
        message = f"the archive of recordings can't be read: {problem}"
        raise RecordingUnreadable(message) from problem


def _check(number: int, member: tarfile.TarInfo) -> None:
    """A hole takes no bytes in the archive and all of them in memory; `script` leaves none."""
    if number >= _MEMBERS or not 0 <= member.size <= _LARGEST or member.issparse():
        message = f"the archive of recordings holds more than it may ({member.name[:80]})"
        raise RecordingUnreadable(message)


def _check_end(rest: bytes) -> None:
    """Python takes a torn archive for one that ended there; a whole one ends with two empty blocks."""
    if len(rest) < _END or any(rest):
        message = "the archive of recordings is torn: its end is missing"
        raise RecordingUnreadable(message)


def _recording(name: str, parts: dict[str, bytes]) -> TerminalRecording:
    stamp = name.partition("-")[0]
    began = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return TerminalRecording(name, began, parts["shown"], parts.get("timing", b""))

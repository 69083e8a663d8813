"""A window's recordings as a host of ours sent them, and what is refused."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from groundrules.core.vendors.recording import RecordingUnreadable, replay_of
from groundrules.readers.terminal_recordings import read_recordings

# Recorded by the gate on a Debian 12 host: a login with a terminal, one without, and a password that was asked for.
SAMPLE = (Path(__file__).parents[1] / "services" / "WIN-1.tar").read_bytes()

SHOWN = "20261128T093810Z-253.shown"


def archive(name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """An archive with one member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        member = tarfile.TarInfo(name)
        member.size, member.type = len(content), kind
        made.addfile(member, io.BytesIO(content))
    return out.getvalue()


def hostile() -> list[bytes]:
    """A hole of a gigabyte's quarter, a month that is none, a thousand long names in a row, a size below zero."""
    hole = bytearray(archive(SHOWN, b"", tarfile.GNUTYPE_SPARSE))
    hole[483:495] = b"%011o\0" % (60 << 20)
    block = tarfile.TarInfo("././@LongLink")
    block.type, block.size = tarfile.GNUTYPE_LONGNAME, 2
    names = (block.tobuf(tarfile.GNU_FORMAT) + b"n\0".ljust(512, b"\0")) * 1200
    below = bytearray(archive(SHOWN, b""))
    below[124:136] = b"\xff" * 12
    return [
        resealed(hole),
        archive("20261399T093810Z-253.shown", b"hello"),
        names + archive(SHOWN, b"hello"),
        resealed(below),
    ]


def resealed(raw: bytearray) -> bytes:
    """The first header with its checksum made right again."""
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    return bytes(raw)


class TestReadRecordings:
    """The archive."""

    def test_gives_each_session_with_its_time(self) -> None:
        """Oldest first; the work is readable, and the password that was typed is nowhere."""
        found = read_recordings(SAMPLE)

        assert [one.name for one in found] == ["20261128T093810Z-253", "20261128T093831Z-329"]
        assert found[0].began_at.isoformat() == "2026-11-28T09:38:10+00:00"
        text = replay_of(found[0].shown, found[0].timing).text
        assert "Setting up rogue-charts (12.4) ..." in text
        assert "Password: \n" in text
        assert text.endswith("logout\n")
        assert b"geheim" not in SAMPLE

    @pytest.mark.parametrize(
        "raw", [SAMPLE[:700], b"not an archive" * 100, SAMPLE[:512] + b"\xff" * 512]
    )
    def test_says_so_when_it_is_broken(self, raw: bytes) -> None:
        """A corrupt twin is no recording."""
        with pytest.raises(RecordingUnreadable):
            read_recordings(raw)

    @pytest.mark.parametrize("raw", hostile(), ids=["hole", "no day", "names of names", "no size"])
    def test_refuses_what_would_stop_or_fill_the_keeper(self, raw: bytes) -> None:
        """A vendor with root may have written the archive: each is one refusal, and nothing is unpacked."""
        with pytest.raises(RecordingUnreadable):
            read_recordings(raw)

    def test_takes_nothing_else_out(self) -> None:
        """Links, other names and paths are passed over: the host may be the vendor's by now."""
        for raw in (
            archive("../../etc/passwd", b"root"),
            archive("20261128T093810Z-253.shown", b"", tarfile.SYMTYPE),
            archive("notes.txt", b"hello"),
        ):
            assert read_recordings(raw) == ()

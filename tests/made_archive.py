"""An archive of PostgreSQL put together by hand, with segments of 1 MiB: names, headers, manifests, and no record."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from groundrules.core.backups.archive import HeldPiece, Holdings
from groundrules.gateways.postgresql_listing import listing_of

MB = 1024 * 1024
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
CLUSTER = 0x6B0B93AE952C1882


@dataclass
class MadeArchive:
    """An archive that is put together by hand."""

    place: Path

    def segment(self, name: str, number: int, *, cluster: int = CLUSTER, size: int = MB) -> Path:
        """A file that begins as a segment of that number does, written so many minutes after noon."""
        file = self.place / "wal" / name
        with file.open("wb") as opened:
            opened.write(
                struct.pack("=HHIQI4xQII", 0xD110, 6, 1, number * MB, 0, cluster, MB, 8192)
            )
            opened.truncate(size)
        os.utime(file, (NOON.timestamp() + number * 60,) * 2)
        return file

    def base(self, name: str, start: str, end: str, timeline: int = 1) -> Path:
        """A base backup: its version, its control file, and what its manifest says of the log."""
        folder = self.place / "base" / name
        (folder / "global").mkdir(parents=True)
        (folder / "PG_VERSION").write_text("15\n")
        (folder / "global" / "pg_control").write_bytes(struct.pack("=Q", CLUSTER) + bytes(100))
        told = {"Timeline": timeline, "Start-LSN": start, "End-LSN": end}
        (folder / "backup_manifest").write_text(json.dumps({"Files": [], "WAL-Ranges": [told]}))
        os.utime(folder / "backup_manifest", (NOON.timestamp(),) * 2)
        return folder

    @property
    def held(self) -> Holdings:
        """What is found in it."""
        return listing_of(self.place / "base", self.place / "wal").held

    def piece(self, number: int) -> HeldPiece:
        """The one that is found of that number."""
        (one,) = (piece for piece in self.held.pieces if piece.number == number)
        return one

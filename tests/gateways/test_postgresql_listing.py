"""What lies in an archive of PostgreSQL, by names and headers alone: a made archive with segments of 1 MiB."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.core.backups.archive import Fault, reach_of
from groundrules.gateways.postgresql_archive import PostgresqlArchive
from groundrules.gateways.repositories import RepositoryUnusable
from tests.made_archive import MB, MadeArchive

OTHER = 0x1111


@pytest.fixture
def made(tmp_path: Path) -> MadeArchive:
    """One base backup in segment 3, and the segments 2 to 5, the last of them still being written."""
    for name in ("base", "wal"):
        (tmp_path / name).mkdir()
    one = MadeArchive(tmp_path)
    one.base("first", "0/300028", "0/300100")
    for number in (2, 3, 4):
        one.segment(f"00000001000000000000000{number}", number)
    one.segment("000000010000000000000005.partial", 5)
    return one


class TestListing:
    """Names, forty bytes of each segment, and manifests."""

    def test_whole(self, made: MadeArchive) -> None:
        """How large segments are is theirs to say; other files of an archive are no segments."""
        for name in ("000000010000000000000003.00000028.backup", "archive_status", "x.tmp"):
            (made.place / "wal" / name).write_text("")
        held = made.held
        assert (held.size, len(held.pieces), held.bases[0].start) == (MB, 4, 0x300028)
        found = reach_of(held.bases[0], held)
        assert (found.gaps, found.until) == ((), made.piece(5).written)
        (snapshot,) = PostgresqlArchive(str(made.place)).snapshots()
        assert (snapshot.id, snapshot.taken_at.minute) == ("first", 5)

    def test_newest_backup_reaches_only_to_the_gap(self, made: MadeArchive) -> None:
        """What is restored of it is as old as the last piece before the gap, however new the log behind it is."""
        (made.place / "wal" / "000000010000000000000004").unlink()
        (snapshot,) = PostgresqlArchive(str(made.place)).snapshots()
        assert snapshot.taken_at.minute == 3

    def test_whole_before_partial_before_compressed(self, made: MadeArchive) -> None:
        """Of several files of one place in the log the usable one counts."""
        made.segment("000000010000000000000004.partial", 4)
        (made.place / "wal" / "000000010000000000000004.gz").write_bytes(b"\x1f\x8b")
        (made.place / "wal" / "000000010000000000000006.gz.partial").write_bytes(b"\x1f\x8b")
        assert (made.piece(4).whole, made.piece(4).fault) == (True, None)
        assert (made.piece(6).fault, made.piece(6).why) == (Fault.PACKED, ".gz")

    def test_what_postgresql_would_refuse(self, made: MadeArchive) -> None:
        """Too short, in a wrong place, of another cluster, or without a beginning."""
        made.segment("000000010000000000000006", 6, size=MB - 1)
        made.segment("000000010000000000000007", 8)
        made.segment("000000010000000000000008", 8, cluster=OTHER)
        (made.place / "wal" / "000000010000000000000009").write_bytes(bytes(MB))
        assert made.piece(6).why == f"it has {MB - 1} bytes of {MB}"
        assert "elsewhere" in made.piece(7).why
        assert made.piece(8).cluster != made.held.bases[0].cluster
        assert made.piece(9).why == "its beginning cannot be read"
        gaps = reach_of(made.held.bases[0], made.held).gaps
        assert {gap.fault for gap in gaps} == {Fault.DAMAGED, Fault.FOREIGN}

    def test_room_made_for_the_next_piece_is_not_damaged(self, made: MadeArchive) -> None:
        """A receiver makes room before anything of the piece has come."""
        (made.place / "wal" / "000000010000000000000005.partial").write_bytes(bytes(MB))
        assert (made.piece(5).fault, made.piece(5).cluster) == (None, "")

    def test_bases(self, made: MadeArchive) -> None:
        """One that is being made has no manifest yet and is named; one may carry its log itself."""
        (made.base("second", "0/400028", "0/400100") / "backup_manifest").unlink()
        (made.base("third", "0/400028", "0/400100") / "backup_manifest").write_text("{")
        own = made.base("fourth", "0/600028", "0/600100")
        (own / "pg_wal").mkdir()
        made.segment("000000010000000000000006", 6).rename(
            own / "pg_wal" / "000000010000000000000006"
        )
        held = made.held
        assert [name for name, _ in held.unfinished] == ["second", "third"]
        assert {one.name: one.own for one in held.bases} == {"first": (), "fourth": (6,)}

    def test_timelines(self, made: MadeArchive) -> None:
        """A history that cannot be read is as good as none."""
        (made.place / "wal" / "00000002.history").write_text("1\t0/500100\twhy\n")
        (made.place / "wal" / "00000003.history").write_text("hello\n")
        assert dict(made.held.histories) == {2: ((1, 0x500100),)}

    def test_without_folders_or_backups(self, made: MadeArchive, tmp_path: Path) -> None:
        """Said what is missing; an archive without a base backup was not looked at, so it is not called whole."""
        with pytest.raises(RepositoryUnusable, match="takes base backups in base"):
            PostgresqlArchive(str(tmp_path / "none")).listing()
        (made.place / "base" / "first" / "backup_manifest").unlink()
        with pytest.raises(RepositoryUnusable, match="nothing to verify"):
            PostgresqlArchive(str(made.place)).check()
        with pytest.raises(RepositoryUnusable, match="as a whole only"):
            PostgresqlArchive(str(made.place)).check(1, 2)

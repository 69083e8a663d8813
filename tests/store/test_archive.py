"""One file that holds many: whole under its name or not there, and every flipped byte of it is noticed."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from groundrules.store.archive import (
    ArchiveDamaged,
    ArchiveExists,
    check,
    lay_down,
    members,
    writing,
)

MANIFEST = {"format": "test", "tables": []}


def _written(folder: Path) -> Path:
    target = folder / "whole.grbackup"
    with writing(target) as archive:
        archive.add("database/a/000000.jsonl.zst", b"rows" * 300)
        archive.add("data/keys/one.pem", b"a key")
        archive.seal(MANIFEST)
    return target


class TestWriting:
    def test_names_the_file_only_when_it_is_whole(self, tmp_path: Path) -> None:
        """Somebody stops it in the middle: nothing is left that has the name, or any other."""
        target = tmp_path / "whole.grbackup"

        with pytest.raises(KeyboardInterrupt), writing(target) as archive:  # noqa: PT012 - the block is what is cut off
            archive.add("data/a", b"a")
            raise KeyboardInterrupt

        assert list(tmp_path.iterdir()) == []

    def test_overwrites_nothing(self, tmp_path: Path) -> None:
        """Neither a file that is there, nor one that came while it was written."""
        target = _written(tmp_path)
        kept = target.read_bytes()
        other = tmp_path / "other.grbackup"

        with pytest.raises(ArchiveExists), writing(target):
            pass
        with pytest.raises(ArchiveExists), writing(other) as archive:  # noqa: PT012 - as above
            archive.seal(MANIFEST)
            other.write_bytes(b"somebody else's")

        assert target.read_bytes() == kept
        assert other.read_bytes() == b"somebody else's"
        assert sorted(one.name for one in tmp_path.iterdir()) == [
            "other.grbackup",
            "whole.grbackup",
        ]

    def test_clears_what_a_killed_run_left_and_leaves_one_that_runs(self, tmp_path: Path) -> None:
        """The one that runs holds its file locked."""
        (tmp_path / ".unfinished-killed").write_bytes(b"half")

        with writing(tmp_path / "first.grbackup") as first:
            second = _written(tmp_path)
            first.seal(MANIFEST)

        names = sorted(one.name for one in tmp_path.iterdir())
        assert names == ["first.grbackup", second.name]

    def test_is_read_by_its_owner_only(self, tmp_path: Path) -> None:
        """It holds private keys."""
        assert _written(tmp_path).stat().st_mode & 0o077 == 0


class TestCheck:
    def test_returns_the_manifest_of_a_whole_file(self, tmp_path: Path) -> None:
        """What was said is said again, with the checksum of the list of checksums."""
        manifest = check(_written(tmp_path))

        assert manifest["format"] == "test"
        assert len(manifest["sums"]) == 64

    def test_finds_every_flipped_byte_of_what_it_holds(self, tmp_path: Path) -> None:
        """Every eleventh byte, one after the other: headers, contents, checksums, manifest."""
        whole = _written(tmp_path)
        content = whole.read_bytes()
        length = len(content.rstrip(b"\0"))
        flipped = tmp_path / "flipped"

        unnoticed = []
        for place in range(0, length, 11):
            damaged = bytearray(content)
            damaged[place] ^= 1
            flipped.write_bytes(damaged)
            try:
                check(flipped)
            except ArchiveDamaged:
                continue
            unnoticed.append(place)

        # What a tar says of owner and age is not what was kept, and is not restored.
        assert all(_is_about_the_header(content, place) for place in unnoticed), unnoticed

    @pytest.mark.parametrize("share", [0, 1, 3, 5, 9])
    def test_refuses_a_file_that_was_cut_off(self, tmp_path: Path, share: int) -> None:
        """Wherever: a whole one ends with its manifest."""
        whole = _written(tmp_path)
        content = whole.read_bytes().rstrip(b"\0")
        whole.write_bytes(content[: len(content) * share // 10])

        with pytest.raises(ArchiveDamaged):
            check(whole)

    @pytest.mark.parametrize(
        "name", ["../out", "/etc/passwd", "data/../../out", "data//x", "a\\b", "a\nb"]
    )
    def test_refuses_a_name_that_leads_out(self, tmp_path: Path, name: str) -> None:
        """A file somebody hands us is not believed."""
        file = tmp_path / "hostile"
        with tarfile.open(file, "w") as tar:
            entry = tarfile.TarInfo(name)
            entry.size = 1
            tar.addfile(entry, io.BytesIO(b"x"))

        with pytest.raises(ArchiveDamaged):
            list(members(file))

    def test_refuses_links_and_devices(self, tmp_path: Path) -> None:
        """Only ordinary files are in a backup."""
        file = tmp_path / "hostile"
        with tarfile.open(file, "w") as tar:
            entry = tarfile.TarInfo("data/link")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry)

        with pytest.raises(ArchiveDamaged, match="not an ordinary file"):
            list(members(file))


class TestLayDown:
    def test_never_writes_over_a_file(self, tmp_path: Path) -> None:
        """What lies there stays."""
        whole = _written(tmp_path)
        target = tmp_path / "there"
        target.write_bytes(b"mine")

        with pytest.raises(FileExistsError):
            lay_down(next(iter(members(whole))), target)

        assert target.read_bytes() == b"mine"


def _is_about_the_header(content: bytes, place: int) -> bool:
    """Owner, age and device of a tar's header, or the padding behind a member: bytes that nothing is taken from."""
    block = place % 512
    in_header = content[place - block + 257 : place - block + 262] == b"ustar"
    return in_header or content[place] == 0

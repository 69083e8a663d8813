"""Whole folders by digest: only what moved is read again, and what changed without moving is found once a day."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from groundrules_collector import trees
from groundrules_collector.trees import is_due, listed, scan


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """This fixture will lay out a tree of a few folders."""
    for name in ("etc/a.conf", "etc/deep/b.conf", "etc/deep/er/c.conf", "srv/d"):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "root"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """This fixture will name the file of the index."""
    return tmp_path / "trees.db"


class TestScans:
    def test_read_everything_once(self, root: Path, index: Path) -> None:
        """The first look digests every file; the second reads none and finds the same."""
        first = scan(index, root, ("/etc",))
        second = scan(index, root, ("/etc",))

        assert (first.files, first.hashed) == (3, 3)
        assert (second.files, second.hashed) == (3, 0)
        assert first.generation == second.generation
        assert {path: entry["sha256"] for path, entry in listed(index)} == {
            f"/{name}": hashlib.sha256(name.encode()).hexdigest()
            for name in ("etc/a.conf", "etc/deep/b.conf", "etc/deep/er/c.conf")
        }

    def test_read_only_what_moved(self, root: Path, index: Path) -> None:
        """One written file costs one digest, and the trees have another state."""
        before = scan(index, root, ("/etc",)).generation
        (root / "etc/deep/b.conf").write_text("written")

        after = scan(index, root, ("/etc",))

        assert after.hashed == 1
        assert after.generation != before
        assert dict(listed(index))["/etc/deep/b.conf"]["sha256"] == (
            hashlib.sha256(b"written").hexdigest()
        )

    @pytest.mark.parametrize("what", ["etc/a.conf", "etc/deep/er/c.conf"])
    def test_see_what_is_gone(self, root: Path, index: Path, what: str) -> None:
        """A removed file, and a removed folder with what was in it, leave the list."""
        before = scan(index, root, ("/etc",)).generation
        (root / what).unlink()
        if "er" in what:
            (root / what).parent.rmdir()

        after = scan(index, root, ("/etc",))

        assert after.generation != before
        assert f"/{what}" not in dict(listed(index))

    def test_see_changed_rights_and_links(self, root: Path, index: Path) -> None:
        """Mode and the target of a link are told; no file behind a link is read."""
        (root / "etc/link").symlink_to("/srv/d")
        scan(index, root, ("/etc",))
        (root / "etc/a.conf").chmod(0o600)

        scan(index, root, ("/etc",))

        found = dict(listed(index))
        assert found["/etc/a.conf"]["mode"] == "0600"
        assert found["/etc/link"]["link"] == "/srv/d"
        assert "sha256" not in found["/etc/link"]

    def test_find_what_changed_without_moving(
        self, root: Path, index: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Bytes that changed while inode, size and times stayed (a raw disk, a moved clock) are found once a day."""
        path = root / "etc/a.conf"
        frozen = path.lstat()
        scan(index, root, ("/etc",))
        path.write_text("etc/A.conf")
        monkeypatch.setattr("groundrules_collector.trees._packed", _packed_with(frozen, path))

        quick = scan(index, root, ("/etc",), full=False)
        whole = scan(index, root, ("/etc",), full=True)

        assert quick.hashed == 0
        assert whole.altered_silently == ["/etc/a.conf"]

    def test_make_a_damaged_index_anew(self, root: Path, index: Path) -> None:
        """The index saves work and holds no evidence: a broken one costs one full look."""
        scan(index, root, ("/etc",))
        index.write_bytes(b"not a database at all" * 400)
        for beside in ("-wal", "-shm"):
            index.with_name(index.name + beside).unlink(missing_ok=True)

        assert is_due(index)
        again = scan(index, root, ("/etc",))

        assert again.hashed == 3

    def test_never_digest_private_keys(self, root: Path, index: Path) -> None:
        """Neither by name nor by content: a digest of them is nobody's business."""
        (root / "etc/server.key").write_text("anything")
        (root / "etc/harmless.txt").write_text("-----BEGIN RSA PRIVATE KEY-----\nx\n")

        scan(index, root, ("/etc",))

        found = dict(listed(index))
        assert "sha256" not in found["/etc/server.key"]
        assert "sha256" not in found["/etc/harmless.txt"]

    def test_rest_in_proportion_to_their_cost(self, root: Path, index: Path) -> None:
        """Right after a look no other is due; a folder that is not there is no reason to stop."""
        assert is_due(index)

        scan(index, root, ("/etc", "/absent"))

        assert not is_due(index)


def _packed_with(frozen: os.stat_result, path: Path) -> Callable[[os.stat_result], bytes]:
    """What the scan sees of a file whose stat was put back."""
    original = trees._packed  # noqa: SLF001 - the very seam a write to the raw disk slips through
    inode = path.lstat().st_ino
    return lambda status: original(frozen if status.st_ino == inode else status)

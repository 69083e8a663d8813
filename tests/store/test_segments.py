"""What a segment is, and where it rests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groundrules.store.buckets import UnknownBucket
from groundrules.store.segments.layout import (
    SegmentUnreadable,
    events_of,
    pack,
    table_of,
    unpack,
)
from groundrules.store.segments.places import (
    SegmentDamaged,
    SegmentMissing,
    segment_store,
)
from tests.store.events import evidence, hours_of_events


class TestPack:
    def test_gives_back_every_event(self) -> None:
        """Nothing is lost or altered, odd characters included."""
        events = hours_of_events()

        found = list(events_of(unpack(pack([table_of(events)]).content)))

        assert sorted(found) == sorted(events)

    def test_makes_the_same_file_whatever_the_order(self) -> None:
        """A run repeated after a crash writes the very same file."""
        events = hours_of_events()

        once = pack([table_of(events)])
        again = pack([table_of(events[500:][::-1]), table_of(events[:500])])

        assert once.digest == again.digest

    def test_says_what_the_catalogue_needs(self) -> None:
        """Span, rows, assets and the number of events of each evidence."""
        events = hours_of_events(300)

        packed = pack([table_of(events)])

        assert packed.rows == 300
        assert packed.first == min(event.at for event in events)
        assert packed.last == max(event.at for event in events)
        assert packed.assets == ("SRV0", "SRV1", "SRV2", "SRV3", "SRV4")
        assert dict(packed.evidence) == {evidence(number): 100 for number in range(3)}

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"not a segment at all" * 20])
    def test_refuses_other_bytes(self, content: bytes) -> None:
        """What is no segment of ours is said to be none."""
        with pytest.raises(SegmentUnreadable, match="no segment"):
            unpack(content)


class TestStore:
    def test_keeps_a_segment_once(self, tmp_path: Path) -> None:
        """Twice the same content is one file, read-only, under the client's folder."""
        store = segment_store("", tmp_path)
        content = pack([table_of(hours_of_events(10))]).content

        digest = store.put("harbor", content)
        store.put("harbor", content)

        assert list(store.names()) == [("harbor", digest)]
        assert store.get("harbor", digest) == content
        assert Path(store.path_of("harbor", digest)).stat().st_mode & 0o777 == 0o440

    def test_leaves_nothing_under_the_name_when_cut_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A full disk in the middle of writing leaves neither a segment nor its beginnings."""
        store = segment_store("", tmp_path)

        def refuse(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"):
            store.put("harbor", b"content")

        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_notices_a_flipped_bit(self, tmp_path: Path) -> None:
        """A file that is no longer what its name says is named."""
        store = segment_store("", tmp_path)
        digest = store.put("harbor", b"some content")
        path = Path(store.path_of("harbor", digest))
        path.chmod(0o640)
        path.write_bytes(b"some-content")

        with pytest.raises(SegmentDamaged, match=digest):
            store.get("harbor", digest)

    def test_names_what_is_missing(self, tmp_path: Path) -> None:
        """And says what to do."""
        with pytest.raises(SegmentMissing, match="restore it"):
            segment_store("", tmp_path).get("harbor", "ab" * 32)

    def test_keeps_a_client_inside_its_folder(self, tmp_path: Path) -> None:
        """A code that looks like a path stays a name."""
        store = segment_store("", tmp_path)

        digest = store.put("../a/b", b"content")

        assert list(store.names()) == [("../a/b", digest)]
        assert (tmp_path / "segments" / "%2E%2E%2Fa%2Fb").is_dir()

    @pytest.mark.parametrize(
        "url",
        [
            "s3://",
            "http://host/bucket",
            "file://host/x",
            "file:///",
            "s3://key:word@bucket/x",
            "s3://bucket/x?password=1",
        ],
    )
    def test_refuses_places_it_does_not_know(self, url: str, tmp_path: Path) -> None:
        """Credentials in a URL are refused too, and never repeated."""
        with pytest.raises(UnknownBucket) as refused:
            segment_store(url, tmp_path)

        assert "word@" not in str(refused.value)

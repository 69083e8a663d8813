"""Raw evidence in a folder or in a bucket: the same answers, kept once, whole, checked on reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.store.buckets import open_bucket
from groundrules.store.incoming import incoming
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing, RawStore
from groundrules.store.raw_bucket import BucketStore, StoreUnavailable

NOBODY = "s3://segments/x?endpoint=127.0.0.1:1&scheme=http&region=us-east-1"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RawStore:
    """This fixture will give each kind of store in turn."""
    if request.param == "folder":
        return RawStore(tmp_path)
    url = request.getfixturevalue("bucket").replace("/events?", f"/{tmp_path.name}?")
    return BucketStore(tmp_path, *open_bucket(url, "GROUNDRULES_EVIDENCE_URL"))


class TestEveryStore:
    def test_gives_back_what_it_took(self, store: RawStore) -> None:
        """Under the SHA-256 of the bytes, once however often they come, until they are removed."""
        digest = store.put(b"evidence")

        assert store.put(b"evidence") == digest
        assert store.has(digest)
        assert store.get(digest) == b"evidence"
        store.remove(digest)
        store.remove(digest)
        assert not store.has(digest)
        with pytest.raises(RawEvidenceMissing, match="backup"):
            store.get(digest)

    def test_keeps_what_arrives_in_pieces(self, store: RawStore) -> None:
        """Hashed and packed on the way in; the same again is the same; nothing stays in the scratch folder."""
        for _ in range(2):
            with incoming(store) as body:
                body.take(iter([b"first ", b"second"]), 100)
                digest = body.keep()

        assert store.get(digest) == b"first second"
        assert list((store.folder / "incoming").iterdir()) == []


class TestBucketStore:
    def test_finds_damage(self, bucket: str, tmp_path: Path) -> None:
        """An object that is no longer what its name says is not given out."""
        store = BucketStore(tmp_path, *open_bucket(bucket, "GROUNDRULES_EVIDENCE_URL"))
        digest = store.put(b"evidence to be damaged")
        key = f"{store.base}/{digest[:2]}/{digest[2:4]}/{digest}.zst"
        with store.system.open_output_stream(key, compression=None) as stream:
            stream.write(b"something else")

        with pytest.raises(RawEvidenceDamaged):
            store.get(digest)

    def test_says_when_nobody_answers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not as if the evidence were missing: it is to be tried again."""
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "only-for-tests")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        store = BucketStore(tmp_path, *open_bucket(NOBODY, "GROUNDRULES_EVIDENCE_URL"))

        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.put(b"evidence")

"""The evidence envelope: what goes in comes out byte for byte, and nothing else is ever let through."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules_wire import (
    EnvelopeDamaged,
    EnvelopeError,
    EnvelopeFromFuture,
    EnvelopeTruncated,
    Host,
    Manifest,
    NotAnEnvelope,
    envelope_digest,
    pack,
    part_of,
    read_manifest,
    unpack,
)

GOLDEN = Path(__file__).with_name("golden-v1.envelope")
DPKG = b"2026-03-05 18:02:11 install hello:amd64 <none> 2.10-3\n"
WTMP = bytes(range(256)) + b"\r\n\n\0"
PAYLOADS = (DPKG, WTMP, b"")


def manifest(*payloads: bytes) -> Manifest:
    """This function will describe an envelope of Harbor Dental's first server."""
    names = ("log/var/log/dpkg.log", "log/var/log/wtmp", "log/empty")
    parts = tuple(
        part_of(
            name, "dpkg-log", payload, probe="package-history", probe_version="1", source=f"/{name}"
        )
        for name, payload in zip(names, payloads, strict=False)
    )
    return Manifest(
        host=Host("srv1", "ab" * 32, "cd" * 16, "amd64", "Debian GNU/Linux 12 (bookworm)"),
        zone="America/Los_Angeles",
        collected_at="2026-03-05T18:05:00+00:00",
        collector="groundrules-collector/0.1.0",
        sequence=7,
        previous="ef" * 32,
        parts=parts,
        errors=("probe ports failed: nothing to see",),
    )


class TestPack:
    def test_gives_back_every_byte(self) -> None:
        """Payloads come out as they went in, binary and empty ones too, and so does the manifest."""
        envelope = unpack(pack(manifest(*PAYLOADS), PAYLOADS))

        assert envelope.manifest == manifest(*PAYLOADS)
        assert [envelope.payload(part) for part in envelope.manifest.parts] == list(PAYLOADS)
        assert envelope.digest == envelope_digest(envelope.manifest)

    def test_is_the_same_for_the_same_content(self) -> None:
        """Equal content gives equal bytes, so the digest names the content."""
        assert pack(manifest(*PAYLOADS), PAYLOADS) == pack(manifest(*PAYLOADS), PAYLOADS)

    def test_never_finishes_a_wrong_envelope(self) -> None:
        """A payload that is not the one described is refused while writing."""
        with pytest.raises(EnvelopeDamaged, match=r"log/var/log/dpkg\.log"):
            pack(manifest(*PAYLOADS), (b"something else", WTMP, b""))

    @given(st.lists(st.binary(max_size=200), max_size=5))
    def test_carries_any_bytes(self, payloads: list[bytes]) -> None:
        """Whatever the payloads are, they come back in order."""
        parts = tuple(part_of(f"part {at}", "any", payload) for at, payload in enumerate(payloads))
        described = replace(manifest(), parts=parts)

        envelope = unpack(pack(described, payloads))

        assert list(envelope.payloads.values()) == payloads


class TestUnpack:
    def test_reads_the_first_version_for_ever(self) -> None:
        """The envelope kept since version 1 still opens to the same content."""
        envelope = unpack(GOLDEN.read_bytes())

        assert envelope.manifest == manifest(*PAYLOADS)
        assert envelope.payloads["log/var/log/wtmp"] == WTMP
        assert envelope.digest == "ce097f3887dd9e836ec1490cd288569934e242691c31b3b33167ca2d4c2079c5"

    def test_ignores_keys_it_does_not_know(self) -> None:
        """A collector of the same version may say more than this server understands."""
        body = pack(manifest(), ()).split(b"\n")[1]
        more = body.replace(b'"zone":', b'"mood":"calm","zone":')

        assert unpack(_framed(more)).manifest == manifest()

    def test_refuses_a_file_cut_anywhere(self) -> None:
        """However short, a cut envelope is refused, and once it says what it is, with the byte where it stops."""
        whole = pack(manifest(*PAYLOADS), PAYLOADS)

        for length in range(1, len(whole)):
            with pytest.raises(EnvelopeTruncated) as refusal:
                unpack(whole[:length])
            assert refusal.value.offset == length
            assert refusal.value.expected > length

    def test_says_where_it_stops(self) -> None:
        """The message names the byte, the part, and what to do."""
        whole = pack(manifest(*PAYLOADS), PAYLOADS)

        with pytest.raises(
            EnvelopeTruncated,
            match=rf"byte {len(whole) - 1}, inside part log/var/log/wtmp.*copy it again",
        ):
            unpack(whole[:-1])

    def test_refuses_every_flipped_bit(self) -> None:
        """No single altered bit passes, wherever it is."""
        whole = pack(manifest(*PAYLOADS), PAYLOADS)

        for at in range(len(whole)):
            for bit in (1, 32):
                altered = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
                with pytest.raises(EnvelopeError):
                    unpack(altered)

    def test_names_the_damaged_part(self) -> None:
        """An altered payload is named with the digest it should have and the one it has."""
        whole = pack(manifest(*PAYLOADS), PAYLOADS)

        with pytest.raises(EnvelopeDamaged) as refusal:
            unpack(whole.replace(b"hello:amd64", b"hallo:amd64"))

        assert refusal.value.part == "log/var/log/dpkg.log"
        assert refusal.value.expected == manifest(*PAYLOADS).parts[0].sha256
        assert refusal.value.found != refusal.value.expected

    def test_refuses_what_follows_the_end(self) -> None:
        """Bytes after the last part belong to nothing and are not overlooked."""
        with pytest.raises(EnvelopeDamaged, match="follow the last part"):
            unpack(pack(manifest(*PAYLOADS), PAYLOADS) + b"more")

    def test_refuses_two_parts_of_one_name(self) -> None:
        """A second part of the same name could hide the first."""
        twice = replace(manifest(DPKG), parts=manifest(DPKG).parts * 2)

        with pytest.raises(EnvelopeDamaged, match="two parts have this name"):
            unpack(pack(twice, (DPKG, DPKG)))

    def test_sends_the_future_to_an_upgrade(self) -> None:
        """A later format version names both versions and what to do, whatever else changed in it."""
        with pytest.raises(
            EnvelopeFromFuture,
            match=r"version 2, and this server reads up to 1; upgrade the server",
        ):
            unpack(b"groundrules-evidence 2 something new\nand more")

    @pytest.mark.parametrize(
        "raw", [b"", b"PK\x03\x04", b"{}", b"groundrules-evidenze 1 2 3\n", b"\x1f\x8b\x08"]
    )
    def test_says_what_is_not_an_envelope(self, raw: bytes) -> None:
        """Another file is told apart from a damaged envelope."""
        with pytest.raises(NotAnEnvelope, match="not an evidence envelope"):
            unpack(raw)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"zone":"America/Los_Angeles"', b'"zone":5'),
            (b'"parts":[]', b'"parts":{}'),
            (b'"sequence":7', b'"sequence":-7'),
            (b'"host":{', b'"hast":{'),
            (b'"parts":[]', b'"parts":[3]'),
            (b'"zone":"America/Los_Angeles"}', b""),
        ],
    )
    def test_refuses_a_manifest_that_is_not_one(self, old: bytes, new: bytes) -> None:
        """A manifest with a right digest and wrong content is damage that names the key."""
        body = pack(manifest(), ()).split(b"\n")[1]
        assert old in body

        with pytest.raises(EnvelopeDamaged, match="the manifest"):
            unpack(_framed(body.replace(old, new)))

    @given(st.binary(max_size=300))
    def test_never_lets_other_bytes_through(self, raw: bytes) -> None:
        """Arbitrary bytes, also behind a right beginning, are always refused by name."""
        for tried in (raw, b"groundrules-evidence 1 " + raw):
            with pytest.raises(EnvelopeError):
                unpack(tried)


class TestReadManifest:
    def test_needs_no_payloads(self) -> None:
        """Who and when can be read before the rest has arrived."""
        whole = pack(manifest(*PAYLOADS), PAYLOADS)

        assert read_manifest(whole[: -len(WTMP)]) == manifest(*PAYLOADS)


def _framed(body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest().encode()
    return b"groundrules-evidence 1 %d %s\n" % (len(body), digest) + body + b"\n"

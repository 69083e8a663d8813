"""Damage: a clear refusal when nothing is left, and otherwise a reading that counts what is broken."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.evidence import GapKind, Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx import UnreadableEvtx, read_evtx

EVIDENCE = EvidenceId("0123456789abcdef" * 4)
CHUNK = 65536
FILE_HEADER = 4096


def reading(raw: bytes) -> Reading:
    """Read bytes as evidence of one server."""
    return read_evtx(raw, AssetId("SRV1"), EVIDENCE)


@pytest.fixture(scope="module")
def healthy(samples: Path) -> bytes:
    """Give the first two chunks of a real log: small enough to break many times."""
    raw = next(samples.rglob("omerbenamram+evtx/samples/security.evtx")).read_bytes()
    return raw[: FILE_HEADER + 2 * CHUNK]


def adds_up(read: Reading) -> bool:
    """Say whether the counts of a reading are whole."""
    unknown_is_known = all(read.by_type.get(name) == count for name, count in read.unknown.items())
    return read.records == sum(read.by_type.values()) and unknown_is_known


class TestRefusal:
    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (b"", "it is empty"),
            (b"hello world, this is text", "it starts with b'hello wo'"),
            (b"\x30\x00\x00\x00LfLe\x01\x00", "older EVT format"),
            (b"ElfFile\0" + bytes(100), "no records"),
            (b"ElfFile\0" + bytes(FILE_HEADER + CHUNK), "no records"),
        ],
    )
    def test_says_what_it_is_and_what_to_do(self, raw: bytes, says: str) -> None:
        """What, why, and what to do next."""
        with pytest.raises(UnreadableEvtx, match="wevtutil epl") as refusal:
            reading(raw)

        assert says in str(refusal.value)


class TestTruncation:
    def test_inside_a_chunk_keeps_every_whole_record(self, healthy: bytes) -> None:
        """The records before the cut are read, the rest is counted and leaves a gap."""
        whole = reading(healthy)

        cut = reading(healthy[: FILE_HEADER + CHUNK + 30000])

        assert 0 < cut.records < whole.records
        assert adds_up(cut)
        assert any("end of file" in damage.where for damage in cut.damaged)
        assert any(gap.kind is GapKind.RECORDS_DAMAGED for gap in cut.gaps)

    @pytest.mark.parametrize("length", [1, 8, 4095, 4096, 4097, 4600, 4608, 4620])
    def test_before_the_first_record_is_refused_or_empty(self, healthy: bytes, length: int) -> None:
        """Nothing readable is left: refused, or no record and the damage told."""
        try:
            read = reading(healthy[:length])
        except UnreadableEvtx:
            return

        assert read.records == 0
        assert read.damaged


class TestFlippedBytes:
    def test_in_the_file_header_cost_no_record(self, healthy: bytes) -> None:
        """Chunks are found by their place, so a broken file header is only told."""
        whole = reading(healthy)

        broken = reading(b"XXXXXXXX" + healthy[8:])

        assert broken.records == whole.records
        assert broken.damaged[0].where == "file header"

    def test_in_a_chunk_header_cost_no_record(self, healthy: bytes) -> None:
        """The same for the magic of a chunk."""
        whole = reading(healthy)

        broken = reading(healthy[:FILE_HEADER] + b"XXXXXXXX" + healthy[FILE_HEADER + 8 :])

        assert broken.records == whole.records
        assert "chunk 0" in {damage.where for damage in broken.damaged}

    def test_in_a_lookup_table_cannot_hang_the_parser(self, healthy: bytes) -> None:
        """Two strings that follow each other send the parser round for ever; it never gets to see the table."""
        chunk = healthy[FILE_HEADER : FILE_HEADER + CHUNK]
        table = [place for place in struct.unpack_from("<64I", chunk, 128) if place]
        follower = {place: struct.unpack_from("<I", chunk, place)[0] for place in table}
        first, second = next((place, after) for place, after in follower.items() if after)
        looped = bytearray(healthy)
        struct.pack_into("<I", looped, FILE_HEADER + second, first)

        read = reading(bytes(looped))

        assert read.records == reading(healthy).records
        assert adds_up(read)

    def test_inside_a_text_are_told_by_the_checksum(self, healthy: bytes) -> None:
        """A changed letter still reads well: the chunk's checksum gives it away, and its span is not to be trusted."""
        place = healthy.index("SeTcbPrivilege".encode("utf-16-le"))

        read = reading(healthy[:place] + b"X" + healthy[place + 1 :])

        assert read.records == reading(healthy).records
        assert any("checksum" in damage.problem for damage in read.damaged)
        assert any("checksum" in gap.says for gap in read.gaps)

    @settings(max_examples=150)
    @given(data=st.data())
    def test_never_raise_or_lose_count(self, samples: Path, data: st.DataObject) -> None:
        """Whatever a byte becomes: refused by name, or a reading that adds up."""
        name = data.draw(
            st.sampled_from(["new-user-security.evtx", "2-vss_7-System.evtx", "security.evtx"])
        )
        raw = bytearray(
            next(samples.rglob(f"omerbenamram+evtx/samples/{name}")).read_bytes()[
                : FILE_HEADER + CHUNK
            ]
        )
        header = st.integers(0, FILE_HEADER + 600)
        anywhere = st.integers(0, len(raw) - 1)
        for place in data.draw(st.lists(header | anywhere, min_size=1, max_size=12)):
            raw[place] = data.draw(st.integers(0, 255))

        try:
            read = reading(bytes(raw))
        except UnreadableEvtx:
            return

        assert adds_up(read)
        assert all(damage.where and damage.problem for damage in read.damaged)

    @settings(max_examples=60)
    @given(noise=st.binary(max_size=3000), body=st.binary(max_size=2000))
    def test_of_pure_noise_never_raise_anything_else(self, noise: bytes, body: bytes) -> None:
        """Bytes that only begin like a log."""
        for raw in (
            noise,
            b"ElfFile\0" + noise,
            b"ElfFile\0".ljust(FILE_HEADER, b"\0") + b"ElfChnk\0" + body,
        ):
            try:
                assert adds_up(reading(raw))
            except UnreadableEvtx:
                continue

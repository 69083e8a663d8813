"""From an envelope to readings: each part to its reader, unknown formats kept, everything joined at the end."""

from __future__ import annotations

import gzip
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules.core.evidence import Action, ItemKind
from groundrules.readers.context import UnknownZone
from groundrules.readers.envelope import READERS, OpenedEnvelope, combine, read_envelope, read_parts
from groundrules_collector.main import main
from groundrules_collector.probes import SNAPSHOT_PROBES
from groundrules_wire import EnvelopeDamaged, EnvelopeTruncated, Host, Manifest, Part, pack, part_of
from tests.collector.host_tree import build
from tests.readers.linux.reading import SRV1, assert_adds_up, at

DPKG = b"2026-03-05 10:02:11 install hello:amd64 <none> 2.10-3\n"


def opened(
    *parts: tuple[Part, bytes],
    zone: str = "America/Los_Angeles",
    when: str = "2026-03-05T20:00:00+00:00",
) -> OpenedEnvelope:
    """This function will pack parts into an envelope of SRV1 and open it."""
    manifest = Manifest(Host("srv1", boot="b1"), zone, when, parts=tuple(part for part, _ in parts))
    return read_envelope(pack(manifest, (payload for _, payload in parts)))


def dpkg_part(payload: bytes, encoding: str = "") -> tuple[Part, bytes]:
    """This function will describe a dpkg.log part."""
    return part_of("log/dpkg", "dpkg-log", payload, encoding=encoding), payload


@pytest.fixture
def collected(tmp_path: Path) -> OpenedEnvelope:
    """This fixture will collect the small host and open the envelope."""
    output = tmp_path / "srv1.envelope"
    main(["--once", "--root", str(build(tmp_path / "host")), "--output", str(output)])
    return read_envelope(output.read_bytes())


class TestReadParts:
    def test_reads_everything_the_collector_writes(self, collected: OpenedEnvelope) -> None:
        """No part of a collected host is damaged, and none of a format or kind unknown."""
        readings = read_parts(collected, SRV1)

        snapshots = [part for part in collected.manifest.parts if part.format == "snapshot"]
        assert len(readings) == len(collected.manifest.parts)
        assert len(snapshots) == len(SNAPSHOT_PROBES)
        assert len(readings) - len(snapshots) == 6
        for reading in readings:
            assert_adds_up(reading)
            assert (reading.damaged, reading.unknown) == ((), {})
        assert {
            kind for reading in readings for one in reading.snapshots for kind in one.kinds
        } == {
            ItemKind.ACCOUNT,
            ItemKind.CERTIFICATE,
            ItemKind.CONFIG_FILE,
            ItemKind.DISK,
            ItemKind.DISK_ARRAY,
            ItemKind.DRIVER,
            ItemKind.GROUP,
            ItemKind.MOUNT,
            ItemKind.PACKAGE,
            ItemKind.PASSWORD,
            ItemKind.PORT,
            ItemKind.RUNTIME,
            ItemKind.SCHEDULED_TASK,
            ItemKind.SERVICE,
            ItemKind.SSH_KEY,
            ItemKind.SUDO_RULE,
        }

    def test_has_a_reader_for_every_format_it_names(self) -> None:
        """Every registered reader carries its name and version as it stands in citations."""
        for name, registered in READERS.items():
            assert registered.reader.partition("/")[2].isdigit(), name

    def test_cites_the_part_by_its_digest(self) -> None:
        """The evidence of a claim is the part's SHA-256, the record its line, in the host's zone and boot."""
        part, payload = dpkg_part(DPKG)

        seen = read_parts(opened((part, payload)), SRV1)[0].observations[0]

        assert (seen.citation.evidence, seen.citation.record) == (part.sha256, "1")
        assert seen.at == at("2026-03-05 18:02:11")

    @pytest.mark.parametrize(
        ("encoding", "compress"), [("gzip", gzip.compress), ("xz", lzma.compress)]
    )
    def test_unpacks_rotated_logs(self, encoding: str, compress: type) -> None:
        """A compressed part reads like the log it was; the digest stays that of the bytes as found."""
        readings = read_parts(opened(dpkg_part(compress(DPKG), encoding)), SRV1)

        assert [seen.key for seen in readings[0].observations] == ["hello"]

    @pytest.mark.parametrize(
        ("payload", "encoding"),
        [
            (gzip.compress(DPKG, mtime=0)[:-9], "gzip"),
            (b"not packed", "gzip"),
            (lzma.compress(DPKG)[:-9], "xz"),
            (DPKG, "lz77"),
        ],
        ids=["cut gzip", "no gzip", "cut xz", "unknown packing"],
    )
    def test_calls_what_cannot_be_unpacked_damage(self, payload: bytes, encoding: str) -> None:
        """One part that cannot be unpacked costs itself only, and says so."""
        whole = replace(part_of("log/whole", "dpkg-log", DPKG))

        readings = read_parts(opened(dpkg_part(payload, encoding), (whole, DPKG)), SRV1)

        assert readings[0].damaged[0].where == "log/dpkg"
        assert "cannot be read" in readings[0].damaged[0].problem
        assert len(readings[1].observations) == 1

    @pytest.mark.parametrize("name", ["evtx", "windows-events-json"])
    def test_calls_an_unreadable_windows_log_damage(self, name: str) -> None:
        """Bytes that are no event log are damage of their part, not the end of the envelope."""
        reading = read_parts(opened((part_of("log/System", name, b"noise"), b"noise")), SRV1)[0]

        assert reading.damaged[0].where == "log/System"

    def test_keeps_formats_it_does_not_know(self) -> None:
        """A part of a later collector's format is counted as unknown and not dropped."""
        reading = read_parts(opened((part_of("log/solaris", "bsm-audit", b"\x14"), b"\x14")), SRV1)[
            0
        ]

        assert (reading.records, reading.unknown) == (1, {"part/bsm-audit": 1})

    def test_passes_on_what_the_collector_could_not_read(self) -> None:
        """Errors the collector noted in a part are damage of the reading."""
        part, payload = dpkg_part(DPKG)

        reading = read_parts(
            opened((replace(part, errors=("line 2: input/output error",)), payload)), SRV1
        )[0]

        assert [damage.problem for damage in reading.damaged] == [
            "reported by the collector: line 2: input/output error"
        ]

    def test_asks_for_a_zone_where_the_host_names_none(self) -> None:
        """Local times cannot be placed without a zone: refused by name, or read with the one given."""
        nowhere = opened(dpkg_part(DPKG), zone="")

        with pytest.raises(UnknownZone, match="not an IANA time zone"):
            read_parts(nowhere, SRV1)
        assert read_parts(nowhere, SRV1, zone="Asia/Kolkata")[0].observations[0].at == at(
            "2026-03-05 04:32:11"
        )


class TestReadEnvelope:
    def test_lets_refusals_through(self) -> None:
        """A cut envelope is refused as the wire refuses it."""
        with pytest.raises(EnvelopeTruncated):
            read_envelope(b"groundrules-evidence 1 ")

    @pytest.mark.parametrize("when", ["yesterday", "2026-03-05T20:00:00"])
    def test_needs_to_know_when(self, when: str) -> None:
        """A time of collection that is none, or has no zone, is damage of the manifest."""
        with pytest.raises(EnvelopeDamaged, match="collected_at"):
            opened(when=when)


class TestCombine:
    def test_joins_the_sources_of_one_host(self, collected: OpenedEnvelope) -> None:
        """One installation with dpkg's second and apt's account; one login out of log, wtmp and audit."""
        history = combine(read_parts(collected, SRV1))

        installed = [seen for seen in history.observations if seen.key == "hello"]
        assert [(seen.action, seen.at, seen.actor.account) for seen in installed] == [
            (Action.ADDED, at("2026-03-05 18:02:11"), "rogue")
        ]
        assert len(history.snapshots) == len(SNAPSHOT_PROBES)

    def test_counts_an_envelope_received_twice_once(self, collected: OpenedEnvelope) -> None:
        """The same evidence again adds nothing."""
        once = read_parts(collected, SRV1)

        assert combine([*once, *once]) == combine(once)

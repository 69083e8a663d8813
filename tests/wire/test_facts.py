"""What a collector says about its own work, and pieces of growing logs: carried whole, absent when there is nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundrules_wire import EnvelopeDamaged, Fact, Host, Manifest, pack, part_of, unpack
from groundrules_wire.manifest import MalformedManifest, manifest_bytes, parse_manifest

GOLDEN = Path(__file__).with_name("golden-v1.envelope")
GAP = Fact(
    "gap", "2026-03-05T18:00:00+00:00", "2026-03-05T18:40:00+00:00", {"reason": "spool full"}
)
PLAIN = Manifest(Host("srv1"), "UTC", "2026-03-05T18:41:00+00:00")


class TestFacts:
    def test_come_out_as_they_went_in(self) -> None:
        """A gap with its period and reason, and the range a piece of a log covers, survive the way."""
        piece = replace(part_of("log/a", "auth-log", b"xyz"), origin="ab", start=100, end=103)
        told = replace(PLAIN, facts=(GAP,), parts=(piece,))

        envelope = unpack(pack(told, (b"xyz",)))

        assert envelope.manifest == told

    def test_leave_no_trace_when_there_are_none(self) -> None:
        """An envelope from before there were facts keeps its bytes, so its digest still names it."""
        opening = GOLDEN.read_bytes().split(b"\n")[1]

        assert manifest_bytes(parse_manifest(opening)) == opening
        assert b"facts" not in manifest_bytes(PLAIN)

    @pytest.mark.parametrize(
        "facts", [b"7", b"[7]", b'[{"name":"gap"}]', b'[{"name":1,"details":{}}]']
    )
    def test_that_are_malformed_are_refused(self, facts: bytes) -> None:
        """A fact that is not what the page describes is damage, named by its key."""
        raw = manifest_bytes(PLAIN)[:-1] + b',"facts":' + facts + b"}"

        with pytest.raises(MalformedManifest, match="facts"):
            parse_manifest(raw)

    def test_are_covered_by_the_digest(self) -> None:
        """A changed reason is an altered envelope."""
        raw = pack(replace(PLAIN, facts=(GAP,)), ())

        with pytest.raises(EnvelopeDamaged):
            unpack(raw.replace(b"spool full", b"spool fuel"))

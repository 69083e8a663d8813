"""GLPI and FusionInventory: what an inventory lists, and XML that can do no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import compare
from groundrules.core.evidence import Action, ItemKind, Reading, Snapshot
from groundrules.readers.glpi import read_glpi
from groundrules.readers.glpi.xml_tree import DEEPEST, LARGEST, BrokenXml, UnsafeXml, xml_tree
from tests.readers.linux.reading import assert_adds_up, at, context

HERE = Path(__file__).parent
JSON = (HERE / "written_by_us.json").read_bytes()
XML = (HERE / "written_by_us.xml").read_bytes()
BOMB = b"""<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


def read(raw: bytes, zone: str = "UTC") -> Reading:
    reading = read_glpi(raw, context(zone))
    assert_adds_up(reading)
    return reading


def listed(reading: Reading, kind: ItemKind) -> list[str]:
    """This function will return the keys of one kind."""
    return [i.key for s in reading.snapshots for i in s.items if i.kind is kind]


def softwares(reading: Reading) -> Snapshot:
    """This function will return the snapshot of the software section."""
    return next(s for s in reading.snapshots if s.citation.record == "softwares")


class TestInventories:
    def test_list_what_is_there(self) -> None:
        """Software, updates, accounts, groups, disks and drives, each by its own key."""
        reading = read(JSON)

        assert listed(reading, ItemKind.PACKAGE) == ["Sage 300", "Runtime 2.0"]
        assert listed(reading, ItemKind.PATCH) == ["KB5034441"]
        assert listed(reading, ItemKind.ACCOUNT) == ["Administrator", "vendor"]
        assert listed(reading, ItemKind.GROUP) == ["Administrators"]
        assert listed(reading, ItemKind.DISK) == ["\\\\.\\PHYSICALDRIVE0"]
        assert listed(reading, ItemKind.MOUNT) == ["C:"]

    def test_are_dated_by_their_own_offset(self) -> None:
        """The host's wall clock and the offset beside it; without an offset the host's zone places it."""
        without = JSON.replace(b'"-0800"', b'""')

        assert {s.taken_at for s in read(JSON).snapshots} == {at("2026-03-05 18:00:00")}
        assert {s.taken_at for s in read(without, "Europe/Vienna").snapshots} == {
            at("2026-03-05 09:00:00")
        }

    def test_in_xml_say_the_same_things(self) -> None:
        """FusionInventory's XML, with a repeated member and a package of another architecture."""
        reading = read(XML, "America/Los_Angeles")

        assert listed(reading, ItemKind.PACKAGE) == ["hello", "libc6:i386", "tzdata"]
        groups = [i for s in reading.snapshots for i in s.items if i.kind is ItemKind.GROUP]
        assert groups[0].attributes["members"] == "olga, vendor"
        assert reading.snapshots[0].taken_at == at("2026-03-05 18:00:00")

    def test_compare_to_changes(self) -> None:
        """Two inventories of one host differ by what was done in between."""
        later = JSON.replace(b"2026-03-05 10:00", b"2026-03-06 10:00").replace(b'"6.4"', b'"6.5"')
        later = later.replace(b"Runtime 2.0", b"Runtime 4.8")

        found = compare(softwares(read(JSON)), softwares(read(later)))

        assert [(c.component, c.action) for c in found] == [
            ("Runtime 2.0", Action.REMOVED),
            ("Runtime 4.8", Action.ADDED),
            ("Sage 300", Action.ALTERED),
        ]

    def test_that_are_partial_looked_at_nothing_else(self) -> None:
        """A section that is not there was not looked at; it is no empty list."""
        document = json.loads(JSON)
        document["partial"] = True
        del document["content"]["local_users"]

        assert {s.citation.record for s in read(json.dumps(document).encode()).snapshots} == {
            "softwares",
            "local_groups",
            "storages",
            "drives",
        }

    @pytest.mark.parametrize("when", [b"", b"yesterday", b"0000-00-00 00:00:00", b"1601-01-01"])
    def test_without_a_time_are_no_snapshot(self, when: bytes) -> None:
        """When it was handed in is not when it was taken: its entries are counted, and that is all."""
        reading = read(JSON.replace(b"2026-03-05 10:00:00", when))

        assert (reading.snapshots, len(reading.damaged)) == ((), 1)
        assert reading.by_type["glpi/softwares"] == 3

    def test_keep_no_secret(self) -> None:
        """Product keys, licence keys and command lines stand in the document and in nothing read from it."""
        assert JSON.count(b"PLANTED-SECRET") == 2
        assert "PLANTED-SECRET" not in repr(read(JSON)) + repr(read(XML))

    def test_count_what_is_not_followed(self) -> None:
        """Sections about hardware are unknown here, and told."""
        assert read(JSON).unknown["glpi/cpus"] == 1


class TestXml:
    @pytest.mark.parametrize("raw", [BOMB, OUTSIDE, b"<!DOCTYPE a><a/>"])
    def test_with_a_document_type_is_refused(self, raw: bytes) -> None:
        """Entities that multiply, and those that fetch files, need a document type; none is read."""
        with pytest.raises(UnsafeXml, match="document type"):
            xml_tree(raw)

        assert len(read(raw).damaged) == 1

    def test_nested_too_deeply_is_refused(self) -> None:
        """A thousand levels are no inventory."""
        with pytest.raises(UnsafeXml, match="levels"):
            xml_tree(b"<a>" * (DEEPEST + 1))

    def test_too_large_is_refused(self) -> None:
        """More bytes than any inventory has are not parsed."""
        with pytest.raises(UnsafeXml, match="more than"):
            xml_tree(b"<a>" + b" " * LARGEST)

    @pytest.mark.parametrize("raw", [b"", b"<a>", b"<a></b>", b"<a>&b;</a>", b"<\xff>"])
    def test_that_is_broken_is_refused(self, raw: bytes) -> None:
        """It says where it breaks, and nothing of it is used."""
        with pytest.raises(BrokenXml, match="not well-formed"):
            xml_tree(raw)


class TestNoise:
    @pytest.mark.parametrize("name", ["corrupt.json", "corrupt.xml"])
    def test_is_damage(self, name: str) -> None:
        """Half a document is no snapshot: what is missing would look removed."""
        reading = read((HERE / name).read_bytes())

        assert (reading.records, len(reading.damaged)) == (0, 1)

    @pytest.mark.parametrize("sample", [JSON, XML], ids=["json", "xml"])
    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
        length=st.integers(0, 10**6),
    )
    def test_is_answered(self, sample: bytes, cuts: list[tuple[int, int]], length: int) -> None:
        """The samples with bytes replaced, cut anywhere, still add up."""
        raw = bytearray(sample)
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_glpi(bytes(raw[: length % (len(raw) + 1)]), context()))

    @given(
        value=st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["name", "version", "arch", "from"]), inner),
            ),
            max_leaves=8,
        ),
        when=st.sampled_from(["9999-12-31T23:59:59-12:00", "0001-01-01", "2026-03-29 02:30:00"]),
    )
    def test_under_the_right_names_is_answered(self, value: object, when: str) -> None:
        """Any JSON where a section, a row or a time is expected."""
        document = {
            "content": {
                "accesslog": {"logdate": when},
                "softwares": value,
                "local_users": [value],
                "drives": value,
                "operatingsystem": value,
            }
        }

        assert_adds_up(read_glpi(json.dumps(document).encode(), context("Europe/Vienna")))

"""Evidence comes in whole or not at all, once, and what does not verify is kept aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps

from groundrules.records import models as books
from groundrules.services.actor import NotAllowed
from groundrules.services.evidence import (
    AmbiguousHost,
    EvidenceQuarantined,
    Handed,
    UnknownHost,
    receive,
)
from groundrules.services.evidence_formats import UnknownFormat
from groundrules.services.explain import Link, chain
from groundrules.services.storage import raw_store
from groundrules.services.tale import FOLDER
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing
from groundrules_wire import Host, Manifest, pack, part_of
from tests.cast import ANNA, TARIQ

FRIDAY = datetime(2007, 2, 23, 18, 15, tzinfo=UTC)
EVENTS = "srv1-events-to-2007-02-23.jsonl"


def _rows() -> dict[str, int]:
    """This function will count every table, so that a half-written reception shows."""
    return {
        m.__name__: m._default_manager.count() for m in apps.get_app_config("records").get_models()
    }


def _windows() -> Handed:
    return Handed((FOLDER / EVENTS).read_bytes(), EVENTS, host="SRV1")


def _envelope(host: str = "SRV1") -> bytes:
    log = (
        b"2007-02-21 10:00:00 install hello:amd64 <none> 2.10-3\n"
        b"2007-02-21 10:00:01 status installed hello:amd64 2.10-3\n"
    )
    parts = (part_of("dpkg.log", "dpkg-log", log),)
    return pack(
        Manifest(Host(host), "America/Los_Angeles", "2007-02-23T10:00:00+00:00", parts=parts), [log]
    )


class TestReceive:
    def test_files_what_windows_recorded(self, harbor: books.Client) -> None:
        """Sessions, observations and changes are in the books, each citing the file and its line."""
        received = receive(_windows(), actor=TARIQ, at=FRIDAY)

        removal = books.Change.objects.get(component=".NET Framework 2.0", action="removed")
        assert received.filed["Session"] == 4
        assert books.ChangesDue.objects.get().asset.code == "SRV1", "nobody would ask whose it was"
        assert received.filed["Change"] == 5
        assert received.readings[0].records == 21
        assert removal.to_core().citations[0].evidence == received.evidence.digest
        assert removal.not_before == datetime(2007, 2, 22, 3, 58, tzinfo=UTC)

    def test_changes_nothing_the_second_time(self, harbor: books.Client) -> None:
        """The same bytes again are known, and no row is added."""
        receive(_windows(), actor=TARIQ, at=FRIDAY)
        before = _rows()

        again = receive(_windows(), actor=TARIQ, at=FRIDAY)

        assert again.was_known
        assert _rows() == before

    def test_indexes_each_part_of_an_envelope(self, harbor: books.Client) -> None:
        """The envelope and its parts are kept, and a part says which envelope it came in."""
        received = receive(Handed(_envelope(), "srv1.envelope"), actor=TARIQ, at=FRIDAY)

        (part,) = received.evidence.parts.all()
        assert (part.format, part.host) == ("dpkg-log", "SRV1")
        assert raw_store().get(part.digest).startswith(b"2007-02-21")
        assert books.Change.objects.filter(component__contains="hello").exists()

    def test_is_not_for_accountants(self, harbor: books.Client) -> None:
        """A role without the right is refused by name."""
        with pytest.raises(NotAllowed, match="accountant"):
            receive(_windows(), actor=ANNA, at=FRIDAY)


class TestBadInput:
    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (_envelope()[:-20], "stops at byte"),
            (
                _envelope().replace(b"groundrules-evidence 1 ", b"groundrules-evidence 9 "),
                "format version 9",
            ),
            (_envelope().replace(b"hello:amd64", b"hullo:amd64"), "altered"),
            (b"ElfFile\x00" + bytes(200), "event log"),
            (b'{"not": "an event"}\n', "no Windows event record"),
        ],
        ids=["truncated", "from the future", "altered", "damaged EVTX", "no events"],
    )
    def test_is_set_aside_and_leaves_no_other_row(
        self, harbor: books.Client, raw: bytes, said: str
    ) -> None:
        """One clear error, the bytes kept under their digest, and nothing of them in the books."""
        before = _rows()

        with pytest.raises(EvidenceQuarantined, match=said):
            receive(Handed(raw, "bad.file", host="SRV1"), actor=TARIQ, at=FRIDAY)

        after = _rows()
        assert {name for name in after if after[name] != before[name]} == {
            "Quarantined",
            "AuditEntry",
        }
        assert raw_store().get(books.Quarantined.objects.get().digest) == raw

    def test_of_an_unknown_host_writes_nothing(self, harbor: books.Client) -> None:
        """A host without a card is refused by name, before anything is written."""
        before = _rows()

        with pytest.raises(UnknownHost, match="SRV9"):
            receive(Handed(_envelope("SRV9"), "srv9.envelope"), actor=TARIQ, at=FRIDAY)

        assert _rows() == before

    def test_of_a_name_two_clients_use_asks_whose_it_is(self, harbor: books.Client) -> None:
        """Two servers of that name are never mixed up."""
        other = books.Client.objects.create(code="OTHER", name="Other", zone="UTC", currency="USD")
        books.Asset.objects.create(client=other, code="SRV1", name="SRV1")

        with pytest.raises(AmbiguousHost, match="HARBOR, OTHER"):
            receive(_windows(), actor=TARIQ, at=FRIDAY)

    def test_without_a_known_format_is_refused(self, harbor: books.Client) -> None:
        """A format nobody reads is named, with those that are read."""
        with pytest.raises(UnknownFormat, match="floppy"):
            receive(Handed(b"x", "x", format="floppy", host="SRV1"), actor=TARIQ, at=FRIDAY)


class TestRawStore:
    def test_notices_a_changed_file(self, data: Path) -> None:
        """A stored file that is no longer what its name says is refused on reading."""
        digest = raw_store().put(b"as collected")
        path = raw_store().path_of(digest)
        other = raw_store().path_of(raw_store().put(b"something else")).read_bytes()
        path.chmod(0o600)
        path.write_bytes(other)

        with pytest.raises(RawEvidenceDamaged, match="restore it"):
            raw_store().get(digest)

    def test_says_when_a_file_is_gone(self, data: Path) -> None:
        """A digest without a file is named."""
        with pytest.raises(RawEvidenceMissing, match="0123"):
            raw_store().get("0123" * 16)

    def test_keeps_the_same_bytes_once(self, data: Path) -> None:
        """Twice the same bytes are one read-only file."""
        first, second = raw_store().put(b"same"), raw_store().put(b"same")

        files = [path for path in data.rglob("*") if path.is_file()]
        assert first == second
        assert [oct(path.stat().st_mode & 0o777) for path in files] == ["0o440"]


class TestChain:
    def test_walks_from_a_change_to_the_line_of_the_file(self, harbor: books.Client) -> None:
        """A change opens the raw evidence with digest and record."""
        received = receive(_windows(), actor=TARIQ, at=FRIDAY)
        ref = books.Change.objects.get(component=".NET Framework 2.0").ref

        links = list(_every(chain(ref)))

        raw = next(link for link in links if link.kind == "raw evidence")
        assert raw.ref == received.evidence.digest
        assert dict(raw.details)["record"].startswith("line ")


def _every(link: Link) -> list[Link]:
    return [link, *(below for one in link.because for below in _every(one))]

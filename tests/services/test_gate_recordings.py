"""Recordings of a closed window: taken over once, sealed, and played from the archive."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.parties import Vendor as CoreVendor
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.gateways.gate import GateReply, GateUnreachable, NullGateDoor, Pass, Way
from groundrules.records import models as books
from groundrules.services import cards
from groundrules.services.gate import (
    GateTerms,
    Keeper,
    UnknownRecording,
    add_gate,
    fetch_recordings,
    issue,
    keep_gates,
    make_authority,
    play,
    recordings,
)
from groundrules.services.gate.certificates import Asked
from groundrules.services.vendors import record_window
from tests.cast import AFTERWARDS, OLGA, TARIQ

SAMPLE = Path(__file__).with_name("WIN-1.tar").read_bytes()
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMq0OXTlTsN6kCi0sRHSJXbdbAYCVKlwwFWuRdbUnNq0 rae@rogue"
HOUR = timedelta(hours=1)
LATER = AFTERWARDS + 2 * HOUR


class AwayDoor(NullGateDoor):
    """A host that is away when its recordings are asked for."""

    def call(self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b"") -> GateReply:
        """This function will answer all but that."""
        if words[0] == "recordings":
            message = f"{way.address} was not reached: no route"
            raise GateUnreachable(message)
        return super().call(way, held, words, sent)


@pytest.fixture
def closed(
    harbor: books.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[books.Client, NullGateDoor]:
    """This fixture will open and close a window at a gate that records."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    rogue = books.Vendor.objects.get(code="V1").to_core()
    cards.keep(CoreVendor(rogue.id, rogue.name, ("203.0.113.0/28",)), actor=OLGA, at=AFTERWARDS)
    account = Account("rae", Party(PartyKind.VENDOR, "V1", rogue.name), host=AssetId("SRV1"))
    cards.keep(account, actor=OLGA, at=AFTERWARDS, client=harbor)
    make_authority(actor=OLGA, at=AFTERWARDS)
    asset = books.Asset.objects.get(client=harbor, code="SRV1")
    terms = GateTerms("srv1.harbor.example", KEY, records_sessions=True)
    add_gate(asset, terms, actor=OLGA, at=AFTERWARDS)
    window = AccessWindow(
        WindowId("WIN-1"),
        AssetId("SRV1"),
        Period(AFTERWARDS, AFTERWARDS + HOUR),
        vendor=VendorId("V1"),
        approved_at=AFTERWARDS,
        recorded_at=AFTERWARDS,
    )
    record_window(window, client=harbor, actor=TARIQ, at=AFTERWARDS)
    issue(Asked(WindowId("WIN-1"), "rae", KEY), client=harbor, actor=TARIQ, at=AFTERWARDS)
    door = NullGateDoor()
    keep_gates(Keeper(door, lambda: AFTERWARDS))
    door.recordings["WIN-1"] = SAMPLE
    return harbor, door


def close(door: NullGateDoor) -> None:
    """The window's end comes."""
    keep_gates(Keeper(door, lambda: LATER))


class TestFetchRecordings:
    """Taking over what a host recorded."""

    def test_waits_for_the_end_and_then_happens_once(
        self, closed: tuple[books.Client, NullGateDoor]
    ) -> None:
        """Nothing while it is open; afterwards sealed evidence, a row for each session, and the host forgets."""
        client, door = closed
        assert fetch_recordings(door, at=AFTERWARDS) == ()
        assert not books.RecordingsFetched.objects.exists()

        close(door)
        for _ in range(2):
            assert fetch_recordings(door, at=LATER) == ()

        evidence = books.RawEvidence.objects.get(format="terminal-recordings")
        assert books.SealLeaf.objects.filter(evidence=evidence).count() == 1
        assert books.RecordingsFetched.objects.get().count == 2
        names = books.SessionRecording.objects.order_by("name").values_list("name", flat=True)
        assert list(names) == ["20261128T093810Z-253", "20261128T093831Z-329"]
        verbs = [words[1] for words in door.calls if words[1] in {"recordings", "forget"}]
        assert verbs == ["recordings", "forget"]
        assert "rogue-charts (12.4)" in play(client, "WIN-1", names[0]).replay.text
        with pytest.raises(UnknownRecording):
            play(client, "WIN-1", "another")

    def test_asks_again_when_the_host_was_away(
        self, closed: tuple[books.Client, NullGateDoor]
    ) -> None:
        """The problem is said, nothing is written, and the next turn gets it."""
        _, door = closed
        close(door)

        (problem,) = fetch_recordings(AwayDoor(), at=LATER)

        assert "was not reached" in problem
        assert not books.RecordingsFetched.objects.exists()
        assert fetch_recordings(door, at=LATER) == ()
        assert books.SessionRecording.objects.count() == 2

    def test_goes_on_when_one_cannot_be_kept(
        self, closed: tuple[books.Client, NullGateDoor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The keeper closes gates: a fault with one window's recordings is said and logged, and tried again."""
        _, door = closed
        close(door)
        with monkeypatch.context() as patch:
            patch.setattr(recordings, "read_recordings", lambda _raw: 1 / 0)

            (problem,) = fetch_recordings(door, at=LATER)

        assert problem == "recordings of WIN-1 on SRV1 could not be kept; the log says why"
        assert fetch_recordings(door, at=LATER) == ()
        assert books.SessionRecording.objects.count() == 2

    def test_keeps_an_archive_that_cannot_be_read(
        self, closed: tuple[books.Client, NullGateDoor]
    ) -> None:
        """Its bytes are evidence all the same, and the reason stands beside them."""
        _, door = closed
        door.recordings["WIN-1"] = b"what a vendor with root left behind" * 40
        close(door)

        assert fetch_recordings(door, at=LATER) == ()

        fetched = books.RecordingsFetched.objects.get()
        assert (fetched.count, bool(fetched.evidence_digest)) == (0, True)
        assert "can't be read" in fetched.problem

"""What is known of a host goes out as OCSF and comes back the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.evidence import Citation
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.ocsf import read_ocsf
from groundrules.records.models import Asset, AuditEntry, Client, Role, User
from groundrules.services.actor import NotAllowed
from groundrules.services.evidence import Handed, asset_called, receive
from groundrules.services.exporting import export_ocsf
from groundrules.services.tale import FOLDER
from tests.cast import ANNA, TARIQ

FRIDAY = datetime(2007, 2, 23, 18, 15, tzinfo=UTC)
EVENTS = "srv1-events-to-2007-02-23.jsonl"


@pytest.fixture
def server(harbor: Client) -> Asset:  # noqa: ARG001 - the cards are kept by it
    """This fixture will take Windows events of SRV1 in."""
    receive(Handed((FOLDER / EVENTS).read_bytes(), EVENTS, host="SRV1"), actor=TARIQ, at=FRIDAY)
    return asset_called("SRV1")


class TestExportOcsf:
    def test_comes_back_as_it_went(self, server: Asset) -> None:
        """Changes with interval and actor, logins with their keys, gaps with their spans."""
        raw = export_ocsf(server, actor=TARIQ, at=FRIDAY)

        context = ReadingContext(AssetId(server.code), EvidenceId("ab" * 32), "UTC", FRIDAY)
        back = read_ocsf(raw, context)
        changes = [row.to_core() for row in server.changes.current()]
        assert (back.damaged, back.unknown) == ((), {})
        assert {
            (o.key, Interval(o.at, o.recorded_at or o.at), o.actor) for o in back.observations
        } == {(c.component, c.interval, c.actor) for c in changes}
        assert {(s.id, s.key, s.ended) for s in back.sessions} == {
            (s.id, s.key, s.ended) for s in (row.to_core() for row in server.sessions.current())
        }
        assert {(g.id, g.interval) for g in back.gaps} == {
            (g.id, g.interval) for g in (row.to_core() for row in server.gaps.current())
        }
        assert back.observations[0].citation == Citation(
            EvidenceId("ab" * 32), back.observations[0].citation.record, "ocsf/1"
        )

    def test_is_noted(self, server: Asset) -> None:
        """Who handed it out, and how much."""
        export_ocsf(server, actor=TARIQ, at=FRIDAY)

        entry = AuditEntry.objects.get(verb="evidence.export")
        assert (entry.recorded_by, entry.subject) == (TARIQ.label, server.code)

    def test_is_for_technicians(self, server: Asset) -> None:
        """The accountant cannot."""
        with pytest.raises(NotAllowed):
            export_ocsf(server, actor=ANNA, at=FRIDAY)


class TestCommand:
    def test_writes_a_file_once(
        self, server: Asset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The first time it is written; a file that is there is kept."""
        User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)
        target = tmp_path / "srv1.ocsf.jsonl"

        first = main(["evidence", "export", str(target), "--host", "SRV1"])
        written = target.read_bytes()
        second = main(["evidence", "export", str(target), "--host", "SRV1"])

        assert (first, second) == (Exit.OK, Exit.CONFLICT)
        assert f"{written.count(bytes([10]))} events about SRV1" in capsys.readouterr().out
        assert target.read_bytes() == written

    def test_refuses_a_host_nobody_knows(self, server: Asset, tmp_path: Path) -> None:
        """With its own exit number, and nothing written."""
        User.objects.create(email="olga@castle-it.example", name="Olga", role=Role.OWNER)
        target = tmp_path / "x"

        assert main(["evidence", "export", str(target), "--host", "SRV99"]) == Exit.NOT_FOUND
        assert not target.exists()

"""An archive of PostgreSQL that is watched: each look is on record, a gap is critical, and thinning is a person's."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.core.backups import BackupPolicy
from groundrules.core.health import Level
from groundrules.core.ids import AssetId
from groundrules.records import models as books
from groundrules.records.models import Asset, Client
from groundrules.services import backups
from groundrules.services.backups import turns
from tests.cast import OLGA, TARIQ
from tests.made_archive import MadeArchive

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Shop:
    """A server whose ledger has an archive with two base backups, a day apart, and the log from 2 to 9."""

    asset: Asset
    policy: BackupPolicy
    archive: MadeArchive

    @property
    def log(self) -> Path:
        """Where the segments lie."""
        return self.archive.place / "wal"


@pytest.fixture
def shop(harbor: Client, tmp_path: Path) -> Shop:
    """The second base backup in segment 8, and the newest segment of a minute before the look."""
    for name in ("base", "wal"):
        (tmp_path / name).mkdir()
    archive = MadeArchive(tmp_path)
    for name, segment, made in (("first", 3, NOW - DAY), ("second", 8, NOW)):
        folder = archive.base(name, f"0/{segment}00028", f"0/{segment}00100")
        os.utime(folder / "backup_manifest", (made.timestamp(),) * 2)
    for number in range(2, 10):
        file = archive.segment(f"00000001000000000000000{number}", number)
        os.utime(file, (NOW.timestamp() - 60 * (10 - number),) * 2)
    asset = harbor.assets.select_related("client").order_by("pk")[0]
    policy = BackupPolicy(
        AssetId(asset.code),
        "ledger",
        "postgresql",
        24,
        NOW - 30 * DAY,
        place=str(tmp_path),
        loses_at_most=2,
        keep_daily=1,
    )
    backups.set_policy(policy, asset, actor=OLGA, at=NOW)
    return Shop(asset, policy, archive)


def read(shop: Shop, at: datetime = NOW) -> backups.Taken:
    """Take in what is there."""
    return backups.read_repository(shop.policy, shop.asset, actor=TARIQ, at=at)


class TestWatched:
    """Between two verifications an archive is looked at by names and headers."""

    def test_each_look_is_on_record_and_its_base_backups_once(self, shop: Shop) -> None:
        """Good as of the look; two hours later the log's reach is not known, and a new look says it again."""
        assert read(shop).new == 2
        (state,) = backups.states_of(shop.asset, NOW)
        assert state.level is Level.GOOD
        (state,) = backups.states_of(shop.asset, NOW + 3 * timedelta(hours=1))
        assert state.level is Level.UNKNOWN
        again = read(shop, NOW + timedelta(hours=3))
        assert (again.new, again.known) == (0, 0)
        (state,) = backups.states_of(shop.asset, NOW + timedelta(hours=3))
        assert state.level is Level.CRITICAL
        assert "3 hours 1 minute before it was looked at" in state.remarks[0].sentence
        assert books.ArchiveLook.objects.filter(broken=False).count() == 2
        assert state.archive is not None
        assert state.archive.citation is not None
        kept = books.RawEvidence.objects.get(digest=state.archive.citation.evidence)
        assert kept.name == f"postgresql-{shop.asset.code}-ledger.json"

    def test_gap(self, shop: Shop) -> None:
        """Before the newest base backup it is a warning, behind it critical; both name the segment."""
        (shop.log / "000000010000000000000005").unlink()
        read(shop)
        (state,) = backups.states_of(shop.asset, NOW)
        assert state.level is Level.WARNING
        assert "000000010000000000000005 is missing" in state.remarks[0].sentence
        assert "The newest base backup is not affected" in state.remarks[0].sentence
        (shop.log / "000000010000000000000008").unlink()
        read(shop, NOW + timedelta(seconds=1))
        (state,) = backups.states_of(shop.asset, NOW + timedelta(seconds=1))
        assert state.level is Level.CRITICAL
        assert "Base backup second cannot be restored" in state.remarks[0].sentence

    def test_by_itself(self, shop: Shop) -> None:
        """The worker looks every hour, where the archive's folder is on its machine."""
        assert turns.do_due(lambda: NOW) == (f"{shop.asset}: 2 new of ledger",)
        assert turns.do_due(lambda: NOW + timedelta(minutes=59)) == ()
        turns.do_due(lambda: NOW + timedelta(minutes=61))
        assert books.ArchiveLook.objects.count() == 2

    def test_nobody_else_says_how_an_archive_stands(self, shop: Shop) -> None:
        """A look that is handed in is named and not taken: it could make a broken log green."""
        told = {"backups": 1, "product": "postgresql", "results": []}
        look = {"name": "ledger", "looked": "2026-11-28T12:00:00+00:00", "bases": []}
        for given, says in ((look, "where Groundrules made it"), ({}, "the archive: lacks 'name'")):
            raw = json.dumps({**told, "archive": given}).encode()
            with pytest.raises(backups.NotABackupReport, match=says):
                backups.take(raw, "look.json", shop.asset, actor=TARIQ, at=NOW)
        assert not books.ArchiveLook.objects.exists()


class TestThinning:
    """Groundrules removes nothing of an archive."""

    def test_commands_for_a_person(self, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
        """What is not kept, and the log before what is; asked to do it, it refuses with the same words."""
        books.User.objects.create(email=OLGA.label, name="Olga", role=OLGA.role.value)
        one = (shop.asset.code, "ledger")
        assert main(["backup", "read", *one]) == 0
        assert "2 base backups; the log goes on without a gap to 2026-11-28 12:29:00 UTC" in (
            capsys.readouterr().out
        )
        assert main(["backup", "forget", *one]) == 0
        said = capsys.readouterr().out
        commands = [f"  rm -r {shop.archive.place}/base/first"]
        commands += [f"  pg_archivecleanup {shop.log} 000000010000000000000008"]
        assert said.splitlines()[2:] == commands
        assert main(["backup", "forget", *one, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["by_hand"] == [c.strip() for c in commands]
        assert main(["backup", "show", "--json"]) == 0
        (told,) = json.loads(capsys.readouterr().out)
        assert told["log"]["reached"] == "2026-11-28T12:29:00+00:00"

    def test_refused(self, shop: Shop) -> None:
        """Only after a verification, and then by a person; never while the newest base backup cannot be restored."""
        with pytest.raises(backups.NotVerified):
            backups.remove(shop.policy, shop.asset, actor=OLGA, clock=lambda: NOW)
        whole = {"repository_check": 1, "product": "postgresql", "name": "ledger", "whole": True}
        whole |= {"began": NOW.isoformat(), "ended": NOW.isoformat()}
        backups.take(json.dumps(whole).encode(), "c.json", shop.asset, actor=TARIQ, at=NOW)
        with pytest.raises(backups.ThinnedByHand, match="pg_archivecleanup"):
            backups.remove(shop.policy, shop.asset, actor=OLGA, clock=lambda: NOW)
        (shop.log / "000000010000000000000008").unlink()
        with pytest.raises(backups.ThinnedByHand, match="cannot be restored, so nothing"):
            backups.remove(shop.policy, shop.asset, actor=OLGA, clock=lambda: NOW)
        assert (shop.archive.place / "base" / "first").is_dir()
        assert not books.AuditEntry.objects.filter(verb="backups.remove").exists()

    def test_nothing_is_owed_that_is_there(self, shop: Shop) -> None:
        """A day that had a base backup and has none any more is named."""
        kept = replace(shop.policy, keep_daily=2)
        backups.set_policy(kept, shop.asset, actor=OLGA, at=NOW)
        read(shop)
        assert backups.states_of(shop.asset, NOW)[0].level is Level.GOOD
        (shop.archive.place / "base" / "first" / "backup_manifest").unlink()
        read(shop, NOW + timedelta(seconds=1))
        (state,) = backups.states_of(shop.asset, NOW + timedelta(seconds=1))
        assert "held none for the day of 2026-11-27" in state.remarks[0].sentence

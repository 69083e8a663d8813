"""Backups with a real restic repository: read, drilled, damaged on purpose; and other products' reports."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from groundrules.cli.main import main
from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.backups import BackupPolicy, BackupResult, OriginKind, drill_is_due
from groundrules.core.health import Level
from groundrules.core.ids import AssetId, ClauseNumber
from groundrules.gateways.restic import ResticRepository
from groundrules.records import models as books
from groundrules.records.models import Asset, Client
from groundrules.services import backups
from groundrules.services.actor import NotAllowed
from groundrules.services.backups import showing, turns
from groundrules.services.filing import Filing, file_facts
from groundrules.services.world import agreement_of
from tests.cast import OLGA, TARIQ

pytestmark = pytest.mark.django_db
CHECK = ("sh", "-c", 'grep -qr "ledger is whole" "$0" && echo \'{"records_lost": 2}\'')


def clock() -> datetime:
    """The real time: a drill is a measurement."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Shop:
    """A server with a real repository that holds one snapshot of it."""

    asset: Asset
    policy: BackupPolicy
    repository: Path


def restic(repository: Path, password: Path, *words: str) -> bytes:
    """Run restic as the host's own schedule would."""
    environment = {**os.environ, "RESTIC_PASSWORD_FILE": str(password)}
    command = ["restic", "--repo", str(repository), "--no-cache", "--quiet", *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


def flip(repository: Path) -> None:
    """Change one bit in the middle of every pack."""
    for pack in (repository / "data").rglob("*"):
        if pack.is_file():
            spoil(pack)


def spoil(pack: Path) -> None:
    """Change one bit in the middle of a pack."""
    pack.chmod(0o600)
    raw = bytearray(pack.read_bytes())
    raw[len(raw) // 2] ^= 1
    pack.write_bytes(raw)


@dataclass(frozen=True)
class Pack:
    """A pack that holds the content of files, and the byte of its name that tells which part it is in."""

    path: Path
    name_byte: int


def data_pack(shop: Shop) -> Pack:
    """A pack of the repository's that holds no folders: those are read with the structure, whichever part it is."""
    (index,) = (shop.repository / "index").iterdir()
    password = Path(shop.policy.password_file)
    told = json.loads(restic(shop.repository, password, "cat", "index", index.name))
    names = [p["id"] for p in told["packs"] if all(b["type"] == "data" for b in p["blobs"])]
    name = max(names)
    return Pack(shop.repository / "data" / name[:2] / name, int(name[:2], 16))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository and its password, made once: restic's keys are slow to make on purpose."""
    folder = tmp_path_factory.mktemp("restic")
    password, data = folder / "password", folder / "data"
    password.write_text("a password for this test only\n")
    data.mkdir()
    (data / "ledger.txt").write_text("the ledger is whole\n" * 50)
    restic(folder / "repository", password, "init")
    restic(folder / "repository", password, "backup", "--host", "srv1", str(data))
    return folder


@pytest.fixture
def shop(harbor: Client, made: Path, tmp_path: Path) -> Shop:
    """SRV1's files in a copy of the repository."""
    asset = harbor.assets.select_related("client").order_by("pk")[0]
    password, place = tmp_path / "password", tmp_path / "repository"
    shutil.copytree(made / "repository", place)
    shutil.copy(made / "password", password)
    policy = BackupPolicy(
        AssetId(asset.code),
        "files",
        "restic",
        24,
        clock() - timedelta(days=1),
        place=str(place),
        password_file=str(password),
        host="srv1",
        check=CHECK,
        loses_at_most=60,
        back_within=60,
        drill_every=30,
    )
    backups.set_policy(policy, asset, actor=OLGA, at=clock())
    return Shop(asset, policy, place)


class TestRestic:
    """From the repository to a proven restore, and to the failure of one."""

    def test_reads_drills_and_detects_damage(self, shop: Shop, tmp_path: Path) -> None:
        """One snapshot is one result however often it is read; the drill measures it; a flipped byte fails it."""
        taken = backups.read_repository(shop.policy, shop.asset, actor=TARIQ, at=clock())
        again = backups.read_repository(shop.policy, shop.asset, actor=TARIQ, at=clock())
        assert (taken.new, again.new, again.known) == (1, 0, 0)

        scratch = tmp_path / "scratch"
        scratch.mkdir()
        done = backups.drill(shop.policy, shop.asset, actor=TARIQ, clock=clock, scratch=scratch)
        assert done.drill.passed
        assert done.drill.records_lost == 2
        assert done.drill.loss is not None
        assert list(scratch.iterdir()) == []
        assert books.RawEvidence.objects.get(digest=done.evidence).format == "backups"
        (state,) = backups.states_of(shop.asset, clock())
        assert state.level is Level.GOOD
        assert state.proven is not None

        flip(shop.repository)
        looked = backups.verify(shop.policy, shop.asset, actor=TARIQ, clock=clock)
        assert not looked.whole
        assert state.last_good is not None
        own = (state.last_good, state.proven, looked)
        assert {one.origin.kind for one in own} == {OriginKind.OURS}
        assert "repository contains errors" in looked.says
        with pytest.raises(backups.NotVerified):
            backups.remove(replace(shop.policy, keep_daily=1), shop.asset, actor=OLGA, clock=clock)
        failed = backups.drill(shop.policy, shop.asset, actor=TARIQ, clock=clock, scratch=scratch)
        assert not failed.drill.passed
        (state,) = backups.states_of(shop.asset, clock())
        assert state.level is Level.CRITICAL
        assert state.proven is not None
        assert list(scratch.iterdir()) == []

    def test_check_that_fails(self, shop: Shop) -> None:
        """What came back and is wrong is a failed drill with the check's own words."""
        wrong = replace(shop.policy, check=("sh", "-c", "echo the index is missing; exit 3"))
        done = backups.drill(wrong, shop.asset, actor=TARIQ, clock=clock)
        assert not done.drill.passed
        assert "ended with 3: the index is missing" in done.drill.says
        assert done.drill.data_from is None

    def test_needs_a_check_and_something_to_restore(self, shop: Shop) -> None:
        """A restore nobody looks into proves nothing; of another host there is nothing."""
        with pytest.raises(backups.NoCheckSet):
            backups.drill(replace(shop.policy, check=()), shop.asset, actor=TARIQ, clock=clock)
        with pytest.raises(backups.NothingToRestore):
            backups.drill(replace(shop.policy, host="srv9"), shop.asset, actor=TARIQ, clock=clock)

    def test_only_an_owner_sets_a_command(self, shop: Shop) -> None:
        """The check runs on our own machine."""
        with pytest.raises(NotAllowed):
            backups.set_policy(shop.policy, shop.asset, actor=TARIQ, at=clock())

    def test_commands(self, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
        """Read, drill, show and verify, as typed; a wrong password is said in restic's words."""
        books.User.objects.create(email=OLGA.label, name="Olga", role=OLGA.role.value)
        one = (shop.asset.code, "files")
        assert main(["backup", "read", "--due"]) == 0
        assert main(["backup", "drill", *one]) == 0
        assert "proven" in capsys.readouterr().out
        assert main(["backup", "drill", "--due"]) == 0
        assert capsys.readouterr().out == ""
        assert main(["backup", "show", "--json"]) == 0
        (told,) = json.loads(capsys.readouterr().out)
        assert (told["level"], told["records_lost"]) == ("good", 2)
        assert main(["backup", "verify", *one]) == 0
        assert "it holds 1 snapshot." in capsys.readouterr().out
        assert main(["backup", "forget", *one]) == 8
        assert "--keep-daily 7" in capsys.readouterr().err
        Path(shop.policy.password_file).write_text("another\n")
        assert main(["backup", "verify", *one]) == 6
        assert "wrong password" in capsys.readouterr().err
        assert main(["backup", "drill", shop.asset.code, "nothing"]) == 3
        assert main(["backup", "retire", *one]) == 0
        assert main(["backup", "show"]) == 0
        assert "No backup is watched yet" in capsys.readouterr().out


class TestSealedPassword:
    """A password that lies in no file: kept sealed, opened for its own repository only, and told to nobody."""

    def test_opens_the_repository_and_is_in_no_book(
        self, shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Kept by the command from standard input; the worker reads with it; forgotten, nothing opens."""
        books.User.objects.create(email=OLGA.label, name="Olga", role=OLGA.role.value)
        one = (shop.asset.code, "files")
        secret = Path(shop.policy.password_file).read_text()
        sealed = replace(shop.policy, password_file="", drill_every=0)
        backups.set_policy(sealed, shop.asset, actor=OLGA, at=clock())
        with pytest.raises(backups.RepositoryUnusable, match="groundrules backup password"):
            backups.read_repository(sealed, shop.asset, actor=TARIQ, at=clock())
        assert not backups.any_readable_here()

        monkeypatch.setattr("sys.stdin", io.StringIO(secret))
        assert main(["backup", "password", *one]) == 0
        assert "kept sealed" in capsys.readouterr().out
        assert backups.do_due(clock) == (f"{shop.asset}: 1 new of files",)
        (row,) = books.RepositoryPassword.objects.all()
        said = [str(vars(entry)) for entry in books.AuditEntry.objects.all()]
        assert secret.strip() not in " ".join([row.sealed, *said])

        other = replace(sealed, name="images")
        backups.set_policy(other, shop.asset, actor=OLGA, at=clock())
        books.RepositoryPassword.objects.create(
            asset=shop.asset, name="images", sealed=row.sealed, kept_at=clock(), kept_by="x"
        )
        with pytest.raises(backups.RepositoryUnusable, match="does not open"):
            backups.read_repository(other, shop.asset, actor=TARIQ, at=clock())
        assert main(["backup", "password", *one, "--forget"]) == 0
        with pytest.raises(backups.RepositoryUnusable):
            backups.read_repository(sealed, shop.asset, actor=TARIQ, at=clock())

    @pytest.mark.parametrize("given", ["", "\n", "two\nlines", "x" * 5000])
    def test_what_is_no_password_is_refused(self, shop: Shop, given: str) -> None:
        """Nothing, two lines, or a whole file; and only an owner keeps one."""
        with pytest.raises(backups.PasswordRefused, match="on one line"):
            backups.keep_password(shop.asset, "files", given, actor=OLGA, at=clock())
        with pytest.raises(NotAllowed):
            backups.keep_password(shop.asset, "files", "good", actor=TARIQ, at=clock())
        assert not books.RepositoryPassword.objects.exists()


class TestRetention:
    """What the policy does not keep is named first, removed only when told so, and what is owed stays."""

    def test_removes_exactly_what_was_named(
        self, shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Two snapshots of one day beside one of another server: the older one goes, and the other's stays."""
        books.User.objects.create(email=OLGA.label, name="Olga", role=OLGA.role.value)
        data = tmp_path / "data"
        data.mkdir()
        (data / "ledger.txt").write_text("the ledger is whole\n")
        for host in ("srv1", "srv9"):
            password = Path(shop.policy.password_file)
            restic(shop.repository, password, "backup", "--host", host, str(data))
        kept = replace(shop.policy, keep_daily=1)
        backups.set_policy(kept, shop.asset, actor=OLGA, at=clock())
        one = (shop.asset.code, "files")

        with pytest.raises(backups.NotVerified):
            backups.remove(kept, shop.asset, actor=OLGA, clock=clock)
        with pytest.raises(NotAllowed):
            backups.remove(kept, shop.asset, actor=TARIQ, clock=clock)
        assert main(["backup", "verify", *one]) == 0
        assert main(["backup", "forget", *one]) == 0
        assert "1 snapshot to go, 1 kept (1 day). Nothing was removed" in capsys.readouterr().out
        planned = backups.planned_removal(kept, shop.asset)
        assert main(["backup", "forget", *one, "--apply", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["gone"] == [s.id for s in planned.gone]

        left = ResticRepository(str(shop.repository), shop.policy.password_file).snapshots()
        assert sorted(s.host for s in left) == ["srv1", "srv9"]
        assert books.AuditEntry.objects.filter(verb="backups.remove").count() == 1
        newest = books.RepositoryCheck.objects.order_by("-pk")[0].to_core()
        assert (newest.whole, len(newest.held)) == (True, 1)
        assert main(["backup", "forget", *one]) == 0
        assert "0 snapshots to go" in capsys.readouterr().out


class TestByItself:
    """The worker reads and drills what is due, once, and says what stood in its way."""

    def test_reads_and_drills_what_is_due(self, shop: Shop, tmp_path: Path) -> None:
        """Read, then restored and checked; the next turn finds nothing due, and what a killed drill left is gone."""
        scratch = tmp_path / "scratch"
        left = scratch / "groundrules-drill-killed"
        left.mkdir(parents=True)
        os.utime(left, (1, 1))

        with override_settings(GROUNDRULES_DRILLS=str(scratch)):
            done = backups.do_due(clock)

        assert [said.partition(": ")[2].split(":")[0] for said in done] == [
            "1 new of files",
            "restore of files proven",
        ]
        assert list(scratch.iterdir()) == []
        assert backups.do_due(clock) == ()
        assert backups.do_due(lambda: clock() + timedelta(days=31))[-1].startswith(
            f"{shop.asset}: restore of files proven"
        )

    def test_verifies_and_finds_damage(self, shop: Shop) -> None:
        """Whole once, then not again for a week; a byte flipped meanwhile is found by itself, and is critical."""
        asked = replace(shop.policy, verify_every=7, drill_every=0)
        backups.set_policy(asked, shop.asset, actor=OLGA, at=clock())
        assert backups.do_due(clock)[-1] == f"{shop.asset}: files is whole"
        assert backups.do_due(clock) == ()
        parts = replace(asked, verify_parts=2)
        backups.set_policy(parts, shop.asset, actor=OLGA, at=clock())
        read = backups.verify(parts, shop.asset, actor=TARIQ, clock=clock)
        assert (read.whole, read.part, read.parts, read.all_read) == (True, 1, 2, True)
        backups.set_policy(asked, shop.asset, actor=OLGA, at=clock())
        flip(shop.repository)
        (said,) = backups.do_due(lambda: clock() + timedelta(days=8))
        assert "files is DAMAGED" in said
        (state,) = backups.states_of(shop.asset, clock() + timedelta(days=9))
        assert state.level is Level.CRITICAL
        assert any("damaged when verified" in one.sentence for one in state.remarks)
        assert backups.problem_of(shop.asset, "files") == ""

    def test_damage_in_one_part_is_found_when_its_turn_comes(self, shop: Shop) -> None:
        """The parts before it are whole; its own is damaged, is named, and is read again until it is whole."""
        pack = data_pack(shop)
        later = ((of, pack.name_byte % of + 1) for of in range(2, 8) if pack.name_byte % of)
        parts, part = next(later, (2, 1))
        asked = replace(shop.policy, verify_every=1, verify_parts=parts, drill_every=0)
        backups.set_policy(asked, shop.asset, actor=OLGA, at=clock())
        whole = pack.path.read_bytes()
        spoil(pack.path)

        read = [
            backups.verify(asked, shop.asset, actor=TARIQ, clock=clock) for _ in range(part + 1)
        ]
        (state,) = backups.states_of(shop.asset, clock())
        pack.path.write_bytes(whole)
        again = backups.verify(asked, shop.asset, actor=TARIQ, clock=clock)

        assert [one.part for one in read] == [*range(1, part + 1), part]
        assert [one.whole for one in read] == [*[True] * (part - 1), False, False]
        assert state.level is Level.CRITICAL
        assert f"part {part} of {parts}" in state.remarks[0].sentence
        assert (again.part, again.whole) == (part, True)

    def test_a_locked_repository_is_not_called_damaged(self, shop: Shop) -> None:
        """Nobody could look, so nothing is on record but what stood in the way."""
        asked = replace(shop.policy, verify_every=7, drill_every=0)
        backups.set_policy(asked, shop.asset, actor=OLGA, at=clock())
        Path(shop.policy.password_file).write_text("another\n")
        with pytest.raises(backups.RepositoryUnusable, match="wrong password"):
            backups.verify(asked, shop.asset, actor=TARIQ, clock=clock)
        assert not books.RepositoryCheck.objects.exists()

    def test_leaves_what_it_cannot_open(self, shop: Shop) -> None:
        """Without its password here, or told so, this machine takes no turn from the one that can."""
        with override_settings(GROUNDRULES_DRILLS="none"):
            assert backups.do_due(clock) == ()
        Path(shop.policy.password_file).unlink()
        assert backups.do_due(clock) == ()
        assert not backups.any_readable_here()
        assert not books.BackupTurn.objects.exists()

    def test_says_what_stood_in_the_way(self, shop: Shop) -> None:
        """A repository that does not open is no drill that failed; it is noted, and tried again later."""
        Path(shop.policy.password_file).write_text("another\n")
        (said,) = backups.do_due(clock)
        assert "wrong password" in said
        assert "wrong password" in backups.problem_of(shop.asset, "files")
        assert not books.RestoreDrill.objects.exists()
        assert backups.do_due(clock) == ()

    def test_one_turn_for_two_workers(self, shop: Shop) -> None:
        """Whoever comes second finds it taken; a turn whose time is over can be had again."""
        at, hour = clock(), timedelta(hours=1)
        assert turns.claim(shop.asset, "files", "drill", at, hour) is not None
        assert turns.claim(shop.asset, "files", "drill", at, hour) is None
        assert turns.claim(shop.asset, "files", "drill", at + hour, hour) is not None


class TestPromised:
    """A clause of the agreement counts for every backup of its servers."""

    def test_clause_counts_where_it_is_stricter(
        self, harbor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The policy promises a day and no drill; the clause an hour and a drill, so that is what is asked for."""
        asset = harbor.assets.select_related("client").order_by("pk")[0]
        agreement = agreement_of(harbor, clock())
        promise = RecoveryTerms(60, 240, 30, clause=ClauseNumber("3.12"))
        versions = tuple(replace(one, recovery=(promise,)) for one in agreement.versions)
        promised = replace(agreement, versions=versions)
        monkeypatch.setattr(showing, "agreement_of", lambda _client, _at: promised)
        began = clock() - timedelta(hours=3)
        code = AssetId(asset.code)
        policy = BackupPolicy(code, "files", "veeam", 24, began, loses_at_most=1440)
        result = BackupResult(code, "files", began, began, succeeded=True)
        file_facts((policy, result), Filing(harbor, TARIQ, clock()))

        (state,) = backups.states_of(asset, clock())

        assert state.level is Level.CRITICAL
        assert "At most 1 hour of work may be lost by clause 3.12" in state.remarks[0].sentence
        assert drill_is_due(state, clock())


class TestOtherProducts:
    """A shop with its own product has the same picture."""

    def test_report_is_evidence_and_damage_is_told(self, harbor: Client) -> None:
        """Whole entries count, the others are named; the same report again changes nothing."""
        asset = harbor.assets.select_related("client").order_by("pk")[0]
        good = {
            "name": "image",
            "began": "2026-11-27T22:00:00-08:00",
            "ended": "2026-11-27T23:10:00-08:00",
        }
        results = [
            {**good, "succeeded": True},
            {**good, "ended": "yesterday", "succeeded": True},
            {**good, "ended": good["began"].replace("27T22", "27T21"), "succeeded": True},
            7,
        ]
        raw = json.dumps({"backups": 1, "product": "veeam", "results": results}).encode()
        at = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
        taken = backups.take(raw, "veeam.json", asset, actor=TARIQ, at=at)
        assert (taken.new, len(taken.damaged)) == (1, 3)
        assert backups.take(raw, "veeam.json", asset, actor=TARIQ, at=at).new == 0
        (row,) = books.BackupResult.objects.all()
        assert row.ended_at == datetime(2026, 11, 28, 7, 10, tzinfo=UTC)
        assert row.to_core().citation is not None
        assert row.to_core().origin.words == f"handed in by {TARIQ.label}"
        program = replace(TARIQ, token="nightly")
        later = json.dumps(
            {"backups": 1, "results": [{**good, "ended": at.isoformat(), "succeeded": True}]}
        )
        backups.take(later.encode(), "veeam.json", asset, actor=program, at=at)
        told = books.BackupResult.objects.get(ended_at=at).to_core().origin
        assert (told.kind, told.who) == (OriginKind.TOKEN, f"{TARIQ.label} (token nightly)")

    @pytest.mark.parametrize(
        "raw", [b"{}", b"not json", b'{"backups": 1, "results": []}', b"[" * 99_999]
    )
    def test_what_is_no_report_enters_nothing(self, harbor: Client, raw: bytes) -> None:
        """Refused in words before anything is written."""
        asset = harbor.assets.select_related("client").order_by("pk")[0]
        with pytest.raises(backups.NotABackupReport):
            backups.take(raw, "x.json", asset, actor=TARIQ, at=clock())
        assert not books.RawEvidence.objects.exists()

    def test_time_without_an_offset_is_damage(self, harbor: Client) -> None:
        """Nobody knows when it was."""
        asset = harbor.assets.select_related("client").order_by("pk")[0]
        entry = {
            "name": "image",
            "began": "2026-11-27T22:00:00",
            "ended": "2026-11-27T23:10:00",
            "succeeded": True,
        }
        raw = json.dumps({"backups": 1, "product": "veeam", "results": [entry]}).encode()
        with pytest.raises(backups.NotABackupReport):
            backups.take(raw, "x.json", asset, actor=TARIQ, at=clock())

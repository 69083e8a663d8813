"""The books in another database, row for row; and what a backup says of the settings without telling a secret."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client as Browser
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.events import Event
from groundrules.records.models import AuditEntry, Change, Client, Role, User
from groundrules.services import hot_events, long_runs, made_files
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.database import UNFINISHED
from groundrules.services.installation import carried, keeping, moving, upgrading
from groundrules.services.installation.handing_out import (
    FolderThere,
    columns_of,
    exported_kinds,
    hand_out,
)
from groundrules.services.installation.rows import (
    NotARow,
    line_of,
    row_of,
    rows_there,
    set_counters,
    tables,
)
from groundrules.services.installation.settings_kept import settings_told
from groundrules.store.archive import check, members
from tests.cast import OLGA, TESSA
from tests.kept import Kept
from tests.web import harbor_books
from tests.web.harbor_books import KIM

CASE = "04-rogue-change.yaml"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = 24 * 3600 * 1_000_000


@pytest.fixture(autouse=True)
def _books(taken_over: Kept[harbor_books.Books], tmp_path: Path) -> Iterator[None]:
    """This fixture will lay the scenario's files out for each test."""
    data = tmp_path / "data"
    taken_over.lay_out(data)
    with override_settings(GROUNDRULES_DATA=data):
        yield


def _add_hot_events() -> None:
    digest = "ab" * 32
    hot_events.add(
        "HARBOR",
        [
            Event("SRV1", day * DAY + 5, "syslog/sshd", "auth", 0, day, digest, "text é")
            for day in (20_000, 20_001)
        ],
    )


class TestLine:
    def test_reads_back_what_it_wrote(self) -> None:
        """Whatever a column can hold, also JSON that looks like our own marks."""
        table = tables()[0]
        row = (
            *(
                1,
                "text \n é",
                None,
                True,
                datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
                date(2026, 1, 2),
            ),
            *(Decimal("7.700"), b"\x00\xff", {"time": "no time"}, [1, {"b": 1.5}], -(2**62)),
        )
        wide = type(table)("t", tuple("abcdefghijk"), table.read, table.write)

        assert row_of(line_of(row), wide) == row

    @pytest.mark.parametrize(
        "line", [b"", b"[1]", b"{}", b"null", b'[{"made_up":1}]', b'[{"time":"x"}]']
    )
    def test_refuses_what_is_no_row(self, line: bytes) -> None:
        """A line of another shape is told, with its table."""
        table = tables()[0]
        wide = type(table)("t", ("a", "b"), table.read, table.write)

        with pytest.raises(NotARow, match="a line of t"):
            row_of(line, wide)


@pytest.fixture
def books(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This fixture will let a test reach two databases, which Django's test case forbids, and undo what it added."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("books")
@pytest.mark.database
class TestMove:
    def test_proves_every_row_or_moves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One row that comes out otherwise is named, and nothing is left; then all of them go, into guarded books.

        A second time there is something, and nothing is touched.
        """
        _add_hot_events()
        target = tmp_path / "moved.sqlite3"
        url = f"sqlite:///{target}"

        def tamper(apps: object, alias: str) -> None:
            set_counters(apps, alias)
            with connections[alias].cursor() as cursor:
                cursor.execute("UPDATE records_client SET name = name || '.'")

        with monkeypatch.context() as patch:
            patch.setattr(moving, "set_counters", tamper)
            with pytest.raises(moving.RowDiffers, match=r"records_client: row 1 \(key \d+\)"):
                moving.move(url, actor=OLGA)
        with closing(sqlite3.connect(target)) as copy:
            assert copy.execute("SELECT COUNT(*) FROM records_client").fetchone()[0] == 0

        moved = {one.name: one.rows for one in moving.move(url, actor=OLGA)}

        assert moved["records_change"] == Change.objects.count() > 0
        assert moved["records_hotevent"] == 2
        with closing(sqlite3.connect(target)) as copy:
            assert copy.execute("SELECT COUNT(*) FROM records_change").fetchone() == (
                moved["records_change"],
            )
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                copy.execute("DELETE FROM records_change")
        with pytest.raises(moving.TargetUnusable, match="has rows in records_"):
            moving.move(url, actor=OLGA)

    def test_is_for_owners(self, tmp_path: Path) -> None:
        """A technician moves no books."""
        with pytest.raises(NotAllowed):
            moving.move(
                f"sqlite:///{tmp_path / 'x'}", actor=Actor("tess@noble.example", Role.TECHNICIAN)
            )


@pytest.mark.django_db
class TestKeep:
    def test_holds_every_row_and_file_and_notes_it(self, tmp_path: Path) -> None:
        """Each table with its count and digest, each file of the store, and an audit entry."""
        _add_hot_events()
        target = tmp_path / "one.grbackup"

        kept = keeping.keep(target, actor=OLGA, at=NOW)

        manifest = check(target)
        counts = {one["name"]: one["rows"] for one in manifest["tables"]}
        assert counts["records_change"] == Change.objects.count()
        assert counts["records_hotevent"] == 2
        assert sum(counts.values()) == kept.rows
        assert AuditEntry.objects.get(verb="installation.backup").details["manifest"] == kept.digest

    def test_leaves_out_what_is_on_its_way_and_other_backups(self, tmp_path: Path) -> None:
        """Half a file, an earlier backup beside the books, the database itself, and the derived tiles."""
        data = tmp_path / "data"
        wanted = data / "outbox" / "a.eml"
        files = [
            wanted,
            data / "seal" / "x" / "checkpoint",
            data / "old.grbackup",
            data / ".incoming-1",
        ]
        for file in (
            *files,
            data / "groundrules.sqlite3",
            data / "evidence" / "incoming" / "half.zst",
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"x")
        target = tmp_path / "one.grbackup"

        keeping.keep(target, actor=OLGA, at=NOW)

        names = {one.name for one in members(target) if one.name.startswith("data/")}
        assert "data/outbox/a.eml" in names
        assert not {
            one
            for one in names
            if "seal" in one or "old" in one or "incoming" in one or "sqlite" in one
        }

    def test_says_what_could_not_be_kept(self, tmp_path: Path) -> None:
        """A link that leads elsewhere is told, and the backup is called incomplete."""
        (tmp_path / "data" / "elsewhere").symlink_to("/etc/hostname")

        kept = keeping.keep(tmp_path / "one.grbackup", actor=OLGA, at=NOW)

        assert [one for one in kept.remarks if "elsewhere" in one]

    def test_begins_nothing_without_room(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A disk that is too full is said before anything is written."""
        monkeypatch.setattr(keeping, "_SPARE", 1 << 60)

        with pytest.raises(keeping.NoRoom, match="MiB left"):
            keeping.keep(tmp_path / "one.grbackup", actor=OLGA, at=NOW)

        assert not (tmp_path / "one.grbackup").exists()

    def test_is_for_owners_and_needs_its_folder(self, tmp_path: Path) -> None:
        """It holds everything there is."""
        with pytest.raises(NotAllowed):
            keeping.keep(tmp_path / "x", actor=Actor("anna@noble.example", Role.ACCOUNTANT), at=NOW)
        with pytest.raises(keeping.FolderMissing):
            keeping.keep(tmp_path / "no" / "x", actor=OLGA, at=NOW)


class TestSettingsTold:
    def test_names_secrets_without_telling_them(self) -> None:
        """Where each was set is told; a password in a URL is starred out."""
        given = {
            "GROUNDRULES_DATABASE_URL": ("postgresql://gr:hunter2@db/gr", "environment"),
            "GROUNDRULES_MAIL_PASSWORD": ("hunter2", "file"),
            "GROUNDRULES_HOT_DAYS": ("7", "default"),
        }
        with override_settings(GROUNDRULES_GIVEN=given):
            told = settings_told()

        assert "hunter2" not in json.dumps(told)
        assert [one["name"] for one in told] == [
            "GROUNDRULES_DATABASE_URL",
            "GROUNDRULES_MAIL_PASSWORD",
        ]
        assert told[0]["value"] == "postgresql://gr:***@db/gr"


@pytest.mark.django_db
class TestRowsThere:
    def test_names_a_table_with_rows(self) -> None:
        """So nothing is ever written over books."""
        assert rows_there(connection.alias).startswith("records_")


@pytest.mark.django_db
class TestHandOut:
    def test_writes_every_book_and_card_in_lines_anybody_reads(self, tmp_path: Path) -> None:
        """A row is an object by column; typed text is opened; the page beside says what each file holds."""
        done = hand_out(tmp_path / "out", "jsonl", actor=OLGA, at=NOW)

        lines = (tmp_path / "out" / "Change.jsonl").read_text().splitlines()
        about = json.loads((tmp_path / "out" / "about.json").read_text())
        assert len(lines) == done.rows["Change"] == Change.objects.count()
        assert isinstance(json.loads(lines[0])["payload"], dict)
        assert {one["name"] for one in about["files"]} == set(done.rows)
        assert AuditEntry.objects.filter(verb="installation.export").count() == 1

    def test_hands_out_nothing_one_could_sign_in_with(self) -> None:
        """Neither digests of passwords and tokens, nor keys of people, in any record there is."""
        handed = {f"{k.__name__}.{f.name}" for k in exported_kinds() for f in columns_of(k)}

        assert "User.email" in handed
        assert not {
            one for one in handed if "password" in one or "token_digest" in one or "sealed" in one
        }
        assert not {
            one for one in handed if one.split(".")[0] in {"Passkey", "SignInLink", "CodeApp"}
        }

    def test_defuses_what_a_spreadsheet_would_run(self, tmp_path: Path) -> None:
        """A name that begins like a formula stays text; a number stays a number."""
        Client.objects.filter(code="HARBOR").update(name="=HYPERLINK(1)")

        hand_out(tmp_path / "out", "csv", actor=OLGA, at=NOW)

        with (tmp_path / "out" / "Client.csv").open(newline="") as file:
            (row,) = csv.DictReader(file)
        assert row["name"] == "'=HYPERLINK(1)"
        assert row["id"].isdecimal()

    def test_leaves_no_half_and_overwrites_nothing(self, tmp_path: Path) -> None:
        """Stopped in the middle there is no folder; one that is there is refused."""

        def stop(_done: int, _what: str) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            hand_out(tmp_path / "out", "csv", actor=OLGA, at=NOW, tell=stop)
        left = [one.name for one in tmp_path.iterdir() if one.name != "data"]
        with pytest.raises(FolderThere):
            hand_out(tmp_path / "data", "csv", actor=OLGA, at=NOW)

        assert left == []


@pytest.mark.django_db
class TestUpgrade:
    def test_wants_a_backup_of_today_to_go_back_to(self, tmp_path: Path) -> None:
        """An older one would lose what came since; a whole one of today lets it run."""
        target = tmp_path / "one.grbackup"
        keeping.keep(target, actor=OLGA, at=NOW)

        applied = upgrading.upgrade(target, NOW + timedelta(hours=1))
        with pytest.raises(upgrading.NoWayBack, match="what came since"):
            upgrading.upgrade(target, NOW + timedelta(days=2))

        assert applied == 0

    def test_looks_ahead_without_changing_anything(self) -> None:
        """Here nothing waits, and nothing speaks against it."""
        ahead = upgrading.look_ahead(NOW)

        assert (ahead.waiting, ahead.against) == ((), ())
        assert any("going back" in one for one in ahead.notes)


@pytest.mark.django_db
class TestByAWorker:
    """Made in one piece, beside everything else."""

    def _carry(self, goes_on: bool = True) -> None:  # noqa: FBT001, FBT002 - the one thing that differs
        Carrier("here|1|1", lambda: NOW, lambda: goes_on, breath=0).carry_next()

    def test_hands_the_books_out_for_a_day(self, client: Browser) -> None:
        """A press, a page, a zip to fetch; removed after a day, which is then said."""
        client.force_login(User.objects.get(email=KIM.label))
        refused = client.post("/installation/export/", {"form": "pdf"})
        page = client.post("/installation/export/", {"form": "jsonl"}).headers["Location"]
        self._carry()
        shown = client.get(page).content.decode()
        fetched = b"".join(client.get(f"{page}file/"))
        gone = made_files.forget_files(datetime.now(UTC) + timedelta(days=2))
        missing = client.get(f"{page}file/", follow=True).content.decode()

        assert refused.headers["Location"] == "/installation/"
        assert "Fetch the file (zip)" in shown
        with ZipFile(io.BytesIO(fetched)) as packed:
            about = json.loads(packed.read("about.json"))
            clients = packed.read("Client.jsonl").decode().splitlines()
        assert (len(clients), about["at"]) == (Client.objects.count(), NOW.isoformat())
        assert (gone, "removed after a day" in missing) == (1, True)
        assert AuditEntry.objects.get(verb="installation.export").recorded_by == KIM.label

    @pytest.mark.parametrize("stops", ["somebody", "the worker"])
    def test_leaves_nothing_where_it_is_stopped(
        self, monkeypatch: pytest.MonkeyPatch, stops: str
    ) -> None:
        """In the middle of the one piece: somebody's wish ends it, a worker that stops lets it wait."""
        monkeypatch.setattr("groundrules.services.carrying.carrier._BEAT_SECONDS", -1.0)
        run = carried.export_later("csv", actor=KIM, at=NOW)
        if stops == "somebody":

            def write(_to: Path, _form: str, _at: datetime, tell: long_runs.Tell) -> dict[str, int]:
                long_runs.ask_to_stop(run.pk, actor=KIM, at=NOW)
                tell(1, "Client")
                return {}

            monkeypatch.setattr(carried, "write_books", write)
        self._carry(goes_on=stops == "somebody")

        run.refresh_from_db()
        assert run.state == ("stopped" if stops == "somebody" else "waiting")
        assert list((Path(settings.GROUNDRULES_DATA) / "exports").iterdir()) == []

    def test_backs_up_into_the_file_that_was_named(self, tmp_path: Path) -> None:
        """Whole, on record, and never over another; technicians have none made."""
        with pytest.raises(NotAllowed):
            carried.backup_later(tmp_path / "x", actor=TESSA, at=NOW)
        runs = [carried.backup_later(tmp_path / "a.grbackup", actor=KIM, at=NOW) for _ in "ab"]
        self._carry()
        self._carry()

        for run in runs:
            run.refresh_from_db()
        assert check(tmp_path / "a.grbackup")["format"] == keeping.FORMAT
        assert [run.state for run in runs] == ["done", "failed"]
        assert "is there already; name another file" in runs[1].problem
        assert AuditEntry.objects.filter(verb="installation.backup").count() == 1

    def test_says_what_a_restore_that_is_stopped_leaves(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Before the first byte is written nothing is there; after it, what to do with the half."""
        (tmp_path / "a.grbackup").touch()
        words = ["installation", "restore", str(tmp_path / "a.grbackup")]

        def stopped(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("groundrules.services.installation.bringing_back.check", stopped)
        codes = [main(words)]
        (Path(settings.GROUNDRULES_DATA) / UNFINISHED).touch()
        codes.append(main(words))

        said = capsys.readouterr().err
        assert codes == [Exit.FAILURE, Exit.FAILURE]
        assert "stopped; nothing was written yet" in said
        assert "is not whole; when it no longer runs, empty the folder" in said

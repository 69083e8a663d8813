"""What cannot be written: said in a sentence that names no place, asked seldom, on SQLite and PostgreSQL."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from groundrules.services import writable
from groundrules.services.doctor import Health, machine
from groundrules.services.writable import asked_unwritable, unwritable

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
TEMPORARY = "groundrules.services.writable.tempfile.TemporaryFile"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """This fixture will give a test a data folder of its own."""
    with override_settings(GROUNDRULES_DATA=tmp_path):
        yield tmp_path


def _refuse_by(number: int) -> object:
    def refuse(**_: object) -> object:
        raise OSError(number, "said by the machine, with /a/place")

    return refuse


@pytest.mark.django_db
class TestUnwritable:
    def test_says_nothing_where_all_can_be_written(self, data: Path) -> None:
        """And leaves nothing in the folder."""
        assert not asked_unwritable()
        assert list(data.iterdir()) == []

    @pytest.mark.parametrize(
        ("number", "why"),
        [
            (errno.ENOSPC, "the disk is full"),
            (errno.EROFS, "the disk can only be read"),
            (errno.EACCES, "its user may not write there"),
            (errno.EIO, "the disk refuses"),
        ],
    )
    def test_says_why_the_folder_cannot(
        self, data: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str
    ) -> None:
        """In words of ours: the machine's own would name its places to anybody who asks."""
        monkeypatch.setattr(TEMPORARY, _refuse_by(number))

        assert asked_unwritable() == f"nothing can be written to the data folder: {why}"
        assert machine.look_at_disk(NOON).health is Health.BROKEN

    def test_sees_that_the_folder_is_gone(self, data: Path) -> None:
        """A disk that was not mounted."""
        with override_settings(GROUNDRULES_DATA=data / "not-mounted"):
            assert (
                asked_unwritable() == "nothing can be written to the data folder: it is not there"
            )

    def test_asks_the_disk_once_in_ten_seconds(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However often a supervisor asks; what was mended is seen after that."""
        asked = count()
        monkeypatch.setattr(
            "groundrules.services.writable.asked_unwritable", lambda: f"asked {next(asked)}"
        )
        monkeypatch.setattr(writable, "_seen", writable.Seen())

        assert [unwritable(now) for now in (100.0, 101.0, 109.9, 110.0)] == [
            *["asked 0"] * 3,
            "asked 1",
        ]

    def test_sees_a_postgresql_that_can_only_be_read(self, data: Path) -> None:
        """A copy that stands by, or one whose administrator stopped writing."""
        if connection.vendor != "postgresql":
            pytest.skip("asks PostgreSQL")
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

        assert asked_unwritable().endswith("it is a copy that can only be read, or was set to be")

    def test_sees_a_postgresql_whose_disk_is_full(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reading goes on there; what spills to the disk is refused."""
        if connection.vendor != "postgresql":
            pytest.skip("asks PostgreSQL")

        def refuse(execute: object, sql: str, *rest: object) -> object:
            if sql.startswith("SELECT count"):
                message = "could not write to file base/pgsql_tmp/1: No space left on device"
                raise OperationalError(message)
            return execute(sql, *rest)  # type: ignore[operator]

        with connection.execute_wrapper(refuse):
            assert asked_unwritable() == "nothing can be written to the database: the disk is full"

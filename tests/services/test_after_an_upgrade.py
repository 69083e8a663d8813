"""A database amidst migrations that became one since: said, and left as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.services.database import BetweenForms, migrate
from groundrules.services.installation import keeping, upgrading

AT = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)
FOLDED = ("0001_cards_and_books", "0002_guard_the_books")


@pytest.fixture
def amidst(db: None) -> None:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will leave on record the first two of the migrations that became one, as a version before."""
    seen = MigrationRecorder(connection)
    seen.migration_qs.filter(app="records").delete()
    for name in FOLDED:
        seen.record_applied("records", name)


def applied() -> set[str]:
    """Which of our migrations the database says it has seen."""
    seen = MigrationRecorder(connection).applied_migrations()
    return {name for app, name in seen if app == "records"}


@pytest.mark.usefixtures("amidst")
class TestBetweenForms:
    def test_is_said_before_anything_is_tried(self) -> None:
        """Looking ahead and migrating name the way on, and nothing is applied."""
        (against,) = upgrading.look_ahead(AT).against
        with pytest.raises(BetweenForms, match="2 of the 25 migrations that became 0001_books"):
            migrate()

        assert (
            "--diff-filter=D --format=%h -- '*/0025_client_reports.py')^\" && scripts/bootstrap"
            in against
        )
        assert "Keep a copy" in against
        assert applied() == set(FOLDED)

    @pytest.mark.parametrize("words", [("migrate",), ("demo", "--no-serve")])
    def test_ends_a_command_with_a_sentence(
        self, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Not with a traceback, and with the number of a check that failed."""
        assert main(list(words)) == Exit.CHECK_FAILED
        told = capsys.readouterr()
        assert "of a version in development" in told.out + told.err
        assert applied() == set(FOLDED)


class TestBackup:
    def test_makes_no_file_of_the_name_of_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """A disk that is not mounted: the next night would find a file where a folder should be."""
        with pytest.raises(keeping.FolderMissing, match="make or mount it"):
            keeping.file_for(tmp_path / "backups", AT)

        assert keeping.file_for(tmp_path, AT) == tmp_path / "groundrules-20261129T060000Z.grbackup"
        assert keeping.file_for(tmp_path / "a.grbackup", AT) == tmp_path / "a.grbackup"

"""The books refuse change in the database itself, on whichever engine the tests run."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from groundrules.records.book import Book
from groundrules.records.guards import AppendOnly, missing_guards
from groundrules.records.models import AgreementVersion, Change, Client, book_tables
from tests.records.rows import insert_plain_row

pytestmark = pytest.mark.django_db

BOOKS = [model for model in apps.get_app_config("records").get_models() if issubclass(model, Book)]
EVERY_BOOK = pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)


def _refusal(statement: str) -> str:
    """This function will run raw SQL in a savepoint and return the database's refusal."""
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(refused.value)


class TestEveryBook:
    @EVERY_BOOK
    def test_refuses_update_by_raw_sql(self, model: type[models.Model]) -> None:
        """No statement changes a row of a book."""
        table = model._meta.db_table
        with transaction.atomic():
            key = insert_plain_row(model)

            refusal = _refusal(f"UPDATE {table} SET recorded_by = 'someone else' WHERE id = {key}")  # noqa: S608 - our own names

            transaction.set_rollback(True)
        assert f"{table} is append-only: UPDATE refused" in refusal

    @EVERY_BOOK
    def test_refuses_delete_by_raw_sql(self, model: type[models.Model]) -> None:
        """No statement removes a row of a book."""
        table = model._meta.db_table
        with transaction.atomic():
            key = insert_plain_row(model)

            refusal = _refusal(f"DELETE FROM {table} WHERE id = {key}")  # noqa: S608 - our own names

            transaction.set_rollback(True)
        assert f"{table} is append-only: DELETE refused" in refusal

    @pytest.mark.postgres
    @EVERY_BOOK
    def test_refuses_truncate(self, model: type[models.Model]) -> None:
        """PostgreSQL's quick way to empty a table is closed as well."""
        table = model._meta.db_table

        refusal = _refusal(f"TRUNCATE {table} CASCADE")

        assert "is append-only: TRUNCATE refused" in refusal

    def test_has_its_guards(self) -> None:
        """After the migrations, no book lacks a trigger."""
        missing = missing_guards(connection, book_tables())

        assert missing == ()


class TestPublishedVersion:
    def test_refuses_change_but_a_draft_accepts_it(self) -> None:
        """A draft may be edited; once published a version is frozen."""
        with transaction.atomic():
            key = insert_plain_row(AgreementVersion)
            AgreementVersion.objects.filter(pk=key).update(sentences="edited")
            AgreementVersion.objects.filter(pk=key).update(published_at="2007-03-01T12:00:00Z")

            refusal = _refusal(
                f"UPDATE records_agreementversion SET sentences = 'x' WHERE id = {key}"  # noqa: S608 - our own names
            )

            transaction.set_rollback(True)
        assert "UPDATE refused" in refusal


class TestGuards:
    def test_report_a_table_that_has_none(self) -> None:
        """A table without triggers is found by name."""
        missing = missing_guards(connection, (Client._meta.db_table,))

        assert missing[:2] == ("records_client_no_update", "records_client_no_delete")

    def test_come_down_with_the_migration(self) -> None:
        """Migrating backwards removes the triggers, and forwards brings them back."""
        table = Change._meta.db_table
        step = AppendOnly(table)
        with transaction.atomic():
            editor = connection.schema_editor()
            step.database_backwards("records", editor, apps, apps)
            without = missing_guards(connection, (table,))
            step.database_forwards("records", editor, apps, apps)

            restored = missing_guards(connection, (table,))

            transaction.set_rollback(True)
        assert f"{table}_no_update" in without
        assert restored == ()


class TestSupersession:
    def test_gives_a_row_one_successor_only(self) -> None:
        """Two rows cannot supersede the same one."""
        with transaction.atomic():
            first = insert_plain_row(Change)
            row = Change.objects.get(pk=first)
            row.pk, row.supersedes_id = None, first
            Change.objects.bulk_create([row])
            row.pk = None

            with pytest.raises(DatabaseError), transaction.atomic():
                Change.objects.bulk_create([row])

            transaction.set_rollback(True)

    def test_has_one_origin_per_reference(self) -> None:
        """A reference begins once for each client."""
        with transaction.atomic():
            insert_plain_row(Change)

            with pytest.raises(DatabaseError), transaction.atomic():
                insert_plain_row(Change)

            transaction.set_rollback(True)

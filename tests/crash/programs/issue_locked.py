"""A program: asks for an invoice while another connection holds the lock it needs, and again when it is free."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from tests.crash.programs.small_invoices import issue_number  # isort: skip - it starts Django first
from django.db import connection

from groundrules.records import models as books
from groundrules.services.issuing import IssuerBusy


@contextmanager
def _locked_by_another() -> Iterator[None]:
    """The wait is cut short, so that the refusal comes at once."""
    books.Series.objects.get_or_create(code="invoice", defaults={"prefix": "INV-"})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = '100ms'")
            with psycopg.connect(os.environ["GROUNDRULES_DATABASE_URL"]) as other:
                other.execute("SELECT * FROM records_series FOR UPDATE")
                yield
        else:
            cursor.execute("PRAGMA busy_timeout = 100")
            with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
                other.execute("BEGIN IMMEDIATE")
                yield


def main() -> None:
    """This function will do it."""
    with _locked_by_another():
        try:
            issue_number(0)
        except IssuerBusy as refused:
            print(f"IssuerBusy: {refused}")  # noqa: T201 - its answer
    print(issue_number(0))  # noqa: T201 - its answer


main()

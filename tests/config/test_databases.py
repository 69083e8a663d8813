"""One setting names the database, or a cluster of servers of which one takes writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.services.database_urls import UnknownDatabase, database_of

HERE = Path("/data")


class TestDatabaseOf:
    @pytest.mark.parametrize(
        ("url", "host", "port"),
        [
            ("postgresql://u:p@db.internal:6432/books", "db.internal", "6432"),
            ("postgresql://u:p@db.internal/books", "db.internal", ""),
            ("postgresql://u:p@a:5501,b,c:5503/books?x=1", "a,b,c", "5501,5432,5503"),
            ("postgresql:///books", "", ""),
        ],
    )
    def test_lists_servers_as_libpq_does(self, url: str, host: str, port: str) -> None:
        """One server, the machine's own, or several that are tried in turn."""
        told = database_of(url, HERE)

        assert (told["HOST"], told["PORT"], told["NAME"]) == (host, port, "books")

    def test_hands_options_on(self) -> None:
        """`target_session_attrs` finds the server that takes writes."""
        url = "postgresql://u:p@a:5501,b:5502/books?target_session_attrs=read-write"

        assert database_of(url, HERE)["OPTIONS"] == {"target_session_attrs": "read-write"}

    def test_means_sqlite_when_it_is_empty(self) -> None:
        """In the data folder."""
        assert database_of("", HERE)["NAME"] == "/data/groundrules.sqlite3"

    def test_refuses_other_engines_and_repeats_no_password(self) -> None:
        """Only the first word of the URL is repeated."""
        with pytest.raises(UnknownDatabase) as refused:
            database_of("mysql://u:secret@h/books", HERE)

        assert "secret" not in str(refused.value)

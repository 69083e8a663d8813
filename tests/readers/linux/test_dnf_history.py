"""dnf's history database, built here after libdnf's own create.sql because no sample was at hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import Action, Actor
from groundrules.readers.linux.dnf_history import read_dnf_history
from tests.readers.linux.reading import assert_adds_up, at, context

SCHEMA = """
CREATE TABLE trans (id INTEGER PRIMARY KEY AUTOINCREMENT, dt_begin INTEGER NOT NULL, dt_end INTEGER,
    rpmdb_version_begin TEXT, rpmdb_version_end TEXT, releasever TEXT NOT NULL, user_id INTEGER NOT NULL,
    cmdline TEXT, state INTEGER NOT NULL);
CREATE TABLE trans_item (id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER, item_id INTEGER, repo_id INTEGER,
    action INTEGER NOT NULL, reason INTEGER NOT NULL, state INTEGER NOT NULL);
CREATE TABLE rpm (item_id INTEGER PRIMARY KEY, name TEXT NOT NULL, epoch INTEGER NOT NULL, version TEXT NOT NULL,
    release TEXT NOT NULL, arch TEXT NOT NULL);
INSERT INTO rpm VALUES (1, 'hello', 0, '2.10', '3.el9', 'x86_64'), (2, 'openssl-libs', 1, '3.0.1', '41.el9', 'x86_64'),
    (3, 'openssl-libs', 1, '3.0.7', '2.el9', 'x86_64'), (4, 'tzdata', 0, '2026a', '1.el9', 'noarch');
INSERT INTO trans VALUES (1, 1772733600, 1772733602, '', '', '9', 1001, 'install hello', 1),
    (2, 1772737200, NULL, '', '', '9', 4294967295, '', 2);
INSERT INTO trans_item (trans_id, item_id, repo_id, action, reason, state) VALUES
    (1, 1, 1, 1, 2, 1), (1, 3, 1, 6, 1, 1), (1, 2, 1, 7, 1, 1), (2, 4, 1, 8, 2, 0), (2, 1, 1, 42, 2, 1);
"""


def database() -> bytes:
    """This function will make a history of two transactions, the second one failed."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(SCHEMA)
        return made.serialize()


class TestReadDnfHistory:
    def test_names_the_login_behind_a_transaction(self) -> None:
        """Installed and upgraded with both versions by login uid 1001, from begin to end of the transaction."""
        reading = read_dnf_history(database(), context())

        assert_adds_up(reading)
        told = [
            (seen.key, seen.action, seen.before, seen.after, seen.succeeded)
            for seen in reading.observations
        ]
        assert told == [
            ("hello", Action.ADDED, None, "2.10-3.el9", True),
            ("openssl-libs", Action.ALTERED, "1:3.0.1-41.el9", "1:3.0.7-2.el9", True),
            ("tzdata", Action.REMOVED, "2026a-1.el9", None, False),
        ]
        hello = reading.observations[0]
        assert (hello.actor, hello.at) == (
            Actor(identifier="1001", process="dnf"),
            at("2026-03-05 18:00:00"),
        )
        assert hello.recorded_at == at("2026-03-05 18:00:02")
        assert reading.observations[2].actor.identifier == ""

    def test_counts_what_it_does_not_know(self) -> None:
        """An action of a later dnf is unknown, and the old half of an upgrade is counted, not told twice."""
        reading = read_dnf_history(database(), context())

        assert reading.unknown == {"dnf/action 42": 1}
        assert reading.by_type["dnf/upgraded"] == 1

    @pytest.mark.parametrize("length", [0, 10, 100, 5000])
    def test_calls_a_cut_database_damage(self, length: int) -> None:
        """A database cut short is damage, not an empty history."""
        reading = read_dnf_history(database()[:length], context())

        assert reading.observations == ()
        assert reading.damaged[0].where == "database"

    @given(
        cuts=st.lists(
            st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20
        )
    )
    def test_answers_a_damaged_database(self, cuts: list[tuple[int, int]]) -> None:
        """Bytes replaced anywhere give damage or odd records, never a crash."""
        raw = bytearray(database())
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_dnf_history(bytes(raw), context()))

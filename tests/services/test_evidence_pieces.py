"""Evidence that comes in pieces: logins that end in a later one, holes between two files, and sources kept apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.db import transaction

from groundrules.core.evidence import Citation, ItemKind, Reading, Stretch
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.records.models import Change, Client, Gap, Session, Snapshot, SourceCoverage
from groundrules.services.evidence import Handed, receive
from groundrules.services.evidence_joining import gaps_between_files
from groundrules.services.filing import Filing, file_facts
from tests.cast import TARIQ

AT = datetime(2007, 3, 1, 12, 0, tzinfo=UTC)
LOGIN = (
    b"Feb 26 20:55:01 srv1 sshd[4711]: Accepted publickey for rogue from 203.0.113.7 port 5000 ssh2: ED25519 SHA256:x\n"
    b"Feb 26 20:55:01 srv1 sshd[4711]: pam_unix(sshd:session): session opened for user rogue(uid=1004) by (uid=0)\n"
)
LOGOUT = b"Feb 26 21:40:09 srv1 sshd[4711]: pam_unix(sshd:session): session closed for user rogue\n"
AGAIN = (
    b"Feb 26 22:10:01 srv1 sshd[4711]: Accepted publickey for other from 203.0.113.9 port 5001 ssh2: ED25519 SHA256:y\n"
    b"Feb 26 22:30:09 srv1 sshd[4711]: pam_unix(sshd:session): session closed for user other\n"
)


def hand_in(raw: bytes, name: str, format_: str = "auth-log") -> None:
    """This function will take one piece in."""
    receive(Handed(raw, name, format=format_, host="SRV1", collected_at=AT), actor=TARIQ, at=AT)


@pytest.mark.usefixtures("harbor")
class TestLoginsInPieces:
    """A login that ends in another piece of its log."""

    @pytest.mark.parametrize("order", list(permutations([LOGIN, LOGOUT, AGAIN])))
    def test_end_where_the_later_piece_says(self, order: tuple[bytes, ...]) -> None:
        """Whatever came first, the login has its own end, and the process number given out again has another."""
        for number, piece in enumerate(order):
            hand_in(piece, f"auth-{number}.log")

        told = {
            row.account: (row.started_at, row.ended_at)
            for row in Session.objects.current().filter(account__in=["rogue", "other"])
        }
        shown = [f"{a:%H:%M}-{b:%H:%M}" for a, b in (told["rogue"], told["other"]) if b]
        assert shown == ["04:55-05:40", "06:10-06:30"]

    def test_stay_open_when_nothing_ends_them(self) -> None:
        """An end of another login is not taken for this one's."""
        hand_in(LOGIN, "auth-1.log")
        hand_in(LOGOUT.replace(b"4711", b"4712"), "auth-2.log")

        assert Session.objects.current().get(account="rogue").ended_at is None


def accounts_run(query: str, hour: int, *names: str) -> str:
    """This function will write one run of a query that lists accounts, as osquery does."""
    row = {"uid": "1000", "directory": "/home/x", "shell": "/bin/sh"}
    fields = {
        "name": query,
        "hostIdentifier": "SRV1",
        "unixTime": int((AT - timedelta(days=1, hours=-hour)).timestamp()),
        "epoch": 0,
        "counter": 0,
        "action": "snapshot",
        "snapshot": [{"username": name} | row for name in names],
    }
    return json.dumps(fields)


@pytest.mark.usefixtures("harbor")
class TestListings:
    """Lists of what is on a host, of which one file may hold many."""

    def test_of_two_queries_are_each_held_against_their_own(self) -> None:
        """Two queries that list accounts in their own way show no account that came or went."""
        runs = [
            accounts_run(query, hour, *names)
            for hour in range(3)
            for query, names in (("all_users", ("root", "ann")), ("people_users", ("ann",)))
        ]
        hand_in("\n".join(runs).encode(), "results.log", "osquery")

        assert Snapshot.objects.current().count() == len(runs)
        assert not Change.objects.current().exists()

    def test_of_one_query_in_one_file_are_all_kept(self) -> None:
        """An account that was there for one run only is seen to come and to go."""
        runs = [
            accounts_run("all_users", hour, *names)
            for hour, names in enumerate([("ann",), ("ann", "rogue"), ("ann",)])
        ]
        hand_in("\n".join(runs).encode(), "results.log", "osquery")

        told = Change.objects.current().order_by("not_before").values_list("component", flat=True)
        assert list(told) == ["rogue", "rogue"]

    def test_of_one_inventory_are_all_kept(self) -> None:
        """What an inventory says of packages does not take the place of what it says of accounts."""
        sample = Path(__file__).parents[1] / "readers" / "glpi" / "written_by_us.json"
        hand_in(sample.read_bytes(), "inventory.json", "glpi")

        kinds = {kind for row in Snapshot.objects.current() for kind in row.to_core().kinds}
        assert kinds >= {ItemKind.PACKAGE, ItemKind.ACCOUNT, ItemKind.GROUP}


class TestHolesBetweenFiles:
    """What is missing between two files that came apart."""

    def test_is_a_gap_until_it_is_handed_in(self, harbor: Client) -> None:
        """Records 11 to 20 are missing between two files; when they come, the gap is superseded by a point."""
        cover(harbor, 1, 10)
        cover(harbor, 21, 30)
        (gap,) = Gap.objects.current()
        cover(harbor, 11, 20)

        assert gap.says == "records 11 to 20 of Security are in no file handed in"
        assert gap.not_after - gap.not_before == timedelta(minutes=11)
        (closed,) = Gap.objects.current().filter(ref=gap.ref)
        assert closed.not_before == closed.not_after
        assert closed.says.startswith("since handed in")
        (coverage,) = SourceCoverage.objects.all()
        assert [(s.first, s.last) for s in coverage.to_core()] == [(1, 30)]

    def test_is_smaller_when_part_of_it_came(self, harbor: Client) -> None:
        """What still is missing is a gap of its own."""
        for first, last in ((1, 10), (21, 30), (11, 15)):
            cover(harbor, first, last)

        standing = [gap for gap in Gap.objects.current() if gap.not_before < gap.not_after]

        assert [gap.says for gap in standing] == [
            "records 16 to 20 of Security are in no file handed in"
        ]


def cover(client: Client, first: int, last: int) -> None:
    """This function will file what one piece of the Security log covers, a record a minute."""
    start = AT - timedelta(days=3)
    stretch = Stretch(
        AssetId("SRV1"),
        "Security",
        first,
        last,
        start + timedelta(minutes=first),
        start + timedelta(minutes=last),
        Citation(EvidenceId(f"{first:064x}"), str(first), "evtx/1"),
    )
    filing = Filing(client, TARIQ, AT)
    with transaction.atomic():
        reading = Reading("evtx/1", last - first + 1, stretches=(stretch,))
        file_facts(gaps_between_files([reading], filing), filing)

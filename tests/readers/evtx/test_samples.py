"""Real logs that nobody here wrote: every record counted, and what the ones read by hand really say."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from evtx import PyEvtxParser

from groundrules.core.evidence import Action, GapKind, ItemKind, Reading, SessionKind
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx import READER, read_evtx
from groundrules.readers.evtx.chunks import Salvage, chunks_of, records_of

TABLE = Path(__file__).with_name("samples.csv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
EVIDENCE = EvidenceId("0123456789abcdef" * 4)
ADMMIG = ("OFFSEC\\admmig", "S-1-5-21-4230534742-2542757381-3142984815-1111")


def reading(path: Path) -> Reading:
    """Read a sample as evidence of one server."""
    return read_evtx(path.read_bytes(), AssetId("SRV1"), EVIDENCE)


def named(samples: Path, name: str) -> Reading:
    """Read the one sample whose file name contains `name`."""
    (path,) = [
        path
        for path in samples.rglob("*.evtx")
        if name in path.name and "extra-cc0" not in path.parts
    ]
    return reading(path)


def at(written: str) -> datetime:
    """Give an instant in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


class TestEverySample:
    def test_is_in_the_table(self, samples: Path) -> None:
        """The table has a row for each captured log, so that none is left out quietly."""
        found = {path.relative_to(samples).as_posix() for path in samples.rglob("*.evtx")}

        assert found == {row["file"] for row in ROWS}

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: Path(row["file"]).stem)
    def test_counts_as_the_table_says(self, samples: Path, row: dict[str, str]) -> None:
        """Records, sessions, changes, attempts, unknown and damaged of each captured log."""
        read = reading(samples / row["file"])

        attempts = sum(not seen.succeeded for seen in read.observations)
        assert {
            "records": read.records,
            "sessions": len(read.sessions),
            "changes": len(read.observations) - attempts,
            "attempts": attempts,
            "unknown": sum(read.unknown.values()),
            "damaged": len(read.damaged),
            "gaps": len(read.gaps),
        } == {name: int(value) for name, value in row.items() if name != "file"}

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: Path(row["file"]).stem)
    def test_adds_up(self, samples: Path, row: dict[str, str]) -> None:
        """Every record is under one type, unknown ones are among them, and every claim cites this evidence."""
        read = reading(samples / row["file"])

        assert read.records == sum(read.by_type.values())
        assert all(count == read.by_type[name] for name, count in read.unknown.items())
        citations = [seen.citation for seen in read.observations]
        citations += [citation for session in read.sessions for citation in session.citations]
        assert {(citation.evidence, citation.reader) for citation in citations} <= {
            (EVIDENCE, READER)
        }
        assert all(citation.record.isdigit() for citation in citations)
        assert len({session.id for session in read.sessions}) == len(read.sessions)
        assert all(
            seen.recorded_at is None or seen.at < seen.recorded_at for seen in read.observations
        )

    @pytest.mark.parametrize(
        "row",
        [row for row in ROWS if row["damaged"] == "0"],
        ids=lambda row: Path(row["file"]).stem,
    )
    def test_that_is_whole_loses_nothing_to_our_way_of_parsing(
        self, samples: Path, row: dict[str, str]
    ) -> None:
        """Chunk by chunk, without lookup tables: word for word what the bare parser says of the whole file."""
        raw = (samples / row["file"]).read_bytes()
        whole = [
            found["data"]
            for found in PyEvtxParser(io.BytesIO(raw)).records_json()
            if found is not None
        ]

        salvage = Salvage()
        ours = [
            found["data"]
            for number, chunk in chunks_of(raw, salvage)
            for found in records_of(number, chunk, salvage)
        ]

        assert ours == whole
        assert salvage == Salvage()


class TestInstallerLog:
    def test_gives_the_installation_to_the_user_who_started_it(self, samples: Path) -> None:
        """One product, told by 1033 and 11707, begun 17 minutes earlier by record 73."""
        read = named(samples, "Application.evtx")

        (seen,) = read.observations
        assert (seen.kind, seen.key, seen.action, seen.after) == (
            ItemKind.PACKAGE, "Parallels Tools", Action.ADDED, "17.1.4.51567",
        )  # fmt: skip
        assert seen.actor.identifier == "S-1-5-21-2607610509-2053195791-2170555934-1000"
        assert (seen.at, seen.recorded_at) == (
            at("2022-06-10T05:01:45.490175"),
            at("2022-06-10T05:18:36.911978"),
        )
        assert [seen.citation.record, *(one.record for one in seen.supporting)] == [
            "87",
            "73",
            "86",
        ]


class TestTerminalLog:
    def test_has_one_ended_and_one_open_console_session(self, samples: Path) -> None:
        """The address reads ローカル (local) on this Japanese Windows: a console session, no address."""
        read = named(samples, "LocalSessionManager%4Operational")

        first, second = read.sessions
        assert (first.account, first.kind, first.source_address) == (
            "FUKUSUKE16E9\\fukusuke",
            SessionKind.CONSOLE,
            "",
        )
        assert (first.started, first.ended) == (
            at("2022-06-08T23:48:11.034656"),
            at("2022-06-10T05:56:01.614808"),
        )
        assert (second.started, second.ended) == (at("2022-06-10T05:56:27.592673"), None)

    def test_of_network_checks_has_no_session(self, samples: Path) -> None:
        """Eleven 1149 records (numbers written as text): known, counted, no session."""
        read = named(samples, "ID1149-RDP success")

        assert (read.records, read.sessions, read.unknown) == (11, (), {})

    def test_that_is_empty_is_read_as_empty(self, samples: Path) -> None:
        """A log without a single record is no damage."""
        read = named(samples, "LocalSessionManager%4Admin")

        assert (read.records, read.damaged, read.gaps) == (0, (), ())


class TestPasswords:
    def test_refused_change_is_an_attempt(self, samples: Path) -> None:
        """4723 with Audit Failure: admmig tried to change hacker2's password and could not."""
        read = named(samples, "ID4723-5145")

        (seen,) = read.observations
        assert (seen.kind, seen.key, seen.succeeded) == (
            ItemKind.PASSWORD,
            "OFFSEC\\hacker2",
            False,
        )
        assert (seen.actor.account, seen.actor.identifier) == ADMMIG

    def test_reset_belongs_to_one_of_four_logins_of_the_same_user(self, samples: Path) -> None:
        """Four network logins of one account within 7 ms: the LogonId says which one did it."""
        read = named(samples, "ID4724-5145")

        reset = next(seen for seen in read.observations if seen.kind is ItemKind.PASSWORD)
        mine = [session for session in read.sessions if session.key == reset.actor.session_key]
        assert reset.succeeded
        assert [(one.account, one.source_address, one.kind) for one in mine] == [
            ("OFFSEC.LAN\\admmig", "10.23.23.9", SessionKind.NETWORK)
        ]
        assert mine[0].citations[0].record == "233279979"
        assert sum(one.account == "OFFSEC.LAN\\admmig" for one in read.sessions) == 4


class TestAccounts:
    def test_rename_has_both_names(self, samples: Path) -> None:
        """4781 beside 4738: hacker42 became adminupn42."""
        read = reading(next(samples.rglob("cc0__ID4781-4738*.evtx")))

        rename = next(seen for seen in read.observations if "renamed" in seen.summary)
        assert (rename.before, rename.after) == ("OFFSEC\\hacker42", "OFFSEC\\adminupn42")

    def test_hidden_account_is_made_joined_and_deleted_in_one_session(self, samples: Path) -> None:
        """Ten changes of one login, and before them the log was cleared by the same account."""
        read = named(samples, "ID472, 4728 Hidden user")

        made = [seen for seen in read.observations if seen.kind is ItemKind.ACCOUNT]
        # The tool deletes the account and brings it back through the registry: only 1934530 (4738) shows that.
        assert [seen.action.value for seen in made] == [
            "added",
            "altered",
            "altered",
            "removed",
            "altered",
        ]
        assert {seen.actor.session_key.rpartition("|")[2] for seen in read.observations} == {
            "0x14f509e2"
        }
        (gap,) = read.gaps
        assert (gap.kind, gap.source) == (GapKind.LOG_CLEARED, "Security")
        assert "cleared by OFFSEC\\admmig" in gap.says

    def test_guest_is_enabled(self, samples: Path) -> None:
        """4722 names account, actor and login."""
        read = named(samples, "ID4722-Guest")

        (seen,) = read.observations
        assert (seen.key, seen.after, seen.actor.account) == (
            "JUMP01\\Guest",
            "enabled",
            "OFFSEC\\admmig",
        )

    def test_members_come_and_go(self, samples: Path) -> None:
        """Three memberships given, two taken back; the records between them are not in the file."""
        read = named(samples, "ID4732-4733-Quick")

        member = "S-1-5-21-1470532092-3758209836-3742276719-1001"
        assert [(seen.key, seen.before, seen.after) for seen in read.observations] == [
            ("Builtin\\Users", None, member),
            ("Builtin\\Administrators", None, member),
            ("Builtin\\Backup Operators", None, member),
            ("Builtin\\Administrators", member, None),
            ("Builtin\\Backup Operators", member, None),
        ]
        assert (
            read.gaps[0].says == "records 2775257 to 2775951 of Security are not in this evidence"
        )

    def test_domain_groups_are_told_by_name(self, samples: Path) -> None:
        """4728 and 4756 give the member's distinguished name."""
        read = named(samples, "ID4728-4756")

        groups = [seen.key.partition("\\")[2] for seen in read.observations]
        assert groups == [
            "Domain Admins",
            "Enterprise Admins",
            "Enterprise Key Admins",
            "Schema Admins",
        ]
        assert {seen.actor.account for seen in read.observations} == {"OFFSEC\\lambda-user"}


class TestServices:
    def test_in_both_logs_is_one_change_with_the_login(self, samples: Path) -> None:
        """7045 (System) and 4697 (Security) of one service, in one file."""
        read = named(samples, "ID7045-4697-SMBexec")

        (seen,) = read.observations
        assert (seen.kind, seen.key) == (ItemKind.SERVICE, "BTOBTO")
        assert seen.actor.session_key.endswith("|0x2cff42b44")
        assert [seen.citation.record, *(one.record for one in seen.supporting)] == [
            "236864754",
            "1467331",
        ]

    def test_started_and_stopped_is_no_change(self, samples: Path) -> None:
        """PSEXESVC was installed once; 7036 twice says running and stopped."""
        read = named(samples, "ID7045-7036 PSexec")

        (seen,) = read.observations
        assert (seen.key, seen.after, seen.actor.identifier) == (
            "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe", ADMMIG[1],
        )  # fmt: skip
        assert read.by_type["Service Control Manager/7036"] == 2

    def test_scheduled_task_comes_and_goes_without_its_definition(self, samples: Path) -> None:
        """4698 and 4699 of one task: only a digest of what it ran."""
        read = named(samples, "by ATexec")

        created, deleted = read.observations
        assert (created.key, created.action, deleted.action) == (
            "\\bouWFQYO",
            Action.ADDED,
            Action.REMOVED,
        )
        assert str(created.after).startswith("sha256:")
        assert "whoami" not in repr(read)


class TestSqlServer:
    def test_sa_enabled_happened_five_seconds_before_it_was_logged(self, samples: Path) -> None:
        """The row's own time and the log's time bound the change; the principal is the real one."""
        read = named(samples, "Disabled SA user activated")

        (seen,) = read.observations
        assert (seen.kind, seen.key, seen.after) == (ItemKind.DATABASE_LOGIN, "RADAR/sa", "enabled")
        assert (seen.at, seen.recorded_at) == (
            at("2020-07-15T11:27:10.181492"),
            at("2020-07-15T11:27:15.106459"),
        )
        assert (seen.actor.account, seen.actor.identifier) == ADMMIG
        assert seen.actor.session_key == "mssql01\\radar|file-0123456789ab|55"

    def test_login_created_keeps_no_literal(self, samples: Path) -> None:
        """CREATE LOGIN … PASSWORD=N'******': the stars go as well."""
        read = named(samples, "ID33205-SQL Server local user created")

        (seen,) = read.observations
        assert (seen.action, seen.key) == (Action.ADDED, "RADAR/test-sql")
        assert "PASSWORD=N'[removed]'" in seen.summary

    @pytest.mark.parametrize(
        ("sample", "role"),
        [
            ("to server role", "RADAR/sysadmin"),
            ("to database role", "RADAR/RCS-TEST-db/db_accessadmin"),
        ],
    )
    def test_role_members_are_named(self, samples: Path, sample: str, role: str) -> None:
        """Server and database roles: who joined."""
        read = named(samples, f"ID33205-SQL Server member added {sample}")

        (seen,) = read.observations
        assert (seen.kind, seen.key, seen.after) == (ItemKind.GROUP, role, "test-sql")

    def test_audit_switched_off_in_three_rows_is_one_change(self, samples: Path) -> None:
        """Two AUSC rows and the ALTER; the login row comes last in the log and first in time."""
        read = named(samples, "audit object disabled")

        (seen,), (session,), (gap,) = read.observations, read.sessions, read.gaps
        assert (seen.key, seen.after) == ("RADAR/Test-audit-srv-object", "switched off")
        assert len(seen.supporting) == 2
        assert seen.actor.session_key == session.key
        assert (session.account, session.source_address) == ("OFFSEC\\admin-hacker", "10.23.23.9")
        assert gap.kind is GapKind.AUDIT_OFF

    def test_audit_dropped_is_switched_off_and_removed(self, samples: Path) -> None:
        """Two operations within 16 ms stay two."""
        read = named(samples, "audit object deleted")

        assert [(seen.action, seen.after) for seen in read.observations] == [
            (Action.ALTERED, "switched off"),
            (Action.REMOVED, None),
        ]

    def test_single_user_start_is_seen(self, samples: Path) -> None:
        """17115 with -m: how a lost sa password is replaced."""
        read = named(samples, "ID11715-SQL Server started")

        (seen,) = read.observations
        assert (seen.key, seen.after) == ("MSSQL$RADAR", "started in single-user mode")

    def test_option_set_to_its_own_value_is_passed(self, samples: Path) -> None:
        """`show advanced options` 1 to 1 is no change, `clr enabled` 0 to 1 is."""
        read = named(samples, "CLR lateral movement")

        (seen,) = read.observations
        assert (seen.before, seen.after, seen.actor.identifier) == (
            "clr enabled = 0",
            "clr enabled = 1",
            ADMMIG[1],
        )


class TestMachine:
    def test_clock_set_back_and_forth_keeps_the_order_of_numbers(self, samples: Path) -> None:
        """Eight 4616 records, four real steps; by time the second would come first."""
        read = named(samples, "ID4616-system time")

        assert [seen.citation.record for seen in read.observations] == [
            "19620789", "19620793", "19620900", "19620903",
        ]  # fmt: skip
        assert sum(gap.kind is GapKind.CLOCK_STEP for gap in read.gaps) == 4

    def test_ninety_one_logs_were_cleared(self, samples: Path) -> None:
        """One 1102 and ninety 104, each with the log it emptied."""
        read = named(samples, "ID104-1102")

        cleared = [gap.source for gap in read.gaps if gap.kind is GapKind.LOG_CLEARED]
        assert len(cleared) == 91
        assert {"Security", "System", "Application"} <= set(cleared)

    def test_audit_policy_taken_down_is_thirty_changes_and_one_gap(self, samples: Path) -> None:
        """Thirty subcategories in one second: one span without auditing."""
        read = named(samples, "ID4719-Audit policy")

        assert Counter(seen.kind for seen in read.observations) == {ItemKind.AUDIT_POLICY: 30}
        assert [gap.kind for gap in read.gaps] == [GapKind.AUDIT_OFF]

    def test_damaged_record_costs_one_and_not_its_chunk(self, samples: Path) -> None:
        """A record of size zero: the parser alone gives up the 115 behind it; here one of 450 is lost."""
        read = named(samples, "zero-data-size")

        (damage,) = read.damaged
        assert (read.records, damage.where) == (449, "chunk 0, record 3 at byte 2080")
        assert [gap.says for gap in read.gaps if gap.kind is GapKind.RECORDS_DAMAGED] == [
            "record 3 of System could not be read"
        ]

    def test_file_cut_short_is_read_to_its_last_whole_record(self, samples: Path) -> None:
        """3 of 96 chunks are there and the last lacks its end: 283 of 284 records."""
        read = named(samples, "System2.evtx")

        assert read.records == 283
        assert [damage.where for damage in read.damaged] == [
            "end of file",
            "chunk 2, record 284 at byte 64472",
        ]
        assert read.hosts == (
            "37L4247E29-32",
            "GREENDALEGOLD",
            "Student-PC1.internal.greendale.edu",
        )

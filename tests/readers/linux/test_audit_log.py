"""The audit log: exact login keys, changes with the login uid behind sudo, and holes in the serials as gaps."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from groundrules.core.evidence import Action, GapKind, ItemKind, SessionKind
from groundrules.readers.linux.audit_log import read_audit_log
from tests.readers.linux.reading import AUDIT, PLASO, assert_adds_up, at, context

DAY = b"""\
type=SYSTEM_BOOT msg=audit(1772733000.000:5): pid=1 uid=0 auid=4294967295 ses=4294967295 msg=' comm="systemd-update-utmp" res=success'
type=LOGIN msg=audit(1772733600.000:6): pid=900 uid=0 old-auid=4294967295 auid=1001 tty=(none) old-ses=4294967295 ses=3 res=1
type=USER_START msg=audit(1772733600.100:7): pid=900 uid=0 auid=1001 ses=3 msg='op=PAM:session_open acct="rogue" exe="/usr/sbin/sshd" hostname=10.1.2.3 addr=10.1.2.3 terminal=ssh res=success'
type=USER_START msg=audit(1772733660.000:8): pid=950 uid=0 auid=1001 ses=3 msg='op=PAM:session_open acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/pts/0 res=success'
type=SOFTWARE_UPDATE msg=audit(1772733661.000:9): pid=951 uid=0 auid=1001 ses=3 msg='op=install sw="hello-2.10-3.el9.x86_64" sw_type=rpm key_enforce=0 gpg_res=1 root_dir="/" comm="dnf" exe="/usr/bin/python3.9" hostname=srv1 addr=? terminal=pts/0 res=success'
type=USER_CHAUTHTOK msg=audit(1772733662.000:10): pid=952 uid=0 auid=1001 ses=3 msg='op=change password id=0 exe="/usr/bin/passwd" hostname=srv1 addr=? terminal=pts/0 res=success'
type=USER_END msg=audit(1772733663.000:11): pid=950 uid=0 auid=1001 ses=3 msg='op=PAM:session_close acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/pts/0 res=success'
type=USER_END msg=audit(1772733700.000:12): pid=900 uid=0 auid=1001 ses=3 msg='op=PAM:session_close acct="rogue" exe="/usr/sbin/sshd" hostname=10.1.2.3 addr=10.1.2.3 terminal=ssh res=success'
"""  # noqa: E501 - audit lines are as long as they are


class TestSamples:
    @pytest.mark.parametrize(
        ("name", "records", "damaged", "sessions", "observations", "gaps"),
        [
            ("auparse/testdata/audit-rhel6.log", 2, 0, 0, 0, 1),
            ("auparse/testdata/audit-rhel7.log", 49, 1, 2, 9, 32),
            ("auparse/testdata/audit-ubuntu14.log", 1, 0, 0, 0, 0),
            ("auparse/testdata/audit-ubuntu16.log", 3, 0, 1, 0, 2),
            ("auparse/testdata/audit-ubuntu17.log", 1, 0, 0, 0, 0),
            ("auparse/testdata/test2.log", 10, 0, 0, 0, 0),
            ("auparse/testdata/test3.log", 17, 0, 0, 1, 4),
            ("testdata/normal.log", 17, 0, 0, 0, 0),
            ("testdata/out_of_order.log", 17, 0, 0, 0, 0),
            ("testdata/rollover.log", 5, 0, 0, 0, 0),
            ("testdata/lost_messages.log", 17, 0, 0, 0, 1),
        ],
    )
    def test_counts_every_line(  # noqa: PLR0913 - one row of a table
        self,
        samples: Path,
        name: str,
        records: int,
        damaged: int,
        sessions: int,
        observations: int,
        gaps: int,
    ) -> None:
        """Every line of every distribution is read or damage, and none of a kind unknown."""
        reading = read_audit_log((samples / AUDIT / name).read_bytes(), context())

        assert_adds_up(reading)
        counts = (
            reading.records,
            len(reading.damaged),
            len(reading.sessions),
            len(reading.observations),
        )
        assert counts == (records, damaged, sessions, observations)
        assert len([gap for gap in reading.gaps if gap.kind is GapKind.RECORDS_MISSING]) == gaps
        assert reading.unknown == {}

    def test_reports_lost_records_with_their_span(self, samples: Path) -> None:
        """Serials 50 to 58 never arrived: nine events, between 22:48:09 and 22:48:11."""
        gap = read_audit_log(
            (samples / AUDIT / "testdata/lost_messages.log").read_bytes(), context()
        ).gaps[0]

        assert gap.says == "9 audit events are missing: serials 50 to 58"
        assert gap.interval.not_before == at("2017-04-12 22:48:09.295")
        assert gap.interval.not_after == at("2017-04-12 22:48:11.036")

    def test_reads_the_enriched_form(self, samples: Path) -> None:
        """Names after the separator are read; a failed removal is an attempt; root's login has its address and end."""
        reading = read_audit_log(
            (samples / PLASO / "audit_enriched.log").read_bytes(), context(boot="b1")
        )

        assert_adds_up(reading)
        assert (reading.records, reading.damaged, reading.unknown) == (29, (), {})
        assert [
            (seen.action, seen.key, seen.succeeded, seen.actor.account)
            for seen in reading.observations
        ] == [
            (Action.REMOVED, "specimenuser", False, "root"),
            (Action.ADDED, "specimenuser", True, "root"),
        ]
        login = reading.sessions[0]
        assert (login.account, login.source_address, login.kind) == (
            "root",
            "172.23.112.1",
            SessionKind.REMOTE,
        )
        assert login.key == "srv1|b1|7"
        assert reading.observations[1].actor.session_key == "srv1|b1|6"

    def test_reads_a_collection_of_every_type(self, samples: Path) -> None:
        """Of the RHEL 7 lines the changes are told by kind; andrew_kroh's login is found and ended."""
        reading = read_audit_log(
            (samples / AUDIT / "auparse/testdata/audit-rhel7.log").read_bytes(), context()
        )

        assert Counter(seen.kind for seen in reading.observations) == {
            ItemKind.SERVICE: 2,
            ItemKind.GROUP: 2,
            ItemKind.ACCOUNT: 2,
            ItemKind.CLOCK: 1,
            ItemKind.AUDIT_POLICY: 2,
        }
        login = reading.sessions[1]
        assert (login.account, login.identifier, login.source_address) == (
            "andrew_kroh",
            "1000",
            "96.241.146.97",
        )
        assert (login.started, login.ended) == (
            at("2016-12-07 02:17:23.193"),
            at("2016-12-07 02:17:29.033"),
        )
        assert reading.damaged[0].where == "line 31"

    def test_survives_its_corrupt_twin(self, samples: Path) -> None:
        """Cut in the middle of a line and with a line of noise: two damaged lines, the rest as before."""
        raw = (samples / AUDIT / "testdata/normal.log").read_bytes()
        torn = raw[:300] + b"\n\xff\xfe noise\n" + raw[300:]

        reading = read_audit_log(torn, context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["line 2", "line 3"]
        assert reading.records == 17


class TestReadAuditLog:
    def test_keeps_the_login_behind_sudo(self) -> None:
        """What was done as root names the login it was done in: session 3 of this boot, uid 1001, rogue."""
        reading = read_audit_log(DAY, context(boot="b1", architecture="x86_64"))

        told = [
            (seen.kind, seen.key, seen.after, seen.actor.session_key, seen.actor.account)
            for seen in reading.observations
        ]
        assert told == [
            (ItemKind.PACKAGE, "hello", "2.10-3.el9", "srv1|b1|3", "rogue"),
            (ItemKind.PASSWORD, "id 0", None, "srv1|b1|3", "rogue"),
        ]
        assert {seen.actor.identifier for seen in reading.observations} == {"1001"}

    def test_is_not_ended_by_sudo(self) -> None:
        """The end of sudo's own session is not the end of the login."""
        login = read_audit_log(DAY, context(boot="b1")).sessions[0]

        assert (login.account, login.kind, login.key) == ("rogue", SessionKind.REMOTE, "srv1|b1|3")
        assert (login.started, login.ended) == (
            at("2026-03-05 18:00:00"),
            at("2026-03-05 18:01:40"),
        )

    def test_tells_boots_apart(self) -> None:
        """Session numbers start again with every boot: the same number before and after is two logins."""
        later = DAY.replace(b"audit(17727", b"audit(17728")

        reading = read_audit_log(DAY + later, context(boot="b2"))

        assert [login.key for login in reading.sessions] == [
            "srv1|@2026-03-05T17:50:00+00:00|3",
            "srv1|b2|3",
        ]
        assert [gap.kind for gap in reading.gaps] == [GapKind.RESTART, GapKind.RESTART]

    def test_says_when_auditing_was_off(self) -> None:
        """From the audit daemon's end to its next start nothing was recorded."""
        raw = (
            b"type=DAEMON_END msg=audit(1772733600.000:7799): auditd normal halt, res=success\n"
            b"type=DAEMON_START msg=audit(1772733700.000:900): auditd start, res=success\n"
        )

        gap = read_audit_log(raw, context()).gaps[0]

        assert (gap.kind, gap.interval.width.total_seconds()) == (GapKind.AUDIT_OFF, 100)

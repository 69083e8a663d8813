"""auth.log and every form of syslog: years found, logins paired, account changes told, every line counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.core.evidence import Action, ItemKind, SessionKind
from groundrules.readers.linux.auth_log import read_auth_log
from groundrules.readers.linux.syslog_lines import messages
from groundrules.readers.linux.tally import Tally
from tests.readers.linux.reading import GRR, PLASO, assert_adds_up, at, context

DEBIAN = b"""\
Mar  5 10:00:00 srv1 sshd[900]: Accepted publickey for rogue from 10.1.2.3 port 4000 ssh2: ED25519 SHA256:abc
Mar  5 10:00:00 srv1 sshd[900]: pam_unix(sshd:session): session opened for user rogue(uid=1001) by (uid=0)
Mar  5 10:00:00 srv1 systemd-logind[400]: New session 7 of user rogue.
Mar  5 10:01:00 srv1 sudo:    rogue : TTY=pts/0 ; PWD=/home/rogue ; USER=root ; COMMAND=/usr/sbin/useradd helper
Mar  5 10:01:00 srv1 sudo: pam_unix(sudo:session): session opened for user root(uid=0) by rogue(uid=1001)
Mar  5 10:01:00 srv1 useradd[950]: new group: name=helper, GID=1002
Mar  5 10:01:00 srv1 useradd[950]: new user: name=helper, UID=1002, GID=1002, home=/home/helper, shell=/bin/sh
Mar  5 10:01:01 srv1 usermod[951]: add 'helper' to group 'sudo'
Mar  5 10:01:01 srv1 usermod[951]: add 'helper' to shadow group 'sudo'
Mar  5 10:01:02 srv1 chpasswd[952]: pam_unix(chpasswd:chauthtok): password changed for helper
Mar  5 10:01:03 srv1 gpasswd[953]: user admin removed by root from group sudo
Mar  5 10:01:04 srv1 userdel[954]: delete user 'oldone'
Mar  5 10:01:04 srv1 userdel[954]: removed group 'oldone' owned by 'oldone'
Mar  5 10:01:05 srv1 sudo: pam_unix(sudo:session): session closed for user root
Mar  5 10:02:00 srv1 CRON[960]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)
Mar  5 10:02:01 srv1 CRON[960]: pam_unix(cron:session): session closed for user root
Mar  5 10:05:00 srv1 sshd[902]: Disconnected from user rogue 10.1.2.3 port 4000
Mar  5 10:05:00 srv1 sshd[900]: pam_unix(sshd:session): session closed for user rogue
"""


class TestSamples:
    @pytest.mark.parametrize(
        ("name", "records", "unknown", "damaged"),
        [
            ("syslog", 17, 13, ["line 8"]),
            ("syslog_chromeos", 9, 8, []),
            ("syslog_cron.log", 9, 0, []),
            ("syslog_osx", 2, 2, []),
            ("syslog_rsyslog", 5, 5, []),
            ("syslog_rsyslog_ForwardFormat", 9, 7, ["line 2"]),
            ("syslog_rsyslog_SysklogdFileFormat", 9, 7, ["line 3"]),
            ("syslog_rsyslog_SyslogProtocol23Format", 9, 7, ["line 3"]),
            ("syslog_rsyslog_TraditionalForwardFormat", 9, 7, ["line 2"]),
            ("syslog_rsyslog_traditional", 10, 7, ["line 6"]),
            ("syslog_ssh.log", 9, 0, []),
        ],
    )
    def test_counts_every_line(
        self, samples: Path, name: str, records: int, unknown: int, damaged: list[str]
    ) -> None:
        """Every form is framed; what is not about logins is unknown by program; a line without a time is damage."""
        reading = read_auth_log((samples / PLASO / "syslog" / name).read_bytes(), context())

        assert_adds_up(reading)
        assert reading.records == records
        assert sum(reading.unknown.values()) == unknown
        assert [damage.where for damage in reading.damaged] == damaged

    def test_finds_the_years_of_a_long_log(self, samples: Path) -> None:
        """Walked back from its end, the log's own remark comes true: its leap day was in 2012."""
        raw = (samples / PLASO / "syslog" / "syslog").read_bytes()
        tally = Tally("test/1", context(collected_at=at("2016-12-01 00:00:00")))

        placed = [(message.instant.at.year, message.record) for message in messages(tally, raw)]

        assert placed[:7] == [(2012, str(number)) for number in range(1, 8)]
        assert [year for year, _ in placed[7:]] == [
            2013,
            2014,
            2014,
            2014,
            2015,
            2016,
            2016,
            2016,
            2016,
        ]

    @pytest.mark.parametrize(
        ("name", "first", "host"),
        [
            ("syslog_rsyslog", "2020-05-31 00:00:45.698463", "localhost"),
            ("syslog_chromeos", "2016-10-25 19:37:23.297265", ""),
            ("syslog_rsyslog_SyslogProtocol23Format", "2021-03-06 04:07:38.251122", "hostname"),
            ("syslog_rsyslog_ForwardFormat", "2021-03-06 04:07:33.194677", "hostname"),
        ],
    )
    def test_trusts_written_offsets(self, samples: Path, name: str, first: str, host: str) -> None:
        """A time with its own offset needs neither year nor zone."""
        raw = (samples / PLASO / "syslog" / name).read_bytes()

        message = next(messages(Tally("test/1", context("Asia/Kolkata")), raw))

        assert (message.instant.at, message.host) == (at(first), host)

    def test_reads_ssh_logins(self, samples: Path) -> None:
        """Five logins with account, address and key fingerprint; refused ones begin nothing."""
        reading = read_auth_log(
            (samples / PLASO / "syslog" / "syslog_ssh.log").read_bytes(), context()
        )

        assert reading.by_type == {"sshd/connection": 2, "sshd/accepted": 5, "sshd/refused": 2}
        assert [(one.account, one.source_address) for one in reading.sessions] == [
            ("plaso", "192.168.0.1"),
            ("plaso", "2001:0db8:0a0b:12f0:0000:0000:0000:0001"),
            ("fred", "192.0.2.60"),
            ("fred", "192.0.2.60"),
            ("fred", "192.0.2.60"),
        ]
        assert (
            reading.sessions[4].credential
            == "publickey RSA SHA256:5xyQ+PG1Z3CIiShclJ2iNya5TOdKDgE/HrOXr21IdOo"
        )
        assert reading.sessions[0].started == at("2026-03-11 19:26:39")
        assert reading.hosts == ("osx-machine", "ubuntu2015")

    def test_reads_a_log_with_wrong_lines(self, samples: Path) -> None:
        """A month called AWS and a line without a time are damage; dearjohn's login is read, its torn end is not."""
        reading = read_auth_log((samples / GRR / "auth.log").read_bytes(), context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["line 4", "line 5"]
        assert [(one.account, one.source_address, one.ended) for one in reading.sessions] == [
            ("dearjohn", "10.10.122.1", None)
        ]
        assert reading.sessions[0].started == at("2025-01-26 19:35:30")
        assert reading.unknown == {"untagged/other": 1, "sshd/other": 1}

    def test_survives_its_corrupt_twin(self, samples: Path) -> None:
        """Every third byte replaced: lines fall to damage or unknown, none is lost, none begins a login."""
        raw = bytearray((samples / GRR / "auth.log").read_bytes())
        raw[::3] = bytes(0xFF if byte != 0x0A else byte for byte in raw[::3])

        reading = read_auth_log(bytes(raw), context())

        assert_adds_up(reading)
        assert len(reading.damaged) + reading.records == 7
        assert reading.sessions == ()


class TestReadAuthLog:
    def test_tells_a_login_from_begin_to_end(self) -> None:
        """The login has account, uid, address and key; sudo inside it is not another login; cron's is batch."""
        sessions = read_auth_log(DEBIAN, context("America/Los_Angeles")).sessions

        assert [(one.account, one.kind, one.identifier) for one in sessions] == [
            ("rogue", SessionKind.REMOTE, "1001"),
            ("root", SessionKind.BATCH, "0"),
        ]
        assert (sessions[0].started, sessions[0].ended) == (
            at("2026-03-05 18:00:00"),
            at("2026-03-05 18:05:00"),
        )
        assert sessions[0].credential == "publickey ED25519 SHA256:abc"

    def test_tells_changes_of_accounts_groups_and_passwords(self) -> None:
        """Each change once, with who made it where the message says so."""
        reading = read_auth_log(DEBIAN, context())

        told = [
            (seen.kind, seen.action, seen.key, seen.after or seen.before, seen.actor.account)
            for seen in reading.observations
        ]
        assert told == [
            (ItemKind.GROUP, Action.ADDED, "helper", None, ""),
            (ItemKind.ACCOUNT, Action.ADDED, "helper", None, ""),
            (ItemKind.GROUP, Action.ALTERED, "sudo", "helper", ""),
            (ItemKind.PASSWORD, Action.ALTERED, "helper", None, ""),
            (ItemKind.GROUP, Action.ALTERED, "sudo", "admin", "root"),
            (ItemKind.ACCOUNT, Action.REMOVED, "oldone", None, ""),
            (ItemKind.GROUP, Action.REMOVED, "oldone", None, ""),
        ]
        assert reading.unknown == {}
        assert reading.by_type["sudo/command"] == 1

    def test_ends_a_login_without_pam_by_its_address(self) -> None:
        """Without PAM only the child says goodbye: its address and port find the login."""
        raw = b"".join(
            line for line in DEBIAN.splitlines(keepends=True) if b"pam_unix(sshd" not in line
        )

        assert read_auth_log(raw, context()).sessions[0].ended == at("2026-03-05 10:05:00")

    def test_puts_december_before_january(self) -> None:
        """A log collected in January that begins in December spans the new year."""
        raw = (
            DEBIAN.splitlines()[0].replace(b"Mar  5", b"Dec 31")
            + b"\n"
            + DEBIAN.splitlines()[0].replace(b"Mar  5", b"Jan  1")
        )

        sessions = read_auth_log(raw, context(collected_at=at("2027-01-02 00:00:00"))).sessions

        assert [one.started for one in sessions] == [
            at("2026-12-31 10:00:00"),
            at("2027-01-01 10:00:00"),
        ]

    def test_reads_lines_without_a_host(self) -> None:
        """What programs hand to /dev/log carries no host name and has a priority in front."""
        raw = b"<86>Mar  5 10:00:00 sshd[900]: Accepted password for rogue from 10.1.2.3 port 4000 ssh2\n"

        assert [one.account for one in read_auth_log(raw, context()).sessions] == ["rogue"]

    def test_keeps_a_login_apart_when_its_process_number_returns(self) -> None:
        """A second login with the number of the first is another session."""
        raw = DEBIAN.splitlines()[0] + b"\n" + DEBIAN.splitlines()[0].replace(b"10:00", b"11:00")

        assert len(read_auth_log(raw, context()).sessions) == 2

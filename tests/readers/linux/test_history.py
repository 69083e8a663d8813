"""Joining: one operation in two logs is one observation, one login in two sources one session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from groundrules.core.evidence import Action, Actor, SessionKind
from groundrules.readers.linux.apt_history import read_apt_history
from groundrules.readers.linux.audit_log import read_audit_log
from groundrules.readers.linux.auth_log import read_auth_log
from groundrules.readers.linux.dpkg_log import read_dpkg_log
from groundrules.readers.linux.history import join_package_history, join_sessions
from groundrules.readers.linux.wtmp import read_utmp
from tests.collector.host_tree import login_record
from tests.readers.linux.reading import at, context

DPKG = b"""2026-03-05 10:02:11 install hello:amd64 <none> 2.10-3
2026-03-05 10:02:11 install tzdata:all <none> 2026a-1
2026-03-05 10:02:12 status installed hello:amd64 2.10-3
2026-03-05 10:30:00 install byhand:amd64 <none> 1.0
2026-03-05 11:02:11 remove hello:amd64 2.10-3 <none>
"""
APT = b"""Start-Date: 2026-03-05  10:02:10
Commandline: apt-get install hello
Requested-By: rogue (1001)
Install: hello:amd64 (2.10-3), tzdata:amd64 (2026a-1, automatic), never:amd64 (1.0, automatic)
Error: Sub-process /usr/bin/dpkg returned an error code (1)
End-Date: 2026-03-05  10:02:13

Start-Date: 2026-03-05  11:02:11
Commandline: apt-get remove hello
Remove: hello:amd64 (2.10-3)
End-Date: 2026-03-05  11:02:11
"""
ROGUE = Actor(account="rogue", identifier="1001")


class TestJoinPackageHistory:
    def test_takes_the_time_from_one_and_the_account_from_the_other(self) -> None:
        """The time and versions are dpkg's, the account and command apt's, both are cited."""
        dpkg, apt = (
            reader(raw, context())
            for reader, raw in ((read_dpkg_log, DPKG), (read_apt_history, APT))
        )

        joined = join_package_history([*dpkg.observations, *apt.observations])

        told = [
            (seen.key, seen.action, seen.at, seen.actor, seen.succeeded, len(seen.supporting))
            for seen in joined
        ]
        assert told == [
            ("never", Action.ADDED, at("2026-03-05 10:02:10"), ROGUE, False, 0),
            ("hello", Action.ADDED, at("2026-03-05 10:02:11"), ROGUE, True, 1),
            ("tzdata", Action.ADDED, at("2026-03-05 10:02:11"), ROGUE, True, 1),
            ("byhand", Action.ADDED, at("2026-03-05 10:30:00"), Actor(), True, 0),
            ("hello", Action.REMOVED, at("2026-03-05 11:02:11"), Actor(), True, 1),
        ]
        hello = joined[1]
        assert (hello.citation.reader, hello.citation.record) == ("dpkg-log/1", "1")
        assert (hello.supporting[0].reader, hello.supporting[0].record) == (
            "apt-history/1",
            "4:hello:amd64",
        )
        assert hello.correlation == joined[2].correlation == joined[0].correlation

    def test_counts_a_log_collected_twice_once(self) -> None:
        """The same lines in tomorrow's envelope are the same operations."""
        once = [
            *read_dpkg_log(DPKG, context()).observations,
            *read_apt_history(APT, context()).observations,
        ]

        assert join_package_history([*once, *once]) == join_package_history(once)

    def test_learns_the_end_from_a_later_collection(self) -> None:
        """Collected in the middle of a transaction it was an attempt; collected again it is done."""
        whole = APT.replace(b"Error: Sub-process /usr/bin/dpkg returned an error code (1)\n", b"")
        midway = read_apt_history(whole.split(b"End-Date")[0], context()).observations
        after = read_apt_history(whole, context()).observations

        joined = join_package_history([*midway, *after])

        assert {seen.succeeded for seen in midway} == {False}
        assert {seen.succeeded for seen in joined} == {True}
        assert len(joined) == len(after)

    def test_stays_as_it_is_when_joined_again(self) -> None:
        """Joining what is joined changes nothing."""
        joined = join_package_history(
            [
                *read_dpkg_log(DPKG, context()).observations,
                *read_apt_history(APT, context()).observations,
            ]
        )

        assert join_package_history(joined) == joined

    def test_does_not_reach_across_transactions(self) -> None:
        """A later operation of the same package belongs to its own transaction, not to an earlier one."""
        late = DPKG.replace(b"10:02:1", b"10:42:1")

        joined = join_package_history(
            [
                *read_dpkg_log(late, context()).observations,
                *read_apt_history(APT, context()).observations,
            ]
        )

        assert [
            (seen.at, seen.actor.account)
            for seen in joined
            if seen.key == "hello" and seen.action is Action.ADDED
        ] == [
            (at("2026-03-05 10:02:10"), "rogue"),
            (at("2026-03-05 10:42:11"), ""),
        ]


class TestJoinSessions:
    WTMP = login_record(7, 900, "pts/0", "rogue", "10.1.2.3", 1772733601) + login_record(
        8, 900, "pts/0", "", "", 1772733900
    )
    AUDIT = (
        b"type=LOGIN msg=audit(1772733600.500:6): pid=900 uid=0 old-auid=4294967295 auid=1001 ses=3 res=1\n"
        b"type=USER_START msg=audit(1772733600.600:7): pid=900 uid=0 auid=1001 ses=3 "
        b'msg=\'op=PAM:session_open acct="rogue" exe="/usr/sbin/sshd" addr=10.1.2.3 terminal=ssh res=success\'\n'
    )
    AUTH = (
        b"Mar  5 18:00:00 srv1 sshd[900]: Accepted publickey for rogue from 10.1.2.3 port 4000 ssh2: "
        b"ED25519 SHA256:abc\n"
        b"Mar  5 18:05:01 srv1 sshd[900]: pam_unix(sshd:session): session closed for user rogue\n"
    )

    def test_makes_one_login_of_two_traces(self) -> None:
        """From the first sign to the last, with the key of the one and the terminal's record of the other."""
        wtmp, auth = read_utmp(self.WTMP, context()), read_auth_log(self.AUTH, context())

        joined = join_sessions([*wtmp.sessions, *auth.sessions])

        assert len(joined) == 1
        assert (joined[0].started, joined[0].ended) == (
            at("2026-03-05 18:00:00"),
            at("2026-03-05 18:05:01"),
        )
        assert joined[0].credential == "publickey ED25519 SHA256:abc"
        assert {citation.reader for citation in joined[0].citations} == {"utmp/1", "auth-log/1"}

    def test_counts_a_trace_collected_twice_once(self) -> None:
        """Seen open yesterday and closed today it is one login that ended."""
        yesterday = read_utmp(self.WTMP[:384], context()).sessions
        today = read_utmp(self.WTMP, context()).sessions

        joined = join_sessions([*yesterday, *today])

        assert [one.ended for one in joined] == [at("2026-03-05 18:05:00")]

    def test_prefers_the_key_that_ties_exactly(self) -> None:
        """Between the traces of one login, the one tied to boot and audit session gives the key."""
        auth = read_auth_log(self.AUTH, context()).sessions[0]
        journal = replace(
            auth, key="srv1|b1|3", credential="", started=auth.started + timedelta(seconds=1)
        )

        joined = join_sessions([auth, journal])

        assert [(one.key, one.credential) for one in joined] == [
            ("srv1|b1|3", "publickey ED25519 SHA256:abc")
        ]

    def test_joins_what_the_audit_log_knows(self) -> None:
        """The audit log's login is the one sshd wrote about: one session, tied exactly, with its key fingerprint."""
        audit = read_audit_log(self.AUDIT, context(boot="b1"))
        auth = read_auth_log(self.AUTH, context())

        joined = join_sessions(
            [*auth.sessions, *audit.sessions, *read_utmp(self.WTMP, context()).sessions]
        )

        assert [(one.key, one.identifier, one.credential) for one in joined] == [
            ("srv1|b1|3", "1001", "publickey ED25519 SHA256:abc")
        ]
        assert {citation.reader for citation in joined[0].citations} == {
            "utmp/1",
            "auth-log/1",
            "audit-log/1",
        }

    def test_keeps_two_logins_of_one_account_apart(self) -> None:
        """Another process number, another address, or another hour is another login."""
        one = read_auth_log(self.AUTH, context()).sessions[0]
        other_process = read_auth_log(self.AUTH.replace(b"[900]", b"[901]"), context()).sessions[0]
        other_place = read_utmp(self.WTMP.replace(b"10.1.2.3", b"10.1.2.4"), context()).sessions[0]
        other_hour = read_auth_log(self.AUTH.replace(b" 18:", b" 19:"), context()).sessions[0]

        assert len(join_sessions([one, other_process, other_place, other_hour])) == 4
        assert {session.kind for session in (one, other_place)} == {SessionKind.REMOTE}

"""Whatever the bytes are, a reader answers: nothing crashes, nothing is lost, the counts add up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.envelope import READERS
from groundrules.readers.linux.apt_history import read_apt_history
from groundrules.readers.linux.audit_log import read_audit_log
from groundrules.readers.linux.auth_log import read_auth_log
from groundrules.readers.linux.dpkg_log import read_dpkg_log
from groundrules.readers.linux.wtmp import read_utmp
from tests.readers.linux.reading import AUDIT, GRR, PLASO, assert_adds_up, context

LINUX = sorted(name for name in READERS if not name.startswith(("evtx", "windows")))
SAMPLES: list[tuple[Callable[[bytes, ReadingContext], Reading], str]] = [
    (read_dpkg_log, f"{PLASO}/dpkg.log"),
    (read_apt_history, f"{PLASO}/apt_history.log"),
    (read_auth_log, f"{PLASO}/syslog/syslog"),
    (read_auth_log, f"{GRR}/auth.log"),
    (read_audit_log, f"{AUDIT}/auparse/testdata/audit-rhel7.log"),
    (read_audit_log, f"{PLASO}/audit_enriched.log"),
    (read_utmp, f"{PLASO}/utmp/utmp"),
    (read_utmp, f"{PLASO}/utmp/utmp_s390"),
]
WORDS = st.sampled_from(
    [
        *(
            "2026-03-05 10:02:11 ",
            "2026-11-01 01:30:00 ",
            "install ",
            "status ",
            "a:amd64 ",
            "<none> ",
            "1.0",
        ),
        *(
            "Start-Date: ",
            "2026-03-05  10:02:11",
            "Install: ",
            "a:amd64 (1.0)",
            ", ",
            "\n",
            "End-Date: ",
            "Error: x",
        ),
        *(
            "Mar  5 10:00:00 ",
            "Feb 30 10:00:00 ",
            "Feb 29 25:61:61 ",
            "srv1 ",
            "sshd[9]: ",
            "<86>",
            "useradd[1]: ",
        ),
        *(
            "Accepted password for x from 1.2.3.4 port 5 ssh2",
            "new user: name=x, ",
            "Disconnected from user x 1.2.3.4 port 5",
        ),
        *(
            "pam_unix(sshd:session): session closed for user x",
            "9999-12-31T23:59:59-12:00 ",
            "0001-01-01T00:00:00+12:00 ",
        ),
        *(
            "type=LOGIN ",
            "type=USER_END ",
            "type=SYSTEM_BOOT ",
            "msg=audit(1772733600.000:7): ",
            "auid=1 ",
            "ses=3 ",
            "res=1",
        ),
        *(
            "msg=audit(999999999999.999:4294967295): ",
            "type=SYSCALL ",
            '{"MESSAGE":"x",',
            '"__REALTIME_TIMESTAMP":"1"}',
        ),
        *(
            '{"__REALTIME_TIMESTAMP":"99999999999999999999"}',
            '{"snapshot":1}',
            '{"end":0}',
            "__REALTIME_TIMESTAMP=1\n",
            "MESSAGE\n",
        ),
        *("Installed: a-1-1.noarch", "Upgraded: a-1-1.noarch", "\x00", "\t", "\u0663"),
    ]
)


class TestEveryReader:
    @pytest.mark.parametrize("name", LINUX)
    @given(raw=st.binary(max_size=1500))
    def test_answers_any_bytes(self, name: str, raw: bytes) -> None:
        """Noise is damage or unknown, never a crash."""
        assert_adds_up(READERS[name].read(raw, context("America/Los_Angeles")))

    @pytest.mark.parametrize("name", LINUX)
    @given(words=st.lists(WORDS, max_size=40))
    def test_answers_anything_that_looks_right(self, name: str, words: list[str]) -> None:
        """Pieces of real lines in any order, with times at the edges of the calendar, are counted too."""
        reading = READERS[name].read(
            "".join(words).encode(), context("America/Los_Angeles", boot="b1")
        )

        assert_adds_up(reading)
        assert all(
            session.ended is None or session.ended >= session.started
            for session in reading.sessions
        )

    @pytest.mark.parametrize(("read", "name"), SAMPLES)
    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30),
        length=st.integers(0, 10**6),
    )
    def test_answers_damaged_samples(
        self,
        samples: Path,
        read: Callable[[bytes, ReadingContext], Reading],
        name: str,
        cuts: list[tuple[int, int]],
        length: int,
    ) -> None:
        """A real file with bytes replaced and cut anywhere is still read, and adds up."""
        raw = bytearray((samples / name).read_bytes()[:6000])
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read(bytes(raw[: length % (len(raw) + 1)]), context()))

    @pytest.mark.parametrize(("read", "name"), SAMPLES)
    def test_says_the_same_twice(
        self, samples: Path, read: Callable[[bytes, ReadingContext], Reading], name: str
    ) -> None:
        """The same bytes in the same context give the same reading."""
        raw = (samples / name).read_bytes()

        assert read(raw, context()) == read(raw, context())

"""Databases asked by their own protocols: answers made by what their makers publish, and what else may answer there."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.causation.naming import mentions
from groundrules.core.health import CheckKind, CheckSpec, Database, Found, database_place
from groundrules.core.health.plans import database_found
from groundrules.gateways.databases import converse
from groundrules.gateways.probing import NetworkProber
from tests.gateways.played import PlayedWire

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
POSTGRESQL, MYSQL, SQL_SERVER, REDIS = (
    "postgresql://db.example",
    "mysql://db.example",
    "sqlserver://db.example",
    "redis://db.example",
)


def found(address: str, told: bytes) -> Found:
    """What is said of answers that were written down."""
    answered = converse(database_place(address), PlayedWire(told))
    return database_found(CheckSpec(CheckKind.DATABASE, address), answered)


def demand(kind: int, rest: bytes = b"") -> bytes:
    """PostgreSQL asks who one is."""
    return b"R" + struct.pack("!ii", len(rest) + 8, kind) + rest


def refusal(code: str, words: str) -> bytes:
    """PostgreSQL's error, as its server writes it."""
    fields = (b"SFATAL", b"VFATAL", b"C" + code.encode(), b"M" + words.encode(), b"Fpostmaster.c")
    told = b"\0".join(fields) + b"\0\0"
    return b"E" + struct.pack("!i", len(told) + 4) + told


def packet(number: int, told: bytes) -> bytes:
    """One of MySQL's packets."""
    return len(told).to_bytes(3, "little") + bytes([number]) + told


def greeting(version: str = "8.0.36", offered: int = 0x00088201) -> bytes:
    """MySQL's greeting with the abilities it offers."""
    low, high = struct.pack("<I", offered)[:2], struct.pack("<I", offered)[2:]
    told = b"\x0a" + version.encode() + b"\0" + struct.pack("<I", 7) + b"scramble" + b"\0"
    told += low + b"\xff\2\0" + high + b"\x15" + bytes(10) + b"twelve chars\0"
    return packet(0, told + b"caching_sha2_password\0")


def error(number: int, sequence: int = 0) -> bytes:
    """MySQL's error."""
    return packet(sequence, b"\xff" + struct.pack("<H", number) + b"#08004Too bad")


def prelogin(version: bytes = bytes([15, 0, 0x10, 0x11, 0, 0])) -> bytes:
    """SQL Server's answer to PRELOGIN: version and encryption."""
    table = struct.pack("!BHH", 0, 11, len(version)) + struct.pack("!BHH", 1, 11 + len(version), 1)
    told = table + b"\xff" + version + b"\2"
    return struct.pack("!BBHHBB", 4, 1, len(told) + 8, 0, 1, 0) + told


WELL = [
    (POSTGRESQL, b"N" + demand(10, b"SCRAM-SHA-256\0\0"), "takes logins (PostgreSQL)"),
    (POSTGRESQL, b"S" + demand(5, b"salt"), "takes logins (PostgreSQL)"),
    (POSTGRESQL, b"N" + demand(3), "takes logins (PostgreSQL)"),
    (POSTGRESQL, b"N" + refusal("28000", "no pg_hba.conf entry"), "is up (PostgreSQL)"),
    (MYSQL, greeting() + error(1045, 2), "takes logins (MySQL 8.0.36)"),
    (MYSQL, greeting() + packet(2, b"\xfex\0y") + error(1045, 4), "takes logins"),
    (MYSQL, greeting() + error(3159, 2), "takes logins"),
    (MYSQL, error(1130), "is up (MySQL) (error 1130)"),
    ("mariadb://db.example", greeting("5.5.5-10.11.6-MariaDB-0+deb12u1") + error(1698, 2),
     "takes logins (MariaDB 10.11.6)"),
    (MYSQL, greeting("11.4.2-MariaDB") + error(1045, 2), "takes logins (MariaDB 11.4.2)"),
    (SQL_SERVER, prelogin(), "answers (SQL Server 15.0.4113)"),
    (REDIS, b"-NOAUTH Authentication required.\r\n", "takes logins (Redis)"),
    (REDIS, b"+PONG\r\n", "answers (Redis)"),
    (REDIS, b"-DENIED Redis is running in protected mode " + b"because " * 100, "is up (Redis)"),
]  # fmt: skip
UNWELL = [
    (POSTGRESQL, b"N" + refusal("57P03", "the database system is starting up"),
     "5432: is starting up (SQLSTATE 57P03)"),
    (POSTGRESQL, b"N" + refusal("57P03", "the database system is in recovery mode"),
     "5432: is recovering from a crash (SQLSTATE 57P03)"),
    (POSTGRESQL, b"N" + refusal("57P03", "the database system is shutting down"),
     "5432: is shutting down (SQLSTATE 57P03)"),
    (POSTGRESQL, b"N" + refusal("57P03", "the database system is not yet accepting connections"),
     "5432: replays a log and takes no logins yet (SQLSTATE 57P03)"),
    (POSTGRESQL, b"N" + refusal("57P03", "das Datenbanksystem startet"),
     "5432: is starting up, recovering or shutting down (SQLSTATE 57P03)"),
    (POSTGRESQL, b"N" + refusal("53300", "sorry, too many clients already"),
     "5432: has too many connections (SQLSTATE 53300)"),
    (POSTGRESQL, b"N" + refusal("3D000", "no such database"), "5432: refuses logins (SQLSTATE 3D000)"),
    (POSTGRESQL, b"Ecould not fork new process for connection: Cannot allocate memory\n\0",
     "5432: could not start a process for a connection"),
    (POSTGRESQL, b"N", "5432: closed the connection without a whole answer"),
    (MYSQL, error(1040), "3306: has too many connections (error 1040)"),
    (MYSQL, greeting() + error(1040, 2), "3306: has too many connections (error 1040)"),
    (MYSQL, greeting() + error(1053, 2), "3306: is shutting down (error 1053)"),
    (MYSQL, error(1999), "3306: refuses logins (error 1999)"),
    (MYSQL, b"", "3306: closed the connection without a whole answer"),
    (REDIS, b"-LOADING Redis is loading the dataset in memory\r\n", "6379: is starting up"),
    (REDIS, b"-ERR max number of clients reached\r\n", "6379: has too many connections"),
]  # fmt: skip
# What other servers say of themselves, or of a question they do not understand.
OTHERS = [
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" * 9,
    b"220 mail.example ESMTP Postfix\r\n" * 20,
    b"+OK POP3 ready\r\n-ERR unknown command\r\n" * 20,
    b"\x15\x03\x03\x00\x02\x02\x46" * 40,
    bytes(64 * 1024),
    b"\xff" * 64 * 1024,
]
STRANGERS = [
    (POSTGRESQL, b"N" + demand(99)),
    (POSTGRESQL, b"N" + b"R\x7f\xff\xff\xff" + bytes(9000)),
    (POSTGRESQL, b"N" + b"E" + struct.pack("!i", 12) + b"SFATAL\0\0"),
    (MYSQL, greeting("8.0 \x1b[31m")),
    (MYSQL, greeting() + packet(2, b"\1\3") * 9),
    (MYSQL, packet(0, b"\x0a8.0\0short")),
    (MYSQL, packet(0, b"\xff\1")),
    (SQL_SERVER, prelogin(b"short")),
    (SQL_SERVER, struct.pack("!BBHHBB", 4, 1, 11, 0, 1, 0) + b"\0\0\0"),
    (REDIS, b"+" + b"x" * 4000),
]


class TestAnswers:
    """The same answer has the same words, told apart from every other."""

    @pytest.mark.parametrize(("address", "told", "says"), WELL)
    def test_well(self, address: str, told: bytes, says: str) -> None:
        """A server that asks for a password, or says who may not come in, is up."""
        answer = found(address, told)
        assert answer.passed is True
        assert says in answer.says

    @pytest.mark.parametrize(("address", "told", "says"), UNWELL)
    def test_unwell(self, address: str, told: bytes, says: str) -> None:
        """Starting, recovering, full: each is its own failure, with the server's own code."""
        assert found(address, told) == Found(f"db.example:{says}", passed=False)

    def test_a_server_that_blocks_us_says_nothing_of_others(self) -> None:
        """It is no look at all, because the trouble is ours."""
        answer = found(MYSQL, error(1129))
        assert answer.passed is None
        assert "blocked this machine" in answer.says
        assert "(error 1129)" in answer.says

    def test_doors_that_stand_open_are_noted(self) -> None:
        """Well for the application, and worth knowing; the session that was given is ended at once."""
        for address, told, goodbye in (
            (POSTGRESQL, b"N" + demand(0), b"X\0\0\0\4"),
            (MYSQL, greeting() + packet(2, b"\0\0\0\2\0\0\0"), b"\1\0\0\0\1"),
        ):
            wire = PlayedWire(told)
            answered = converse(database_place(address), wire)
            answer = database_found(CheckSpec(CheckKind.DATABASE, address), answered)
            assert answer.passed is True
            assert "without a password" in answer.note
            assert wire.sent[-1] == goodbye

    def test_no_failure_names_what_was_asked_for(self) -> None:
        """A cause is held to what the error names, and a refused connection names no package."""
        for address, told, _ in UNWELL:
            said = found(address, told).says
            assert not any(mentions(said, one) for one in ("postgresql-15", "mysql", "redis"))


class TestStrangers:
    """Whatever else answers there is said to be something else."""

    @pytest.mark.parametrize("told", OTHERS)
    @pytest.mark.parametrize("address", [POSTGRESQL, MYSQL, SQL_SERVER, REDIS])
    def test_other_servers(self, address: str, told: bytes) -> None:
        """Web and mail servers, TLS, and noise that does not end."""
        assert "something else answers there" in found(address, told).says

    @pytest.mark.parametrize(("address", "told"), STRANGERS)
    def test_answers_that_are_damaged(self, address: str, told: bytes) -> None:
        """Almost right is not right."""
        answer = found(address, told)
        assert answer.passed is False
        assert "something else answers there" in answer.says

    @given(st.sampled_from(list(Database)), st.binary(max_size=200), st.binary(max_size=200))
    def test_noise(self, database: Database, first: bytes, noise: bytes) -> None:
        """Any bytes are an answer in words, never a crash; none makes a database well by chance without its marks."""
        answer = found(f"{database.value}://db.example", first + noise)
        assert answer.says.startswith("db.example:")


class TestSent:
    """What is sent holds no secret, and keeps to the forms."""

    def test_postgresql_is_asked_for_encryption_first(self) -> None:
        """The login that nobody has is begun only after encryption began, for the database that was named."""
        wire = PlayedWire(b"S" + demand(10))
        converse(database_place("postgresql://db.example:6432/ledger"), wire)
        assert wire.secured_after == 1
        assert wire.sent[0] == bytes.fromhex("0000000804d2162f")
        length, version = struct.unpack("!ii", wire.sent[1][:8])
        assert (length, version) == (len(wire.sent[1]), 196608)
        assert b"user\0groundrules-look\0database\0ledger\0" in wire.sent[1]

    def test_mysql_login_is_refused_in_due_form(self) -> None:
        """A greeting is always answered: hanging up would count, and block this machine in the end."""
        wire = PlayedWire(greeting() + packet(2, b"\xfemysql_native_password\0x") + error(1045, 4))
        converse(database_place(MYSQL), wire)
        login, none = wire.sent
        assert login[3] == 1
        assert int.from_bytes(login[:3], "little") == len(login) - 4
        assert login[4 + 32 :] == b"groundrules-look\0\0caching_sha2_password\0"
        assert none == b"\0\0\0\3"

    def test_sql_server_is_asked_for_its_version_only(self) -> None:
        """One packet, whose table points into itself."""
        wire = PlayedWire(prelogin())
        converse(database_place(SQL_SERVER), wire)
        (asked,) = wire.sent
        assert asked[0] == 0x12
        assert int.from_bytes(asked[2:4]) == len(asked)
        token, place, length = struct.unpack("!BHH", asked[8:13])
        assert (token, asked[8 + place : 8 + place + length]) == (0, bytes(6))


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on loopback that treats one connection so, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    answer(connection)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(20)


def ask(port: int, scheme: str = "postgresql", **limits: float) -> Found:
    """Look over a real socket."""
    spec = CheckSpec(CheckKind.DATABASE, f"{scheme}://127.0.0.1:{port}")
    return NetworkProber(**limits).look(spec, NOW)


class TestOverSockets:
    """Time, encryption and ends of connections as they are in a network."""

    def test_ssh_begins_like_an_offer_of_encryption(self) -> None:
        """Its banner's first letter is PostgreSQL's yes; what follows is no encryption."""

        def greet(sock: socket.socket) -> None:
            sock.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
            sock.recv(999)

        with answering(greet) as port:
            assert "something else answers there" in ask(port).says

    def test_server_that_drips(self) -> None:
        """A byte now and then does not keep a look waiting for ever."""
        ended = threading.Event()

        def drip(sock: socket.socket) -> None:
            while not ended.wait(0.02):
                sock.sendall(b"+")

        with answering(drip) as port:
            answer = ask(port, "redis", patience=5, whole=0.3)
            ended.set()
        assert answer == Found(f"127.0.0.1:{port}: no answer in time", passed=False)

    def test_nobody_there(self) -> None:
        """The same words as for a port, without the database's name."""
        with answering(socket.socket.close) as port:
            assert "closed the connection" in ask(port, "mysql").says
        assert ask(port) == Found(f"127.0.0.1:{port}: connection refused", passed=False)

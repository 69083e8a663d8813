"""The journal in both of journalctl's forms: the same answers, with keys that tie to a login exactly."""

from __future__ import annotations

import json

from groundrules.core.evidence import Action, ItemKind
from groundrules.readers.linux.journal import read_journal_export, read_journal_json
from tests.readers.linux.reading import assert_adds_up, at, context

ACCEPTED = "Accepted publickey for rogue from 10.1.2.3 port 4000 ssh2: ED25519 SHA256:abc"
MESSAGES = (
    (1772733600000000, "sshd", "900", "", ACCEPTED),
    (
        1772733600100000,
        "sshd",
        "900",
        "3",
        "pam_unix(sshd:session): session opened for user rogue(uid=1001) by (uid=0)",
    ),
    (
        1772733660000000,
        "useradd",
        "950",
        "3",
        "new user: name=helper, UID=1002, GID=1002, home=/home/helper, shell=/bin/sh",
    ),
    (1772733700000000, "sshd", "900", "3", "pam_unix(sshd:session): session closed for user rogue"),
)


def entries() -> list[dict[str, str]]:
    """This function will return the journal's entries as fields."""
    return [
        {
            "__CURSOR": f"s=1;i={number}",
            "__REALTIME_TIMESTAMP": str(micros),
            "_BOOT_ID": "b1",
            "_HOSTNAME": "srv1",
            "SYSLOG_IDENTIFIER": program,
            "_PID": pid,
            "_AUDIT_SESSION": session or "4294967295",
            "_AUDIT_LOGINUID": "1001" if session else "4294967295",
            "MESSAGE": text,
        }
        for number, (micros, program, pid, session, text) in enumerate(MESSAGES)
    ]


def as_json() -> bytes:
    """This function will write the entries as journalctl -o json does."""
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries())


def as_export() -> bytes:
    """This function will write the entries as journalctl -o export does, one field in its binary form."""
    blocks = []
    for entry in entries():
        text = entry.pop("MESSAGE").encode()
        lines = b"".join(f"{name}={value}\n".encode() for name, value in entry.items())
        blocks.append(lines + b"MESSAGE\n" + len(text).to_bytes(8, "little") + text + b"\n")
    return b"\n".join(blocks) + b"\n"


class TestReadJournal:
    def test_ties_a_change_to_its_login(self) -> None:
        """The account was added in audit session 3 of boot b1, which is rogue's login."""
        reading = read_journal_json(as_json(), context())

        assert_adds_up(reading)
        login, seen = reading.sessions[0], reading.observations[0]
        assert (seen.kind, seen.action, seen.key) == (ItemKind.ACCOUNT, Action.ADDED, "helper")
        assert login.key == seen.actor.session_key == "srv1|b1|3"
        assert (login.account, login.credential) == ("rogue", "publickey ED25519 SHA256:abc")
        assert (login.started, login.ended) == (
            at("2026-03-05 18:00:00"),
            at("2026-03-05 18:01:40"),
        )
        assert seen.citation.record == "s=1;i=2"

    def test_reads_both_forms_alike(self) -> None:
        """JSON and export, with its binary field, give the same reading."""
        assert read_journal_export(as_export(), context()) == read_journal_json(
            as_json(), context()
        )

    def test_reads_a_message_written_as_numbers(self) -> None:
        """A message that is not UTF-8 is written as a list of bytes."""
        entry = {**entries()[0], "MESSAGE": list(ACCEPTED.encode() + b"\xff")}

        assert [
            one.account for one in read_journal_json(json.dumps(entry).encode(), context()).sessions
        ] == ["rogue"]

    def test_keeps_what_it_cannot_read(self) -> None:
        """A torn line, one that is no object, and one without a time are damage by line."""
        reading = read_journal_json(b'{"MESSAGE":\n[1]\n{"MESSAGE":"x"}\n' + as_json(), context())

        assert_adds_up(reading)
        assert [damage.where for damage in reading.damaged] == ["line 1", "line 2", "line 3"]
        assert reading.records == 4

    def test_says_where_an_export_is_cut(self) -> None:
        """A binary field longer than what is left is damage; the entries before it are read."""
        reading = read_journal_export(as_export()[:-20], context())

        assert_adds_up(reading)
        assert len(reading.damaged) == 1
        assert reading.records == 3

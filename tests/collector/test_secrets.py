"""A running collector on a host full of secrets: none is in what it sends, spools, or remembers."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import zlib
from pathlib import Path

from groundrules_collector.agent import load_agent
from groundrules_collector.client import Server
from groundrules_collector.cycle import Recorder, look
from groundrules_collector.daemon import plain_manifest
from groundrules_collector.enrol import enrol
from groundrules_collector.sender import Sender
from groundrules_collector.settings import Settings
from groundrules_wire import unpack
from tests.collector.host_tree import SECRETS, build
from tests.collector.receiver import Books, receiving
from tests.collector.recording import Rig, program

VERIFIER = hashlib.sha256(b"a verifier of a database login").hexdigest()
TREES = ("/etc", "/home", "/var/lib", "/opt")


def _rig(tmp_path: Path) -> Rig:
    """A host with every secret, programs that answer with some, and whole trees to look through."""
    programs = tmp_path / "bin"
    program(programs, "pg", f"printf 'rogue\\tlogin\\t\\t\\t{VERIFIER}\\n'")
    disk = {"smart_status": {"passed": True}, "serial_number": "planted-serial-number"}
    scanned = {"devices": [{"name": "/dev/sda", "type": "sat"}]}
    script = (
        f"case \"$*\" in *scan*) echo '{json.dumps(scanned)}';; *) echo '{json.dumps(disk)}';; esac"
    )
    program(programs, "smartctl", script)
    settings = Settings(trees=TREES, postgresql=("pg",), config=("/etc/practice/app.conf",))
    return Rig(build(tmp_path / "host"), tmp_path / "state", settings, f"{programs}:/bin")


def _work(recorder: Recorder, host: Path, url: str) -> bytes:
    """Looks, has things change, looks again, and sends; returns what lay in the spool before it was sent."""
    enrol(recorder.spool.folder, Server(url), "TOKEN", recorder.view)
    look(recorder)
    with (host / "var/log/audit/audit.log").open("a") as log:
        log.write('type=USER_TTY msg=audit(1772733700.000:20): data="planted-typed-password"\n')
    for name in ("etc/crontab", "etc/sudoers.d/rogue", "etc/practice/app.conf", "etc/shadow"):
        path = host / name
        path.write_text(path.read_text() + "\n")
    look(recorder)
    spooled = b"".join(path.read_bytes() for path in recorder.spool.folder.spool.iterdir())
    sender = Sender(
        recorder.spool,
        load_agent(recorder.spool.folder),
        Server(url),
        recorder.say,
        plain_manifest(recorder.view),
    )
    while sender.step() is not None:
        pass
    return spooled


def _unpacked(bodies: list[bytes]) -> bytes:
    payloads = (raw for body in bodies for raw in unpack(body).payloads.values())
    return b"\n".join(gzip.decompress(raw) for raw in payloads if raw[:2] == b"\x1f\x8b")


def _remembered(state: Path) -> bytes:
    """Everything in the state folder but the key itself, databases unpacked as well."""
    files = [path for path in state.rglob("*") if path.is_file() and path.name != "agent.key"]
    database = sqlite3.connect(state / "state.db")
    lines = [zlib.decompress(row[0]) for row in database.execute("SELECT lines FROM look")]
    database.close()
    return b"\n".join([*(path.read_bytes() for path in files), *lines])


class TestSecrets:
    def test_are_in_nothing_sent_spooled_or_remembered(self, tmp_path: Path) -> None:
        """Every planted secret, its hexadecimal form, the verifier's digest, a serial number, and digests of shadow and
        key files are looked for in every request, every spooled file and the whole state folder.
        """
        rig, books = _rig(tmp_path), Books()
        recorder = rig.recorder()
        hidden = [*SECRETS, VERIFIER, "planted-serial-number"]
        never_digested = ("etc/shadow", "etc/gshadow", "etc/ssh/ssh_host_ed25519_key")
        digests = [
            hashlib.sha256((rig.host / name).read_bytes()).hexdigest() for name in never_digested
        ]

        with receiving(books) as url:
            spooled = _work(recorder, rig.host, url)
        everything = b"\n".join(
            [*books.everything, _unpacked(books.bodies), spooled, _remembered(rig.state)]
        )

        found = [
            secret
            for secret in (*hidden, *digests)
            if secret.encode() in everything or secret.encode().hex().encode() in everything
        ]
        assert found == []
        assert len(books.bodies) == 2
        assert b"postgresql:rogue" in everything
        assert b"/dev/sda" in everything

    def test_include_the_agents_own_key(self, tmp_path: Path) -> None:
        """The key that was made at enrolment never leaves its file, in any form."""
        rig, books = _rig(tmp_path), Books()
        recorder = rig.recorder()

        with receiving(books) as url:
            spooled = _work(recorder, rig.host, url)

        secret = load_agent(recorder.spool.folder).secret
        everything = b"\n".join([*books.everything, spooled, _remembered(rig.state)])
        assert secret not in everything
        assert secret.hex().encode() not in everything

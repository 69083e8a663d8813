"""A post office on loopback: an SMTP server (aiosmtpd) that keeps what it is given, and Dovecot for IMAP."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.loopback import free_port
from tests.patience import PATIENCE, until

PASSWORD = "only-for-tests"
_NOBODY = 65534

_DOVECOT = """
base_dir = {run}
state_dir = {run}
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{mail}/%u
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Letterbox:
    """What the SMTP server was given, and how it answers: by recipient, or at the end of the mail."""

    port: int = 0
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    at_the_end: str = "250 kept"
    falls_silent: bool = False

    @property
    def url(self) -> str:
        """The setting that sends mail here."""
        return f"smtp+plain://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - the server calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """This function will take or refuse one recipient."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """This function will keep the mail; a silent server keeps it too, and then hangs up."""
        content = envelope.content
        assert isinstance(content, bytes)
        assert envelope.mail_from is not None
        if self.at_the_end.startswith("250"):
            self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), content))
        if self.falls_silent:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # a socket's transport has it
        return self.at_the_end


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """This function will run an SMTP server on loopback."""
    box = Letterbox(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass(frozen=True)
class ImapServer:
    """Where Dovecot answers; each user has a mailbox of their own."""

    port: int

    def url(self, user: str = "desk") -> str:
        """The setting that reads a user's mailbox here."""
        return f"imap+plain://{user}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, content: bytes, user: str = "desk", arrived: str = "") -> None:
        """This function will put a mail into a mailbox, as arrived at an instant (01-Mar-2007 17:20:00 -0800)."""
        with imaplib.IMAP4("127.0.0.1", self.port) as door:
            door.login(user, PASSWORD)
            status, said = door.append("INBOX", "", f'"{arrived}"' if arrived else "", content)
            assert status == "OK", said

    def flags(self, user: str = "desk") -> list[bytes]:
        """This function will return the flags of each mail in a user's mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port) as door:
            door.login(user, PASSWORD)
            door.select("INBOX", readonly=True)
            return [one for one in door.fetch("1:*", "(FLAGS)")[1] if isinstance(one, bytes)]


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """This function will run Dovecot on loopback with a folder of its own, and stop it."""
    # Its socket paths are bounded in length, so the folder has a short name.
    folder = Path(tempfile.mkdtemp(prefix="gr-imap-"))
    folder.chmod(0o755)
    port = free_port()
    settings = _write_settings(folder, port)
    program = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(settings)])
    try:
        until(lambda: _answers(port), lambda: f"Dovecot does not answer: {_said_by(folder)}")
        yield ImapServer(port)
    finally:
        program.terminate()
        program.wait(PATIENCE)
        shutil.rmtree(folder)


def _write_settings(folder: Path, port: int) -> Path:
    run, mail = folder / "run", folder / "mail"
    run.mkdir()
    mail.mkdir()
    uid, gid = os.getuid(), os.getgid()
    me, mine = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
    names = {"internal": me, "group": mine, "login": me}
    if uid == 0:
        # Dovecot refuses to serve root's mail, and to parse a stranger's words as root.
        uid = gid = _NOBODY
        os.chown(mail, uid, gid)
        names = {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}
    settings = folder / "dovecot.conf"
    settings.write_text(
        _DOVECOT.format(run=run, mail=mail, uid=uid, gid=gid, port=port, password=PASSWORD, **names)
    )
    return settings


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as door:
            return door.recv(4) == b"* OK"
    except OSError:
        return False


def _said_by(folder: Path) -> str:
    log = folder / "run" / "log"
    return log.read_text() if log.exists() else "no log"

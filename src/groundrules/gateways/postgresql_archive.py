"""PostgreSQL's own continuous archiving: base backups by pg_basebackup, and the write-ahead log kept beside them.

    PLACE/base/2026-11-28T0200/     pg_basebackup --format=plain --wal-method=none
    PLACE/wal/                      pg_receivewal, or archive_command

A restore puts a base backup and the log into a scratch folder, ready to be started on a socket of its own; nothing
there points back at the cluster it came from. What can be restored is as new as the newest piece of the log.
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from groundrules.core.backups.archive import Fault, Holdings, lost_histories, reach_of
from groundrules.core.backups.archive_words import broken_words, gaps_of, is_newest_whole
from groundrules.gateways.postgresql_listing import Listing, listing_of
from groundrules.gateways.postgresql_log import read_reaches
from groundrules.gateways.postgresql_programs import SECONDS, WORDS, program_of, programs_of, run
from groundrules.gateways.repositories import RepositoryDamaged, RepositoryUnusable, StoredSnapshot

if TYPE_CHECKING:
    import psycopg

CLUSTER, LOG = "cluster", "wal"
_PORT = 5432
_SHORT = 300
_LOOK_AGAIN_SECONDS = 0.1
_STILL_PLAYING = ("not accepting connections", "starting up", "not yet accepting")
_SCRATCH = {
    "listen_addresses": "",
    "archive_mode": "off",
    "hot_standby": "off",
    "ssl": "off",
    "logging_collector": "off",
    "max_connections": "20",
}


@dataclass(frozen=True, slots=True)
class PostgresqlArchive:
    """A folder of base backups with the write-ahead log beside them."""

    place: str

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """This function will list the base backups, oldest first; the newest reaches as far as the log can bring it.

        Raises RepositoryUnusable.
        """
        held = self.archive()
        if not held.bases:
            return ()
        *older, newest = held.bases
        until = max(newest.made, reach_of(newest, held).until or newest.made)
        dated = [*((one, one.made) for one in older), (newest, until)]
        return tuple(StoredSnapshot(one.name, at, "", (self.place,), one.made) for one, at in dated)

    def archive(self) -> Holdings:
        """This function will list what lies there; raises RepositoryUnusable."""
        return self.listing().held

    def listing(self) -> Listing:
        """This function will list what lies there, with the files of the log; raises RepositoryUnusable."""
        return listing_of(self._base(), self._log())

    def restore(self, snapshot: str, into: Path) -> None:
        """This function will put a base backup and the log into a folder; raises RepositoryUnusable.

        A cluster with tablespaces is refused: their links would lead back to where they came from.
        """
        base = self._base() / snapshot
        if any((base / "pg_tblspc").glob("*")):
            message = (
                f"{base} has tablespaces, whose links lead out of the backup; restore it by hand"
            )
            raise RepositoryUnusable(message)
        try:
            shutil.copytree(base, into / CLUSTER, symlinks=True)
            shutil.copytree(self._log(), into / LOG)
            _make_ready(into)
        except (OSError, shutil.Error) as failed:
            message = f"{base} cannot be copied: {failed}"
            raise RepositoryUnusable(message) from failed

    def check(self, part: int = 1, parts: int = 1) -> str:
        """This function will verify every byte of every base backup by its manifest, and read the log from end to end.

        Returns what only older base backups lack. Raises RepositoryDamaged, also where a gap keeps the newest from the
        log's end, and RepositoryUnusable when nobody could look, a part is asked for, or all that is wrong is that the
        log is compressed.
        """
        if parts != 1:
            message = f"part {part} of {parts}: an archive is verified as a whole only"
            raise RepositoryUnusable(message)
        damaged = self._damaged_bases(self.archive())
        listing = self.listing()
        if not listing.held.bases and not damaged:
            message = f"{self._base()} holds no whole base backup, so there is nothing to verify"
            raise RepositoryUnusable(message)
        reaches = read_reaches(listing, self._base())
        lost = lost_histories(listing.held)
        log = broken_words(reaches, lost, self.place)
        gaps = gaps_of(reaches)
        newest_whole = is_newest_whole(reaches, lost)
        packed = bool(gaps) and all(gap.fault is Fault.PACKED for gap in gaps)
        if packed and not damaged and not newest_whole:
            raise RepositoryUnusable(log)
        if damaged or (log and not newest_whole):
            raise RepositoryDamaged(" ".join([*damaged, log]).strip())
        return log

    def _damaged_bases(self, held: Holdings) -> list[str]:
        """What PostgreSQL says of each base backup whose files are not those of its manifest."""
        told: list[str] = []
        begun = [
            name
            for name, _ in held.unfinished
            if (self._base() / name / "backup_manifest").exists()
        ]
        for name in (*(one.name for one in held.bases), *begun):
            folder = self._base() / name
            program = program_of(folder, "pg_verifybackup")
            try:
                run([program, "--no-parse-wal", str(folder)], _SHORT)
            except RepositoryUnusable as failed:
                told.append(f"Base backup {name}: {failed}.")
        return told

    def forget(self, snapshots: Sequence[str]) -> None:
        """This function will refuse: the log between base backups must be thinned with them, by a person."""
        message = (
            f"{', '.join(snapshots)} of {self.place} is not removed here; use pg_archivecleanup"
        )
        raise RepositoryUnusable(message)

    def _base(self) -> Path:
        return self._folder("base")

    def _log(self) -> Path:
        return self._folder(LOG)

    def _folder(self, name: str) -> Path:
        folder = Path(self.place) / name
        if not folder.is_dir():
            message = f"{folder} is not there; it takes base backups in base and the log in {LOG}"
            raise RepositoryUnusable(message)
        return folder


def ask_restored(folder: Path, question: str, *, user: str, database: str) -> object:
    """This function will start a restored cluster on a socket of its own, ask one question, and stop it.

    `folder` is what `restore` made. The log is played to its end first. Returns the first column of the first row, None
    without one. Raises RepositoryUnusable with the server's own words when it does not start or answer.
    """
    cluster = folder / CLUSTER
    if not (cluster / "PG_VERSION").is_file():
        message = f"{folder} holds no restored PostgreSQL cluster"
        raise RepositoryUnusable(message)
    # Loaded by who asks: an installation on SQLite has no use for eight megabytes of it.
    driver = import_module("psycopg")
    with _started(cluster) as socket:
        try:
            with _connected(driver, socket, user, database) as connection:
                row = connection.execute(question.encode()).fetchone()
        except driver.Error as failed:
            message = f"the restored database did not answer: {failed}"
            raise RepositoryUnusable(message) from failed
    return row[0] if row else None


def _connected(
    driver: ModuleType, socket: Path, user: str, database: str
) -> psycopg.Connection[tuple[object, ...]]:
    """Waits until the log is played to its end: before that the server is up and takes nobody in."""
    ends = time.monotonic() + SECONDS
    while True:
        try:
            connection: psycopg.Connection[tuple[object, ...]] = driver.connect(
                host=str(socket), port=_PORT, user=user, dbname=database, connect_timeout=30
            )
        except driver.OperationalError as failed:
            busy = any(words in str(failed) for words in _STILL_PLAYING)
            if not busy or time.monotonic() > ends:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return connection


def _make_ready(into: Path) -> None:
    """Settings of its own: those of the old cluster name its files, peers and archives."""
    cluster, log = into / CLUSTER, into / LOG
    fetch = f"cp '{log}/%f' '%p' || cp '{log}/%f.partial' '%p'"
    settings = {**_SCRATCH, "restore_command": fetch.replace("'", "''")}
    text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    (cluster / "postgresql.conf").write_text(text)
    (cluster / "postgresql.auto.conf").write_text("")
    (cluster / "pg_hba.conf").write_text("local all all trust\n")
    (cluster / "pg_ident.conf").write_text("")
    (cluster / "recovery.signal").write_text("")
    (cluster / "standby.signal").unlink(missing_ok=True)
    (cluster / "pg_wal").mkdir(exist_ok=True)
    cluster.chmod(0o700)


@contextmanager
def _started(cluster: Path) -> Iterator[Path]:
    """The folder of the socket the cluster listens on, for as long as it runs."""
    programs = programs_of(cluster)
    socket = Path(tempfile.mkdtemp(prefix="groundrules-pg-"))
    as_owner = _owner([cluster.parent, socket])
    control = [*as_owner, str(programs / "pg_ctl"), "--pgdata", str(cluster), "--silent"]
    options = f"-c unix_socket_directories={socket} -c port={_PORT}"
    written = cluster.parent / "server.log"
    try:
        try:
            start = ["start", "--wait", f"--timeout={SECONDS}", f"--log={written}"]
            run([*control, *start, f"--options={options}"])
        except RepositoryUnusable as failed:
            told = written.read_text("utf-8", "replace") if written.exists() else ""
            message = (
                f"the restored cluster did not start: {' '.join(told.split())[-WORDS:] or failed}"
            )
            raise RepositoryUnusable(message) from failed
        try:
            yield socket
        finally:
            run([*control, "stop", "--mode=immediate"])
    finally:
        shutil.rmtree(socket, ignore_errors=True)


def _owner(folders: Sequence[Path]) -> list[str]:
    """PostgreSQL refuses to run as root; then its own account is given the scratch folders."""
    if os.geteuid():
        return []
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        message = "PostgreSQL does not run as root and there is no account postgres; run this as another user"
        raise RepositoryUnusable(message) from None
    for folder in folders:
        for one in (folder, *folder.rglob("*")):
            os.chown(one, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]

"""Where the services keep bytes and send mail: the doors the settings name, opened when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from groundrules.gateways.accounting_folder import AccountingFolder, DiskFolder, NullFolder
from groundrules.gateways.imap import Mailbox, NullMailbox, open_mailbox
from groundrules.gateways.mail import FileOutbox, NullOutbox, Outbox
from groundrules.gateways.mail_servers import mail_server
from groundrules.gateways.probing import NetworkProber, Prober
from groundrules.gateways.sealed_secrets import SecretSealer
from groundrules.gateways.signing import KeyFolder, KeyUnusable
from groundrules.gateways.smtp import SmtpOutbox
from groundrules.gateways.timestamping import HttpTimestamper, NullTimestamper, Timestamper
from groundrules.records.models import Client
from groundrules.store.buckets import open_bucket
from groundrules.store.raw import RawStore
from groundrules.store.raw_bucket import BucketStore
from groundrules.store.segments.places import SegmentStore, segment_store
from groundrules.store.tiles import TileStore

# Fetching mail shares its thread with the reading of evidence, which must not stand still behind a silent server.
_MAILBOX_SECONDS = 10


class UnknownMailSetting(ValueError):
    """GROUNDRULES_MAIL names no outbox Groundrules has."""


def raw_store() -> RawStore:
    """This function will return the store of raw evidence: in the data folder, or the bucket the settings name.

    Raises UnknownBucket.
    """
    folder = Path(settings.GROUNDRULES_DATA) / "evidence"
    url = settings.GROUNDRULES_EVIDENCE_URL
    return _bucket_store(url, folder) if url else RawStore(folder)


@cache
def _bucket_store(url: str, folder: Path) -> BucketStore:
    return BucketStore(folder, *open_bucket(url, "GROUNDRULES_EVIDENCE_URL"))


def tile_store(client: Client) -> TileStore:
    """This function will return the folder of a client's log (`seal/<client>` in the data folder)."""
    name = quote(client.code, safe="").replace(".", "%2E")
    return TileStore(Path(settings.GROUNDRULES_DATA) / "seal" / name)


def segments_place() -> SegmentStore:
    """This function will return the place of the segments the settings name; raises UnknownBucket."""
    return _opened(settings.GROUNDRULES_SEGMENTS_URL, Path(settings.GROUNDRULES_DATA))


@cache
def _opened(url: str, data: Path) -> SegmentStore:
    """A connection to S3-compatible storage is worth keeping."""
    return segment_store(url, data)


def key_folder() -> KeyFolder:
    """This function will return the folder of the keys that sign checkpoints."""
    return KeyFolder(keys_place() / "seal", keys_password())


def keys_place() -> Path:
    """This function will return the folder below which every private key lies."""
    return Path(settings.GROUNDRULES_DATA) / "keys"


def keys_password() -> bytes:
    """This function will return the password private keys are encrypted with, empty where none is set.

    Raises KeyUnusable when its file is named and cannot be read, or is empty.
    """
    file = settings.GROUNDRULES_KEYS_PASSWORD_FILE
    return password_in(Path(file)) if file else b""


def password_in(file: Path) -> bytes:
    """This function will read a password's file: its first line; raises KeyUnusable."""
    try:
        password = file.read_bytes().split(b"\n", 1)[0].strip()
    except OSError as error:
        message = f"the password of the keys, {file}, cannot be read ({error.strerror})"
        raise KeyUnusable(message) from error
    if not password:
        message = f"the password of the keys, {file}, is empty; write one on its first line"
        raise KeyUnusable(message)
    return password


def secret_sealer() -> SecretSealer:
    """This function will return what seals secrets that must be read again, such as those of code apps."""
    return SecretSealer(keys_place() / "sign-in" / "secrets.pem", keys_password())


def prober() -> Prober:
    """This function will return the way to look at servers from outside."""
    return NetworkProber()


def timestamper() -> Timestamper:
    """This function will return the way to the time stamping authority the settings name, if they name one."""
    if not settings.GROUNDRULES_TSA_URL:
        return NullTimestamper()
    return HttpTimestamper(settings.GROUNDRULES_TSA_URL, timestamp_roots())


def timestamp_roots() -> Path:
    """This function will return the file of the certificates the authority is trusted by."""
    return Path(settings.GROUNDRULES_TSA_ROOTS)


def accounting_folder() -> AccountingFolder:
    """This function will return the folder the settings name for accounting, if they name one."""
    place = settings.GROUNDRULES_ACCOUNTING_FOLDER
    return DiskFolder(Path(place)) if place else NullFolder()


def outbox() -> Outbox:
    """This function will return the outbox the settings name; raises UnknownMailSetting or MailServerUnusable."""
    if settings.GROUNDRULES_MAIL == "outbox":
        return FileOutbox(Path(settings.GROUNDRULES_DATA) / "outbox")
    if settings.GROUNDRULES_MAIL == "null":
        return NullOutbox()
    if "://" in settings.GROUNDRULES_MAIL:
        password = settings.GROUNDRULES_MAIL_PASSWORD
        return SmtpOutbox(mail_server(settings.GROUNDRULES_MAIL, password, kind="smtp"))
    message = f"GROUNDRULES_MAIL is {settings.GROUNDRULES_MAIL!r}; write outbox, null, or smtp://user@host"
    raise UnknownMailSetting(message)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """This function will open the mailbox the settings name; raises MailServerUnusable or MailboxUnusable."""
    if not settings.GROUNDRULES_IMAP_URL:
        yield NullMailbox()
        return
    password = settings.GROUNDRULES_IMAP_PASSWORD
    server = mail_server(settings.GROUNDRULES_IMAP_URL, password, kind="imap")
    with open_mailbox(server, _MAILBOX_SECONDS) as opened:
        yield opened

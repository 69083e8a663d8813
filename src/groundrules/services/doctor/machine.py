"""What the doctor sees of the machine: room, who can read which file, keys, time zones, address, other programs."""

from __future__ import annotations

import shutil
import ssl
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from groundrules.core.reasons import counted
from groundrules.gateways.certificates import certificate_end
from groundrules.services import keys, letter_signing
from groundrules.services.doctor.finding import Finding, broken, fine, note, warning
from groundrules.services.storage import keys_password
from groundrules.services.writable import asked_unwritable

_LITTLE, _TOO_LITTLE = 1 << 30, 256 << 20
_SHARE = 10
_OTHERS, _GROUP_AND_OTHERS = 0o007, 0o077
_RENEW_WITHIN = timedelta(days=14)
_HTTPS = 443
_LOOPBACK = {"127.0.0.1", "localhost", "::1", None}
_PROGRAMS = {
    "restic": "restore drills of clients' backups (apt install restic)",
    "ssh": "opening and closing access on Linux (apt install openssh-client)",
    "git": "nothing but updates of a clone (apt install git)",
}
_MODULES = {
    "saxonche": "judging electronic invoices by the published rules (pip install 'groundrules[einvoice]')",
    "pyhanko": "signing letters as PDF (pip install 'groundrules[signing]')",
    "ansible": "patches and jobs on servers (pip install 'groundrules[remote]')",
    "winrm": "jobs on Windows servers (pip install 'groundrules[remote,winrm]')",
    "mcp_types": "tools for assistants (pip install 'groundrules[mcp]')",
}


def _data() -> Path:
    return Path(settings.GROUNDRULES_DATA)


def look_at_disk(_at: datetime) -> Finding:
    """This function will see how much room is left where the data lie."""
    found = shutil.disk_usage(_data())
    says = f"{found.free >> 20} MiB of {found.total >> 20} are free where {_data()} lies"
    mend = f"make room: du -x -h --max-depth=2 {_data()} | sort -h | tail"
    if why := asked_unwritable():
        return broken("disk", f"{why}; {says}", mend)
    if found.free < _TOO_LITTLE:
        return broken("disk", says, mend)
    if found.free < _LITTLE or found.free * _SHARE < found.total:
        return warning("disk", says, mend)
    return fine("disk", says)


def look_at_files(_at: datetime) -> Finding:
    """This function will see whether anybody else could read what is secret."""
    secret = [
        _data() / "secret-key",
        _data() / "groundrules.toml",
        *(_data() / "keys").rglob("*.pem"),
        *(Path(one) for one in letter_signing.files() if one),
        *(Path(one) for one in [settings.GROUNDRULES_KEYS_PASSWORD_FILE] if one),
    ]
    open_files = [one for one in secret if one.is_file() and one.stat().st_mode & _GROUP_AND_OTHERS]
    books = _data() / "groundrules.sqlite3"
    if books.is_file() and books.stat().st_mode & _OTHERS and _data().stat().st_mode & _OTHERS:
        return broken(
            "files", f"every user of this machine can read {books}", f"chmod o= {_data()}"
        )
    if open_files:
        says = f"{counted(len(open_files), 'secret file')} can be read by others, {open_files[0]} among them"
        return broken("files", says, f"chmod 600 {' '.join(map(str, open_files[:5]))}")
    return fine("files", "keys and settings can be read by their owner only")


def look_at_keys(_at: datetime) -> Finding:
    """This function will see whether private keys are encrypted, and whether their password is at hand."""
    try:
        password, found = keys_password(), keys.listed()
    except keys.KeyUnusable as problem:
        return broken(
            "keys", str(problem), "set GROUNDRULES_KEYS_PASSWORD_FILE to a file with the password"
        )
    plain = [one for one in found if not one.encrypted]
    if len(plain) < len(found) and not password:
        return broken(
            "keys",
            "keys are encrypted and no password is set",
            "set GROUNDRULES_KEYS_PASSWORD_FILE",
        )
    if len(plain) < len(found) and (says := keys.unusable()):
        return broken("keys", says, "set GROUNDRULES_KEYS_PASSWORD_FILE to the password's file")
    if plain:
        says = f"{len(plain)} of {counted(len(found), 'private key')} not encrypted at rest"
        mend = "set GROUNDRULES_KEYS_PASSWORD_FILE, then: groundrules keys encrypt"
        return warning("keys", says, mend)
    return fine(
        "keys", f"{counted(len(found), 'private key')}, all encrypted" if found else "none made yet"
    )


def look_at_letter_certificate(at: datetime) -> Finding:
    """This function will see whether letters can be signed as PDF, where a certificate is set for it."""
    name = "letter certificate"
    found = letter_signing.standing(at)
    if found.problem:
        mend = "mend what it says; the letters that wait leave by themselves then"
        return broken(name, found.problem, mend)
    if found.ends_at is None:
        return fine(name, "none is set, so letters are not signed as PDF")
    if found.ends_at - at.astimezone(UTC) < _RENEW_WITHIN:
        return warning(name, f"letters are signed by {found.by}", "get a new one before it ends")
    return fine(name, f"letters are signed by {found.by}")


def look_at_zones(_at: datetime) -> Finding:
    """This function will see whether the pinned time zones are there: they decide business hours."""
    offset = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("America/New_York")).utcoffset()
    if offset != timedelta(hours=-4):
        return broken(
            "time zones",
            f"summer time in New York is {offset}",
            "pip install --force-reinstall tzdata",
        )
    return fine("time zones", f"tzdata {version('tzdata')}, pinned")


def look_at_address(at: datetime) -> Finding:
    """This function will see how people reach the pages, and until when the certificate there is valid."""
    url = settings.GROUNDRULES_PUBLIC_URL
    parts = urlsplit(url)
    if parts.scheme != "https":
        says = f"the pages are at {url}"
        if parts.hostname in _LOOPBACK:
            return note(
                "address", f"{says}, for this machine only; links in mails lead nowhere else"
            )
        return broken(
            "address",
            f"{says}: passwords travel in clear text",
            "set GROUNDRULES_PUBLIC_URL=https://…",
        )
    try:
        end = certificate_end(str(parts.hostname), parts.port or _HTTPS)
    except (TimeoutError, OSError, ssl.SSLError) as problem:
        says = f"{url} does not answer with a certificate that is trusted ({problem})"
        return broken("address", says, "look at the proxy in front, and renew its certificate")
    says = f"{url}, its certificate is valid until {end:%Y-%m-%d}"
    if end - at.astimezone(UTC) < _RENEW_WITHIN:
        return warning("address", says, "renew it (certbot renew, or what made it)")
    if not settings.GROUNDRULES_TRUSTED_PROXIES:
        says += "; no proxy is trusted, so everybody seems to come from its address, and one's wrong tries stop all"
        return warning("address", says, "set GROUNDRULES_TRUSTED_PROXIES=127.0.0.1")
    return fine("address", says)


def look_at_parts(_at: datetime) -> Finding:
    """This function will see which optional programs are here."""
    missing = [f"{name}: {what}" for name, what in _PROGRAMS.items() if shutil.which(name) is None]
    missing += [f"{name}: {what}" for name, what in _MODULES.items() if find_spec(name) is None]
    if missing:
        return note("optional parts", "not here, and needed only for: " + "; ".join(missing))
    return fine("optional parts", "all here")

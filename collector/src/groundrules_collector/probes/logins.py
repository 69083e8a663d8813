"""Who was logged in: wtmp and utmp byte for byte, and the authentication log or the journal's part of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from groundrules_collector.host import HostView
from groundrules_collector.probe import Log, LogProbe, Spec
from groundrules_collector.raw_files import raw_logs

SPEC = Spec(
    name="logins",
    version="1",
    collects=(
        "/var/log/wtmp*, the live utmp, /var/log/auth.log* or secure*, files named with --auth-log, and journal "
        "entries of sshd, sudo, su, login, logind and the account tools"
    ),
    never="btmp (mistyped passwords land there as names), lastlog, journal entries of other programs, command lines of "
    "processes from the journal",
)
IDENTIFIERS = (
    "sshd",
    "sshd-session",
    "sudo",
    "su",
    "login",
    "systemd-logind",
    "useradd",
    "userdel",
    "usermod",
    "groupadd",
    "groupdel",
    "groupmod",
    "gpasswd",
    "passwd",
    "chpasswd",
    "chage",
)
FIELDS = (
    "MESSAGE",
    "SYSLOG_IDENTIFIER",
    "_PID",
    "_UID",
    "_BOOT_ID",
    "_HOSTNAME",
    "_AUDIT_SESSION",
    "_AUDIT_LOGINUID",
    "_SYSTEMD_SESSION",
)
# Not wtmp*: a wtmp.db is a database of another format.
WTMP = ("/var/log/wtmp", "/var/log/wtmp.[0-9]*", "/var/log/wtmp-*")
AUTH_LOGS = ("/var/log/auth.log*", "/var/log/secure*")
JOURNAL_ENTRIES = "100000"


def logs(view: HostView) -> Iterator[Log]:
    """This function will yield login records, then authentication logs, then the journal's entries."""
    for pattern in WTMP:
        yield from raw_logs(view, pattern, "utmp")
    live = next((path for path in ("/run/utmp", "/var/run/utmp") if view.path(path).is_file()), "")
    if live:
        yield from raw_logs(view, live, "utmp")
    for pattern in (*AUTH_LOGS, *view.auth_logs):
        yield from raw_logs(view, pattern, "auth-log")
    yield from _journal(view)


def _journal(view: HostView) -> Iterator[Log]:
    chosen = [word for name in IDENTIFIERS for word in ("-t", name)]
    after = [f"--after-cursor={view.journal_after}"] if view.journal_after else []
    # A running collector takes all there is since the last time, piece by piece; a single look takes the newest.
    newest = [] if after and view.cursors else ["-n", JOURNAL_ENTRIES]
    chunks = view.long_answer(
        "journalctl",
        "-q",
        "--no-pager",
        "-o",
        "json",
        f"--output-fields={','.join(FIELDS)}",
        *newest,
        *chosen,
        *after,
    )
    if chunks is not None:
        taken = partial(view.cursors.journal, chunks) if view.cursors else chunks
        yield Log("journalctl -o json", "journal-json", taken)


PROBE = LogProbe(SPEC, logs)

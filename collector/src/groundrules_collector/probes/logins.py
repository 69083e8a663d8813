"""Who was logged in: wtmp and utmp byte for byte, and the authentication log or the journal's part of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

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
    *(
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
    ),
    *("groupdel", "groupmod", "gpasswd", "passwd", "chpasswd", "chage"),
)
FIELDS = (
    *(
        "MESSAGE",
        "SYSLOG_IDENTIFIER",
        "_PID",
        "_UID",
        "_BOOT_ID",
        "_HOSTNAME",
        "_AUDIT_SESSION",
        "_AUDIT_LOGINUID",
    ),
    "_SYSTEMD_SESSION",
)
JOURNAL_ENTRIES = "100000"


def logs(view: HostView) -> Iterator[Log]:
    """This function will yield login records, then authentication logs, then the journal's entries."""
    yield from raw_logs(view, "/var/log/wtmp*", "utmp")
    live = next((path for path in ("/run/utmp", "/var/run/utmp") if view.path(path).is_file()), "")
    if live:
        yield from raw_logs(view, live, "utmp")
    named = ((path, "auth-log") for path in view.auth_logs)
    for pattern, kind in chain(
        (("/var/log/auth.log*", "auth-log"), ("/var/log/secure*", "auth-log")), named
    ):
        yield from raw_logs(view, pattern, kind)
    yield from _journal(view)


def _journal(view: HostView) -> Iterator[Log]:
    chosen = [word for name in IDENTIFIERS for word in ("-t", name)]
    after = [f"--after-cursor={view.journal_after}"] if view.journal_after else []
    fields = f"--output-fields={','.join(FIELDS)}"
    answer = view.answer(
        "journalctl",
        "-q",
        "--no-pager",
        "-o",
        "json",
        fields,
        "-n",
        JOURNAL_ENTRIES,
        *chosen,
        *after,
    )
    if answer:
        yield Log("journalctl -o json", "journal-json", partial(iter, (answer,)))


PROBE = LogProbe(SPEC, logs)
